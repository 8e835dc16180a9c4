"""The application: ``uvicorn matchmaker_api.app:create_app --factory``."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from fastapi import Depends, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.gzip import GZipMiddleware

from matchmaker import __version__
from matchmaker.catalogue.importers import find_source
from matchmaker.curation.suggesting import SuggestionWorker
from matchmaker.curation.worker import ImportWorker
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.errors import MatchmakerError, SetupError
from matchmaker.notify.letter_sender import site_address
from matchmaker.notify.senders import deliverer
from matchmaker.review.access_record import note_domains
from matchmaker.review.alerts import write_alerts
from matchmaker.settings import Settings, read_settings
from matchmaker.workspace import Workspace
from matchmaker_api import webhook_messages
from matchmaker_api.description import describe
from matchmaker_api.errors import add_error_handlers
from matchmaker_api.frames import Frames
from matchmaker_api.identity.form_tokens import check_form_token
from matchmaker_api.identity.setup import add_identity
from matchmaker_api.pages import (
    account,
    account_password,
    account_tokens,
    alerts,
    catalogue_act,
    catalogue_edit,
    catalogue_import_job,
    catalogue_imports,
    catalogue_links,
    catalogue_own_page,
    catalogue_read_coverage,
    catalogue_read_group,
    catalogue_read_list,
    catalogue_reshape,
    catalogue_table_change,
    catalogue_tables,
    challenge_drafts,
    challenge_form,
    challenge_letters,
    challenge_link,
    challenge_open,
    challenge_others,
    challenge_similar,
    challenge_status,
    desk_access,
    desk_access_webhooks,
    desk_approve,
    desk_blind,
    desk_case,
    desk_doing,
    desk_find,
    desk_queue,
    desk_record,
    letters,
    my,
    problems,
    public,
    researcher_act,
    researcher_alerts,
    researcher_read,
    researcher_texts,
    sign_in,
    sign_in_link,
    sign_in_provider,
    widget,
)
from matchmaker_api.pages.guards import SameSiteOnly, SecurityHeaders
from matchmaker_api.pages.static_files import PREFIX, HashedStaticFiles
from matchmaker_api.routers import (
    access_accounts,
    access_keys,
    access_webhooks,
    by_group_link,
    by_group_link_acts,
    by_link,
    by_link_draft,
    catalogue_groups,
    catalogue_works,
    challenges,
    collaborators,
    desk_approval,
    desk_candidates,
    desk_cases,
    desk_course,
    desk_looking,
    events,
    health,
    match,
    public_challenges,
    shortlists,
    webhooks,
)
from matchmaker_api.routers import catalogue_imports as catalogue_imports_api
from matchmaker_api.routers import catalogue_links as catalogue_links_api
from matchmaker_api.routers import catalogue_tables as catalogue_tables_api
from matchmaker_api.routers import desk_queue as desk_queue_api
from matchmaker_api.security.authorisation import authorise
from matchmaker_api.security.setup import guard_bodies, name_requests, split_origins

DESCRIPTION = """
For municipalities' portals: send challenges in Swedish or English, and read the lists that advisers at the university
have approved, with the evidence for every suggestion. Nothing is answered before a human has approved it.

For those who look after the catalogue: its groups, their works, and imports. For advisers: the desk's cases. For
administrators: keys, accounts, sessions and webhooks.

