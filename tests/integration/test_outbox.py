"""The outbox: sent once, by whoever has the lease, and never lost."""

import multiprocessing
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest

from matchmaker.db import outbox
from matchmaker.db.notify_models import OutboxRow
from matchmaker.db.outbox import Job, JobKind
from matchmaker.db.session import Database, open_database
from matchmaker.domain.errors import StorageError
from matchmaker.notify.schedule import MAXIMUM_ATTEMPTS
from matchmaker.notify.worker import KEPT, LEASE, Deliverer, SendingError, run_due, tidy

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
KINDS = list(JobKind)


def queue(database: Database, key: str = "one", run_at: datetime = NOW, group: str | None = None) -> bool:
    with database.transaction() as session:
        return outbox.add(session, JobKind.WEBHOOK, {"key": key}, key, run_at=run_at, group=group)


def rows(database: Database) -> list[OutboxRow]:
    with database.reading() as session:
        return list(session.query(OutboxRow).order_by(OutboxRow.run_at))


def claim(database: Database, now: datetime = NOW) -> list[Job]:
    with database.transaction() as session:
        return outbox.claim(session, KINDS, now, now + LEASE)


def sends(database: Database, sender: Callable[[Job], None], now: datetime = NOW) -> int:
    return run_due(database, {JobKind.WEBHOOK: sender}, lambda: now)


def failing(job: Job) -> None:
    raise SendingError("no")


