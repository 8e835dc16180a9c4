"""Challenges and their shortlists in the database."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from matchmaker.db.case_models import ShortlistRow
from matchmaker.db.cases import aware


@dataclass(frozen=True, slots=True)
class StoredShortlist:
    """A frozen shortlist; ``content`` is its JSON form."""

    id: str
    challenge_id: str
    created_at: datetime
    content: dict[str, Any]
    version: int = 1


def add_shortlist(session: Session, shortlist: StoredShortlist) -> None:
    session.add(
        ShortlistRow(
            id=shortlist.id,
            challenge_id=shortlist.challenge_id,
            created_at=shortlist.created_at,
            content=shortlist.content,
            version=shortlist.version,
        )
    )


def find_shortlist(session: Session, challenge_id: str, version: int | None = None) -> StoredShortlist | None:
    """The system's shortlist for a version of the challenge, or for its newest; None when there is none."""
    row = session.scalars(
        select(ShortlistRow)
        .where(ShortlistRow.challenge_id == challenge_id)
        .where(true() if version is None else ShortlistRow.version == version)
        .order_by(ShortlistRow.version.desc(), ShortlistRow.created_at, ShortlistRow.id)
        .limit(1)
    ).first()
    if row is None:
        return None
    return StoredShortlist(row.id, row.challenge_id, aware(row.created_at), row.content, row.version)
