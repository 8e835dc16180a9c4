"""The way to a challenge for who holds its private link and stands somewhere else: on a municipality's site."""

import re
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.review.drafts import open_link
from matchmaker.review.identity.views import PREFIX as IN_A_SESSION
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages.challenge_steps import Form
from matchmaker_api.pages.challenge_views import ShownError, go_to, private_page

router = APIRouter(prefix="/challenges", include_in_schema=False)
READ = ["GET", "HEAD"]

_LINK = re.compile(r"(?:.*/challenges/)?([\w.~-]+)(?:[/?#].*)?")
"""A private link, of any of a challenge's pages, or only the secret in it."""

NO_LINK = mark(
    "Paste the whole private link. You got it when you saved or sent the challenge, and in letters about it."
)
ONLY_SIGNED_IN = mark("This address is only good where you are signed in. Open the challenge there.")


@router.api_route("/open", methods=READ)
def ask_for_link(request: Request) -> HTMLResponse:
    return _page(request)


@router.post("/open")
def open_challenge(request: Request, workspace: OpenWorkspace, say: Say, form: Form) -> Response:
    """Go to what the link opens."""
    typed = str(form.get("link", ""))
    found = _LINK.fullmatch(typed.strip())
    token = found.group(1) if found else ""
    if not token:
        return _page(request, typed, say.say(NO_LINK))
    if token.startswith(IN_A_SESSION):
        return _page(request, typed, say.say(ONLY_SIGNED_IN))
    try:
        open_link(workspace.database, token)
    except NotFoundError as error:
        return _page(request, typed, say.say_error(error))
    return go_to(f"/challenges/{token}")


def _page(request: Request, typed: str = "", problem: str = "") -> HTMLResponse:
    errors = [ShownError("link", problem, "#field-link")] if problem else []
    status = HTTPStatus.UNPROCESSABLE_ENTITY if problem else HTTPStatus.OK
    return private_page(
        request, "pages/challenge_open.html", status=status.value, typed=typed, errors=errors, problem=problem
    )
