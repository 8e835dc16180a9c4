"""What a request may weigh: bodies beyond a size are refused before they are kept, JSON beyond a depth before it is
read, since a parser spends memory and stack on each level. What a program sends must be JSON in UTF-8. Files for an
import are handed on as they come, and are counted on the way.
"""

import re
from collections.abc import Iterator

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaker.domain.errors import MatchmakerError, mark
from matchmaker_api.errors import error_answer
from matchmaker_api.paths import UPLOADS, is_page

LARGEST_BODY = 1_000_000
"""Bytes. The longest challenge, 200,000 characters, takes at most 0.8 MB in UTF-8."""

MEGABYTE = 1_000_000

DRAINED = 4 * LARGEST_BODY
"""So much of a body that is too large is read and dropped, so that the sender gets to read why it was refused."""

NOT_UTF_8 = mark("The body is not in UTF-8.")

DEEPEST_JSON = 32
"""Levels of lists and objects. The API's own bodies have two."""

_JSON = re.compile(r"application/([\w.+-]+\+)?json", re.IGNORECASE)
_TOKENS = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


class TooLargeError(MatchmakerError):
    """A body that is larger than any request needs."""

    code = "content-too-large"


class TooDeepError(MatchmakerError):
    """JSON that is nested deeper than any request needs."""

    code = "too-deep"


class NotJsonError(MatchmakerError):
    """A body that does not say that it is JSON."""

    code = "unsupported-media-type"


class NotUnicodeError(MatchmakerError):
    """A body that is not in UTF-8, as JSON between systems must be (RFC 8259, section 8.1)."""

    code = "invalid-json"


class BodyLimits:
    """Middleware: hands on bodies that were read whole and are neither too large nor too deep."""

    def __init__(self, app: ASGIApp, upload_megabytes: int) -> None:
        self.app = app
        self._largest_upload = upload_megabytes * MEGABYTE

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"] in UPLOADS and scope["method"] == "POST":
            await self._hand_on(scope, receive, send)
            return
        try:
            body = await _read(scope, receive)
            if body is None:
                return
            if body and not is_page(scope["path"]):
                check_type(Headers(scope=scope).get("content-type", ""))
                check_encoding(body)
                check_depth(body)
        except (TooLargeError, NotJsonError, NotUnicodeError, TooDeepError) as error:
            await error_answer(Request(scope), error)(scope, receive, send)
            return
        await self.app(scope, _replay(body, receive), send)

    async def _hand_on(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A file, not a byte of it read before it is known who sends it; what is too large ends in the reading."""
        announced = Headers(scope=scope).get("content-length", "")
        largest = self._largest_upload + LARGEST_BODY  # the form's other fields, and what stands between them
        if announced.isdecimal() and int(announced[:20]) > largest:
            await error_answer(Request(scope), self._too_large_file())(scope, receive, send)
            return
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > largest:
                raise self._too_large_file()
            return message

        await self.app(scope, counted, send)

    def _too_large_file(self) -> TooLargeError:
        return TooLargeError(
            mark("The file is larger than {limit} MB. Divide it, or have it imported on the command line."),
            limit=self._largest_upload // MEGABYTE,
        )


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


def check_type(content_type: str) -> None:
    """That a body says that it is JSON.

    Raises:
        NotJsonError: it says something else, or nothing.
    """
    if not _JSON.fullmatch(content_type.partition(";")[0].strip()):
        raise NotJsonError(mark("Send JSON, and say so with the Content-Type application/json."))


def check_encoding(body: bytes) -> None:
    """That a body is in UTF-8. In JSON no character of code 0 may stand, which UTF-16 and UTF-32 are full of: the
    parser would guess them by it.

    Raises:
        NotUnicodeError: it is not.
    """
    try:
        body.decode()
    except UnicodeDecodeError:
        raise NotUnicodeError(NOT_UTF_8) from None
    if b"\0" in body:
        raise NotUnicodeError(NOT_UTF_8)


def check_depth(body: bytes) -> None:
    """That JSON in UTF-8 is not nested too deep; whether it is JSON is not looked at.

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
