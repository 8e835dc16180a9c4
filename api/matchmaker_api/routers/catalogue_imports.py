"""Imports: a file is sent and read, its difference looked at, then the change made, stopped, resumed or taken back."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response, status

from matchmaker.curation import imports, uploads
from matchmaker.curation.worker import ImportWorker
from matchmaker.db import import_jobs as jobs
from matchmaker.db.import_samples import find_samples
from matchmaker.db.session import Session
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.import_job import Verdict
from matchmaker.messages import Translator
from matchmaker.review.repeats import do_once
from matchmaker.workspace import Workspace
from matchmaker_api.deps import Client, OpenWorkspace, Say, Sent
from matchmaker_api.idempotency import IdempotencyKey, note_replayed
from matchmaker_api.pagination import After, Limit, next_page, number_cursor, read_number
from matchmaker_api.schemas.import_job import Import, ImportApproval, Imports, Line, Lines
from matchmaker_api.uploads import read_upload

router = APIRouter(prefix="/api/v1/catalogue/imports", tags=["imports"])

FORM: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["source", "file"],
                    "properties": {
                        "source": {"type": "string", "description": "Where the file is from.", "example": "table"},
                        "file": {"type": "string", "format": "binary"},
                        "complete": {
                            "type": "string",
                            "enum": ["yes", "no"],
                            "description": "yes: what the file does not have is gone at its source.",
                        },
                    },
                }
            }
        },
    }
}


def _links(*operations: str) -> dict[str, Any]:
    return {one: {"operationId": one, "parameters": {"import_id": "$response.body#/id"}} for one in operations}


SENT: dict[int | str, dict[str, Any]] = {
    201: {
        "headers": {"Location": {"description": "Where it is.", "schema": {"type": "string"}}},
        "links": _links("read_import", "list_import_lines", "approve_import", "stop_import"),
    }
}
READ: dict[int | str, dict[str, Any]] = {200: {"links": _links("list_import_lines", "approve_import")}}
APPROVED: dict[int | str, dict[str, Any]] = {200: {"links": _links("read_import", "undo_import", "resume_import")}}


@router.get("", summary="List imports")
def list_imports(workspace: OpenWorkspace, say: Say, limit: Limit = 50) -> Imports:
    """The newest first."""
    with workspace.database.reading() as session:
        found = jobs.find_jobs(session, MAIN_COLLECTION, limit)
    return Imports(items=[Import.of(one, say) for one in found])


@router.post(
    "", status_code=status.HTTP_201_CREATED, summary="Send a file to import", openapi_extra=FORM, responses=SENT
)
def send_import(
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    client: Client,
    say: Say,
    sent: Sent,
    idempotency_key: IdempotencyKey = None,
) -> Import:
    """The file is read beside the answering. Nothing of the catalogue changes before the difference is approved."""
    upload = read_upload(sent)
    placed = uploads.place(workspace.settings.uploads, upload)

    def act(session: Session) -> dict[str, Any]:
        job = uploads.add_import(session, MAIN_COLLECTION, placed, client.role)
        return Import.of(job, say).model_dump(mode="json")

    replayed = True
    try:
        asked = json.dumps([request.url.path, upload.source, upload.name, upload.is_complete, placed.digest])
        content, replayed = do_once(workspace.database, client.caller, idempotency_key, asked, act)
    finally:
        if replayed:  # or refused: no import was made of the file
            uploads.displace(placed)
    _wake(request)
    note_replayed(response, replayed=replayed)
    response.headers["Location"] = f"/api/v1/catalogue/imports/{content['id']}"
    return Import.model_validate(content)


@router.get("/{import_id}", summary="Read an import", responses=READ)
def read_import(import_id: str, workspace: OpenWorkspace, say: Say) -> Import:
    """How far it is, and what can be asked of it."""
    return _told(workspace, import_id, say)


@router.get("/{import_id}/lines", summary="Read an import's difference")
def list_import_lines(
    import_id: str,
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    say: Say,
    verdict: Annotated[Verdict, Query(description="What the lines do.")] = Verdict.CHANGED,
    after: After = None,
    limit: Limit = 20,
) -> Lines:
    """Lines of one kind, with each record as it is now and as it would be, or with what is wrong."""
    with workspace.database.reading() as session:
        job = jobs.get_job(session, import_id)
        found = find_samples(session, job, verdict, limit + 1, read_number(after))
    cursor = number_cursor(found[limit - 1].line.number) if len(found) > limit else None
    return Lines(items=[Line.of(one, say) for one in found[:limit]], next=next_page(request, response, cursor))


@router.post("/{import_id}/approval", summary="Make an import's change", responses=APPROVED)
def approve_import(
    import_id: str, approval: ImportApproval, request: Request, workspace: OpenWorkspace, say: Say
) -> Import:
    """After its difference was looked at."""
    return _ask(request, workspace, import_id, "approve", say, skip_rejected=approval.leave_out_wrong)


@router.post("/{import_id}/stop", summary="Stop an import")
def stop_import(import_id: str, workspace: OpenWorkspace, say: Say) -> Import:
    """After the batch that it is at; what was done stays."""
    imports.ask_to_stop(workspace.database, import_id)
    return _told(workspace, import_id, say)


@router.post("/{import_id}/resumption", summary="Go on with an import")
def resume_import(import_id: str, request: Request, workspace: OpenWorkspace, say: Say) -> Import:
    """From where it stopped or failed."""
    return _ask(request, workspace, import_id, "resume", say)


@router.post("/{import_id}/undoing", summary="Take an import back")
def undo_import(import_id: str, request: Request, workspace: OpenWorkspace, say: Say) -> Import:
    """Puts back what was there before; what another import has changed since is left as it is."""
    return _ask(request, workspace, import_id, "undo", say)


def _ask(
    request: Request,
    workspace: Workspace,
    import_id: str,
    act: str,
    say: Translator,
    *,
    skip_rejected: bool | None = None,
) -> Import:
    imports.ask(workspace.database, import_id, act, skip_rejected=skip_rejected)
    _wake(request)
    return _told(workspace, import_id, say)


def _told(workspace: Workspace, import_id: str, say: Translator) -> Import:
    with workspace.database.reading() as session:
        return Import.of(jobs.get_job(session, import_id), say)


def _wake(request: Request) -> None:
    importer: ImportWorker = request.app.state.importer
    importer.wake()
