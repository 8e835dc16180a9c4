"""Refusals of who is not signed in, or whose form has no good token: nothing that was typed is lost with them."""

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException

from matchmaker_api.identity.current import BACKGROUND, signed_in
from matchmaker_api.pages.rendering import render
from matchmaker_api.security.incidents import Incident, note_incident

SAFE = {"GET", "HEAD"}
NOT_SHOWN = {"form_token", "password", "new_password", "new_password_again", "next"}

IN_PLACE = {"HX-Retarget": "#content", "HX-Reselect": "#content", "HX-Reswap": "outerHTML"}
"""For what htmx sent: the whole page's content makes way, so that the refusal is seen."""


class SignInNeeded(HTTPException):  # not an error: the way in
    """The page is for those who are signed in."""

    def __init__(self) -> None:
        super().__init__(HTTPStatus.UNAUTHORIZED.value)


class FormTokenRefused(HTTPException):  # as above
    """A form came without the token of the session, or with another session's."""

    def __init__(self, form: FormData) -> None:
        super().__init__(HTTPStatus.FORBIDDEN.value)
        self.form = form


def add_refusals(app: FastAPI) -> None:
    app.add_exception_handler(SignInNeeded, _sign_in_needed)
    app.add_exception_handler(FormTokenRefused, _form_refused)


def sign_in_address(path: str) -> str:
    """The sign-in page that leads back to a path."""
    return f"/sign-in?next={quote(path, safe='/')}"


async def _sign_in_needed(request: Request, _error: Exception) -> Response:
    if request.url.path.endswith(BACKGROUND):
        return Response(status_code=HTTPStatus.NO_CONTENT)  # asked by a page: it stays as it is
    if request.method not in SAFE:
        return _again(request, await request.form(), HTTPStatus.UNAUTHORIZED)
    query = f"?{request.url.query}" if request.url.query else ""
    address = sign_in_address(request.url.path + query)
    if "hx-request" in request.headers:
        return Response(status_code=HTTPStatus.NO_CONTENT, headers={"HX-Redirect": address})
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


async def _form_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, FormTokenRefused)
    note_incident(request, Incident.FORM_TOKEN_REFUSED)
    return _again(request, error.form, HTTPStatus.FORBIDDEN)


def _again(request: Request, form: FormData, status: HTTPStatus) -> Response:
    """What was sent, to be sent again with one press: by who is signed in at once, by others after signing in."""
    sent = [(name, value) for name, value in form.multi_items() if isinstance(value, str) and name not in NOT_SHOWN]
    kept = [("next", value) for name, value in form.multi_items() if name == "next" and isinstance(value, str)]
    return render(
        request,
        "pages/sign_in_again.html",
        status=status,
        headers=IN_PLACE if "hx-request" in request.headers else None,
        action=request.url.path,
        fields=[*sent, *kept],
        typed=_typed(sent),
        is_signed_in=signed_in(request) is not None,
    )


def _typed(sent: Sequence[tuple[str, str]]) -> list[str]:
    """What somebody wrote: what has a blank in it, in contrast to codes and numbers."""
    return [value for _, value in sent if " " in value.strip()]
