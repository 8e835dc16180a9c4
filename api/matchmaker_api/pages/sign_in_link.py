"""Officers sign in by a link that is mailed to their address at the municipality."""

from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from matchmaker.domain.access import TooManyRequestsError
from matchmaker.domain.account import SignInRefusedError
from matchmaker.notify.mail import InvalidMailError
from matchmaker.notify.smtp import mail_is_configured
from matchmaker.review.identity.mail_links import GOOD_FOR, USED_UP, is_good, request_link, use_link
from matchmaker.review.identity.mailbox import mailbox_of
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.identity.places import public_address
from matchmaker_api.pages.guards import PUBLIC_URL_MISSING
from matchmaker_api.pages.rendering import render
from matchmaker_api.pages.sign_in import READ, Typed, enter, rates, sign_in_page, text
from matchmaker_api.security.incidents import Incident, note_incident

router = APIRouter(prefix="/sign-in/link", include_in_schema=False)

MINUTES = int(GOOD_FOR.total_seconds() // 60)
NOT_KEPT = {"X-Robots-Tag": "noindex, nofollow"}


@router.post("")
def ask_for_link(request: Request, workspace: OpenWorkspace, say: Say, typed: Typed) -> HTMLResponse:
    """Mail a link. The answer is the same whether or not the address is one that gets one."""
    address = text(typed, "address").strip()
    here = public_address(request, workspace.settings)
    try:
        if here is None:
            raise SignInRefusedError(PUBLIC_URL_MISSING)
        rates(request).spend(request, _counted(address))
        request_link(
            workspace.database, workspace.settings, address, lambda token: f"{here}/sign-in/link/{quote(token)}"
        )
    except InvalidMailError as error:
        return sign_in_page(request, workspace, "", address=address, field="address", message=say.say_error(error))
    except (SignInRefusedError, TooManyRequestsError) as error:
        return sign_in_page(request, workspace, "", address=address, field="address", error=error)
    is_mailed = mail_is_configured(workspace.settings)
    return render(request, "pages/sign_in_sent.html", address=address, minutes=MINUTES, is_mailed=is_mailed)


def _counted(address: str) -> str:
    """By what requests for links are counted: the mailbox, however it is spelled; what is no address counts as one."""
    try:
        return mailbox_of(address)
    except InvalidMailError:
        return ""


@router.api_route("/{token}", methods=READ)
def show_link(request: Request, workspace: OpenWorkspace, token: str) -> HTMLResponse:
    """A button, and nothing done yet: mail scanners open links, too, and a link is good once."""
    if not is_good(workspace.database, token):
        error = SignInRefusedError(USED_UP, minutes=MINUTES)
        return sign_in_page(request, workspace, "", error=error, field="address")
    return render(request, "pages/sign_in_link.html", headers=NOT_KEPT, action=request.url.path)


@router.post("/{token}")
def follow_link(request: Request, workspace: OpenWorkspace, token: str) -> Response:
    """Sign in with the link, which is used up by it."""
    try:
        rates(request).spend(request, token[:20])
        account = use_link(workspace.database, workspace.settings, token)
    except (SignInRefusedError, TooManyRequestsError) as error:
        limited = isinstance(error, TooManyRequestsError)
        note_incident(request, Incident.SIGN_IN_LIMITED if limited else Incident.SIGN_IN_FAILED, way="link")
        return sign_in_page(request, workspace, "", error=error, field="address")
    return enter(request, account, "")
