"""The worker: sends what is due, again and again, in threads of a server or in a process of its own."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from matchmaker.db import outbox
from matchmaker.db.access import ANSWERS_KEPT, delete_answers
from matchmaker.db.alerts import forget_unconfirmed
from matchmaker.db.drafts import forget_drafts
from matchmaker.db.group_links import forget_ended_group_links
from matchmaker.db.identity_sessions import forget_expired
from matchmaker.db.letter_links import forget_ended_links
from matchmaker.db.outbox import Job, JobKind
from matchmaker.db.retention import erase_finished
from matchmaker.db.session import Database, Turn
from matchmaker.db.vector_cache import forget_queries
from matchmaker.db.webhooks import forget_secrets
from matchmaker.domain.errors import MatchmakerError
from matchmaker.domain.retention import Retention
from matchmaker.notify.schedule import MAXIMUM_ATTEMPTS, next_attempt
from matchmaker.settings import DRAFT_DAYS

LEASE = timedelta(minutes=5)
"""How long a claimed job is left to its worker: longer than the slowest sending takes, whose timeouts are seconds."""

POLL_SECONDS = 3.0
"""How often is looked for what is due; one read of an index."""

REST = 20
"""How many times longer it rests after a fault, which will hardly be mended in seconds."""

STOP_SECONDS = 5.0
"""How long a stop waits for a sending that has begun. One that takes longer is cut off, and sent again by its lease."""

KEPT = timedelta(days=90)
"""How long what was sent, and the log of it, is kept."""

VECTORS_KEPT = timedelta(days=30)
"""How long vectors of challenges' words are kept, so that what is matched again is not encoded again."""

RETENTION = Retention(drafts=timedelta(days=DRAFT_DAYS))
"""How long is kept what people gave, unless the settings say otherwise."""

CONFIRMING = timedelta(days=2)
"""How long somebody has to say that an address is theirs; then it is forgotten."""

TIDY_SECONDS = 3600.0

THREADS = {JobKind.WEBHOOK: 6}
"""How many messages of a kind are sent at the same time, where it is more than one; more than ``outbox.AT_ONCE``."""

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]