def test_what_is_rolled_back_is_not_sent(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        outbox.add(session, JobKind.MAIL, {}, "one")
        raise ZeroDivisionError
    assert rows(database) == []


def test_the_same_is_sent_once_and_the_change_beside_it_is_kept(database: Database) -> None:
    with database.transaction() as session:
        assert outbox.add(session, JobKind.WEBHOOK, {"n": 1}, "one", run_at=NOW)
        assert not outbox.add(session, JobKind.WEBHOOK, {"n": 2}, "one", run_at=NOW)
        assert outbox.add(session, JobKind.WEBHOOK, {"n": 3}, "two", run_at=NOW + timedelta(minutes=1))
    assert [row.payload for row in rows(database)] == [{"n": 1}, {"n": 3}]


def test_nothing_is_sent_before_its_time(database: Database) -> None:
    queue(database, run_at=NOW + timedelta(seconds=1))
    assert sends(database, failing, NOW) == 0
    sent: list[str] = []
    assert sends(database, lambda job: sent.append(job.id), NOW + timedelta(seconds=1)) == 1
    assert sends(database, failing, NOW + timedelta(days=9)) == 0, "and not again"
    assert sent == [rows(database)[0].id]


def test_a_claimed_job_is_nobody_elses_until_its_lease_is_over(database: Database) -> None:
    queue(database)
    [first] = claim(database)
    assert claim(database, NOW + LEASE) == []
    [again] = claim(database, NOW + LEASE + timedelta(seconds=1))
    assert (again.id, again.attempts) == (first.id, 2), "a double can be told by its id"
    with database.transaction() as session:
        assert not outbox.finish(session, first, NOW), "who lost the lease has no say"
        assert outbox.finish(session, again, NOW)


def test_a_failure_is_tried_again_later_and_given_up_at_last(database: Database) -> None:
    queue(database)
    now = NOW
    for attempt in range(1, MAXIMUM_ATTEMPTS + 1):
        assert sends(database, failing, now) == 1
        [row] = rows(database)
        assert (row.attempts, row.last_error) == (attempt, "no")
        assert sends(database, failing, now) == 0
        now = row.run_at
    assert row.gave_up_at is not None
    assert timedelta(days=2.5) < row.gave_up_at - NOW < timedelta(days=3.5)
    assert sends(database, failing, NOW + timedelta(days=30)) == 0


def test_a_final_failure_is_not_tried_again(database: Database) -> None:
    def refused(job: Job) -> None:
        raise SendingError("never", final=True)

    queue(database)
    assert sends(database, refused) == 1
    assert rows(database)[0].gave_up_at == NOW


def test_a_fault_of_a_sender_loses_nothing_and_tells_no_secret(database: Database) -> None:
    def broken(job: Job) -> None:
        raise KeyError("whsec_secret")

    queue(database)
    sends(database, broken)
    [row] = rows(database)
    assert (row.last_error, row.done_at, row.gave_up_at) == ("KeyError", None, None)


def test_a_job_that_ends_its_worker_each_time_is_given_up(database: Database) -> None:
    queue(database)
    now = NOW
    for _ in range(MAXIMUM_ATTEMPTS):
        claim(database, now)
        now += LEASE + timedelta(seconds=1)
    assert sends(database, failing, now) == 1
    assert rows(database)[0].gave_up_at == now


def test_a_group_is_called_off_unless_it_was_begun(database: Database) -> None:
    queue(database, "one", group="a")
    queue(database, "two", group="b")
    with database.transaction() as session:
        assert outbox.call_off(session, "a")
        assert outbox.call_off(session, "none")
    claim(database)
    with database.transaction() as session:
        assert not outbox.call_off(session, "b")
    assert [row.dedup_key for row in rows(database)] == ["two"]


def test_a_mail_is_forgotten_once_sent_and_all_after_a_while(database: Database) -> None:
    with database.transaction() as session:
        outbox.add(session, JobKind.MAIL, {"to": "officer@example.com"}, "m", run_at=NOW)
    run_due(database, {JobKind.MAIL: lambda job: None}, lambda: NOW)
    assert rows(database)[0].payload == {}
    queue(database)
    assert tidy(database, NOW + KEPT) == 0
    assert tidy(database, NOW + KEPT + timedelta(seconds=1)) == 1
    assert len(rows(database)) == 1, "what waits is kept"


JOBS = 500


def _deliver(url: str, file: Path, together: Barrier) -> None:
    """A process that sends by writing the job's id to a file, in one write each."""
    database = open_database(url)
    handle = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        together.wait(60)
        run_due(database, {JobKind.WEBHOOK: lambda job: _write(handle, job.id)})
    finally:
        os.close(handle)
        database.engine.dispose()


def _write(handle: int, line: str) -> None:
    os.write(handle, f"{line}\n".encode())


def test_three_processes_send_every_job_once(database: Database, tmp_path: Path) -> None:
    with database.transaction() as session:
        session.add_all(
            OutboxRow(
                id=f"j{one}", kind="webhook", payload={}, created_at=NOW, run_at=NOW, attempts=0, dedup_key=str(one)
            )
            for one in range(JOBS)
        )
    url, file = str(database.engine.url), tmp_path / "sent"
    context = multiprocessing.get_context("spawn")
    together = context.Barrier(3)
    processes = [context.Process(target=_deliver, args=(url, file, together)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0, 0]
    sent = file.read_text().split()
    assert len(sent) == len(set(sent)) == JOBS
    assert all(row.done_at and row.attempts == 1 for row in rows(database))


def _die_while_sending(url: str) -> None:
    run_due(open_database(url), {JobKind.WEBHOOK: lambda job: os._exit(7)}, lambda: NOW)


def test_what_a_dying_process_was_sending_is_sent_by_the_next(database: Database) -> None:
    queue(database)
    process = multiprocessing.get_context("spawn").Process(target=_die_while_sending, args=(str(database.engine.url),))
    process.start()
    process.join(120)
    assert process.exitcode == 7
    sent: list[str] = []
    assert sends(database, lambda job: sent.append(job.id), NOW + LEASE) == 0
    assert sends(database, lambda job: sent.append(job.id), NOW + LEASE + timedelta(seconds=1)) == 1
    assert sent == [rows(database)[0].id]


def test_the_threads_send_when_told_and_stop_at_once(database: Database) -> None:
    sent = threading.Event()
    with Deliverer(lambda: database, lambda _: {kind: lambda job: sent.set() for kind in KINDS}, 60) as deliverer:
        queue(database)
        deliverer.wake()
        assert sent.wait(20)
        threads = [one for one in threading.enumerate() if one.name.startswith("deliver-")]
        assert {one.name for one in threads} == {f"deliver-{kind}" for kind in KINDS}
        assert all(one.daemon for one in threads), "they never keep a process alive"
    assert not [one for one in threads if one.is_alive()]


def test_a_stop_does_not_wait_for_a_sending_that_hangs(database: Database) -> None:
    begun, over = threading.Event(), threading.Event()

    def hanging(job: Job) -> None:
        begun.set()
        over.wait(20)

    queue(database)
    deliverer = Deliverer(lambda: database, lambda _: dict.fromkeys(KINDS, hanging), 60)
    deliverer.start()
    assert begun.wait(20)
    threads = [one for one in threading.enumerate() if one.name.startswith("deliver-")]
    deliverer.stop(seconds=0)
    assert rows(database)[0].done_at is None, "it will be sent again"
    over.set()
    for one in threads:
        one.join(20)


def test_the_threads_outlive_a_database_that_cannot_be_read(database: Database) -> None:
    calls: list[int] = []
    sent = threading.Event()

    def opening() -> Database:
        calls.append(1)
        if len(calls) <= 2:
            raise StorageError(is_full=False)
        return database

    queue(database)
    with Deliverer(opening, lambda _: {kind: lambda job: sent.set() for kind in KINDS}, 0.01):
        assert sent.wait(20)
