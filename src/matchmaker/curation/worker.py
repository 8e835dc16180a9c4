"""The thread of a server that does what imports wait for."""

import logging
import shutil
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from matchmaker.curation.imports import SourceOf, run_job
from matchmaker.curation.records import Pseudonym
from matchmaker.db import import_jobs as jobs
from matchmaker.db.session import Database, Turn
from matchmaker.domain.errors import MatchmakerError
from matchmaker.domain.import_job import JobState

POLL_SECONDS = 3.0
STOP_SECONDS = 5.0
REST = 20
"""How many times longer it rests after a fault, which will hardly be mended in seconds."""

log = logging.getLogger(__name__)


def run_waiting(
    database: Database,
    source_of: SourceOf,
    pseudonym: Pseudonym,
    stopping: Callable[[], bool] = lambda: False,
    uploads: Path | None = None,
) -> int:
    """Do the next step of each job that waits for the program, until none does; returns how many steps were done.

    A file under ``uploads`` is deleted when it has been read: it may hold what is not kept, such as names.
    """
    done = 0
    while not stopping():
        with database.reading() as session:
            if not jobs.is_any_job_waiting(session, datetime.now(UTC)):
                break
        with database.transaction(Turn.NONE) as session:
            job = jobs.claim_job(session, datetime.now(UTC))
        if job is None:
            break
        after = run_job(database, job, source_of, pseudonym)
        done += 1
        if uploads and after.state is JobState.READY and Path(after.path).is_relative_to(uploads):
            shutil.rmtree(Path(after.path).parent, ignore_errors=True)
    return done


class ImportWorker:
    """A thread that begins with the block of a ``with`` and ends with it; it never keeps a process alive.

    What it is cut off in goes on from its last batch, in this process or another, when the lease has ended.
    """

    def __init__(
        self,
        open_database: Callable[[], Database],
        open_pseudonym: Callable[[], Pseudonym],
        source_of: SourceOf,
        uploads: Path,
        has_worked: Callable[[], object],
    ) -> None:
        """``has_worked`` is called when something was done: the index may have to be renewed now."""
        self._open_database = open_database
        self._open_pseudonym = open_pseudonym
        self._source_of = source_of
        self._uploads = uploads
        self._has_worked = has_worked
        self._stopping = threading.Event()
        self._waker = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Look at once for what waits."""
        self._waker.set()

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._work, name="imports", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._waker.set()
        if self._thread:
            self._thread.join(STOP_SECONDS)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._waker.clear()
            pause = POLL_SECONDS
            try:
                database, pseudonym = self._open_database(), self._open_pseudonym()
                if run_waiting(database, self._source_of, pseudonym, self._stopping.is_set, self._uploads):
                    self._has_worked()
            except MatchmakerError as error:
                log.warning("Nothing can be imported just now: %s", error)
                pause *= REST
            except Exception:  # a thread has nobody to raise to, and must go on
                log.exception("Imports go on after a fault")
                pause *= REST
            self._waker.wait(pause)
