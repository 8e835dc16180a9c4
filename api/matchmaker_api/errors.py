"""Errors over HTTP: problem documents (RFC 9457) in the reader's language."""

import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from matchmaker.domain.errors import (
    InvalidChallengeError,
    MatchmakerError,
    NotFoundError,
    NotReadyError,
    SetupError,
    mark,
)
from matchmaker_api.language import request_translator

MEDIA_TYPE = "application/problem+json"

log = logging.getLogger("matchmaker_api")


class FieldError(BaseModel):
    """One thing wrong with a request, and where: a JSON pointer into the body, or the name of a parameter."""

    pointer: str = Field(examples=["/text"])
    detail: str = Field(examples=["Utmaningen har inga ord. Beskriv problemet i några meningar."])


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(examples=["urn:matchmaker:problem:invalid-challenge"])
    title: str = Field(examples=["Begäran kan inte tas emot som den är."])
    status: int = Field(examples=[422])
    detail: str | None = Field(None, examples=["Utmaningen har inga ord. Beskriv problemet i några meningar."])
    errors: list[FieldError] = []


TITLES = {
    HTTPStatus.BAD_REQUEST: mark("The request cannot be read."),
    HTTPStatus.NOT_FOUND: mark("There is nothing here."),
    HTTPStatus.METHOD_NOT_ALLOWED: mark("This cannot be done here."),
    HTTPStatus.UNPROCESSABLE_ENTITY: mark("The request cannot be accepted as it is."),
    HTTPStatus.INTERNAL_SERVER_ERROR: mark("Something went wrong. It has been logged; try again."),
    HTTPStatus.SERVICE_UNAVAILABLE: mark("The service is not ready."),
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    status.value: {"model": Problem, "content": {MEDIA_TYPE: {}}, "description": status.phrase}
    for status in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
}


def add_error_handlers(app: FastAPI) -> None:
    """Answer every error with a problem document."""
    app.add_exception_handler(MatchmakerError, _matchmaker_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _fault)


async def _matchmaker_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, MatchmakerError)
    say = request_translator(request)
    message = say.say_error(error) if not isinstance(error, SetupError) else say.say(error.template, **error.values)
    match error:
        case InvalidChallengeError():
            errors = [FieldError(pointer=f"/{error.field}", detail=message)]
            return _problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, error.code, message, errors)
        case NotFoundError():
            return _problem(request, HTTPStatus.NOT_FOUND, error.code, message)
        case NotReadyError():
            return _problem(request, HTTPStatus.SERVICE_UNAVAILABLE, error.code, message, headers={"Retry-After": "5"})
        case SetupError():
            log.error("%s Remedy: %s", error, error.remedy)  # what to do is the operator's, not the caller's
            return _problem(request, HTTPStatus.SERVICE_UNAVAILABLE, error.code, None)
        case _:
            return _problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, error.code, message)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    say = request_translator(request)
    details = error.errors()
    if any(detail["type"] == "json_invalid" for detail in details):
        return _problem(request, HTTPStatus.BAD_REQUEST, "invalid-json", say.say(mark("The body is not JSON.")))
    errors = [FieldError(pointer=_pointer(detail["loc"]), detail=_say_detail(detail, request)) for detail in details]
    return _problem(request, HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-request", None, errors)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    return _problem(request, status, status.phrase.lower().replace(" ", "-"), None, headers=error.headers)


async def _fault(request: Request, error: Exception) -> JSONResponse:
    log.exception("%s %s failed", request.method, request.url.path, exc_info=error)
    return _problem(request, HTTPStatus.INTERNAL_SERVER_ERROR, "fault", None)


_DETAILS = {
    "missing": mark("This field is missing."),
    "string_type": mark("Text was expected."),
    "string_too_long": mark("At most {max_length} characters are allowed."),
    "enum": mark("Allowed are: {expected}."),
    "literal_error": mark("Allowed are: {expected}."),
    "extra_forbidden": mark("This field is not known."),
}


def _say_detail(detail: dict[str, Any], request: Request) -> str:
    template = _DETAILS.get(detail["type"])
    return request_translator(request).say(template, **detail.get("ctx", {})) if template else str(detail["msg"])


def _pointer(location: Sequence[str | int]) -> str:
    return "/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in location if part != "body")


def _problem(
    request: Request,
    status: HTTPStatus,
    code: str,
    detail: str | None,
    errors: Sequence[FieldError] = (),
    headers: Any = None,
) -> JSONResponse:
    say = request_translator(request)
    problem = Problem(
        type=f"urn:matchmaker:problem:{code}",
        title=say.say(TITLES.get(status, status.phrase)),
        status=status.value,
        detail=detail,
        errors=list(errors),
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True),
        status_code=status.value,
        media_type=MEDIA_TYPE,
        headers={"Content-Language": say.language, **(headers or {})},
    )
