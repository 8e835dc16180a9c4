"""The imports that there were, and a new one: a file is taken in, and nothing else happens before somebody says so."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from matchmaker.catalogue.importers import SOURCES
from matchmaker.curation.uploads import take_in
from matchmaker.curation.worker import ImportWorker
from matchmaker.db import import_jobs as jobs
from matchmaker.domain.errors import InvalidChallengeError
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages.catalogue_common import (
    COLLECTION,
    READ,
    By,
    Sent,
    catalogue_page,
    catalogue_router,
    text_fields,
)
from matchmaker_api.pages.catalogue_words import SOURCES_EXPLAINED
from matchmaker_api.uploads import read_upload

router = catalogue_router()

SHOWN = 50


@router.api_route("/imports", methods=READ)
def show_imports(request: Request, workspace: OpenWorkspace) -> Response:
    return _page(request, workspace)


@router.post("/imports")
def upload(request: Request, workspace: OpenWorkspace, by: By, say: Say, sent: Sent) -> Response:
    """Take in a file as a job, which is read beside the answering; its page shows how far that is."""
    try:
        job = take_in(workspace.database, workspace.settings.uploads, COLLECTION, read_upload(sent), by)
    except InvalidChallengeError as error:
        errors = [(error.field, say.say_error(error))]
        return _page(request, workspace, sent=sent, errors=errors, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    importer: ImportWorker = request.app.state.importer
    importer.wake()
    return RedirectResponse(f"/catalogue/imports/{job.id}", HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    workspace: Workspace,
    *,
    sent: FormData | None = None,
    errors: list[tuple[str, str]] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    with workspace.database.reading() as session:
        found = jobs.find_jobs(session, COLLECTION, SHOWN)
    typed = text_fields(sent) if sent else {}
    return catalogue_page(
        request,
        "pages/catalogue_imports.html",
        workspace,
        status=status,
        jobs=found,
        shown=SHOWN,
        sources=[(one, SOURCES_EXPLAINED.get(one.name, "")) for one in SOURCES.values()],
        suffixes=sorted({suffix for one in SOURCES.values() for suffix in one.suffixes}),
        chosen=typed.get("source", ""),
        is_complete=typed.get("complete") == "yes",
        limit=workspace.settings.upload_megabytes,
        errors=errors or [],
        complaints=dict(errors or []),
    )
