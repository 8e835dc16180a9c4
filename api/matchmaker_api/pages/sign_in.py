"""Signing in: staff at the organisation's provider or with a password, officers by mail (sign_in_link.py)."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from matchmaker.domain.access import TooManyRequestsError
from matchmaker.domain.account import Account, SignInRefusedError
from matchmaker.domain.errors import mark
from matchmaker.review.identity.accounts import sign_in_is_set_up
from matchmaker.review.identity.mail_links import GOOD_FOR
from matchmaker.review.identity.passwords import check_sign_in
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.identity.attempt_rates import AttemptRates
from matchmaker_api.identity.current import begin_session
from matchmaker_api.identity.places import after_sign_in, public_address
from matchmaker_api.identity.provider import Provider
from matchmaker_api.language import local_path, request_translator
from matchmaker_api.pages.rendering import render
from matchmaker_api.security.incidents import Incident, note_incident

router = APIRouter(include_in_schema=False)

READ = ["GET", "HEAD"]

WRONG = mark("The account and the password do not belong together.")


async def _typed(request: Request) -> FormData:
    return await request.form()


Typed = Annotated[FormData, Depends(_typed)]


@router.api_route("/sign-in", methods=READ)
def sign_in(request: Request, workspace: OpenWorkspace, next: str = "") -> HTMLResponse:  # noqa: A002  # the query's word
    return sign_in_page(request, workspace, next)


@router.post("/sign-in/password")
def take_password(request: Request, workspace: OpenWorkspace, typed: Typed) -> Response:
    """Sign in with a local account's password."""
    label, asked = text(typed, "account").strip().lower(), text(typed, "next")
    if workspace.settings.oidc_is_configured:
        raise HTTPException(HTTPStatus.NOT_FOUND)  # passwords are off
    try:
        rates(request).spend(request, label)
    except TooManyRequestsError as error:
        note_incident(request, Incident.SIGN_IN_LIMITED, subject=label, way="password")
        return sign_in_page(request, workspace, asked, account=label, error=error)
    account = check_sign_in(workspace.database, workspace.settings, label, text(typed, "password"))
    if account is None:
        note_incident(request, Incident.SIGN_IN_FAILED, subject=label, way="password")
        return sign_in_page(request, workspace, asked, account=label, error=SignInRefusedError(WRONG))
    return enter(request, account, asked)


@router.api_route("/signed-out", methods=READ)
def signed_out(request: Request, workspace: OpenWorkspace) -> HTMLResponse:
    """That one is signed out here; the provider's own session is ended there, where the reader wants it."""
    provider = provider_of(request)
    return render(
        request,
        "pages/sign_in_out.html",
        at_provider=provider is not None and provider.end_address() is not None,
        issuer=workspace.settings.oidc_issuer,
    )


@router.api_route("/sign-in/provider/end", methods=READ)
def end_at_provider(request: Request, workspace: OpenWorkspace) -> RedirectResponse:
    """On to where the provider's session is ended (OpenID Connect RP-Initiated Logout 1.0)."""
    provider = provider_of(request)
    address = provider.end_address() if provider else None
    if address is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    query = {"client_id": workspace.settings.oidc_client_id or ""}
    here = public_address(request, workspace.settings)
    if here:
        query["post_logout_redirect_uri"] = f"{here}/signed-out"
    return RedirectResponse(f"{address}{'&' if '?' in address else '?'}{urlencode(query)}", HTTPStatus.SEE_OTHER)


def sign_in_page(
    request: Request,
    workspace: Workspace,
    asked: str,
    *,
    account: str = "",
    address: str = "",
    error: SignInRefusedError | TooManyRequestsError | None = None,
    field: str = "account",
    message: str = "",
    here: str | None = None,
) -> HTMLResponse:
    """The ways to sign in, with what was wrong with the one that was tried.

    ``here`` is where a change of language leads back to, where that is not the request's own address.
    """
    say = request_translator(request)
    if error:
        message = say.say_error(error)
    is_late = isinstance(error, TooManyRequestsError)
    status = HTTPStatus.TOO_MANY_REQUESTS if is_late else HTTPStatus.UNPROCESSABLE_ENTITY if message else HTTPStatus.OK
    settings = workspace.settings
    return render(
        request,
        "pages/sign_in.html",
        status=status,
        headers={"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequestsError) else None,
        asked=local_path(asked) if asked else "",
        issuer=settings.oidc_issuer if settings.oidc_is_configured else None,
        has_passwords=not settings.oidc_is_configured and sign_in_is_set_up(workspace.database, settings),
        is_open_here=not settings.is_for_others,
        minutes=int(GOOD_FOR.total_seconds() // 60),
        by_mail=public_address(request, settings) is not None,
        account=account,
        address=address,
        errors=[(field, message)] if message else [],
        **({"here": here} if here else {}),
    )


def enter(request: Request, account: Account, asked: str) -> RedirectResponse:
    """Begin the session, and go to where the reader was or to the account's own work."""
    begin_session(request, account)
    note_incident(request, Incident.SIGNED_IN, subject=account.label)
    return RedirectResponse(after_sign_in(account, asked), HTTPStatus.SEE_OTHER)


def text(typed: FormData, name: str) -> str:
    """A field's text; "" where there is none."""
    value = typed.get(name)
    return value if isinstance(value, str) else ""


def rates(request: Request) -> AttemptRates:
    found: AttemptRates = request.app.state.attempt_rates
    return found


def provider_of(request: Request) -> Provider | None:
    found: Provider | None = request.app.state.provider
    return found
