"""Import jobs and their lines in the database."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, func, insert, or_, select, true, update
from sqlalchemy.orm import Session

from matchmaker.db.work_models import ImportJobRow, ImportLineRow, RecordRow
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.import_job import APPLIED, ImportJob, ImportLine, JobState, Verdict

LEASE = timedelta(minutes=5)
"""How long whoever works on a job has it before another may go on with it; renewed with every batch."""


def add_job(
    session: Session,
    collection: str,
    source: str,
    file_name: str,
    path: str,
    by: str,
    *,
    is_complete: bool,
    skip_rejected: bool,
    job_id: str | None = None,
) -> ImportJob:
    """A new job, waiting to be read."""
    row = ImportJobRow(
        id=job_id or str(uuid.uuid4()),
        collection=collection,
        source=source,
        file_name=file_name,
        path=path,
        state=JobState.WAITING,
        is_complete=is_complete,
        skip_rejected=skip_rejected,
        stop_asked=False,
        by=by,
        created_at=datetime.now(UTC),
        done=0,
        total=0,
        counts={},
        started_at=None,
        finished_at=None,
        locked_until=None,
        problem=None,
    )
    session.add(row)
    session.flush()
    return _job(row)


def get_job(session: Session, job_id: str) -> ImportJob:
    """A job as it is now.

    Raises:
        NotFoundError: there is none.
    """
    row = session.get(ImportJobRow, job_id, populate_existing=True)
    if row is None:
        raise NotFoundError(mark("There is no such import."))
    return _job(row)


def find_jobs(session: Session, collection: str, limit: int = 50, before: datetime | None = None) -> list[ImportJob]:
    """Jobs, the newest first."""
    statement = select(ImportJobRow).where(ImportJobRow.collection == collection)
    if before:
        statement = statement.where(ImportJobRow.created_at < before)
    return [_job(row) for row in session.scalars(statement.order_by(ImportJobRow.created_at.desc()).limit(limit))]


def claim_job(session: Session, now: datetime, job_id: str | None = None) -> ImportJob | None:
    """Take the oldest job that waits for the program, or a given one; nobody else gets it until the lease ends."""
    states = [state.value for state in JobState if state.is_waiting_for_program]
    free = or_(ImportJobRow.locked_until.is_(None), ImportJobRow.locked_until < now)
    waiting = select(ImportJobRow.id).where(ImportJobRow.state.in_(states), free)
    if job_id:
        waiting = waiting.where(ImportJobRow.id == job_id)
    waiting = waiting.order_by(ImportJobRow.created_at).limit(1).with_for_update(skip_locked=True)
    row = session.scalars(
        update(ImportJobRow)
        .where(ImportJobRow.id.in_(select(waiting.cte("waiting").c.id)))
        .values(locked_until=now + LEASE)
        .returning(ImportJobRow)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).one_or_none()
    return _job(row) if row else None


def is_any_job_waiting(session: Session, now: datetime) -> bool:
    """Whether there is something to claim; asked in a reading transaction, so that waiting locks nobody out."""
    states = [state.value for state in JobState if state.is_waiting_for_program]
    free = or_(ImportJobRow.locked_until.is_(None), ImportJobRow.locked_until < now)
    return session.scalar(select(ImportJobRow.id).where(ImportJobRow.state.in_(states), free).limit(1)) is not None


def set_job(session: Session, job_id: str, **values: Any) -> None:
    """Change a job's row."""
    session.execute(
        update(ImportJobRow)
        .where(ImportJobRow.id == job_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def stop_is_asked(session: Session, job_id: str) -> bool:
    return bool(session.scalar(select(ImportJobRow.stop_asked).where(ImportJobRow.id == job_id)))


def clear_lines(session: Session, job_id: str) -> None:
    session.execute(delete(ImportLineRow).where(ImportLineRow.job_id == job_id))


def add_lines(session: Session, job_id: str, lines: Iterable[ImportLine]) -> None:
    # Not ``asdict``, which would copy every text of every record.
    names = [one.name for one in fields(ImportLine)]
    rows = [{**{name: getattr(line, name) for name in names}, "job_id": job_id} for line in lines]
    if rows:
        session.execute(insert(ImportLineRow), rows)


def staged_ids(session: Session, job_id: str, record_ids: Sequence[str]) -> set[str]:
    """Which of these records an earlier line of the job has."""
    statement = select(ImportLineRow.record_id).where(
        ImportLineRow.job_id == job_id,
        ImportLineRow.record_id.in_(record_ids),
        ImportLineRow.verdict != Verdict.REJECTED,
    )
    return set(session.scalars(statement))


def missing_ids(session: Session, job: ImportJob, limit: int) -> list[str]:
    """Records of the job's source that none of its lines has."""
    staged = select(ImportLineRow.record_id).where(
        ImportLineRow.job_id == job.id, ImportLineRow.record_id == RecordRow.id
    )
    statement = (
        select(RecordRow.id)
        .where(RecordRow.collection == job.collection, RecordRow.source == job.source, ~staged.exists())
        .order_by(RecordRow.id)
        .limit(limit)
    )
    return list(session.scalars(statement))


def count_lines(session: Session, job_id: str) -> dict[str, int]:
    """How many lines there are of each verdict."""
    statement = (
        select(ImportLineRow.verdict, func.count())
        .where(ImportLineRow.job_id == job_id)
        .group_by(ImportLineRow.verdict)
    )
    return dict(session.execute(statement).tuples().all())


def find_lines(
    session: Session, job_id: str, verdicts: Sequence[Verdict], after: int = 0, limit: int = 50
) -> list[ImportLine]:
    """Lines of some verdicts behind a number, in the file's order."""
    statement = (
        select(ImportLineRow)
        .where(
            ImportLineRow.job_id == job_id,
            ImportLineRow.verdict.in_([one.value for one in verdicts]),
            ImportLineRow.number > after,
        )
        .order_by(ImportLineRow.number)
        .limit(limit)
    )
    return [_line(row) for row in session.scalars(statement)]


def count_lines_left(session: Session, job_id: str, *, applied: bool) -> int:
    """How many lines that change something have been applied, or have not."""
    statement = select(func.count()).where(*_changing(job_id, applied=applied))
    return int(session.scalar(statement.select_from(ImportLineRow)) or 0)


def lines_to_apply(session: Session, job_id: str, limit: int, after: int = 0) -> list[ImportLine]:
    """The next lines that change something and have not been applied, from behind a number."""
    return _lines(session, job_id, limit, ImportLineRow.number > after, applied=False)


def lines_to_undo(session: Session, job_id: str, limit: int, before: int | None = None) -> list[ImportLine]:
    """The last lines that were applied, in the file's order; only those before a number, where one is given."""
    place = ImportLineRow.number < before if before is not None else true()
    return _lines(session, job_id, limit, place, applied=True)


def _lines(session: Session, job_id: str, limit: int, place: ColumnElement[bool], *, applied: bool) -> list[ImportLine]:
    order = ImportLineRow.number.desc() if applied else ImportLineRow.number
    statement = select(ImportLineRow).where(*_changing(job_id, applied=applied), place)
    rows = session.scalars(statement.order_by(order).limit(limit))
    return sorted((_line(row) for row in rows), key=lambda line: line.number)


def _changing(job_id: str, *, applied: bool) -> list[ColumnElement[bool]]:
    return [
        ImportLineRow.job_id == job_id,
        ImportLineRow.is_applied.is_(applied),
        ImportLineRow.verdict.in_([one.value for one in APPLIED]),
    ]


def settle_lines(session: Session, job_id: str, previous: Sequence[tuple[int, Any]], *, applied: bool) -> None:
    """Note that lines were applied, with what was there before, or undone."""
    session.execute(
        update(ImportLineRow),
        [
            {"job_id": job_id, "number": number, "previous": before, "is_applied": applied}
            for number, before in previous
        ],
    )


def _job(row: ImportJobRow) -> ImportJob:
    return ImportJob(
        id=row.id,
        collection=row.collection,
        source=row.source,
        file_name=row.file_name,
        path=row.path,
        state=JobState(row.state),
        is_complete=row.is_complete,
        skip_rejected=row.skip_rejected,
        stop_asked=row.stop_asked,
        by=row.by,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        done=row.done,
        total=row.total,
        counts=row.counts,
        problem=row.problem,
    )


def _line(row: ImportLineRow) -> ImportLine:
    return ImportLine(
        row.number, row.record_id, Verdict(row.verdict), row.content, row.problem, row.previous, row.is_applied
    )
