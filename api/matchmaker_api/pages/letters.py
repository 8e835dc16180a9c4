"""Stopping the letters about a challenge: by the link in them, or by the reader's mail program with one click."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.review.letters import open_stop_link, set_letters
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.challenge_views import private_page
from matchmaker_api.paths import LETTERS

router = APIRouter(prefix=LETTERS, include_in_schema=False)

READ = ["GET", "HEAD"]


@router.api_route("/{token}", methods=READ)
def ask_to_stop(request: Request, workspace: OpenWorkspace, token: str) -> HTMLResponse:
    """A button, and nothing done yet: mail scanners open links, too.

    Raises:
        NotFoundError: the link stops no letters.
    """
    _, title = open_stop_link(workspace.database, token)
    return private_page(request, "pages/letters_stop.html", title=title, action=request.url.path, is_stopped=False)


@router.post("/{token}")
def stop(request: Request, workspace: OpenWorkspace, token: str) -> HTMLResponse:
    """Stop them: at once, whoever sends it, however often (RFC 8058, section 3.2).

    Raises:
        NotFoundError: the link stops no letters.
    """
    reader, title = open_stop_link(workspace.database, token)
    set_letters(workspace.database, reader, wanted=False)
    return private_page(request, "pages/letters_stop.html", title=title, action=request.url.path, is_stopped=True)
