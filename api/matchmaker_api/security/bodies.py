"""What a request may weigh: bodies beyond a size are refused before they are kept, JSON beyond a depth before it is
read, since a parser spends memory and stack on each level.
"""

import re
from collections.abc import Iterator

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaker.domain.errors import MatchmakerError, mark
from matchmaker_api.errors import error_answer
from matchmaker_api.paths import is_page

LARGEST_BODY = 1_000_000
"""Bytes. The longest challenge, 200,000 characters, takes at most 0.8 MB in UTF-8."""

DRAINED = 4 * LARGEST_BODY
"""So much of a body that is too large is read and dropped, so that the sender gets to read why it was refused."""

DEEPEST_JSON = 32
"""Levels of lists and objects. The API's own bodies have two."""

_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


class TooLargeError(MatchmakerError):
    """A body that is larger than any request needs."""

    code = "content-too-large"


class TooDeepError(MatchmakerError):
    """JSON that is nested deeper than any request needs."""

    code = "too-deep"


class BodyLimits:
    """Middleware: hands on bodies that were read whole and are neither too large nor too deep."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        try:
            body = await _read(scope, receive)
            if body is None:
                return
            if not is_page(scope["path"]):
                check_depth(body)
        except (TooLargeError, TooDeepError) as error:
            await error_answer(Request(scope), error)(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)


async def _read(scope: Scope, receive: Receive) -> bytes | None:
    """The whole body; None when the sender has gone.

    Raises:
        TooLargeError: it is too large.
    """
    announced = Headers(scope=scope).get("content-length", "")
    if announced.isdecimal() and int(announced[:20]) > DRAINED:
        raise _too_large()  # not a byte of it is waited for
    parts, size = [], 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size <= LARGEST_BODY:
            parts.append(part)
        if size > DRAINED or not message.get("more_body", False):
            break
    if size > LARGEST_BODY:
        raise _too_large()
    return b"".join(parts)


def _too_large() -> TooLargeError:
    return TooLargeError(mark("The body has more than {limit} bytes."), limit=LARGEST_BODY)


def check_depth(body: bytes) -> None:
    """That JSON is not nested too deep; whether it is JSON is not looked at.

    Raises:
        TooDeepError: it is.
    """
    if body.count(b"[") + body.count(b"{") <= DEEPEST_JSON:
        return
    if max(_depths(body), default=0) > DEEPEST_JSON:
        raise TooDeepError(mark("The body is nested deeper than {limit} levels."), limit=DEEPEST_JSON)


def _depths(body: bytes) -> Iterator[int]:
    depth = 0
    for token in _TOKENS.finditer(body):
        match token.group()[:1]:
            case b"[" | b"{":
                depth += 1
                yield depth
            case b"]" | b"}":
                depth -= 1


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()  # tells when the sender goes
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
