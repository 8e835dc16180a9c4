"""Errors as pages in the reader's language: what happened, and what can be done now."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse
from starlette.exceptions import HTTPException

from matchmaker.domain.errors import mark
from matchmaker_api.language import request_translator
from matchmaker_api.pages.rendering import render

# For each status: what happened, and what to do.
_WORDS: dict[int, tuple[str, str]] = {
    HTTPStatus.BAD_REQUEST: (
        mark("What was sent could not be read"),
        mark("Go back and try again. What you typed is usually still there."),
    ),
    HTTPStatus.FORBIDDEN: (mark("This page is not open to you"), mark("Go to the start page and try from there.")),
    HTTPStatus.NOT_FOUND: (
        mark("There is no such page"),
        mark("Check that the whole address is there: private links are long, and are easily cut in an e-mail."),
    ),
    HTTPStatus.METHOD_NOT_ALLOWED: (
        mark("This cannot be done here"),
        mark("Go back to the page that you came from and try again."),
    ),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (
        mark("What was sent is too large"),
        mark("Nothing was saved. Go back, shorten the text, and send it again."),
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: (
        mark("Something needs to be corrected"),
        mark("Nothing was saved. Go back, correct it, and send it again."),
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: (
        mark("Something went wrong on our side"),
        mark("It has been logged. Wait a moment and try again. What was already confirmed is saved."),
    ),
    HTTPStatus.INSUFFICIENT_STORAGE: (
        mark("The service has no room left"),
        mark("Nothing was saved. Go back, copy what you typed to a document of your own, and try again later."),
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: (
        mark("The service is being made ready"),
        mark("Wait a minute and load the page again. What was already confirmed is saved."),
    ),
}

_OTHER = (mark("This did not work"), mark("Go to the start page and try from there."))


class PageRefusedError(HTTPException):
    """A page that the reader may not see; ``explanation`` is a marked template that says why, and what to do."""

    def __init__(self, explanation: str, status: HTTPStatus = HTTPStatus.FORBIDDEN) -> None:
        super().__init__(status.value, detail=explanation)
        self.explanation = explanation


def error_page(
    request: Request,
    status: HTTPStatus,
    explanation: str | None = None,
    details: Sequence[str] = (),
    headers: Mapping[str, str] | None = None,
) -> HTMLResponse:
    """A page for the status. ``explanation`` is a marked template; ``details`` are said already, in the language."""
    heading, advice = _WORDS.get(status, _OTHER)
    say = request_translator(request).say
    return render(
        request,
        "pages/error.html",
        status=status,
        headers=headers,
        code=status.value,
        heading=say(heading),
        advice=say(explanation or advice),
        details=details,
    )
