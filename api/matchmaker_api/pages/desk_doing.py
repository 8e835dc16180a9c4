"""Every act on a case comes through one route: it is done and the case shown again, or it is told why it was not.

Without JavaScript an act is a form that leads back to the case; with it, the same answer is put in the page's place.
"""

from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from matchmaker.db.desk_records import TieKind
from matchmaker.domain.case import ClosingReason, RejectionReason, Route
from matchmaker.domain.days import local_day
from matchmaker.domain.errors import MatchmakerError, SetupError, mark
from matchmaker.domain.event import StaleCaseError
from matchmaker.review.case_view import read_case
from matchmaker.review.desk import Desk
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.desk_acts import ACTS, ONLY_AS_SEEN, Wish, do
from matchmaker_api.pages.desk_case import show_case
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
from matchmaker_api.pages.desk_view import error_status, trouble_of
from matchmaker_api.pages.desk_words import DeskWords

router = desk_router()


@router.post("/cases/{case_id}/act")
def act(case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser, sent: Sent) -> Response:
    """Do one act, named by the form's field ``act``."""
    typed = text_fields(sent)
    name = typed.pop("act", "")
    wish = Wish(Desk(workspace.database, adviser), workspace, case_id, revision_in(typed), typed)
    try:
        case = do(name, wish)
    except StaleCaseError as stale:
        return _merge(request, wish, name, stale)
    except SetupError:
        raise  # nothing on the page could mend it
    except MatchmakerError as error:
        return _refused(request, wish, name, error)
    anchor = f"#c-{quote(wish.collaborator)}" if wish.collaborator else ""
    return RedirectResponse(f"/desk/cases/{case_id}?done={case.revision}{anchor}", HTTPStatus.SEE_OTHER)


@router.api_route("/cases/{case_id}/act", methods=READ)
def back_to_the_case(case_id: str) -> RedirectResponse:
    """Where the language switch, or loading the page again, leads after an act that was not done."""
    return RedirectResponse(f"/desk/cases/{quote(case_id)}", HTTPStatus.SEE_OTHER)


def _refused(request: Request, wish: Wish, name: str, error: MatchmakerError) -> HTMLResponse:
    """Back to where the act was asked for, with what was typed and what is wrong with it."""
    trouble = trouble_of(request, name, error, wish.typed)
    status = error_status(error)
    return show_case(request, wish.workspace, wish.desk.adviser, wish.case_id, trouble=trouble, status=status)


def _merge(request: Request, wish: Wish, name: str, stale: StaleCaseError) -> HTMLResponse:
    """What the other did, what was to be done, and the choice between doing it all the same and leaving it."""
    workspace, adviser = wish.workspace, wish.desk.adviser
    case = read_case(workspace.database, wish.case_id, adviser, local_day()).case
    words = desk_words(request, workspace)
    who = wish.collaborator
    names = case_names(case, stale.missed, words, workspace, who)
    return desk_page(
        request,
        "pages/desk_merge.html",
        workspace,
        adviser,
        status=HTTPStatus.CONFLICT,
        case=case,
        names=names,
        missed=stale.missed,
        act=name,
        typed=wish.typed,
        told=_told(wish, name, words),
        wanted=words.say.say(ACTS[name][1], name=names.get(who, who), to=wish.text("to")),
        may_go_on=name not in ONLY_AS_SEEN,
    )


_WRITTEN = ("comment", "question", "message")


def _told(wish: Wish, name: str, words: DeskWords) -> list[str]:
    """What was chosen and written in a form, to be seen again."""
    route = wish.chosen(Route, "route")
    rejected, closed = wish.chosen(RejectionReason, "reason"), wish.chosen(ClosingReason, "reason")
    tie, owner = wish.chosen(TieKind, "kind"), wish.text("owner")
    chosen = [
        words.rejection(rejected) if rejected and name == "reject" else "",
        words.closing(closed) if closed and name == "close" else "",
        words.route(route) if route else "",
        words.tie(tie) if tie else "",
        words.adviser(owner) if owner else "",
        words.say.say(mark("For every municipality, not only this one")) if wish.text("everywhere") else "",
    ]
    return [one for one in [*chosen, *(wish.text(name) for name in _WRITTEN)] if one.strip()]
