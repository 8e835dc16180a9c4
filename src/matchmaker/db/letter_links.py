"""The links that letters carry, in the database. Those who hold one come in as by a private link, until it ends."""

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from matchmaker.db.letter_models import LetterLinkRow
from matchmaker.domain.links import link_digest, new_token


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose letters: those of a challenge's owner, or (``participant_id``) of another municipality."""

    case_id: str
    participant_id: str | None = None


def add_link(session: Session, reader: Reader, digest: str, stop_digest: str, expires_at: datetime) -> None:
    """Let a letter's links in. Those of earlier letters stay good, since one may be sent twice."""
    session.add(
        LetterLinkRow(
            digest=digest,
            stop_digest=stop_digest,
            challenge_id=reader.case_id,
            participant_id=reader.participant_id,
            expires_at=expires_at,
        )
    )


def find_link(session: Session, digest: str) -> tuple[Reader, datetime] | None:
    """Whom a letter's link lets in, and until when; None when it has ended."""
    row = session.get(LetterLinkRow, digest)
    if row is None or row.expires_at <= datetime.now(UTC):
        return None
    return Reader(row.challenge_id, row.participant_id), row.expires_at


def find_stop_link(session: Session, stop_digest: str) -> Reader | None:
    """Whose letters a link stops."""
    row = session.scalars(select(LetterLinkRow).where(LetterLinkRow.stop_digest == stop_digest)).first()
    return Reader(row.challenge_id, row.participant_id) if row else None


def mailed_challenge(session: Session, digest: str) -> str | None:
    """The challenge that a letter's link opens for its owner."""
    found = find_link(session, digest)
    return found[0].case_id if found and found[0].participant_id is None else None


def mailed_participant(session: Session, digest: str) -> str | None:
    """The other municipality's part in a challenge that a letter's link opens."""
    found = find_link(session, digest)
    return found[0].participant_id if found else None


def delete_reader_links(session: Session, reader: Reader) -> None:
    """End all the links that were mailed to a reader, those that stop letters too: they went to another address."""
    session.execute(delete(LetterLinkRow).where(*_links_of(reader)))


def close_reader_links(session: Session, reader: Reader) -> None:
    """Have what was mailed to a reader open nothing any more; what stops the letters goes on stopping them.

    The digest makes way for one that no link has: that of nothing that was ever made.
    """
    for row in session.scalars(select(LetterLinkRow).where(*_links_of(reader))):
        row.digest = link_digest(new_token())


def _links_of(reader: Reader) -> tuple[ColumnElement[bool], ...]:
    own = LetterLinkRow.participant_id == reader.participant_id  # None becomes "is null"
    return LetterLinkRow.challenge_id == reader.case_id, own


def forget_ended_links(session: Session, now: datetime) -> None:
    """Delete what lets nobody in any more."""
    session.execute(delete(LetterLinkRow).where(LetterLinkRow.expires_at < now))
