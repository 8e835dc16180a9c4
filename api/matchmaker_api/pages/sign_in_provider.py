"""To the organisation's provider and back."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from matchmaker.db import identity_sessions as stored
from matchmaker.domain.account import SignInRefusedError
from matchmaker.review.identity.accounts import provider_account
from matchmaker.review.identity.secrets import digest, new_token
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.identity.cookies import ATTEMPT, ATTEMPT_SECONDS, read_cookie, set_later
from matchmaker_api.identity.places import public_address
from matchmaker_api.identity.provider import NOT_CONFIRMED, Provider
from matchmaker_api.identity.refusals import sign_in_address
from matchmaker_api.language import local_path
from matchmaker_api.pages.guards import PUBLIC_URL_MISSING
from matchmaker_api.pages.sign_in import enter, provider_of, sign_in_page
from matchmaker_api.security.incidents import Incident, note_incident

router = APIRouter(prefix="/sign-in/provider", include_in_schema=False)

READ = ["GET", "HEAD"]


@router.get("")
def begin(request: Request, workspace: OpenWorkspace, next: str = "") -> Response:  # noqa: A002  # the query's word
    """Keep state, nonce and verifier on the server, give the browser a value for them, and send it to the provider."""
    provider = _provider(request)
    if request.headers.get("sec-fetch-site") == "cross-site":
        return sign_in_page(request, workspace, next)  # no other site begins a sign-in in a reader's browser
    here = public_address(request, workspace.settings)
    try:
        if here is None:
            raise SignInRefusedError(PUBLIC_URL_MISSING)
        address, kept = provider.begin(request, f"{here}/sign-in/provider/callback")
    except SignInRefusedError as error:
        return sign_in_page(request, workspace, next, error=error, field="provider")
    value = new_token()
    content = {"provider": kept, "next": local_path(next) if next else ""}
    expires = datetime.now(UTC) + timedelta(seconds=ATTEMPT_SECONDS)
    with workspace.database.transaction() as session:
        stored.add_attempt(session, digest(value), content, expires)
    set_later(request, ATTEMPT, value, ATTEMPT_SECONDS)
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


@router.get("/callback")
def come_back(request: Request, workspace: OpenWorkspace) -> Response:
    """Sign in whom the provider confirmed, if the sign-in was begun in this browser and not ended before."""
    provider = _provider(request)
    kept = _take(request, workspace)
    asked = str(kept.get("next", ""))
    try:
        if not kept:
            raise SignInRefusedError(NOT_CONFIRMED)
        subject = provider.finish(request, kept["provider"])
        account = provider_account(
            workspace.database, workspace.settings, subject.issuer, subject.subject, subject.roles
        )
    except SignInRefusedError as error:
        note_incident(request, Incident.SIGN_IN_FAILED, way="provider")
        return sign_in_page(request, workspace, asked, error=error, field="provider", here=_way_in(asked))
    return enter(request, account, asked)


def _way_in(asked: str) -> str:
    """Where a refused sign-in is read again: at this address the provider's code would be sent a second time."""
    return sign_in_address(asked) if asked else "/sign-in"


def _take(request: Request, workspace: Workspace) -> dict[str, Any]:
    value = read_cookie(request, ATTEMPT)
    if value is None:
        return {}
    set_later(request, ATTEMPT, None)
    with workspace.database.transaction() as session:
        return stored.take_attempt(session, digest(value), datetime.now(UTC)) or {}


def _provider(request: Request) -> Provider:
    provider = provider_of(request)
    if provider is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return provider
