"""What protects pages and their readers: security headers, the cross-site check, and who may reach the desk."""

import ipaddress
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaker.domain.errors import mark
from matchmaker_api.frames import ANCESTORS
from matchmaker_api.pages.error_pages import PageRefusedError, error_page
from matchmaker_api.pages.static_files import PREFIX as STATIC
from matchmaker_api.paths import is_for_mail_programs, is_page

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; frame-ancestors {ancestors}; base-uri 'none'"
)

NOBODY = "'none'"

# same-origin rather than no-referrer: with the latter, browsers send "Origin: null" with this site's own forms, and
# the cross-site check would have nothing to compare. Other sites get no address from either.
SECURITY_HEADERS: Mapping[str, str] = {
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}

TLS_ONLY = "max-age=31536000; includeSubDomains"
"""A browser that was here over TLS comes by nothing else for a year. Said over TLS only (RFC 6797, section 7.2)."""

SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}

FROM_ANOTHER_SITE = mark(
    "The form did not come from this site, and nothing has been saved. Open the page here and send it again."
)
DESK_IS_LOCAL = mark(
    "The desk can only be opened on the machine that Matchmaker runs on, until sign-in has been set up. "
    "If you are an adviser, ask the one who runs Matchmaker at your organisation."
)

PUBLIC_URL_MISSING = mark(
    "Sign-in is not set up for this address yet. "
    "The one who runs Matchmaker has to say what the address is (MATCHMAKER_PUBLIC_URL)."
)


class SecurityHeaders:
    """Middleware: the security headers on every answer, and no storing of pages and answers with what people wrote."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                guard_headers(MutableHeaders(scope=message), scope)
            await send(message)

        await self.app(scope, receive, send_guarded)


def guard_headers(headers: MutableHeaders, scope: Scope) -> None:
    """Add what an answer to the request is to have; what it says itself stays."""
    path = scope["path"]
    headers.setdefault("Content-Security-Policy", content_policy(scope.get("state", {}).get(ANCESTORS, NOBODY)))
    for name, value in SECURITY_HEADERS.items():
        headers.setdefault(name, value)
    if scope.get("scheme") == "https":
        headers.setdefault("Strict-Transport-Security", TLS_ONLY)
    if (is_page(path) and not path.startswith(f"{STATIC}/")) or path.startswith("/api/"):
        headers.setdefault("Cache-Control", "no-store")


def content_policy(ancestors: str = NOBODY) -> str:
    """The policy of a page that those sites may show in a frame."""
    return CONTENT_POLICY.format(ancestors=ancestors)


class SameSiteOnly:
    """Middleware: refuse what other sites make a reader's browser send to pages."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _is_guarded(scope["path"]) and scope["method"] not in SAFE_METHODS:
            request = Request(scope, receive)
            if not _comes_from_here(request.headers):
                answer = error_page(request, HTTPStatus.FORBIDDEN, FROM_ANOTHER_SITE)
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _is_guarded(path: str) -> bool:
    return is_page(path) and not is_for_mail_programs(path)


def _comes_from_here(headers: Headers) -> bool:
    """What the browser says of where the request was made; a request that says nothing is refused.

    Sec-Fetch-Site is only sent to https and to the machine itself, so Origin must do on a plain http network.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = urlsplit(headers.get("origin", ""))
    return bool(origin.netloc) and origin.netloc == headers.get("host")


def loopback_only(request: Request) -> None:
    """Dependency: only who sits at the machine itself, and came straight to it.

    The Host header counts because another site's name can be made to lead here (DNS rebinding), the forwarding headers
    because a proxy on the machine is a neighbour that may speak for anybody.

    Raises:
        PageRefusedError: for everybody else.
    """
    if not is_at_the_machine(request):
        raise PageRefusedError(DESK_IS_LOCAL)


def is_at_the_machine(request: Request) -> bool:
    """Whether who asks sits at the machine itself, and came straight to it."""
    client = request.client.host if request.client else ""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    forwarded = any(name in {"forwarded", "via"} or name.startswith("x-forwarded-") for name in request.headers)
    return not forwarded and _is_loopback(client) and (host == "localhost" or _is_loopback(host))


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
