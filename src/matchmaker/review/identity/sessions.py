"""Sessions on the server: a browser holds a random value only, and the session can be ended from here.

The value is new at every sign-in, so that one that was planted in a browser before is worth nothing (session fixation),
and changes while the session lasts, so that one that was copied is not good for long. OWASP's session management cheat
sheet: https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html
"""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from matchmaker.db import identity as accounts
from matchmaker.db import identity_sessions as stored
from matchmaker.db.identity_sessions import FoundSession
from matchmaker.db.session import Database
from matchmaker.domain.account import Account, AccountKind, SignedIn
from matchmaker.domain.errors import StorageError
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
        found = stored.find_session(session, digest(token))
    if found is None or found.session.is_over(now) or not counts(settings, found.session.account):
        return None
    if not found.is_current and found.previous_until is not None and found.previous_until <= now:
        return None
    if not is_use:
        return Resumed(found.session)
    try:
        return Resumed(found.session, _go_on(database, found, token, now))
    except StorageError:
        log.warning("That a session was used could not be noted")  # no reason to turn its owner away
        return Resumed(found.session)


def counts(settings: Settings, account: Account) -> bool:
    """Whether an account may be used: it was not ended, and its way to sign in is the one that is set up."""
    if account.ended_at is not None:
        return False
    if account.kind is AccountKind.OFFICER:
        return True
    return (account.kind is AccountKind.PROVIDER) == settings.oidc_is_configured


def end(database: Database, session_id: str) -> bool:
    """End a session; whether there was one."""
    with database.transaction() as session:
        return stored.delete_session(session, session_id)


def end_all(database: Database, account_id: str) -> int:
    """End all sessions of an account; returns how many."""
    with database.transaction() as session:
        return stored.delete_sessions(session, account_id)


def list_live(
    database: Database, settings: Settings, account_id: str | None = None, now: datetime | None = None
) -> list[SignedIn]:
    """The sessions that go on, of an account or (None) of all; those used last first."""
    now = now or datetime.now(UTC)
    with database.reading() as session:
        found = stored.list_sessions(session, account_id)
    return [one for one in found if not one.is_over(now) and counts(settings, one.account)]


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
