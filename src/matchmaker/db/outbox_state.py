"""How it stands with what is to be sent, in numbers: nothing of what is said or of whom it goes to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.db.notify_models import OutboxRow
from matchmaker.db.outbox import JobKind


@dataclass(frozen=True, slots=True)
class OutboxState:
    """Of one way to leave: how many wait for their time, are due, are tried again after a failure, were given up.

    ``oldest_due_at`` is since when the longest waiting one is due; None where none is.
    """

    kind: JobKind
    scheduled: int
    due: int
    failing: int
    given_up: int
    oldest_due_at: datetime | None


def read_outbox_state(session: Session, now: datetime) -> list[OutboxState]:
    """The state by way, each way once. What was given up is counted until its log is forgotten."""
    return [_state(session, kind, now) for kind in JobKind]


def _state(session: Session, kind: JobKind, now: datetime) -> OutboxState:
    waits = (OutboxRow.done_at.is_(None), OutboxRow.gave_up_at.is_(None))
    is_due = OutboxRow.run_at <= now
    query = select(
        func.count().filter(*waits, ~is_due),
        func.count().filter(*waits, is_due),
        func.count().filter(*waits, OutboxRow.last_error.is_not(None)),
        func.count().filter(OutboxRow.gave_up_at.is_not(None)),
        func.min(OutboxRow.run_at).filter(*waits, is_due),
    ).where(OutboxRow.kind == kind)
    scheduled, due, failing, given_up, oldest = session.execute(query).one()
    return OutboxState(kind, scheduled, due, failing, given_up, oldest)
