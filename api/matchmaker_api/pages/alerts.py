"""The links in the letters of alerts: saying yes, and stopping, by a page or with one click of the mail program."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.review.alerts import confirm, find_asked, stop
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.challenge_views import private_page
from matchmaker_api.paths import ALERTS, LETTERS

router = APIRouter(include_in_schema=False)

READ = ["GET", "HEAD"]
STOP = f"{LETTERS}/alerts"


@router.api_route(f"{ALERTS}/{{token}}", methods=READ)
def ask_for_yes(request: Request, workspace: OpenWorkspace, token: str) -> HTMLResponse:
    """A button, and nothing done yet: mail scanners open links, too.

    Raises:
        NotFoundError: the link confirms nothing, or not any more.
    """
    alert = find_asked(workspace.database, token)
    return _page(request, "pages/alerts_confirm.html", is_done=alert.confirmed_at is not None)


@router.post(f"{ALERTS}/{{token}}")
def say_yes(request: Request, workspace: OpenWorkspace, token: str) -> HTMLResponse:
    """Begin to send alerts; said twice it is the same.

    Raises:
        NotFoundError: the link confirms nothing, or not any more.
    """
    confirm(workspace.database, token)
    return _page(request, "pages/alerts_confirm.html", is_done=True)


@router.api_route(f"{STOP}/{{token}}", methods=READ)
def ask_to_stop_alerts(request: Request) -> HTMLResponse:
    """A button, and nothing done yet. Whether the link still stops something is told to nobody who only looks."""
    return _page(request, "pages/alerts_stop.html", is_done=False)


@router.post(f"{STOP}/{{token}}")
def stop_alerts(request: Request, workspace: OpenWorkspace, token: str) -> HTMLResponse:
    """Stop them and forget the address: at once, whoever sends it, however often (RFC 8058, section 3.2)."""
    stop(workspace.database, token)
    return _page(request, "pages/alerts_stop.html", is_done=True)


def _page(request: Request, template: str, *, is_done: bool) -> HTMLResponse:
    return private_page(request, template, action=request.url.path, is_done=is_done)
