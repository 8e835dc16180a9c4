"""The outbox: what is to be sent, written in the transaction of the change that it tells of.

Delivery is at least once. A job is claimed with a lease by one statement; whoever dies while sending loses the lease,
and another one sends again under the same id, by which a receiver tells doubles. The pattern is the transactional
outbox (https://microservices.io/patterns/data/transactional-outbox.html).
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, delete, func, or_, select, union, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from matchmaker.db.notify_models import EndpointRow, OutboxRow

LONGEST_ERROR = 500

AT_ONCE = 3
"""How many messages of one client are sent at the same time, each to another endpoint: fewer than there are threads,
so that a client whose receivers are slow holds up itself alone."""

GOOD_UNTIL = "good_until"
"""Where a payload says, as an ISO time, until when there is a use in sending it; without it there is no end."""


class JobKind(StrEnum):
    """By which way a job leaves."""

    MAIL = "mail"
    WEBHOOK = "webhook"
    LETTER = "letter"
    """Mail about a challenge that is written out when it is sent, with links of its own."""


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. ``attempts`` counts this one too; ``locked_until`` ends the lease, and is the claim's mark."""

    id: str
    kind: JobKind
    payload: Mapping[str, Any]
    created_at: datetime
    locked_until: datetime
    attempts: int
    endpoint_id: str | None

    def is_late(self, moment: datetime) -> bool:
        """Whether there is no use any more in sending it at a moment."""
        good_until = self.payload.get(GOOD_UNTIL)
        return good_until is not None and moment >= datetime.fromisoformat(good_until)


