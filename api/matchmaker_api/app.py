"""The application: ``uvicorn matchmaker_api.app:create_app --factory``."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from matchmaker import __version__
from matchmaker.domain.errors import SetupError
from matchmaker.settings import Settings, read_settings
from matchmaker.workspace import Workspace
from matchmaker_api.errors import add_error_handlers
from matchmaker_api.routers import challenges, health

DESCRIPTION = """
Matches municipal challenges, in Swedish or English, with university expertise, and shows the evidence for every
suggestion. Errors are problem documents (RFC 9457); their language, and that of words and reasons, follows
Accept-Language (sv, en). Shortlists are drafts that no human has seen: they are not to be passed on.
"""

log = logging.getLogger("matchmaker_api")


def create_app(settings: Settings | None = None) -> FastAPI:
    """The application over the settings' database and indexes."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.workspace = Workspace(settings or read_settings(), background=True)
        try:
            app.state.workspace.matcher()  # opened now, so that the first visitor does not wait for it
        except SetupError as error:
            log.error("%s Remedy: %s", error, error.remedy)  # challenges are taken in all the same
        yield

    # No documentation pages: the framework's load their scripts from a content network. /openapi.json is the contract.
    app = FastAPI(
        title="Matchmaker",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
    )
    add_error_handlers(app)
    app.include_router(challenges.router)
    app.include_router(health.router)
    return app
