"""Browsers of other sites: none may read the API's answers but those that the settings name; pages never."""

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from matchmaker_api.paths import is_page

METHODS = ("GET", "POST", "PUT", "DELETE")
SENT = ("Authorization", "Content-Type", "Accept-Language", "Idempotency-Key", "If-Match", "X-Request-ID")
READ = tuple(
    "Content-Language Deprecation ETag Idempotent-Replayed Link Location RateLimit RateLimit-Policy Retry-After Sunset"
    " WWW-Authenticate X-Request-ID".split()
)


class ApiCors:
    """Middleware: the CORS headers of the API for the sites that are named. Keys come in a header, not in a cookie."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self.shared = CORSMiddleware(
            app, allow_origins=origins, allow_methods=METHODS, allow_headers=SENT, expose_headers=READ
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        shared = scope["type"] == "http" and not is_page(scope["path"])
        await (self.shared if shared else self.app)(scope, receive, send)
