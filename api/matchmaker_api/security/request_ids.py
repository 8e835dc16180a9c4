"""A request's id: the caller's own where it is one, on the answer, and in every line that is logged meanwhile."""

import logging
import re
import uuid
from contextvars import ContextVar

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = "X-Request-ID"

# Narrow, since it is written to logs and sent back: nothing that could end a line or be taken for markup.
_FORM = re.compile(r"[A-Za-z0-9._-]{1,64}")
_current: ContextVar[str] = ContextVar("request_id", default="-")


def request_id() -> str:
    """The id of the request that is being answered; "-" outside of any."""
    return _current.get()


class RequestIds:
    """Middleware: gives each request its id, and puts it on the answer with the headers that the answer was given."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        identifier = given if _FORM.fullmatch(given) else str(uuid.uuid4())
        _current.set(identifier)

        async def send_named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers[REQUEST_ID] = identifier
                for name, value in scope.get("state", {}).get("answer_headers", {}).items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_named)


class _Stamp(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if _current.get() != "-":
            record.msg = f"[{_current.get()}] {record.msg}"
        return True


def stamp_logs() -> None:
    """Begin each line of the API's log with the id of the request that it is about."""
    logger = logging.getLogger("matchmaker_api")
    if not any(isinstance(one, _Stamp) for one in logger.filters):
        logger.addFilter(_Stamp())
