"""One's own personal tokens: made, shown once, and taken back."""

from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.datastructures import FormData

from matchmaker.domain.access import Role
from matchmaker.domain.account import STAFF, Account
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError, mark
from matchmaker.domain.personal_token import PersonalToken
from matchmaker.review.identity import personal_tokens
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say, Sent
from matchmaker_api.identity.current import signed_in
from matchmaker_api.language import request_translator
from matchmaker_api.pages.account_words import role_word
from matchmaker_api.pages.desk_common import READ, text_fields
from matchmaker_api.pages.rendering import render

router = APIRouter(prefix="/account/tokens", include_in_schema=False)

USUAL_DAYS = "30"


@router.api_route("", methods=READ)
def show_tokens(request: Request, workspace: OpenWorkspace) -> HTMLResponse:
    return _page(request, workspace, done=request.query_params.get("done", ""))


@router.post("")
def make_token(request: Request, workspace: OpenWorkspace, say: Say, sent: Sent) -> HTMLResponse:
    """A new token, shown on the page that answers and never again."""
    days = text_fields(sent).get("days", "").strip()
    roles = [one for one in Role if one.value in sent.getlist("roles")]
    try:
        made = personal_tokens.make_token(
            workspace.database, _account(request), roles, int(days) if days.isdecimal() and len(days) < 4 else 0
        )
    except InvalidChallengeError as error:
        errors = [(error.field, say.say_error(error))]
        return _page(request, workspace, errors=errors, sent=sent, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(request, workspace, made=made)


@router.post("/{token_id}/revoke")
def take_token_back(request: Request, workspace: OpenWorkspace, token_id: str) -> RedirectResponse:
    personal_tokens.revoke_token(workspace.database, _account(request), token_id)
    return RedirectResponse("/account/tokens?done=revoked", HTTPStatus.SEE_OTHER)


def _account(request: Request) -> Account:
    """Whose page it is.

    Raises:
        NotFoundError: it is an officer's account; officers work by the private links of their challenges.
    """
    session = signed_in(request)
    assert session is not None, "the policy lets nobody in without"
    if not session.account.roles & set(STAFF):
        raise NotFoundError(mark("Personal tokens are for staff."))
    return session.account


def _page(
    request: Request,
    workspace: Workspace,
    *,
    made: tuple[PersonalToken, str] | None = None,
    errors: list[tuple[str, str]] | None = None,
    sent: FormData | None = None,
    done: str = "",
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    say, account = request_translator(request), _account(request)
    own = [(one.value, role_word(one, say)) for one in sorted(account.roles)]
    return render(
        request,
        "pages/account_tokens.html",
        status=status,
        tokens=personal_tokens.list_tokens(workspace.database, account),
        now=datetime.now(UTC),
        made=made,
        errors=errors or [],
        days=text_fields(sent).get("days", "") if sent else USUAL_DAYS,
        own=own,
        words=dict(own),
        chosen=sent.getlist("roles") if sent else [value for value, _ in own[:1]],
        most=personal_tokens.LONGEST_DAYS,
        done=done,
    )
