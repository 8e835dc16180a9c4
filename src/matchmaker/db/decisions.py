"""What people decided about groups and their evidence, in the database, and groups as they are with it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.work_models import CatalogueEventRow, DecisionRow
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.curation import Decision, DecisionKind, GroupState, apply_decisions, decided_state

BATCH = 400

CORRECTED = {
    "sv": "LTU:s katalog i Matchmaker, rättad av gruppen eller katalogvårdaren",
    "en": "LTU catalogue in Matchmaker, corrected by the group or the steward",
}
"""What readers are told of where a corrected text comes from."""

_COLLABORATOR = TypeAdapter(Collaborator)


def save_decision(session: Session, collection: str, decision: Decision) -> None:
    """Note a decision, in place of an earlier one of the kind about the same, and in the group's history."""
    session.merge(
        DecisionRow(
            collection=collection,
            collaborator_id=decision.collaborator_id,
            kind=decision.kind,
            work_id=decision.work_id,
            value=dict(decision.value),
            by=decision.by,
            at=decision.at,
        )
    )
    detail = {"work_id": decision.work_id, **decision.value} if decision.work_id else dict(decision.value)
    add_event(session, collection, decision.collaborator_id, decision.kind, decision.by, decision.at, detail)


def revoke_decision(
    session: Session, collection: str, collaborator_id: str, kind: DecisionKind, work_id: str, by: str, at: datetime
) -> bool:
    """Take a decision back; whether there was one."""
    row = session.get(DecisionRow, (collection, collaborator_id, kind.value, work_id))
    if row is None:
        return False
    session.delete(row)
    session.flush()
    add_event(session, collection, collaborator_id, f"{kind}_revoked", by, at, {"work_id": work_id} if work_id else {})
    return True


def add_event(
    session: Session, collection: str, collaborator_id: str, kind: str, by: str, at: datetime, detail: Mapping[str, Any]
) -> None:
    """Write a line of a group's history."""
    session.add(
        CatalogueEventRow(
            collection=collection, collaborator_id=collaborator_id, kind=kind, by=by, at=at, detail=dict(detail)
        )
    )
    session.flush()


def was_revoked_since(
    session: Session, collection: str, collaborator_id: str, kind: DecisionKind, since: datetime
) -> bool:
    """Whether the group's history tells that such a decision was taken back after a moment."""
    statement = select(CatalogueEventRow.id).where(
        CatalogueEventRow.collection == collection,
        CatalogueEventRow.collaborator_id == collaborator_id,
        CatalogueEventRow.kind == f"{kind}_revoked",
        CatalogueEventRow.at > since,
    )
    return session.scalar(statement.limit(1)) is not None


def list_opted_out(session: Session) -> list[tuple[str, str]]:
    """Collection and id of all groups that are out."""
    statement = select(DecisionRow.collection, DecisionRow.collaborator_id).where(
        DecisionRow.kind == DecisionKind.OPTED_OUT
    )
    return list(session.execute(statement.order_by(DecisionRow.collection, DecisionRow.collaborator_id)).tuples())


def find_events(session: Session, collection: str, collaborator_id: str, limit: int = 100) -> list[CatalogueEventRow]:
    """A group's history, the newest first."""
    statement = select(CatalogueEventRow).where(
        CatalogueEventRow.collection == collection, CatalogueEventRow.collaborator_id == collaborator_id
    )
    return list(session.scalars(statement.order_by(CatalogueEventRow.id.desc()).limit(limit)))


def find_decisions(session: Session, collection: str, collaborator_ids: Iterable[str]) -> dict[str, list[Decision]]:
    """Decisions by group."""
    wanted = sorted(set(collaborator_ids))
    found: dict[str, list[Decision]] = {}
    for start in range(0, len(wanted), BATCH):
        statement = select(DecisionRow).where(
            DecisionRow.collection == collection, DecisionRow.collaborator_id.in_(wanted[start : start + BATCH])
        )
        for row in session.scalars(statement):
            found.setdefault(row.collaborator_id, []).append(_decision(row))
    return found


def find_decided(session: Session, collection: str, kind: DecisionKind) -> list[Decision]:
    """All decisions of a kind."""
    statement = select(DecisionRow).where(DecisionRow.collection == collection, DecisionRow.kind == kind)
    return [_decision(row) for row in session.scalars(statement.order_by(DecisionRow.collaborator_id))]


def as_decided(
    session: Session, collection: str, collaborators: Sequence[Collaborator]
) -> list[tuple[Collaborator, GroupState]]:
    """Groups as they are with what was decided about them, in their order, and whether they take part."""
    decisions = find_decisions(session, collection, (one.id for one in collaborators))
    return [
        (apply_decisions(one, decisions.get(one.id, ()), CORRECTED), decided_state(decisions.get(one.id, ())))
        for one in collaborators
    ]


def collaborator_to_json(collaborator: Collaborator) -> dict[str, Any]:
    value: dict[str, Any] = _COLLABORATOR.dump_python(collaborator, mode="json")
    return value


def collaborator_from_json(value: Mapping[str, Any]) -> Collaborator:
    return _COLLABORATOR.validate_python(dict(value))


def _decision(row: DecisionRow) -> Decision:
    return Decision(row.collaborator_id, DecisionKind(row.kind), row.work_id, row.value, row.by, row.at)
