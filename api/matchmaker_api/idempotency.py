"""The header Idempotency-Key, and versions by ETag and If-Match."""

import hashlib
import json
from typing import Annotated

from fastapi import Header, Request, Response
from pydantic import BaseModel

from matchmaker.domain.errors import MatchmakerError, mark

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[!-~]{1,255}$",
        description="A text of your own for this request, for example a UUID. Sent again with the same body within "
        "24 hours, nothing is done twice, and the answer is the same.",
        examples=["5f0d6a3e-2d0f-4c1c-9a37-1f2f6f1d8a11"],
    ),
]
IfMatch = Annotated[
    str | None,
    Header(
        alias="If-Match",
        description="The ETag of what you change, as you read it. Without it the answer is 428; if it has changed "
        "since, 412.",
        examples=['"0b4f7d0a5a9a3d3b5a0c7c1f2b7e9d11"'],
    ),
]

STALE = mark("It has changed since you read it; nothing was saved.")

REPLAYED = "Idempotent-Replayed"


class PreconditionRequiredError(MatchmakerError):
    """A change that does not say which version it is of."""

    code = "precondition-required"


class PreconditionFailedError(MatchmakerError):
    """A change of a version that is no longer the present one."""

    code = "precondition-failed"


def request_text(request: Request, body: BaseModel, municipality: str | None = None) -> str:
    """All that a request asks for, for telling a repeated one from another one with the same key.

    ``municipality`` is the one that it is done for, which may follow from the API key and not from the body.
    """
    content = body.model_dump(mode="python")
    return json.dumps([request.method, request.url.path, municipality, content], sort_keys=True, default=str)


def note_replayed(response: Response, *, replayed: bool) -> None:
    """Say on an answer whether it was given before."""
    if replayed:
        response.headers[REPLAYED] = "true"


def etag(document: BaseModel) -> str:
    """A strong validator: it is the document's own digest (RFC 9110, section 8.8.3)."""
    return f'"{hashlib.sha256(document.model_dump_json().encode()).hexdigest()[:32]}"'


def check_match(if_match: str | None, current: BaseModel) -> None:
    """That the sender has seen the document as it is (RFC 9110, section 13.1.1).

    Raises:
        PreconditionRequiredError: there is no If-Match.
        PreconditionFailedError: it names another version.
    """
    if if_match is None:
        raise PreconditionRequiredError(mark("Send the ETag of what you change in the header If-Match."))
    given = {one.strip() for one in if_match.split(",")}
    if "*" not in given and etag(current) not in given:
        raise PreconditionFailedError(STALE)
