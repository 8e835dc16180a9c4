"""Random values and their digests, and the installation's own key."""

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from functools import cache
from pathlib import Path

from matchmaker.domain.errors import SetupError, mark
from matchmaker.settings import Settings

TOKEN_BYTES = 32
KEY_FILE = "identity.key"

NO_DIGEST = "0" * 64
"""The digest of nothing that is known."""


def new_token() -> str:
    """A value that nobody guesses, for a cookie or a link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """What is stored of a random value. It needs no slow hash, and no key."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_of(secret: str, stored: str | None) -> bool:
    """Whether a digest is stored, and that of the secret.

    Compared also where there is nothing to compare with, so that the time taken does not tell what exists.
    """
    same = hmac.compare_digest(digest(secret), stored or NO_DIGEST)
    return same and stored is not None


def keyed_digest(key: bytes, purpose: str, *parts: str) -> str:
    """What is stored of a value that could be guessed, such as an address: without the key it cannot be tried out."""
    text = "\x00".join((purpose, *parts))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def installation_key(settings: Settings) -> bytes:
    """The key of MATCHMAKER_SECRET_KEY, else of a file in the state folder that only its owner can read.

    Whoever loses it loses which account belongs to whom: everybody gets a new one at the next sign-in.

    Raises:
        SetupError: the file can neither be read nor made.
    """
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value().encode()
    return _file_key(settings.state_folder / KEY_FILE)


@cache
def _file_key(path: Path) -> bytes:
    try:
        if not path.exists():
            _make(path)
        return path.read_bytes()
    except OSError as error:
        raise SetupError(
            mark("The key file {path} cannot be used: {problem}."),
            remedy="MATCHMAKER_SECRET_KEY=…  (or let the state folder be written to)",
            path=path,
            problem=error.strerror or str(error),
        ) from error


def _make(path: Path) -> None:
    """Write it aside and link it into place: of two processes at once one's key is taken by both."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(TOKEN_BYTES))
    with suppress(FileExistsError):
        os.link(aside, path)
    aside.unlink()
