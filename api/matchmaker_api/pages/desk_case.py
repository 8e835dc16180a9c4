"""A case at the desk: what was asked, who is suggested and why, with a form for every act on it."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse, Response

from matchmaker.domain.days import local_day
from matchmaker.review.case_view import look_again, note_visit, read_case
from matchmaker.review.intake import match_if_possible
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.language import request_translator
from matchmaker_api.pages.desk_common import READ, Adviser, case_names, desk_page, desk_router, desk_words
from matchmaker_api.pages.desk_view import Trouble, case_page_of

router = desk_router()


@router.api_route("/cases/{case_id}", methods=READ)
def case_page(
    case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser, done: int = 0, full: str = ""
) -> HTMLResponse:
    missing = match_if_new(request, workspace, case_id)
    note_visit(workspace.database, case_id, adviser)
    return show_case(request, workspace, adviser, case_id, done=done, full=full, missing=missing)


@router.api_route("/cases/{case_id}/presence", methods=READ)
def presence(
    case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser, seen: int = 0, shown: str = ""
) -> Response:
    """Who else has the case open and what they did; nothing (204) where the page shows that already."""
    now = look_again(workspace.database, case_id, adviser, seen)
    key = f"{now.revision}-{'-'.join(now.others)}" if now.missed or now.others else ""
    if key == shown:
        return Response(status_code=HTTPStatus.NO_CONTENT)
    case = read_case(workspace.database, case_id, adviser, local_day()).case
    names = case_names(case, now.missed, desk_words(request, workspace), workspace)
    return desk_page(
        request,
        "partials/desk_presence.html",
        workspace,
        adviser,
        case=case,
        seen=seen,
        presence=now,
        presence_key=key,
        names=names,
    )


def match_if_new(request: Request, workspace: Workspace, case_id: str) -> str:
    """Match a case that was never matched; says what is missing for it, where that cannot be done."""
    error = match_if_possible(workspace.database, case_id, workspace.matcher)
    return request_translator(request).say_error(error) if error else ""


def show_case(
    request: Request,
    workspace: Workspace,
    adviser: str,
    case_id: str,
    *,
    done: int = 0,
    full: str = "",
    missing: str = "",
    trouble: Trouble | None = None,
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    """The case as it is now, with what an act did (``done`` is the revision after it) or why it was not done."""
    view = read_case(workspace.database, case_id, adviser, local_day())
    wanted = trouble.collaborator if trouble else full
    page = case_page_of(view, desk_words(request, workspace), workspace, full=wanted, done=done)
    return desk_page(
        request,
        "pages/desk_case.html",
        workspace,
        adviser,
        status=status,
        case=view.case,
        view=view,
        page=page,
        can=page.can,
        missing=missing,
        trouble=trouble,
    )
