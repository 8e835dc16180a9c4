"""Private links: whoever holds one may act for a municipality on one challenge. Only their digests are stored."""

import base64
import hashlib
import secrets

TOKEN_BYTES = 24
"""192 random bits: not to be guessed."""

LETTER_PREFIX = "mail."
"""What the links in letters begin with, which end after a while. No private link does: it has no point in it."""


def new_token() -> str:
    """The secret part of a new private link."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def link_digest(token: str) -> str:
    """What is stored of a link. The token is random, so that a plain digest is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def joined_token(token: str, challenge_id: str) -> str:
    """The private link by which the holder of a draft's link sees the challenge that it joined.

    Made from the draft's, so that a form that is sent twice leads to the same link and not to an error: the first
    answer, with a link that was drawn at random, would be lost.
    """
    digest = hashlib.sha256(f"joined:{token}:{challenge_id}".encode()).digest()
    return base64.urlsafe_b64encode(digest[:TOKEN_BYTES]).decode()
