"""The thread of a server that suggests groups for works that are nobody's, when a steward has asked for it."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self

from matchmaker.curation.linking import suggest_groups
from matchmaker.db import work_lists
from matchmaker.db.session import Database
from matchmaker.domain.errors import MatchmakerError, mark
from matchmaker.pipeline import Matcher

STOP_SECONDS = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Search:
    """A search for groups: how many works have been looked at of how many, for how many a group was suggested.

    ``trouble`` is what kept it from its end. What was suggested by then stays, and a new search goes on from there.
    """

    started_at: datetime
    total: int
    done: int = 0
    made: int = 0
    is_over: bool = False
    trouble: MatchmakerError | None = None

    def time_left(self, now: datetime) -> timedelta | None:
        """How long it will take still, by how it went so far; None where that says nothing yet."""
        if self.is_over or not self.done or self.total <= self.done:
            return None
        return (now - self.started_at) / self.done * (self.total - self.done)


class SuggestionWorker:
    """A thread that begins with the block of a ``with`` and ends with it; it never keeps a process alive.

    Kept in memory alone: what a search has found is in the database, and one that was cut off is asked for anew.
    """

    def __init__(self, open_database: Callable[[], Database], open_matcher: Callable[[str], Matcher]) -> None:
        self._open_database = open_database
        self._open_matcher = open_matcher
        self._searches: dict[str, Search] = {}
        self._asked: list[str] = []
        self._changed = threading.Condition()
        self._stopping = False
        self._thread: threading.Thread | None = None

    def ask(self, collection: str) -> None:
        """Have groups searched for; nothing where that is being done already."""
        with self._open_database().reading() as session:
            total = work_lists.count_undecided(session, collection)
        with self._changed:
            running = self._searches.get(collection)
            if running is None or running.is_over:
                self._searches[collection] = Search(datetime.now(UTC), total)
                self._asked.append(collection)
                self._changed.notify()

    def search(self, collection: str) -> Search | None:
        """The search that runs, or the last one since the server began."""
        with self._changed:
            return self._searches.get(collection)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._work, name="suggestions", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify()
        if self._thread:
            self._thread.join(STOP_SECONDS)

    def _work(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._stopping or bool(self._asked))
                if self._stopping:
                    return
                collection = self._asked.pop(0)
            self._search(collection)

    def _search(self, collection: str) -> None:
        made, trouble = 0, None
        try:
            made = suggest_groups(
                self._open_database(),
                collection,
                self._open_matcher(collection),
                lambda count: self._note(collection, count),
            )
        except _StoppedError:
            return
        except MatchmakerError as error:
            trouble = error
        except Exception:  # a thread has nobody to raise to, and must go on
            log.exception("The search for groups failed")
            trouble = MatchmakerError(mark("The program has a fault. The operator finds it in the log."))
        with self._changed:
            over = replace(self._searches[collection], made=made, is_over=True, trouble=trouble)
            self._searches[collection] = over

    def _note(self, collection: str, count: int) -> None:
        with self._changed:
            if self._stopping:
                raise _StoppedError
            running = self._searches[collection]
            self._searches[collection] = replace(running, done=running.done + count)


class _StoppedError(Exception):
    """The server stops; between two batches nothing is half done."""
