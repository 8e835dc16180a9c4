"""Approving a list: exactly what the municipality will see, before it sees it."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse

from matchmaker.review.approval import to_approve
from matchmaker.review.case_view import note_visit, read_case
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.language import request_translator
from matchmaker_api.pages.approved_list import shown_list
from matchmaker_api.pages.desk_common import READ, Adviser, desk_page, desk_router, desk_words, today
from matchmaker_api.pages.desk_view import Trouble, case_page_of

router = desk_router()


@router.api_route("/cases/{case_id}/approve", methods=READ)
def approve_page(case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser) -> HTMLResponse:
    note_visit(workspace.database, case_id, adviser)
    return show_approval(request, workspace, adviser, case_id)


def show_approval(
    request: Request,
    workspace: Workspace,
    adviser: str,
    case_id: str,
    *,
    trouble: Trouble | None = None,
    message: str = "",
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    """The list as it would be sent, with the message that was typed so far."""
    view = read_case(workspace.database, case_id, adviser, today())
    page = case_page_of(view, desk_words(request, workspace), workspace)
    message = trouble.typed.get("message", "") if trouble else message
    return desk_page(
        request,
        "pages/desk_approve.html",
        workspace,
        adviser,
        status=status,
        case=view.case,
        view=view,
        page=page,
        can=page.can,
        trouble=trouble,
        message=message,
        shown=shown_list(to_approve(view.case, message), request_translator(request)),
        undo_minutes=workspace.settings.undo_minutes,
    )
