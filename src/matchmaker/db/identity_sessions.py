"""Sessions, sign-ins under way and mailed links in the database. Everything secret comes in as its digest."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.db.cases import aware
from matchmaker.db.identity import read_account
from matchmaker.db.identity_models import AccountRow, AttemptRow, MailLinkRow, RetiredValueRow, SessionRow
from matchmaker.db.personal_tokens import revoke_all
from matchmaker.domain.account import SignedIn


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A session by a value of its cookie. ``is_current``: the newest one; ``has_previous``: there was one before.

    ``is_retired``: there were two newer ones at least.
    """

    session: SignedIn
    is_current: bool
    has_previous: bool
    previous_until: datetime | None
    is_retired: bool = False

    def is_replaced(self, now: datetime) -> bool:
        """Whether the value is no longer good, since a newer one has arrived at a browser a while ago."""
        ended = self.previous_until is not None and self.previous_until <= now
        return self.is_retired or (not self.is_current and ended)


@dataclass(frozen=True, slots=True)
class MailLink:
    """A link as it was mailed: to whom (a keyed digest), for which municipality."""

    subject_digest: str
    municipality: str
    expires_at: datetime


def add_session(
    session: Session, account_id: str, token_digest: str, now: datetime, expires: datetime, idle: timedelta
) -> str:
    identifier = str(uuid.uuid4())
    session.add(
        SessionRow(
            id=identifier,
            account_id=account_id,
            token_digest=token_digest,
            created_at=now,
            last_seen_at=now,
            rotated_at=now,
            expires_at=expires,
            idle_minutes=int(idle.total_seconds() // 60),
        )
    )
    return identifier


def find_session(session: Session, token_digest: str) -> FoundSession | None:
    """The session of a cookie's value, over or not."""
    matches = or_(SessionRow.token_digest == token_digest, SessionRow.previous_digest == token_digest)
    query = select(SessionRow, AccountRow).join(AccountRow, AccountRow.id == SessionRow.account_id).where(matches)
    found = session.execute(query).first()
    if found is None:
        return None
    row, account = found
    until = aware(row.previous_until) if row.previous_until else None
    return FoundSession(
        _session(row, account), row.token_digest == token_digest, row.previous_digest is not None, until
    )


def list_sessions(session: Session, account_id: str | None = None) -> list[SignedIn]:
    """The sessions of an account, or (None) of all, those that were used last first; over or not."""
    query = select(SessionRow, AccountRow).join(AccountRow, AccountRow.id == SessionRow.account_id)
    if account_id is not None:
        query = query.where(SessionRow.account_id == account_id)
    ordered = query.order_by(SessionRow.last_seen_at.desc(), SessionRow.id)
    return [_session(row, account) for row, account in session.execute(ordered)]


def note_seen(session: Session, session_id: str, now: datetime) -> None:
    session.execute(update(SessionRow).where(SessionRow.id == session_id).values(last_seen_at=now))


def rotate(session: Session, session_id: str, old_digest: str, new_digest: str, now: datetime) -> bool:
    """Give a session a new value; the one that comes first of two at once does, the other finds it done."""
    replaced = session.scalar(select(SessionRow.previous_digest).where(SessionRow.id == session_id))
    changed = session.execute(
        update(SessionRow)
        .where(SessionRow.id == session_id, SessionRow.token_digest == old_digest)
        .values(
            token_digest=new_digest, previous_digest=old_digest, previous_until=None, rotated_at=now, last_seen_at=now
        )
    )
    if not changed.rowcount:  # type: ignore[attr-defined]  # an update has one
        return False
    if replaced:
        session.add(RetiredValueRow(digest=replaced, session_id=session_id))
    return True


def find_retired(session: Session, token_digest: str) -> FoundSession | None:
    """The session of which a value was the cookie's before the one before."""
    row = session.get(RetiredValueRow, token_digest)
    if row is None:
        return None
    found = session.get_one(SessionRow, row.session_id)
    account = session.get_one(AccountRow, found.account_id)
    until = aware(found.previous_until) if found.previous_until else None
    return FoundSession(_session(found, account), False, True, until, is_retired=True)


def label_of(session: Session, session_id: str) -> str | None:
    """The label of a session's account."""
    query = select(AccountRow.label).join(SessionRow, SessionRow.account_id == AccountRow.id)
    return session.scalar(query.where(SessionRow.id == session_id))


def limit_previous(session: Session, session_id: str, until: datetime) -> None:
    """The new value has arrived at the browser: the one before is good a little longer, and then no more."""
    session.execute(
        update(SessionRow)
        .where(SessionRow.id == session_id, SessionRow.previous_until.is_(None))
        .values(previous_until=until)
    )


def delete_session(session: Session, session_id: str) -> bool:
    return bool(session.scalars(delete(SessionRow).where(SessionRow.id == session_id).returning(SessionRow.id)).all())


def delete_sessions(session: Session, account_id: str, but: str | None = None) -> int:
    """End the sessions of an account, ``but`` one; returns how many. Its personal tokens end with them."""
    revoke_all(session, account_id, datetime.now(UTC))
    query = delete(SessionRow).where(SessionRow.account_id == account_id)
    if but is not None:
        query = query.where(SessionRow.id != but)
    return len(session.scalars(query.returning(SessionRow.id)).all())


def forget_expired(session: Session, now: datetime) -> None:
    """Delete what can no longer be used: sessions, sign-ins under way, mailed links."""
    for expiry in (SessionRow.expires_at, AttemptRow.expires_at, MailLinkRow.expires_at):
        session.execute(delete(expiry.class_).where(expiry < now))


def add_attempt(session: Session, digest: str, content: dict[str, Any], expires_at: datetime) -> None:
    session.add(AttemptRow(digest=digest, content=content, expires_at=expires_at))


def take_attempt(session: Session, digest: str, now: datetime) -> dict[str, Any] | None:
    """A sign-in under way; it is taken out, so that an answer of the provider counts once."""
    row = session.get(AttemptRow, digest)
    if row is None:
        return None
    session.delete(row)
    return row.content if aware(row.expires_at) > now else None


def add_link(session: Session, digest: str, subject_digest: str, municipality: str, expires_at: datetime) -> None:
    session.add(
        MailLinkRow(digest=digest, subject_digest=subject_digest, municipality=municipality, expires_at=expires_at)
    )


def find_link(session: Session, digest: str) -> MailLink | None:
    row = session.get(MailLinkRow, digest)
    return MailLink(row.subject_digest, row.municipality, aware(row.expires_at)) if row else None


def delete_links(session: Session, subject_digest: str) -> None:
    """End the links to one address. Asking for one ends none: anybody can ask, and would keep the owner out."""
    session.execute(delete(MailLinkRow).where(MailLinkRow.subject_digest == subject_digest))


def _session(row: SessionRow, account: AccountRow) -> SignedIn:
    return SignedIn(
        id=row.id,
        account=read_account(account),
        created_at=aware(row.created_at),
        last_seen_at=aware(row.last_seen_at),
        rotated_at=aware(row.rotated_at),
        expires_at=aware(row.expires_at),
        idle=timedelta(minutes=row.idle_minutes),
    )
