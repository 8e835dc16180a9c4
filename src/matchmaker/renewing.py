"""Indexes renewed beside the answering of a server: the old one serves until the new one is there.

What an import brings may take an hour to encode, and what people correct meanwhile is not to wait for it. So a round
first builds an index of what has been encoded before and of the newest passages, and that one serves; then the rest
is encoded ahead, into the encoder's cache; and when all is there, or somebody has changed something, the next round
begins. Whatever ends the process, the next one goes on from the cache.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from matchmaker.domain.collection import Collection
from matchmaker.indexing import MOST_NEW, IndexRecipe, current_index, encode_ahead
from matchmaker.retrieval.index import IndexStamp, PassageIndex
from matchmaker.retrieval.index_folder import IndexFolder

REST_SECONDS = 60.0
"""How long it rests before it tries again to build an index that it just failed to build."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How many passages have been encoded since it began, and how many have yet to be."""

    done: int
    left: int
    seconds: float
    """Since it began."""

    @property
    def time_left(self) -> timedelta | None:
        """None as long as nothing tells."""
        return timedelta(seconds=self.left * self.seconds / self.done) if self.done else None


class Renewals:
    """The threads that renew indexes, at most one a collection."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._threads: dict[str, threading.Thread] = {}
        self._failed: dict[str, tuple[IndexStamp, float]] = {}
        self._encoding: dict[str, Encoding] = {}

    def begin(
        self,
        collection: Collection,
        folder: IndexFolder,
        recipe: IndexRecipe,
        stamp: IndexStamp,
        take: Callable[[PassageIndex], None],
    ) -> None:
        """Begin to renew a collection's index, unless that is under way or has just failed for the same ``stamp``.

        Each index that is to serve from now on is given to ``take``.
        """
        with self._lock:
            failed, when = self._failed.get(collection.name, (None, 0.0))
            if collection.name in self._threads or (failed == stamp and time.monotonic() - when < REST_SECONDS):
                return
            thread = threading.Thread(target=self._run, args=(collection, folder, recipe, stamp, take), daemon=True)
            self._threads[collection.name] = thread
            thread.start()

    def encoding(self, collection: str) -> Encoding | None:
        """How far the encoding for a collection's next index has come; None where none is under way here."""
        return self._encoding.get(collection)

    def wait(self) -> None:
        """Wait until what is under way is done."""
        with self._lock:
            threads = list(self._threads.values())
        for thread in threads:
            thread.join()

    def _run(
        self,
        collection: Collection,
        folder: IndexFolder,
        recipe: IndexRecipe,
        stamp: IndexStamp,
        take: Callable[[PassageIndex], None],
    ) -> None:
        is_whole = False
        try:
            is_whole = self._renew(collection, folder, recipe, take)
        except Exception:  # noqa: BLE001  # a thread has nobody to raise to; the old index goes on serving
            _log.exception("The index of %s could not be rebuilt", collection.name)
        with self._lock:
            self._threads.pop(collection.name, None)
            self._encoding.pop(collection.name, None)
            if not is_whole:
                self._failed[collection.name] = (stamp, time.monotonic())

    def _renew(
        self,
        collection: Collection,
        folder: IndexFolder,
        recipe: IndexRecipe,
        take: Callable[[PassageIndex], None],
    ) -> bool:
        """Rounds until the index is whole; whether it is: not where what was encoded ahead has not been kept."""
        encoded_ahead: str | None = None
        while True:
            index = current_index(folder, collection, recipe, most_new=MOST_NEW)
            take(index)
            if index.stamp == recipe.stamp(collection.name, collection.revision):
                return True
            if index.stamp.revision == encoded_ahead:
                return False
            if index.stamp.missing:
                encoded_ahead = index.stamp.revision
                with folder.turn_to_encode():
                    encode_ahead(collection, recipe, self._watch(collection, index.stamp.revision))

    def _watch(self, collection: Collection, revision: str) -> Callable[[int], bool]:
        """Notes how far the encoding has come; says to go on as long as nothing has changed."""
        begun, first = time.monotonic(), 0

        def go_on(left: int) -> bool:
            nonlocal first
            first = max(first, left)
            self._encoding[collection.name] = Encoding(first - left, left, time.monotonic() - begun)
            return collection.revision == revision

        return go_on