class SendingError(Exception):
    """A message was not sent. ``final``: trying again is no use. ``wait``: the pause that the receiver asked for."""

    def __init__(self, problem: str, *, final: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(problem)
        self.final = final
        self.wait = wait


class NotNeededError(Exception):
    """There is no need to send a message any more: it is forgotten, as if it had never been."""


Sender = Callable[[Job], None]
"""Sends a job, or raises ``SendingError`` or ``NotNeededError``."""

Senders = Mapping[JobKind, Sender]


def utc_now() -> datetime:
    return datetime.now(UTC)


def run_due(
    database: Database, senders: Senders, now: Clock = utc_now, stopping: Callable[[], bool] = lambda: False
) -> int:
    """Send what is due, one by one, until nothing is; returns how many were tried.

    One at a time: a job that waits behind a slow one stays free for another worker.

    Raises:
        StorageError: the outbox cannot be read or written just now; nothing is lost.
    """
    kinds = list(senders)
    tried = 0
    while not stopping():
        with database.reading() as session:
            if not outbox.is_any_due(session, kinds, now()):
                break
        with database.transaction(Turn.CLAIMS) as session:
            jobs = outbox.claim(session, kinds, now(), now() + LEASE)
        for job in jobs:
            _send(database, senders[job.kind], job, now)
            tried += 1
    return tried


def _send(database: Database, sender: Sender, job: Job, now: Clock) -> None:
    if job.attempts > MAXIMUM_ATTEMPTS:  # whoever claimed it before never came back: it may be what ends workers
        failure = SendingError("The worker ended each time while it was sending.", final=True)
    elif job.is_late(now()):
        failure = SendingError("It is too late: what the message says is no longer good.", final=True)
    else:
        try:
            sender(job)
        except NotNeededError:
            with database.transaction(Turn.NONE) as session:
                outbox.discard(session, job)
            return
        except SendingError as error:
            failure = error
        except Exception as error:
            log.exception("The %s %s could not be sent", job.kind, job.id)
            failure = SendingError(type(error).__name__)
        else:
            with database.transaction(Turn.NONE) as session:
                outbox.finish(session, job, now())
            return
    again = None if failure.final else next_attempt(job.attempts, now(), failure.wait)
    if again is not None and job.is_late(again):
        again = None
    log.warning("%s %s, attempt %d: %s", job.kind, job.id, job.attempts, failure)
    with database.transaction(Turn.NONE) as session:
        if again is None:
            outbox.give_up(session, job, now(), str(failure))
        else:
            outbox.retry(session, job, again, str(failure))


class Deliverer:
    """Threads that send what is due, some for each kind, so that nobody waits for somebody else's slow server.

    They begin with ``start`` and end with ``stop`` (or with the block of a ``with``), and never keep a process alive.
    The database is opened by the threads themselves: a server starts also where it cannot be opened yet. ``hourly`` is
    what else is to be written to the outbox from time to time; it is done by the thread that sends mail.
    """

    def __init__(
        self,
        open_database: Callable[[], Database],
        make_senders: Callable[[Database], Senders],
        poll_seconds: float = POLL_SECONDS,
        retention: Retention = RETENTION,
        hourly: Callable[[], object] = lambda: None,
    ) -> None:
        self._open_database = open_database
        self._make_senders = make_senders
        self._poll_seconds = poll_seconds
        self._retention = retention
        self._hourly = hourly
        self._stopping = threading.Event()
        self._wakers = [(kind, threading.Event()) for kind in JobKind for _ in range(THREADS.get(kind, 1))]
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        self._stopping.clear()
        self._threads = [
            threading.Thread(target=self._work, args=(kind, waker), name=f"deliver-{kind}", daemon=True)
            for kind, waker in self._wakers
        ]
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Look at once for what is due."""
        for _, waker in self._wakers:
            waker.set()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """End the threads; waits for a sending that has begun, but not for long."""
        self._stopping.set()
        self.wake()
        deadline = time.monotonic() + seconds
        for thread in self._threads:
            thread.join(max(deadline - time.monotonic(), 0))
        self._threads = []

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def _work(self, kind: JobKind, waker: threading.Event) -> None:
        tidied: float | None = None
        opened: tuple[Database, Senders] | None = None
        while not self._stopping.is_set():
            waker.clear()
            pause = self._poll_seconds
            try:
                if opened is None:
                    database = self._open_database()
                    opened = database, {kind: self._make_senders(database)[kind]}
                database, senders = opened
                run_due(database, senders, stopping=self._stopping.is_set)
                if kind is JobKind.MAIL and (tidied is None or time.monotonic() - tidied > TIDY_SECONDS):
                    tidied = time.monotonic()
                    tidy(database, retention=self._retention)
                    self._hourly()
            except MatchmakerError as error:
                log.warning("Nothing can be sent just now: %s", error)
                pause *= REST
            except Exception:  # a thread has nobody to raise to, and must go on
                log.exception("The delivery of %s goes on after a fault", kind)
                pause *= REST
            if not self._stopping.is_set():  # whose wake may have come before the clear
                waker.wait(pause)


def tidy(database: Database, now: datetime | None = None, retention: Retention = RETENTION) -> int:
    """Forget what has had its time; returns how many messages that were sent or given up.

    That is, besides messages: links and sessions that have ended, drafts that nobody went on with, vectors of
    challenges, answers to repeated requests, secrets that were replaced, addresses that nobody has confirmed, and of
    finished challenges the contacts.
    """
    now = now or utc_now()
    with database.transaction() as session:
        forget_ended_links(session, now)
        forget_expired(session, now)
        delete_answers(session, now - ANSWERS_KEPT)
        forget_secrets(session, now)
        forget_drafts(session, now - retention.drafts)
        erase_finished(session, retention, now)
        forget_queries(session, now - VECTORS_KEPT)
        forget_unconfirmed(session, now - CONFIRMING)
        forget_ended_group_links(session, now - KEPT)
        return outbox.forget(session, now - KEPT)
