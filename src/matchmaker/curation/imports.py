"""Imports step by step: a file into lines, lines into works, and back.

Each step goes on from wherever it was left, by a stop, a crash or a kill: lines are written and applied in batches,
each all or nothing, and a line knows whether it has been applied and what was there before.
"""

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from matchmaker.catalogue.importers.source import Reading, Source, guess_records
from matchmaker.curation.import_lines import add_missing, difference, plain_values, prepared, problem_json
from matchmaker.curation.records import Pseudonym
from matchmaker.db import import_jobs as jobs
from matchmaker.db.bulk import content_digest
from matchmaker.db.catalogue import ensure_collection, touch_collection
from matchmaker.db.record_json import record_from_json
from matchmaker.db.session import Database, Session, Turn
from matchmaker.db.work_links import refresh_works
from matchmaker.db.works import current_digests, restore_records, save_records, touched_works
from matchmaker.domain.errors import FileProblem, InvalidFileError, MatchmakerError, StorageError, mark
from matchmaker.domain.import_job import ImportJob, ImportLine, JobState, Verdict, next_state
from matchmaker.domain.work import Record, WorkKind

READ_BATCH = 500
APPLY_BATCH = 200
"""Lines in one transaction at most: a fifth of a second of writing on an idle core."""

WRITING_SECONDS = 0.5
"""How long a transaction is to take at most, since a municipality's form may have to wait for it. On a busy machine it
is given fewer lines."""

MOST_PROBLEMS = 10_000
"""Wrong lines after which a file is given up: it is not what it was taken for."""

log = logging.getLogger(__name__)

WITHDRAWN = WorkKind.PUBLICATION
"""The kind of a record that only says that it is gone; nothing comes of it."""

SourceOf = Callable[[str], Source]
"""The source of a name."""


Told = Callable[[int, int], None]
"""Told after each batch how many lines are done, of how many (0: not known)."""


def run_job(
    database: Database, job: ImportJob, source_of: SourceOf, pseudonym: Pseudonym, told: Told | None = None
) -> ImportJob:
    """Do the program's next step of a job that was claimed; returns the job as it is then."""
    go_on = _Batches(job, told)
    try:
        match job.state:
            case JobState.WAITING | JobState.READING:
                _read(database, job, source_of(job.source), pseudonym, go_on)
            case JobState.APPROVED | JobState.APPLYING:
                _apply(database, job, go_on)
            case JobState.UNDO_ASKED | JobState.UNDOING:
                _undo(database, job, go_on)
    except StorageError:
        raise  # the machine's trouble, which may pass: the job is as it was after its last batch
    except InvalidFileError as error:
        _fail(database, job, [problem_json(one) for one in error.problems[:1]])
    except MatchmakerError as error:
        _fail(database, job, [{"template": error.template, "values": plain_values(error.values)}])
    except Exception:
        log.exception("The import %s failed", job.id)
        _fail(database, job, [{"template": mark("The program has a fault. The operator finds it in the log.")}])
    with database.reading() as session:
        return jobs.get_job(session, job.id)


def ask(database: Database, job_id: str, act: str, *, skip_rejected: bool | None = None) -> ImportJob:
    """What a person asks of a job: ``approve``, ``resume`` or ``undo``.

    Raises:
        NotFoundError: there is no such job.
        ImportStateError: the job cannot do that now.
    """
    with database.transaction(Turn.CATALOGUE) as session:
        job = jobs.get_job(session, job_id)
        if skip_rejected is not None:
            job = replace(job, skip_rejected=skip_rejected)
        state = next_state(job, act)
        jobs.set_job(
            session,
            job_id,
            state=state,
            skip_rejected=job.skip_rejected,
            stop_asked=False,
            locked_until=None,
            problem=None,
        )
        return replace(job, state=state, stop_asked=False)


def ask_to_stop(database: Database, job_id: str) -> None:
    """Have a job stop after the batch that it is at.

    Raises:
        NotFoundError: there is no such job.
    """
    with database.transaction(Turn.CATALOGUE) as session:
        jobs.get_job(session, job_id)
        jobs.set_job(session, job_id, stop_asked=True)


def _read(database: Database, job: ImportJob, source: Source, pseudonym: Pseudonym, batches: "_Batches") -> None:
    guess = _guess(source, Path(job.path))  # before the transaction: the file may be large
    with database.transaction(Turn.CATALOGUE) as session:
        ensure_collection(session, job.collection)
        jobs.clear_lines(session, job.id)
        _begin(session, job, JobState.READING, total=guess)
    number = wrong = 0
    today = datetime.now(UTC).date()
    for batch in _batches(source.read(Path(job.path)), READ_BATCH):
        fit = [prepared(reading, pseudonym, today) for reading in batch]
        wrong += sum(isinstance(one, FileProblem) for one in fit)
        if wrong > MOST_PROBLEMS:
            raise InvalidFileError(
                job.path,
                [FileProblem(mark("has more than {count} wrong lines; is it of this format?"), count=MOST_PROBLEMS)],
            )
        with database.transaction(Turn.CATALOGUE) as session:
            jobs.add_lines(session, job.id, difference(session, job, fit, number))
            number += len(fit)
            if not batches.go_on(session, number):
                return
    with database.transaction(Turn.CATALOGUE) as session:
        if job.is_complete:
            add_missing(session, job, number)
        counts = jobs.count_lines(session, job.id)
        jobs.set_job(
            session,
            job.id,
            state=JobState.READY,
            counts=counts,
            done=number,
            total=sum(counts.values()),
            locked_until=None,
            finished_at=datetime.now(UTC),
        )


