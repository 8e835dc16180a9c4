"""One's own account: as what one is signed in, where, and signing out."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from matchmaker.domain.account import SignedIn
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.review.identity import sessions
from matchmaker.review.identity.own_password import has_own_password
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.identity.cookies import SESSION, set_later
from matchmaker_api.identity.current import end_session, signed_in
from matchmaker_api.language import request_translator
from matchmaker_api.pages.account_words import account_word, role_word
from matchmaker_api.pages.challenge_steps import municipality_name
from matchmaker_api.pages.rendering import render

router = APIRouter(prefix="/account", include_in_schema=False)

READ = ["GET", "HEAD"]


@router.api_route("", methods=READ)
def show_account(request: Request, workspace: OpenWorkspace) -> HTMLResponse:
    say = request_translator(request)
    session = _session(request)
    account = session.account
    return render(
        request,
        "pages/account.html",
        session=session,
        account=account,
        word=account_word(account.label, say),
        roles=[role_word(one, say) for one in sorted(account.roles)],
        municipality=municipality_name(workspace.settings, account.municipality or "", say.language),
        sessions=sessions.list_live(workspace.database, workspace.settings, account.id),
        has_password=has_own_password(workspace.settings, account),
        done=request.query_params.get("done", ""),
    )


@router.post("/sign-out")
def sign_out(request: Request) -> RedirectResponse:
    end_session(request)
    return RedirectResponse("/signed-out", HTTPStatus.SEE_OTHER)


@router.post("/sign-out-everywhere")
def sign_out_everywhere(request: Request, workspace: OpenWorkspace) -> RedirectResponse:
    """End every session of the account, this one too."""
    sessions.end_all(workspace.database, _session(request).account.id)
    set_later(request, SESSION, None)
    return RedirectResponse("/signed-out", HTTPStatus.SEE_OTHER)


@router.post("/sessions/{session_id}/end")
def end_own_session(request: Request, workspace: OpenWorkspace, session_id: str) -> RedirectResponse:
    """End one of one's own sessions.

    Raises:
        NotFoundError: it is none of one's own.
    """
    own = sessions.list_live(workspace.database, workspace.settings, _session(request).account.id)
    if session_id not in {one.id for one in own}:
        raise NotFoundError(mark("There is no such session."))
    sessions.end(workspace.database, session_id)
    return RedirectResponse("/account?done=session", HTTPStatus.SEE_OTHER)


def _session(request: Request) -> SignedIn:
    session = signed_in(request)
    assert session is not None, "the policy lets nobody in without"
    return session
