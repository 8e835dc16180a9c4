"""Personal tokens: made by staff on their own page, shown once, and worth no more than their account still is.

They end with every way of ending an account's sessions at once: signing out everywhere, another password, other
roles, the account's end; and with them the API keys that they made, so that a token that was stolen leaves none behind.
https://datatracker.ietf.org/doc/html/rfc6750 says how they are shown.
"""

import logging
import re
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from matchmaker.db import access_record
from matchmaker.db import personal_tokens as stored
from matchmaker.db.session import Database
from matchmaker.domain.access import ExpiredKeyError, KeyRefusedError, NoKeyError, RevokedKeyError, Role
from matchmaker.domain.access_event import AccessAct
from matchmaker.domain.account import Account
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError, StorageError, mark
from matchmaker.domain.personal_token import LEAST_POWER_FIRST, Bearer, PersonalToken
from matchmaker.review.identity.secrets import digest, is_of, new_token
from matchmaker.review.identity.sessions import counts
from matchmaker.settings import Settings

ID_BYTES = 6
LONGEST_DAYS = 90
USE_NOTED_EVERY = timedelta(minutes=1)

_FORM = re.compile(r"mmp_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")

log = logging.getLogger(__name__)


def make_token(
    database: Database, account: Account, roles: Collection[Role], days: int, now: datetime | None = None
) -> tuple[PersonalToken, str]:
    """A new token and, this once, its whole text ``mmp_<id>_<secret>``.

    Raises:
        InvalidChallengeError: it has no roles, some that the account has not, or too long a life; the field is named.
    """
    if not roles or not set(roles) <= account.roles & set(LEAST_POWER_FIRST):
        raise InvalidChallengeError("roles", mark("Choose among your own roles."))
    if not 1 <= days <= LONGEST_DAYS:
        raise InvalidChallengeError("days", mark("Write a number of days from 1 to {most}."), most=LONGEST_DAYS)
    now = now or datetime.now(UTC)
    secret = new_token()
    expires_at = now + timedelta(days=days)
    token = PersonalToken(secrets.token_hex(ID_BYTES), account.id, frozenset(roles), now, expires_at)
    with database.transaction() as session:
        stored.add_token(session, token, digest(secret))
        details = ",".join(sorted(token.roles))
        access_record.note_act(session, account.label, AccessAct.TOKEN_MADE, token.prefix, details, now)
    return token, f"{token.prefix}_{secret}"


def list_tokens(database: Database, account: Account) -> list[PersonalToken]:
    with database.reading() as session:
        return stored.list_tokens(session, account.id)


def revoke_token(database: Database, account: Account, token_id: str, now: datetime | None = None) -> None:
    """Take one of one's own tokens back; the next request with it is refused.

    Raises:
        NotFoundError: it is none of the account's.
    """
    with database.transaction() as session:
        if not stored.revoke_token(session, account.id, token_id, now or datetime.now(UTC)):
            raise NotFoundError(mark("There is no such token."))
        access_record.note_act(session, account.label, AccessAct.TOKEN_REVOKED, f"mmp_{token_id}", now=now)


def bearer_of(database: Database, settings: Settings, presented: str, now: datetime | None = None) -> Bearer:
    """Who shows a token, with the roles that the token was given and its account still has.

    That a token is expired or revoked is only told to who knows its secret.

    Raises:
        KeyRefusedError: there is none, it is none of ours, expired or revoked, or its account may not be used.
    """
    now = now or datetime.now(UTC)
    if not presented:
        raise NoKeyError(mark("Send a personal token in the header “Authorization: Bearer mmp_…”."))
    form = _FORM.fullmatch(presented)
    found = None
    if form:
        with database.reading() as session:
            found = stored.find_token(session, form.group(1))
    if not is_of(form.group(2) if form else "", found[2] if found else None) or found is None:
        raise KeyRefusedError(mark("The personal token is not known. Check that the whole of it was sent."))
    token, account, _ = found
    if token.revoked_at is not None or not counts(settings, account):
        raise RevokedKeyError(mark("The personal token has been revoked. Make a new one on your account's page."))
    if token.expires_at <= now:
        raise ExpiredKeyError(mark("The personal token has expired. Make a new one on your account's page."))
    _note_use(database, token, now)
    return Bearer(account.label, token.roles & account.roles, token.id)


def _note_use(database: Database, token: PersonalToken, now: datetime) -> None:
    if token.last_used_at is not None and now - token.last_used_at < USE_NOTED_EVERY:
        return
    try:
        with database.transaction() as session:
            stored.note_use(session, token.id, now, now - USE_NOTED_EVERY)
    except StorageError:
        log.warning("The use of the token %s could not be noted", token.prefix)  # no reason to refuse the request
