"""One's own password, changed by who knows the present one."""

from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from matchmaker.domain.access import TooManyRequestsError
from matchmaker.domain.account import InvalidPasswordError, SignedIn, SignInRefusedError
from matchmaker.domain.errors import MatchmakerError, mark
from matchmaker.review.identity.own_password import change_own_password, has_own_password
from matchmaker.review.identity.passwords import LONGEST, SHORTEST
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.identity.current import signed_in
from matchmaker_api.pages.rendering import render
from matchmaker_api.pages.sign_in import READ, Typed, rates, text

router = APIRouter(prefix="/account/password", include_in_schema=False)

PRESENT, FRESH, AGAIN = "password", "new_password", "new_password_again"

NOT_THE_SAME = mark("The two passwords are not the same. Nothing was changed.")


@router.api_route("", methods=READ)
def show_form(request: Request, workspace: OpenWorkspace) -> HTMLResponse:
    _own(request, workspace)
    return _page(request)


@router.post("")
def take_password(request: Request, workspace: OpenWorkspace, say: Say, typed: Typed) -> Response:
    """Change it; of what was typed nothing is shown again."""
    session = _own(request, workspace)
    fresh = text(typed, FRESH)
    if fresh != text(typed, AGAIN):
        return _page(request, AGAIN, say.say(NOT_THE_SAME))
    try:
        rates(request).spend(request, session.account.label)
        change_own_password(workspace.database, workspace.settings, session, text(typed, PRESENT), fresh)
    except InvalidPasswordError as error:
        return _page(request, FRESH, say.say_error(error))
    except SignInRefusedError as error:
        return _page(request, PRESENT, say.say_error(error))
    except TooManyRequestsError as error:
        return _page(request, PRESENT, say.say_error(error), error)
    return RedirectResponse("/account?done=password", HTTPStatus.SEE_OTHER)


def _own(request: Request, workspace: Workspace) -> SignedIn:
    """The session, if its account has a password.

    Raises:
        HTTPException: it has none here (404).
    """
    session = signed_in(request)
    assert session is not None, "the policy lets nobody in without"
    if not has_own_password(workspace.settings, session.account):
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return session


def _page(request: Request, field: str = "", message: str = "", error: MatchmakerError | None = None) -> HTMLResponse:
    late = isinstance(error, TooManyRequestsError)
    status = HTTPStatus.TOO_MANY_REQUESTS if late else HTTPStatus.UNPROCESSABLE_ENTITY if message else HTTPStatus.OK
    return render(
        request,
        "pages/account_password.html",
        status=status,
        headers={"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequestsError) else None,
        errors=[(field, message)] if message else [],
        shortest=SHORTEST,
        longest=LONGEST,
        names={"present": PRESENT, "fresh": FRESH, "again": AGAIN},
    )
