"""What is kept for the desk alone: ties of collaborators, relevance judgments, and who has a case open."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from matchmaker.db.case_models import JudgmentRow, TieRow, VisitRow
from matchmaker.db.cases import aware


class TieKind(StrEnum):
    """What speaks against a collaborator."""

    SUPPLIER = "supplier"
    SAME_PERSON = "same_person"
    OPTED_OUT = "opted_out"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Tie:
    """What speaks against a collaborator; for every municipality where none is named."""

    id: int
    collaborator_id: str
    municipality: str | None
    kind: TieKind
    comment: str


def add_tie(
    session: Session,
    collection: str,
    collaborator_id: str,
    municipality: str | None,
    kind: TieKind,
    comment: str,
    by: str,
) -> None:
    session.add(
        TieRow(
            collection=collection,
            collaborator_id=collaborator_id,
            municipality=municipality,
            kind=kind,
            comment=comment,
            created_at=datetime.now(UTC),
            created_by=by,
        )
    )


def find_tie(session: Session, collection: str, tie_id: int) -> Tie | None:
    row = session.get(TieRow, tie_id)
    return _tie(row) if row and row.collection == collection else None


def delete_tie(session: Session, tie_id: int) -> None:
    session.delete(session.get_one(TieRow, tie_id))


def list_ties(
    session: Session, collection: str, municipalities: Collection[str], collaborators: Sequence[str]
) -> dict[str, list[Tie]]:
    """What speaks against collaborators in a case of municipalities, by collaborator."""
    query = (
        select(TieRow)
        .where(TieRow.collection == collection, TieRow.collaborator_id.in_(collaborators))
        .where(or_(TieRow.municipality.is_(None), TieRow.municipality.in_(municipalities)))
        .order_by(TieRow.id)
    )
    ties: dict[str, list[Tie]] = {}
    for row in session.scalars(query):
        ties.setdefault(row.collaborator_id, []).append(_tie(row))
    return ties


def save_judgment(session: Session, case_id: str, collaborator_id: str, judge: str, grade: int, *, blind: bool) -> bool:
    """Set an adviser's grade, 0 to 3; whether it was set: one given blind is not replaced by one that is not."""
    row = session.get(JudgmentRow, (case_id, collaborator_id, judge))
    if row is None:
        row = JudgmentRow(challenge_id=case_id, collaborator_id=collaborator_id, judge=judge, blind=blind)
        session.add(row)
    elif row.blind and not blind:
        return False
    row.grade, row.created_at = grade, datetime.now(UTC)
    return True


def list_judgments(session: Session, case_id: str, judge: str) -> dict[str, int]:
    """An adviser's grades on a case, by collaborator."""
    query = select(JudgmentRow).where(JudgmentRow.challenge_id == case_id, JudgmentRow.judge == judge)
    return {row.collaborator_id: row.grade for row in session.scalars(query)}


def save_visit(session: Session, case_id: str, adviser: str, now: datetime) -> None:
    """Remember that an adviser has a case open."""
    session.merge(VisitRow(challenge_id=case_id, adviser=adviser, seen_at=now))


def list_visitors(session: Session, case_id: str, since: datetime) -> dict[str, datetime]:
    """The advisers who have had a case open since a moment, and when that was noted last."""
    query = select(VisitRow).where(VisitRow.challenge_id == case_id, VisitRow.seen_at >= since)
    return {row.adviser: aware(row.seen_at) for row in session.scalars(query.order_by(VisitRow.adviser))}


def _tie(row: TieRow) -> Tie:
    return Tie(row.id, row.collaborator_id, row.municipality, TieKind(row.kind), row.comment)
