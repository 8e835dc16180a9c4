"""Style sheets, scripts and pictures, at addresses with a hash of the content, so that they can be kept for long."""

import hashlib
from functools import cache
from pathlib import Path
from urllib.parse import parse_qs

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).resolve().parent.parent / "static"
PREFIX = "/static"
FOR_OTHER_SITES = "widget.js"
"""What pages of other sites load, at its address without a hash, so that it is asked for anew whenever it changes."""

YEAR_SECONDS = 365 * 24 * 60 * 60


def static_url(path: str) -> str:
    """The address of a file under static/, which changes with its content.

    Raises:
        FileNotFoundError: there is no such file.
    """
    file = FOLDER / path
    return f"{PREFIX}/{path}?v={_hash(file, file.stat().st_mtime_ns)}"


@cache
def _hash(file: Path, _modified: int) -> str:
    """Hashed again when the file was changed, so that an editor sees changes without starting the server again."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:16]


class HashedStaticFiles(StaticFiles):
    """Static files that are kept for a year where the address has the hash of what is sent, else asked for again."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        (asked, *_) = parse_qs(scope["query_string"].decode("latin-1")).get("v", [""])
        current = response.status_code < 400 and static_url(path).rpartition("=")[2] == asked
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable" if current else "no-cache"
        if path == FOR_OTHER_SITES:
            response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response
