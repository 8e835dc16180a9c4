"""Every act on a case comes through one route: it is done and the case shown again, or it is told why it was not.

Without JavaScript an act is a form that leads back to the case; with it, the same answer is put in the page's place.
"""

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from matchmaker.domain.errors import InvalidChallengeError, MatchmakerError, SetupError
from matchmaker.domain.event import StaleCaseError
from matchmaker.review.case_view import read_case
from matchmaker.review.desk import Desk
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.language import request_translator
from matchmaker_api.pages.desk_acts import ACTS, Wish, do
from matchmaker_api.pages.desk_approve import show_approval
from matchmaker_api.pages.desk_case import show_case
from matchmaker_api.pages.desk_common import (
    Adviser,
    Sent,
    case_names,
    desk_page,
    desk_router,
    desk_words,
    text_fields,
    today,
)
from matchmaker_api.pages.desk_view import Trouble

router = desk_router()


@router.post("/cases/{case_id}/act")
def act(case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser, sent: Sent) -> Response:
    """Do one act, named by the form's field ``act``."""
    typed = text_fields(sent)
    name = typed.pop("act", "")
    wish = Wish(Desk(workspace.database, adviser), workspace, case_id, _revision(typed), typed)
    try:
        case = do(name, wish)
    except StaleCaseError as stale:
        return _merge(request, wish, name, stale)
    except SetupError:
        raise  # nothing on the page could mend it
    except MatchmakerError as error:
        return _refused(request, wish, name, error)
    if name == "route" and wish.text("then") == "approve":
        return show_approval(request, workspace, adviser, case_id, message=wish.text("message"))
    anchor = f"#c-{quote(wish.collaborator)}" if wish.collaborator else ""
    return RedirectResponse(f"/desk/cases/{case_id}?done={case.revision}{anchor}", HTTPStatus.SEE_OTHER)


def _refused(request: Request, wish: Wish, name: str, error: MatchmakerError) -> HTMLResponse:
    """Back to where the act was asked for, with what was typed and what is wrong with it."""
    place = error.field if isinstance(error, InvalidChallengeError) else ""
    status = HTTPStatus.UNPROCESSABLE_ENTITY if place else HTTPStatus.CONFLICT
    trouble = Trouble(name, request_translator(request).say_error(error), place, wish.typed)
    show = show_approval if name == "approve" else show_case
    return show(request, wish.workspace, wish.desk.adviser, wish.case_id, trouble=trouble, status=status)


def _merge(request: Request, wish: Wish, name: str, stale: StaleCaseError) -> HTMLResponse:
    """What the other did, what was to be done, and the choice between doing it all the same and leaving it."""
    workspace, adviser = wish.workspace, wish.desk.adviser
    case = read_case(workspace.database, wish.case_id, adviser, today()).case
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
        told=_told(wish.typed),
        wanted=words.say.say(ACTS[name][1], name=names.get(who, who), to=wish.text("to")),
    )


_WRITTEN = ("comment", "question", "message")


def _told(typed: Mapping[str, str]) -> list[str]:
    """What was written in a form, to be seen again."""
    return [typed[name] for name in _WRITTEN if typed.get(name, "").strip()]


def _revision(typed: dict[str, str]) -> int:
    """The revision that a form was made for; a form without one is taken to be older than anything."""
    value = typed.pop("revision", "")
    return int(value) if value.isdecimal() and len(value) < 10 else -1
