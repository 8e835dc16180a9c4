"""The cookies of sign-in: random values, and nothing that tells of who holds them. How all cookies are guarded.

With https, which the operator's own address says even where a proxy does not tell, their names begin with ``__Host-``,
by which browsers keep them to this very host, path / and secure lines: no neighbour in the domain can plant one
(RFC 6265bis, section 4.1.3.2).
"""

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaker.settings import Settings

SESSION = "matchmaker-session"
ATTEMPT = "matchmaker-sign-in"
ATTEMPT_SECONDS = 600

_PENDING = "identity_cookies"


def read_cookie(request: Request, name: str) -> str | None:
    """The cookie's value; with https only that of the guarded name counts."""
    return request.cookies.get(full_name(request, name)) or None


def is_secure(request: Request) -> bool:
    """Whether readers come by https: by the request itself, or by the address that the operator says they use."""
    state = getattr(request.scope.get("app"), "state", None)
    settings: Settings | None = getattr(state, "settings", None)  # there are none where nobody signs in
    return request.url.scheme == "https" or (settings is not None and settings.is_for_others)


def set_later(request: Request, name: str, value: str | None, max_age: int | None = None) -> None:
    """Have the answer, whatever it will be, set a cookie, or with None delete it."""
    carrier = Response()
    carrier.set_cookie(
        full_name(request, name),
        value or "",
        max_age=max_age if value else 0,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",  # strict would leave it out when a link in a mail or the provider leads here
    )
    pending: dict[str, str] = request.scope.setdefault("state", {}).setdefault(_PENDING, {})
    pending[name] = carrier.headers["set-cookie"]


class IdentityCookies:
    """Middleware: puts on the answer the cookies that were set meanwhile, also on errors and redirects."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_with_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for value in scope.get("state", {}).get(_PENDING, {}).values():
                    headers.append("set-cookie", value)
            await send(message)

        await self.app(scope, receive, send_with_cookies)


def full_name(request: Request, name: str) -> str:
    """A cookie's name at a browser; with https one that no neighbour in the domain can plant."""
    return f"__Host-{name}" if is_secure(request) else name