def _guess(source: Source, path: Path) -> int:
    try:
        return guess_records(source, path)
    except OSError:
        return 0  # reading it will say what is wrong


def _apply(database: Database, job: ImportJob, batches: "_Batches") -> None:
    with database.transaction(Turn.CATALOGUE) as session:
        left = jobs.count_lines_left(session, job.id, applied=False)
        _begin(session, job, JobState.APPLYING, total=left)
    done = after = 0
    size = APPLY_BATCH
    while True:
        begun = time.monotonic()
        with database.transaction(Turn.CATALOGUE) as session:
            # From behind the last batch: to pass over what is done anew each time would take ever longer.
            lines = jobs.lines_to_apply(session, job.id, size, after)
            records = [_record(line) for line in lines]
            previous = save_records(session, job.collection, records)
            refresh_works(session, job.collection, touched_works(session, job.collection, records, previous))
            numbers = [line.number for line in lines]
            jobs.settle_lines(session, job.id, list(zip(numbers, previous, strict=True)), applied=True)
            done += len(lines)
            if not lines:
                _finish(session, job, JobState.DONE)
                return
            after = lines[-1].number
            if not batches.go_on(session, done, left):
                return
        size = paced(len(lines), time.monotonic() - begun)
        database.let_others_write()


def paced(lines: int, seconds: float) -> int:
    """How many lines the next transaction is to have, by how long the last one took with its own."""
    return max(1, min(APPLY_BATCH, int(lines * WRITING_SECONDS / max(seconds, 1e-3))))


def _undo(database: Database, job: ImportJob, batches: "_Batches") -> None:
    """Put back what was there before; records that another import has changed since are left as they are."""
    with database.transaction(Turn.CATALOGUE) as session:
        left = jobs.count_lines_left(session, job.id, applied=True)
        _begin(session, job, JobState.UNDOING, total=left)
    done, size = 0, APPLY_BATCH
    before: int | None = None
    while True:
        begun = time.monotonic()
        with database.transaction(Turn.CATALOGUE) as session:
            lines = jobs.lines_to_undo(session, job.id, size, before)
            changes = _own_changes(session, job, lines)
            refresh_works(session, job.collection, restore_records(session, job.collection, changes))
            jobs.settle_lines(session, job.id, [(line.number, line.previous) for line in lines], applied=False)
            done += len(lines)
            if not lines:
                _finish(session, job, JobState.UNDONE)
                return
            before = lines[0].number
            if not batches.go_on(session, done, left):
                return
        size = paced(len(lines), time.monotonic() - begun)
        database.let_others_write()


def _own_changes(
    session: Session, job: ImportJob, lines: Sequence[ImportLine]
) -> list[tuple[str, str, dict[str, Any]]]:
    keys = [(str((line.content or {})["source"]), line.record_id) for line in lines]
    now = current_digests(session, job.collection, keys)
    changes = []
    for key, line in zip(keys, lines, strict=True):
        content = dict(line.content or {})
        gone = bool(content.pop("deleted"))
        content.pop("retrieved", None)
        if line.previous is not None and now.get(key) == (None if gone else content_digest(content)):
            changes.append((*key, dict(line.previous)))
    return changes


def _record(line: ImportLine) -> Record:
    content = line.content or {}
    if content["deleted"] or line.verdict is Verdict.GONE:
        return Record(content["source"], line.record_id, WITHDRAWN, (), deleted=True)
    return record_from_json(dict(content), date.fromisoformat(content["retrieved"]))


def _begin(session: Session, job: ImportJob, state: JobState, total: int) -> None:
    jobs.set_job(
        session, job.id, state=state, started_at=datetime.now(UTC), finished_at=None, done=0, total=total, problem=None
    )


@dataclass(frozen=True, slots=True)
class _Batches:
    """What is between two batches of a job."""

    job: ImportJob
    told: Told | None

    def go_on(self, session: Session, done: int, total: int = 0) -> bool:
        """Note how far the step has come; False when somebody has asked it to stop."""
        if self.told:
            self.told(done, total)
        if jobs.stop_is_asked(session, self.job.id):
            _finish(session, self.job, _broken_off(self.job, JobState.STOPPED), done=done)
            return False
        jobs.set_job(session, self.job.id, done=done, locked_until=datetime.now(UTC) + jobs.LEASE)
        return True


def _finish(session: Session, job: ImportJob, state: JobState, **values: Any) -> None:
    jobs.set_job(session, job.id, state=state, locked_until=None, finished_at=datetime.now(UTC), **values)
    if job.state not in (JobState.WAITING, JobState.READING):
        touch_collection(session, job.collection)


def _fail(database: Database, job: ImportJob, problems: Sequence[dict[str, Any]]) -> None:
    with database.transaction(Turn.CATALOGUE) as session:
        problem = problems[0] if problems else {}
        jobs.set_job(
            session,
            job.id,
            state=_broken_off(job, JobState.FAILED),
            locked_until=None,
            finished_at=datetime.now(UTC),
            problem=problem,
        )


def _broken_off(job: ImportJob, state: JobState) -> JobState:
    """The state of a job whose step was broken off; that it was an undo has to be known, or going on would redo it."""
    return JobState.UNDO_STOPPED if job.state in (JobState.UNDO_ASKED, JobState.UNDOING) else state


def _batches(readings: Iterable[Reading], size: int) -> Iterator[list[Reading]]:
    iterator = iter(readings)
    while batch := list(islice(iterator, size)):
        yield batch
