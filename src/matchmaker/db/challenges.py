"""Challenges and their shortlists in the database."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.models import ChallengeRow, ShortlistRow
from matchmaker.domain.errors import NotFoundError, mark


@dataclass(frozen=True, slots=True)
class StoredChallenge:
    """A challenge as it was sent; ``language`` is what the sender gave."""

    id: str
    title: str | None
    text: str
    language: str | None
    municipality: str | None
    collection: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class StoredShortlist:
    """A frozen shortlist; ``content`` is its JSON form."""

    id: str
    challenge_id: str
    created_at: datetime
    content: dict[str, Any]


def add_challenge(session: Session, challenge: StoredChallenge) -> None:
    session.add(
        ChallengeRow(
            id=challenge.id,
            title=challenge.title,
            text=challenge.text,
            language=challenge.language,
            municipality=challenge.municipality,
            collection=challenge.collection,
            created_at=challenge.created_at,
        )
    )


def get_challenge(session: Session, challenge_id: str) -> StoredChallenge:
    """The challenge of an id.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(ChallengeRow, challenge_id)
    if row is None:
        raise NotFoundError(mark("There is no challenge with the id {id}."), id=challenge_id)
    return StoredChallenge(
        row.id, row.title, row.text, row.language, row.municipality, row.collection, _aware(row.created_at)
    )


def add_shortlist(session: Session, shortlist: StoredShortlist) -> None:
    session.add(
        ShortlistRow(
            id=shortlist.id,
            challenge_id=shortlist.challenge_id,
            created_at=shortlist.created_at,
            content=shortlist.content,
        )
    )


def find_latest_shortlist(session: Session, challenge_id: str) -> StoredShortlist | None:
    """The challenge's newest shortlist; None when it has none."""
    row = session.scalars(
        select(ShortlistRow)
        .where(ShortlistRow.challenge_id == challenge_id)
        .order_by(ShortlistRow.created_at.desc(), ShortlistRow.id)
        .limit(1)
    ).first()
    return StoredShortlist(row.id, row.challenge_id, _aware(row.created_at), row.content) if row else None


def _aware(moment: datetime) -> datetime:
    """SQLite forgets the zone; all times are kept in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