def add(
    session: Session,
    kind: JobKind,
    payload: Mapping[str, Any],
    dedup_key: str,
    *,
    run_at: datetime | None = None,
    group: str | None = None,
    endpoint_id: str | None = None,
    identifier: str | None = None,
) -> bool:
    """Have something sent, not before ``run_at``; False when a job with the same key is there already.

    ``identifier`` is the job's id, for who wants to refer to it; drawn where none is given.
    """
    now = datetime.now(UTC)
    row = OutboxRow(
        id=identifier or str(uuid.uuid4()),
        kind=kind,
        payload=dict(payload),
        created_at=now,
        run_at=run_at or now,
        attempts=0,
        dedup_key=dedup_key,
        group_key=group,
        endpoint_id=endpoint_id,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        if session.scalar(select(OutboxRow.id).where(OutboxRow.dedup_key == dedup_key)) is None:
            raise
        return False
    return True


def is_any_due(session: Session, kinds: Sequence[JobKind], now: datetime) -> bool:
    """Whether there is something to claim; asked in a reading transaction, so that waiting locks nobody out."""
    return session.scalar(select(OutboxRow.id).where(*_due(kinds, now)).limit(1)) is not None


def claim(session: Session, kinds: Sequence[JobKind], now: datetime, lease: datetime, limit: int = 1) -> list[Job]:
    """Take jobs that are due, the longest waiting first, until ``lease``; nobody else gets them until then.

    What is for an endpoint waits while another message is on its way there.
    """
    due = select(OutboxRow.id).where(*_due(kinds, now)).order_by(OutboxRow.run_at, OutboxRow.created_at)
    rows = session.scalars(
        update(OutboxRow)
        # SQLite has no row locks and renders none; there the transaction holds the whole file from its start. A common
        # table expression that locks is evaluated once; a plain subquery could be once a row, and lock more.
        .where(OutboxRow.id.in_(select(due.limit(limit).with_for_update(skip_locked=True).cte("due").c.id)))
        .values(locked_until=lease, attempts=OutboxRow.attempts + 1)
        .returning(OutboxRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).all()
    return [_job(row, lease) for row in sorted(rows, key=lambda row: (row.run_at, row.created_at))]


def finish(session: Session, job: Job, now: datetime) -> bool:
    """Note that a job was sent; False when the lease had gone to another. What a mail said is then forgotten."""
    values: dict[str, Any] = {"done_at": now, "locked_until": None, "last_error": None}
    if job.kind is JobKind.MAIL:
        values["payload"] = {}
    return _settle(session, job, values)


def retry(session: Session, job: Job, run_at: datetime, error: str) -> bool:
    """Note that a job failed and is to be tried again at ``run_at``."""
    return _settle(session, job, {"run_at": run_at, "locked_until": None, "last_error": error[:LONGEST_ERROR]})


def give_up(session: Session, job: Job, now: datetime, error: str) -> bool:
    """Note that a job failed for good. What a mail said is then forgotten, as when it was sent."""
    values: dict[str, Any] = {"gave_up_at": now, "locked_until": None, "last_error": error[:LONGEST_ERROR]}
    if job.kind is JobKind.MAIL:
        values["payload"] = {}
    return _settle(session, job, values)


def discard(session: Session, job: Job) -> bool:
    """Delete a job that there is no need of any more; False when the lease had gone to another."""
    mine = (OutboxRow.id == job.id, OutboxRow.locked_until == job.locked_until)
    return bool(session.scalars(delete(OutboxRow).where(*mine).returning(OutboxRow.id)).all())


def call_off(session: Session, group: str) -> bool:
    """Delete a group's jobs that nobody has begun to send; False when one of the group was sent or is being sent."""
    session.execute(delete(OutboxRow).where(*_untouched(group)))
    return session.scalar(select(OutboxRow.id).where(OutboxRow.group_key == group).limit(1)) is None


def delete_group(session: Session, group: str) -> None:
    """Forget all of a group's jobs, whatever has become of them; one that is being sent just now still arrives."""
    session.execute(delete(OutboxRow).where(OutboxRow.group_key == group))


def forget(session: Session, before: datetime) -> int:
    """Delete what was sent or given up before a moment, with its log; returns how much."""
    old = or_(OutboxRow.done_at < before, OutboxRow.gave_up_at < before)
    return len(session.scalars(delete(OutboxRow).where(old).returning(OutboxRow.id)).all())


def _due(kinds: Sequence[JobKind], now: datetime) -> list[ColumnElement[bool]]:
    return [
        OutboxRow.done_at.is_(None),
        OutboxRow.gave_up_at.is_(None),
        OutboxRow.kind.in_(kinds),
        OutboxRow.run_at <= now,
        or_(OutboxRow.locked_until.is_(None), OutboxRow.locked_until < now),
        or_(OutboxRow.endpoint_id.is_(None), OutboxRow.endpoint_id.not_in(_busy_endpoints(now))),
    ]


def _busy_endpoints(now: datetime) -> CompoundSelect[tuple[str | None]]:
    """The endpoints that get a message just now, and all of clients that get as many as they may."""
    on_its_way = aliased(OutboxRow)
    leased = (
        on_its_way.done_at.is_(None),
        on_its_way.gave_up_at.is_(None),
        on_its_way.locked_until >= now,
        on_its_way.endpoint_id.is_not(None),
    )
    its = aliased(EndpointRow)
    full = (
        select(its.client)
        .join(on_its_way, on_its_way.endpoint_id == its.id)
        .where(*leased)
        .group_by(its.client)
        .having(func.count() >= AT_ONCE)
    )
    return union(
        select(on_its_way.endpoint_id).where(*leased), select(EndpointRow.id).where(EndpointRow.client.in_(full))
    )


def _untouched(group: str) -> list[ColumnElement[bool]]:
    return [OutboxRow.group_key == group, OutboxRow.attempts == 0, OutboxRow.done_at.is_(None)]


def _settle(session: Session, job: Job, values: Mapping[str, Any]) -> bool:
    """Only who still holds the lease may say what became of a job."""
    changed = session.execute(
        update(OutboxRow)
        .where(OutboxRow.id == job.id, OutboxRow.locked_until == job.locked_until)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]  # an update has one


def _job(row: OutboxRow, lease: datetime) -> Job:
    return Job(row.id, JobKind(row.kind), row.payload, row.created_at, lease, row.attempts, row.endpoint_id)
