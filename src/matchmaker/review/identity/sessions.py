"""Sessions on the server: a browser holds a random value only, and the session can be ended from here.

The value is new at every sign-in, so that one that was planted in a browser before is worth nothing (session fixation),
and changes while the session lasts. Whoever shows one that was replaced has a copy, or is the one who was copied from:
the session ends for both (RFC 9700, section 4.14.2, does so with refresh tokens). OWASP's session management cheat
sheet: https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from matchmaker.db import access_record
from matchmaker.db import identity as accounts
from matchmaker.db import identity_sessions as stored
from matchmaker.db.identity_sessions import FoundSession
from matchmaker.db.session import Database
from matchmaker.domain.access_event import OPERATOR, AccessAct
from matchmaker.domain.account import Account, AccountKind, SignedIn
from matchmaker.domain.errors import StorageError
from matchmaker.review.identity.domains import checked_domains
from matchmaker.review.identity.secrets import digest, new_token
from matchmaker.settings import Settings

ROTATED_EVERY = timedelta(minutes=15)
SEEN_NOTED_EVERY = timedelta(minutes=1)
"""When a session was last used is written at most so often."""

GRACE = timedelta(minutes=1)
"""How long a value is good after the next one has arrived: requests that were under way still carry it."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Resumed:
    """A session that goes on; ``new_token`` is the cookie's next value, where it is time for one."""

    session: SignedIn
    new_token: str | None = None


def begin(
    database: Database, settings: Settings, account: Account, replaced: str | None = None, now: datetime | None = None
) -> str:
    """A new session of an account, by the value of its cookie. The one that the browser had before ends."""
    now = now or datetime.now(UTC)
    token = new_token()
    with database.transaction() as session:
        stored.forget_expired(session, now)
        before = stored.find_session(session, digest(replaced)) if replaced else None
        if before:
            stored.delete_session(session, before.session.id)
        expires = now + timedelta(hours=settings.session_hours)
        idle = timedelta(minutes=settings.session_idle_minutes)
        stored.add_session(session, account.id, digest(token), now, expires, idle)
        accounts.note_sign_in(session, account.id, now)
    return token


def resume(
    database: Database, settings: Settings, token: str, *, is_use: bool = True, now: datetime | None = None
) -> Resumed | None:
    """The session of a cookie's value; None where there is none, it is over, or its account may not sign in any more.

    ``is_use`` is False for what a page asks by itself: it keeps no session alive.
    """
    now = now or datetime.now(UTC)
    with database.reading() as session:
        found = stored.find_session(session, digest(token)) or stored.find_retired(session, digest(token))
    if found is None or found.session.is_over(now) or not counts(settings, found.session.account):
        return None
    if found.is_replaced(now):
        _end_copied(database, found.session, now)
        return None
    if not is_use:
        return Resumed(found.session)
    try:
        return Resumed(found.session, _go_on(database, found, token, now))
    except StorageError:
        log.warning("That a session was used could not be noted")  # no reason to turn its owner away
        return Resumed(found.session)


def counts(settings: Settings, account: Account) -> bool:
    """Whether an account may be used: it was not ended, and its way to sign in is the one that is set up.

    An officer's is, as long as a mail domain lets in officers of the municipality.
    """
    if account.ended_at is not None:
        return False
    if account.kind is AccountKind.OFFICER:
        return account.municipality in {one.municipality for one in checked_domains(settings)}
    return (account.kind is AccountKind.PROVIDER) == settings.oidc_is_configured


def end(database: Database, session_id: str) -> bool:
    """End a session; whether there was one."""
    with database.transaction() as session:
        return stored.delete_session(session, session_id)


def end_others(database: Database, session_id: str, by: str = OPERATOR) -> None:
    """End somebody's session, which is written down; one that is over already is as good."""
    with database.transaction() as session:
        label = stored.label_of(session, session_id)
        if label and stored.delete_session(session, session_id):
            access_record.note_act(session, by, AccessAct.SESSION_ENDED, label)


def end_all(database: Database, account_id: str, but: str | None = None) -> int:
    """End all sessions of an account, ``but`` one; returns how many."""
    with database.transaction() as session:
        return stored.delete_sessions(session, account_id, but)


def list_live(
    database: Database, settings: Settings, account_id: str | None = None, now: datetime | None = None
) -> list[SignedIn]:
    """The sessions that go on, of an account or (None) of all; those used last first."""
    now = now or datetime.now(UTC)
    with database.reading() as session:
        found = stored.list_sessions(session, account_id)
    return [one for one in found if not one.is_over(now) and counts(settings, one.account)]


def _end_copied(database: Database, copied: SignedIn, now: datetime) -> None:
    """End a session of which two browsers have a value; which of them is its owner's cannot be told."""
    label = copied.account.label
    log.warning("A session of %s was ended: a value of its cookie came back that had been replaced", label)
    try:
        with database.transaction() as session:
            if stored.delete_session(session, copied.id):
                access_record.note_act(session, label, AccessAct.VALUE_REUSED, label, now=now)
    except StorageError:
        log.warning("The session of %s could not be ended", label)


def _go_on(database: Database, found: FoundSession, token: str, now: datetime) -> str | None:
    """Note the use, and change the value when it is time; returns the new one."""
    ours = found.session
    is_due = now - ours.rotated_at >= ROTATED_EVERY
    arrived = found.is_current and found.has_previous and found.previous_until is None
    if not (is_due or arrived or now - ours.last_seen_at >= SEEN_NOTED_EVERY):
        return None
    fresh = new_token()
    with database.transaction() as session:
        stored.note_seen(session, ours.id, now)
        if arrived:
            stored.limit_previous(session, ours.id, now + GRACE)
        if is_due and found.is_current and stored.rotate(session, ours.id, digest(token), digest(fresh), now):
            return fresh
    return None
