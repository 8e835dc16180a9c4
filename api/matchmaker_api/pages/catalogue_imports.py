"""The imports that there were, and a new one: a file is taken in, and nothing else happens before somebody says so."""

import errno
import re
import shutil
import uuid
from http import HTTPStatus
from pathlib import Path

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from matchmaker.catalogue.importers import SOURCES
from matchmaker.catalogue.importers.source import Source
from matchmaker.curation.worker import ImportWorker
from matchmaker.db import import_jobs as jobs
from matchmaker.db.session import Turn
from matchmaker.domain.errors import InvalidChallengeError, StorageError, mark
from matchmaker.text.normalise import clean_text
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

router = catalogue_router()

SHOWN = 50
LONGEST_NAME = 120
COPIED = 1_000_000
"""Bytes that are in memory at a time while a file is put in its place."""

_SUFFIXES = re.compile(r"(?:\.[a-z0-9]{1,6}){1,2}$")
"""What is kept of a file's name where it lies: by it, readers know what is packed."""


@router.api_route("/imports", methods=READ)
def show_imports(request: Request, workspace: OpenWorkspace) -> Response:
    return _page(request, workspace)


@router.post("/imports")
def upload(request: Request, workspace: OpenWorkspace, by: By, say: Say, sent: Sent) -> Response:
    """Take in a file as a job, which is read beside the answering; its page shows how far that is."""
    try:
        source, file, suffix = _read_form(sent)
    except InvalidChallengeError as error:
        errors = [(error.field, say.say_error(error))]
        return _page(request, workspace, sent=sent, errors=errors, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    job_id = str(uuid.uuid4())
    path = workspace.settings.uploads / job_id / f"file{suffix}"
    _store(file, path)
    with workspace.database.transaction(Turn.NONE) as session:
        jobs.add_job(
            session,
            COLLECTION,
            source.name,
            shown_name(file.filename or ""),
            str(path.resolve()),
            by,
            is_complete=source.is_complete or text_fields(sent).get("complete") == "yes",
            skip_rejected=False,
            job_id=job_id,
        )
    importer: ImportWorker = request.app.state.importer
    importer.wake()
    return RedirectResponse(f"/catalogue/imports/{job_id}", HTTPStatus.SEE_OTHER)


def _read_form(sent: FormData) -> tuple[Source, UploadFile, str]:
    """The source that was chosen, the file, and the suffixes that it is kept under.

    Raises:
        InvalidChallengeError: a field is wrong, and named.
    """
    source = SOURCES.get(text_fields(sent).get("source", ""))
    if source is None:
        raise InvalidChallengeError("source", mark("Choose where the file is from."))
    file = sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidChallengeError("file", mark("Choose a file."))
    if not file.size:
        raise InvalidChallengeError("file", mark("The file is empty."))
    name = file.filename.lower()
    suffix = _SUFFIXES.search(name)
    if suffix is None or not name.endswith(source.suffixes):
        template = mark("A file from this source ends in {suffixes}. Choose another file, or another source.")
        raise InvalidChallengeError("file", template, suffixes=", ".join(source.suffixes))
    return source, file, suffix.group()


def shown_name(name: str) -> str:
    """A file's name as it is shown: never used as a path, without folders and control characters."""
    return clean_text(re.split(r"[\\/]", name)[-1]).text.strip()[-LONGEST_NAME:] or "–"


def _store(file: UploadFile, path: Path) -> None:
    """Put the file in its place, a piece at a time.

    Raises:
        StorageError: there is no room, or nothing can be written there.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True)
        with path.open("xb") as target:
            shutil.copyfileobj(file.file, target, COPIED)
    except OSError as error:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise StorageError(is_full=error.errno == errno.ENOSPC) from error


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
