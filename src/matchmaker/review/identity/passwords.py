"""Passwords of local accounts: argon2id by its library's defaults (RFC 9106's low-memory profile, 64 MiB)."""

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from matchmaker.db import identity as stored
from matchmaker.db.session import Database
from matchmaker.domain.account import Account, AccountKind, InvalidPasswordError
from matchmaker.domain.errors import mark
from matchmaker.review.identity.common_passwords import is_common, period
from matchmaker.review.identity.sessions import counts
from matchmaker.settings import Settings

SHORTEST = 12
LONGEST = 256
"""Characters. Longer ones are refused unread, so that nobody has the server hash a book."""

FEWEST_DIFFERENT = 5

_AT_ONCE = threading.BoundedSemaphore(2)
"""Each hash takes 64 MiB: many sign-ins at once wait for each other instead of taking the machine's memory."""

_hasher = PasswordHasher()


def hash_password(password: str) -> str:
    """What is stored of a new password.

    Raises:
        InvalidPasswordError: it is short, long, common, or a few characters over and over.
    """
    check_password(password)
    with _AT_ONCE:
        return _hasher.hash(password)


def check_password(password: str) -> None:
    """That somebody may have a password.

    Raises:
        InvalidPasswordError: as said by ``hash_password``.
    """
    if len(password) < SHORTEST:
        raise InvalidPasswordError(mark("The password needs at least {count} characters."), count=SHORTEST)
    if len(password) > LONGEST:
        raise InvalidPasswordError(mark("The password may have at most {count} characters."), count=LONGEST)
    if is_common(password) or period(password) < SHORTEST or len(set(password)) < FEWEST_DIFFERENT:
        raise InvalidPasswordError(mark("The password is among those that are guessed first. Choose another one."))


@cache
def _nobodys() -> str:
    """A hash to compare with where there is no account; not made while a server starts, which it would delay."""
    return _hasher.hash("of an account that is not there")


def check_sign_in(database: Database, settings: Settings, label: str, password: str) -> Account | None:
    """The account, if the password is its own. It takes as long where there is no such account."""
    nobodys = _nobodys()  # whether it is needed or not
    with database.reading() as session:
        found = stored.find_by_label(session, label)
    account, hashed = found or (None, None)
    is_right = _verify(hashed or nobodys, password[: LONGEST + 1])
    if account is None or hashed is None or not is_right or account.kind is not AccountKind.LOCAL:
        return None
    if not counts(settings, account):
        return None
    if _hasher.check_needs_rehash(hashed):
        with _AT_ONCE:
            renewed = _hasher.hash(password)
        with database.transaction() as session:
            stored.set_password_hash(session, account.id, renewed)
    return account


def _verify(hashed: str, password: str) -> bool:
    try:
        with _AT_ONCE:
            return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
