"""The officer's pages in a frame on a municipality's own site.

``/embed/sv/challenges/…`` is ``/challenges/…``, the same routes, for a browser that shows them in a frame: in the
language that the address names, for nobody who is signed in, and only on the sites that the operator names. Why it is
so: ADR 9.
"""

import re
from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from matchmaker.messages import LANGUAGES
from matchmaker.review.identity.views import PREFIX as IN_A_SESSION

ANCESTORS = "frame_ancestors"
"""Where a request's state holds the sites that may show the answer in a frame, as the content policy has them."""

OURSELVES = "'self'"
"""A page of this site may show the form in a frame, too: the one that tells how it looks does."""

CHALLENGES = "/challenges/"

_FRAMED = re.compile(rf"(/embed/({'|'.join(LANGUAGES)})){CHALLENGES}(?!{re.escape(IN_A_SESSION)})")
_NOT_FOR_FRAMES = {b"cookie", b"accept-language"}


class Frames:
    """Middleware: leads what is asked for under ``/embed`` to the pages of challenges, and nowhere else.

    Cookies are left out both ways. Browsers differ in whether they send them in another site's frame; so it is the
    same in all, and no click that another site made somebody make is done with the rights of a session.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self._ancestors = " ".join((OURSELVES, *origins))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        framed = _FRAMED.match(scope["path"]) if scope["type"] == "http" else None
        if framed is None:
            await self.app(scope, receive, send)
            return
        root, language = framed.groups()

        async def send_into_the_frame(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                del headers["set-cookie"]
                if headers.get("location", "").startswith(CHALLENGES):
                    headers["location"] = root + headers["location"]
            await send(message)

        # Changed in place, as routers do with root_path: what answers faults outside of here has to know it as well.
        scope["root_path"] = root
        kept = [(name, value) for name, value in scope["headers"] if name not in _NOT_FOR_FRAMES]
        scope["headers"] = [*kept, (b"accept-language", language.encode())]
        scope.setdefault("state", {})[ANCESTORS] = self._ancestors
        await self.app(scope, receive, send_into_the_frame)


def frame_of(request: Request) -> str:
    """What the paths of the frame's pages begin with; nothing outside of frames."""
    return str(request.scope["root_path"]) if ANCESTORS in request.scope.get("state", {}) else ""
