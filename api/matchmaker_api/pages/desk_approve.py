"""Approving a list: exactly what the municipality will see and who will read it, before it is sent."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from matchmaker.db.cases import stale
from matchmaker.domain.case import Route
from matchmaker.domain.days import local_day
from matchmaker.domain.errors import InvalidChallengeError, MatchmakerError, SetupError, mark
from matchmaker.domain.event import Event, EventKind, StaleCaseError
from matchmaker.review.approval import approve, to_approve
from matchmaker.review.case_view import note_visit, read_case
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.language import request_translator
from matchmaker_api.pages.approved_list import shown_list
from matchmaker_api.pages.desk_common import (
    READ,
    Adviser,
    Sent,
    case_names,
    desk_page,
    desk_router,
    desk_words,
    revision_in,
    text_fields,
)
from matchmaker_api.pages.desk_view import Trouble, case_page_of, error_status, trouble_of

router = desk_router()


@router.api_route("/cases/{case_id}/approve", methods=READ)
def approve_page(case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser) -> HTMLResponse:
    note_visit(workspace.database, case_id, adviser)
    return show_approval(request, workspace, adviser, case_id)


@router.post("/cases/{case_id}/approve")
def take_approval(case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser, sent: Sent) -> Response:
    """Show once more what would be sent, or (``act`` is approve) approve it, if it is what the adviser saw."""
    typed = text_fields(sent)
    revision = revision_in(typed)
    if typed.get("act") != "approve":
        with workspace.database.reading() as session:
            missed = stale(session, case_id, revision).missed
        return show_approval(request, workspace, adviser, case_id, typed=typed, missed=missed)
    desk, minutes = Desk(workspace.database, adviser), workspace.settings.undo_minutes
    try:
        route = _chosen_route(typed)
        if route is None:
            raise InvalidChallengeError("route", mark("Choose the route first: how the need is to be met."))
        approved = approve(desk, case_id, revision, typed.get("message", ""), minutes, route=route)
    except StaleCaseError as error:  # never "anyway": what is approved has been seen
        return show_approval(
            request, workspace, adviser, case_id, typed=typed, missed=error.missed, status=HTTPStatus.CONFLICT
        )
    except SetupError:
        raise
    except MatchmakerError as error:
        trouble, status = trouble_of(request, "approve", error, typed), error_status(error)
        return show_approval(request, workspace, adviser, case_id, typed=typed, trouble=trouble, status=status)
    return RedirectResponse(f"/desk/cases/{case_id}?done={approved.revision}", HTTPStatus.SEE_OTHER)


def show_approval(
    request: Request,
    workspace: Workspace,
    adviser: str,
    case_id: str,
    *,
    typed: Mapping[str, str] | None = None,
    trouble: Trouble | None = None,
    missed: Sequence[Event] = (),
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    """The list as it would be sent, with the route and the message chosen so far, and what others did meanwhile."""
    view = read_case(workspace.database, case_id, adviser, local_day())
    words = desk_words(request, workspace)
    page = case_page_of(view, words, workspace)
    message = (typed or {}).get("message", "")
    case = view.case if typed is None else replace(view.case, route=_chosen_route(typed))
    return desk_page(
        request,
        "pages/desk_approve.html",
        workspace,
        adviser,
        status=status,
        case=case,
        view=view,
        page=page,
        can=page.can,
        trouble=trouble,
        message=message,
        missed=missed,
        missed_names=case_names(view.case, missed, words, workspace),
        is_amended=any(one.kind is EventKind.AMEND for one in missed),
        readers=[one for one in view.participants if one.may_see(view.case)],
        asking=[one for one in view.participants if one.is_asking],
        shown=shown_list(to_approve(case, message), request_translator(request)),
        undo_minutes=workspace.settings.undo_minutes,
    )


def _chosen_route(typed: Mapping[str, str]) -> Route | None:
    value = typed.get("route", "")
    return Route(value) if value in {one.value for one in Route} else None
