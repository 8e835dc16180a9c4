"""Errors over HTTP in the reader's language: problem documents (RFC 9457) for programs, pages for people."""

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException

from matchmaker.domain.access import ForbiddenError, KeyRefusedError, TooManyRequestsError
from matchmaker.domain.description import InvalidDescriptionError
from matchmaker.domain.errors import (
    InvalidChallengeError,
    MatchmakerError,
    NotReadyError,
    SetupError,
    StorageError,
    mark,
)
from matchmaker.form_wording import personal_data_text
from matchmaker.messages import Translator
from matchmaker.notify.addresses import RefusedTargetError
from matchmaker.notify.endpoints import InvalidEndpointError
from matchmaker.review.by_link import PersonalDataError
from matchmaker_api.language import request_translator
from matchmaker_api.pages.error_pages import PageRefusedError, error_page
from matchmaker_api.pages.guards import guard_headers
from matchmaker_api.paths import is_page
from matchmaker_api.problem_catalogue import PROBLEMS, problem_kind, problem_type
from matchmaker_api.security.request_ids import REQUEST_ID, request_id

MEDIA_TYPE = "application/problem+json"

log = logging.getLogger("matchmaker_api")


class FieldError(BaseModel):
    """One thing wrong with a request, and where: a JSON pointer into the body, or the name of a parameter."""

    pointer: str = Field(examples=["/text"])
    detail: str = Field(examples=["Utmaningen har inga ord. Beskriv problemet i några meningar."])


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(
        description="Which problem it is, and the address of the page about it.",
        examples=["/problems/invalid-challenge"],
    )
    title: str = Field(examples=["Begäran kan inte tas emot som den är."])
    status: int = Field(examples=[422])
    detail: str | None = Field(None, examples=["Utmaningen har inga ord. Beskriv problemet i några meningar."])
    errors: list[FieldError] = []


def add_error_handlers(app: FastAPI) -> None:
    """Answer every error with a problem document, or with a page where people read."""
    app.add_exception_handler(MatchmakerError, _matchmaker_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _fault)


def error_answer(request: Request, error: MatchmakerError) -> Response:
    """The answer to what a user can act on."""
    say = request_translator(request)
    if isinstance(error, SetupError):
        log.error("%s Remedy: %s", error, error.remedy)  # what to do is the operator's, not the caller's
        return _problem(request, error.code, None)
    message = say.say_error(error)
    return _problem(request, error.code, message, _field_errors(error, message, say), _headers(error))


def _field_errors(error: MatchmakerError, message: str, say: Translator) -> list[FieldError]:
    match error:
        case RefusedTargetError():
            return [FieldError(pointer="/url", detail=message)]
        case InvalidDescriptionError():
            return [
                FieldError(pointer=_field_pointer(one.field), detail=say.say(one.template, **one.values))
                for one in error.problems
            ]
        case PersonalDataError():
            return [
                FieldError(pointer=_field_pointer(one.field), detail=personal_data_text(one.kind, one.words, say))
                for one in error.findings
            ]
        case InvalidChallengeError() | InvalidEndpointError():
            return [FieldError(pointer=f"/{error.field}", detail=message)]
    return []


def _field_pointer(name: str) -> str:
    """Where a field of the form stands in a challenge of the API."""
    return "/text" if name == "problem" else f"/{name}"


def _headers(error: MatchmakerError) -> dict[str, str]:
    match error:
        case KeyRefusedError():
            told = "" if error.code == "no-key" else ', error="invalid_token"'
            return {"WWW-Authenticate": f'Bearer realm="matchmaker"{told}'}
        case ForbiddenError() if error.scope:
            return {"WWW-Authenticate": f'Bearer realm="matchmaker", error="insufficient_scope", scope="{error.scope}"'}
        case TooManyRequestsError():
            return {"Retry-After": str(error.retry_after), **error.headers}
        case NotReadyError():
            return {"Retry-After": "5"}
        case StorageError():
            return {"Retry-After": "60"}
    return {}


async def _matchmaker_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, MatchmakerError)
    return error_answer(request, error)


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    say = request_translator(request)
    details = error.errors()
    if any(detail["type"] == "json_invalid" for detail in details):
        return _problem(request, "invalid-json", say.say(mark("The body is not JSON.")))
    errors = [FieldError(pointer=_pointer(detail["loc"]), detail=_say_detail(detail, say)) for detail in details]
    return _problem(request, "invalid-request", None, errors)


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    if isinstance(error, PageRefusedError):
        return error_page(request, status, error.explanation)
    code = status.phrase.lower().replace(" ", "-")
    return _problem(request, code if code in PROBLEMS else "error", None, headers=error.headers, status=status)


async def _fault(request: Request, error: Exception) -> Response:
    # The route, not the address: in that a private link's secret may stand.
    route = getattr(request.scope.get("route"), "path", "?")
    log.error("%s %s failed, request %s", request.method, route, request_id(), exc_info=error)
    answer = _problem(request, "fault", None)
    answer.headers[REQUEST_ID] = request_id()
    # A fault's answer passes no middleware.
    guard_headers(MutableHeaders(raw=answer.raw_headers), request.scope)
    return answer


NOT_AS_DESCRIBED = mark("This is not what the API's description asks for here.")

_DETAILS = {
    "missing": mark("This field is missing."),
    "string_type": mark("Text was expected."),
    "string_too_long": mark("At most {max_length} characters are allowed."),
    "string_too_short": mark("At least {min_length} characters are needed."),
    "too_long": mark("At most {max_length} of them are allowed."),
    "too_short": mark("At least {min_length} of them are needed."),
    "string_pattern_mismatch": mark("The text is not of the form that is asked for: {pattern}"),
    "int_parsing": mark("A whole number was expected."),
    "int_type": mark("A whole number was expected."),
    "greater_than_equal": mark("The number must be at least {ge}."),
    "less_than_equal": mark("The number may be at most {le}."),
    "bool_parsing": mark("Allowed are: {expected}."),
    "bool_type": mark("Allowed are: {expected}."),
    "date_from_datetime_parsing": mark("A day was expected, for example 2027-05-31."),
    "date_type": mark("A day was expected, for example 2027-05-31."),
    "list_type": mark("A list was expected."),
    "model_attributes_type": mark("An object was expected, with the fields that are described."),
    "enum": mark("Allowed are: {expected}."),
    "literal_error": mark("Allowed are: {expected}."),
    "extra_forbidden": mark("This field is not known."),
    "half_characters": mark("The text has half characters (lone surrogates), which cannot be kept."),
}


def _say_detail(detail: dict[str, Any], say: Translator) -> str:
    """What is wrong, in words of our own: the checking library's are English, also those between the values."""
    values = {"expected": "true, false", **detail.get("ctx", {})}
    values["expected"] = str(values["expected"]).replace(" or ", ", ")
    return say.say(_DETAILS.get(detail["type"], NOT_AS_DESCRIBED), **values)


def _pointer(location: Sequence[str | int]) -> str:
    return "/" + "/".join(str(part).replace("~", "~0").replace("/", "~1") for part in location if part != "body")


def _problem(
    request: Request,
    code: str,
    detail: str | None,
    errors: Sequence[FieldError] = (),
    headers: Mapping[str, str] | None = None,
    status: HTTPStatus | None = None,
) -> Response:
    kind = problem_kind(code)
    status = status or kind.status
    if is_page(request.url.path):
        details = [error.detail for error in errors] or ([detail] if detail else [])
        return error_page(request, status, details=details, headers=headers)
    say = request_translator(request)
    problem = Problem(
        type=problem_type(code),
        title=say.say(kind.title if status is kind.status else status.phrase),
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
