"""What was sent to webhook endpoints, attempt by attempt, and sending it again."""

from datetime import datetime

from sqlalchemy import or_, select, tuple_
from sqlalchemy.orm import Session

from matchmaker.db.notify_models import AttemptRow, OutboxRow
from matchmaker.db.outbox import JobKind
from matchmaker.db.portal import Place
from matchmaker.db.webhooks import Attempt, Delivery, own_endpoint
from matchmaker.domain.access import Principal
from matchmaker.domain.errors import MatchmakerError, NotFoundError, mark

__all__ = ["Attempt", "Delivery", "ReplayError", "add_attempt", "list_deliveries", "replay"]


class ReplayError(MatchmakerError):
    """A message that cannot be sent again."""

    code = "cannot-replay"


def add_attempt(session: Session, delivery_id: str, attempt: Attempt) -> None:
    session.add(
        AttemptRow(
            outbox_id=delivery_id,
            at=attempt.at,
            status=attempt.status,
            duration_ms=attempt.duration_ms,
            error=attempt.error,
            answer=attempt.answer,
        )
    )


def list_deliveries(
    session: Session, owner: Principal | None, endpoint_id: str, *, after: Place | None = None, limit: int = 50
) -> list[Delivery]:
    """What was or is to be sent to an endpoint, newest first, from below a place of the list, with its attempts.

    Raises:
        NotFoundError: the owner has no such endpoint.
    """
    own_endpoint(session, owner, endpoint_id)
    query = select(OutboxRow).where(OutboxRow.endpoint_id == endpoint_id, OutboxRow.kind == JobKind.WEBHOOK)
    # A list waiting for its release is nobody's to know of, not even that there is one.
    query = query.where(or_(OutboxRow.group_key.is_(None), OutboxRow.attempts > 0))
    if after is not None:
        query = query.where(tuple_(OutboxRow.created_at, OutboxRow.id) < tuple_(*after))
    ordered = query.order_by(OutboxRow.created_at.desc(), OutboxRow.id.desc()).limit(limit)
    deliveries = {row.id: _delivery(row) for row in session.scalars(ordered)}
    for row in session.scalars(select(AttemptRow).where(AttemptRow.outbox_id.in_(deliveries)).order_by(AttemptRow.id)):
        attempt = Attempt(row.at, row.status, row.duration_ms, row.error, row.answer)
        deliveries[row.outbox_id].attempts.append(attempt)
    return list(deliveries.values())


def replay(session: Session, owner: Principal | None, delivery_id: str, now: datetime) -> str:
    """Send a message that was sent or given up once more, under its old id; returns the id of its endpoint.

    Raises:
        NotFoundError: the owner has no such delivery.
        ReplayError: it still waits for its (next) attempt, or its endpoint is not active.
    """
    row = session.get(OutboxRow, delivery_id)
    if row is None or row.endpoint_id is None:
        raise NotFoundError(mark("There is no delivery with the id {id}."), id=delivery_id)
    if not own_endpoint(session, owner, row.endpoint_id).is_active:
        raise ReplayError(mark("The endpoint is not active."))
    if row.done_at is None and row.gave_up_at is None:
        raise ReplayError(mark("The message is still waiting to be delivered."))
    row.done_at = row.gave_up_at = row.locked_until = None
    # As after a first attempt, and a new schedule from there: none at all would mean what nobody has begun to send,
    # which is hidden while it waits for its release, and called off with its group.
    row.run_at, row.attempts = now, 1
    return row.endpoint_id


def _delivery(row: OutboxRow) -> Delivery:
    return Delivery(
        id=row.id,
        endpoint_id=row.endpoint_id or "",
        event=str(row.payload.get("type", "")),
        created_at=row.created_at,
        run_at=row.run_at,
        done_at=row.done_at,
        gave_up_at=row.gave_up_at,
        last_error=row.last_error,
    )
