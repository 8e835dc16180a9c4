"""A table that a steward has filled in: what it would change is shown, and is done when somebody says so."""

import errno
import re
import shutil
import uuid
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData, UploadFile

from matchmaker.catalogue.seed import read_areas
from matchmaker.catalogue.tables import SUFFIXES
from matchmaker.catalogue.templates import CONTACTS, GROUPS, LINKS, find_template
from matchmaker.curation.tables import TableDifference, apply_table, compare_table
from matchmaker.domain.errors import InvalidChallengeError, InvalidFileError, NotFoundError, StorageError, mark
from matchmaker.messages import Translator
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
from matchmaker_api.pages.catalogue_tables import tables_page

router = catalogue_router()

FILLED_IN = (GROUPS.name, CONTACTS.name, LINKS.name)
"""Tables that are read here; works, of which there are many more, come as imports."""

SHOWN = 200
KEPT = timedelta(days=1)
"""How long a table lies that nobody decided on."""

_TOKEN = re.compile(r"(groups|contacts|links)-[0-9a-f]{32}")


@router.post("/tables")
def upload(request: Request, workspace: OpenWorkspace, say: Say, sent: Sent) -> Response:
    """Take a table in; its page shows what it would change."""
    try:
        table, file, suffix = _read_form(sent)
        token = f"{table}-{uuid.uuid4().hex}"
        _store(workspace, file, token, suffix)
        _compare(workspace, token)
    except InvalidChallengeError as error:
        return tables_page(request, workspace, [(error.field, say.say_error(error))], text_fields(sent))
    except InvalidFileError as error:
        told = " ".join(say.say_problem(one).strip() for one in error.problems)
        return tables_page(request, workspace, [("file", told)], text_fields(sent))
    return RedirectResponse(f"/catalogue/tables/change/{token}", HTTPStatus.SEE_OTHER)


@router.api_route("/tables/change/{token}", methods=READ)
def show_change(request: Request, workspace: OpenWorkspace, say: Say, token: str) -> Response:
    return _page(request, workspace, say, token)


@router.post("/tables/change/{token}")
def make_change(request: Request, workspace: OpenWorkspace, by: By, say: Say, sent: Sent, token: str) -> Response:
    path, table = _path(workspace, token), token.partition("-")[0]
    skip = text_fields(sent).get("skip") == "yes"
    areas = read_areas(workspace.settings.catalogue_folder)
    try:
        apply_table(workspace.database, COLLECTION, table, path, areas, workspace.pseudonym, by, skip_wrong=skip)
    except InvalidFileError:
        trouble = say.say(mark("Rows are wrong. Correct the table, or choose to leave these rows out."))
        return _page(request, workspace, say, token, trouble, HTTPStatus.CONFLICT)
    shutil.rmtree(path.parent, ignore_errors=True)
    return RedirectResponse("/catalogue/tables?done=changed", HTTPStatus.SEE_OTHER)


def _read_form(sent: FormData) -> tuple[str, UploadFile, str]:
    """The table that was chosen, the file, and its suffix.

    Raises:
        InvalidChallengeError: a field is wrong, and named.
    """
    table = text_fields(sent).get("table", "")
    if table not in FILLED_IN:
        raise InvalidChallengeError("table", mark("Choose which table it is."))
    file = sent.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InvalidChallengeError("file", mark("Choose a file."))
    suffix = Path(file.filename).suffix.lower()
    if suffix not in SUFFIXES:
        raise InvalidChallengeError("file", mark("A table ends in {suffixes}."), suffixes=", ".join(SUFFIXES))
    return table, file, suffix


def _store(workspace: Workspace, file: UploadFile, token: str, suffix: str) -> None:
    """Put the table aside until somebody decides, and throw away those that nobody has decided on.

    Raises:
        StorageError: there is no room, or nothing can be written there.
    """
    folder = workspace.settings.uploads
    oldest = (datetime.now(UTC) - KEPT).timestamp()
    try:
        for other in folder.glob("*-*"):
            if _TOKEN.fullmatch(other.name) and other.stat().st_mtime < oldest:
                shutil.rmtree(other, ignore_errors=True)
        (folder / token).mkdir(mode=0o700, parents=True)
        with (folder / token / f"table{suffix}").open("xb") as target:
            shutil.copyfileobj(file.file, target)
    except OSError as error:
        raise StorageError(is_full=error.errno == errno.ENOSPC) from error


def _path(workspace: Workspace, token: str) -> Path:
    """The table of a token.

    Raises:
        NotFoundError: there is none, any more.
    """
    folder = workspace.settings.uploads / token
    found = next(iter(folder.glob("table.*")), None) if _TOKEN.fullmatch(token) else None
    if found is None:
        raise NotFoundError(mark("This table is not here any more. Send it again."))
    return found


def _compare(workspace: Workspace, token: str) -> TableDifference:
    areas = read_areas(workspace.settings.catalogue_folder)
    path, table = _path(workspace, token), token.partition("-")[0]
    return compare_table(workspace.database, COLLECTION, table, path, areas, workspace.pseudonym)


def _page(
    request: Request, workspace: Workspace, say: Translator, token: str, trouble: str = "", status: int = HTTPStatus.OK
) -> Response:
    table = token.partition("-")[0]
    difference = _compare(workspace, token)
    return catalogue_page(
        request,
        "pages/catalogue_table_change.html",
        workspace,
        status=status,
        token=token,
        title=find_template(table).title,
        difference=difference,
        changes=difference.changes[:SHOWN],
        problems=[say.say_problem(one).strip() for one in difference.problems[:SHOWN]],
        shown=SHOWN,
        trouble=trouble,
    )