Every request needs an API key; under /api/v1/catalogue, /api/v1/desk and /api/v1/access a personal token; under
/api/v1/by-link and /api/v1/by-group-link the secret of a private link, for who holds one.
Errors are problem documents (RFC 9457) whose `type` is the address of a page; their
language, and that of words and reasons, follows Accept-Language (sv, en). See docs/api.md for a quick start, and for
how this API is versioned.
"""

API = (
    *(challenges, shortlists, public_challenges, collaborators, match, events, webhooks, health),
    *(catalogue_groups, catalogue_works, catalogue_links_api, catalogue_imports_api, catalogue_tables_api),
    *(desk_queue_api, desk_cases, desk_candidates, desk_course, desk_approval, desk_looking),
    *(access_keys, access_accounts, access_webhooks),
    *(by_link, by_link_draft, by_group_link, by_group_link_acts),
)
PAGES = (
    *(public, problems, widget, challenge_open, challenge_drafts, challenge_form, challenge_similar, challenge_status),
    *(challenge_letters, challenge_link, challenge_others, account_password, account_tokens),
    *(sign_in, sign_in_provider, sign_in_link, account, my, letters, desk_access, desk_access_webhooks),
    *(desk_queue, desk_case, desk_doing, desk_approve, desk_blind, desk_find, desk_record),
    *(catalogue_read_list, catalogue_read_group, catalogue_read_coverage, catalogue_act, catalogue_edit),
    *(catalogue_reshape, catalogue_imports, catalogue_import_job, catalogue_links, catalogue_tables),
    *(catalogue_table_change, catalogue_own_page),
    *(researcher_read, researcher_act, researcher_texts, researcher_alerts, alerts),
)

log = logging.getLogger("matchmaker_api")


def create_app(given: Settings | None = None) -> FastAPI:
    """The application over the database and indexes of the settings that are given, or else the environment's."""
    settings = given or read_settings()

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.workspace = workspace = Workspace(settings, background=True)
        try:
            workspace.matcher()  # opened now, so that the first visitor does not wait for it
        except SetupError as error:
            log.error("%s Remedy: %s", error, error.remedy)  # challenges are taken in all the same
        _note_domains(workspace)
        with (
            closing(workspace),
            deliverer(lambda: workspace.database, settings, lambda: _write_alerts(workspace)) as app.state.deliverer,
            ImportWorker(
                *(lambda: workspace.database, lambda: workspace.pseudonym, find_source, settings.uploads),
                has_worked=workspace.matcher,
            ) as app.state.importer,
            SuggestionWorker(lambda: workspace.database, workspace.matcher) as app.state.suggester,
        ):
            yield

    # No documentation pages: the framework's load their scripts from a content network. /openapi.json is the contract.
    app = FastAPI(
        title="Matchmaker",
        version=__version__,
        description=DESCRIPTION,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        dependencies=[Depends(authorise), Depends(check_form_token)],
        generate_unique_id_function=operation_id,
        webhooks=webhook_messages.router,
    )
    add_error_handlers(app)
    # The last one added is the outermost: its headers are on what the others answer, too.
    app.add_middleware(GZipMiddleware, minimum_size=1000)
    app.add_middleware(SameSiteOnly)
    add_identity(app, settings)
    guard_bodies(app, settings)
    app.add_middleware(Frames, origins=split_origins(settings.embed_origins))
    app.add_middleware(SecurityHeaders)
    name_requests(app)
    for routes in (*API, *PAGES):
        app.include_router(routes.router)
    app.mount(PREFIX, HashedStaticFiles(), name="static")
    app.openapi = lambda: describe(app)  # type: ignore[method-assign]  # how the framework wants it
    return app


def _note_domains(workspace: Workspace) -> None:
    """Write down who is let in by mail; a server whose database cannot be written to just now starts all the same."""
    try:
        note_domains(workspace.database, workspace.settings)
    except MatchmakerError as error:
        log.error("The mail domains could not be noted: %s", error)


def _write_alerts(workspace: Workspace) -> None:
    """Write the alerts that are due; where that fails, all else is sent in spite of it, and it is tried again."""
    site = site_address(workspace.settings)
    try:
        if site:
            write_alerts(workspace.database, MAIN_COLLECTION, workspace.matcher, site)
    except MatchmakerError as error:
        log.warning("Alerts cannot be written just now: %s", error)


def operation_id(route: APIRoute) -> str:
    """An operation is known by the name of its function, which clients made from the description take over."""
    return route.name
