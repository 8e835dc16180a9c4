"""Where the indexes of a collection lie: built aside, verified, then swapped in by renaming one small file."""

import os
import re
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from matchmaker.domain.errors import SetupError
from matchmaker.retrieval.index import IndexStamp, PassageIndex, read_stamp
from matchmaker.retrieval.lexical_index import LexicalForm
from matchmaker.retrieval.vector_index import VectorForm

_CURRENT = "CURRENT"
_IS_INDEX = re.compile(r"[0-9a-f]{32}")
"""Names of the folders that are made here, and may be deleted here."""


class IndexFolder:
    """The folder of one collection's indexes; several processes may read and build in it at once.

    ``vectors`` and ``lexical`` are the forms in which their channels are held. ``CURRENT`` names the sub-folder that
    serves. A build that fails or is killed leaves it as it was.
    """

    def __init__(self, folder: Path, vectors: VectorForm, lexical: LexicalForm) -> None:
        self._folder = folder
        self._vectors = vectors
        self._lexical = lexical

    def current_stamp(self) -> IndexStamp | None:
        """What the serving index was built from; None when there is none, or none that is whole."""
        folder = self._current_folder()
        if folder is None:
            return None
        try:
            return read_stamp(folder)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def read(self) -> PassageIndex | None:
        """Open the serving index; None when there is none.

        Raises:
            SetupError: it is damaged.
        """
        folder = self._current_folder()
        return PassageIndex.read(folder, self._vectors, self._lexical) if folder else None

    def publish(self, stamp: IndexStamp, build: Callable[[PassageIndex | None], PassageIndex]) -> PassageIndex:
        """Build an index and make it the serving one, unless another process has just done so; return it opened.

        ``build`` is given the one that serves, opened for it alone, if there is one that is whole.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self._folder / "build.lock"):
            serving = self._whole()
            if serving is not None and serving.stamp == stamp:
                return serving
            fresh = self._folder / uuid.uuid4().hex
            try:
                build(serving).write(fresh)
                index = PassageIndex.read(fresh, self._vectors, self._lexical)  # verified before anything points to it
            except BaseException:
                shutil.rmtree(fresh, ignore_errors=True)
                raise
            self._swap(fresh)
            return index

    def _whole(self) -> PassageIndex | None:
        try:
            return self.read()
        except SetupError:
            return None

    def turn_to_encode(self) -> FileLock:
        """Held by the one process that encodes ahead of a build: two would encode the same."""
        self._folder.mkdir(parents=True, exist_ok=True)
        return FileLock(self._folder / "encode.lock")

    def discard(self) -> None:
        """Point to no index at all, because the serving one turned out to be damaged."""
        (self._folder / _CURRENT).unlink(missing_ok=True)

    def _current_folder(self) -> Path | None:
        try:
            name = (self._folder / _CURRENT).read_text(encoding="utf-8").strip()
        except OSError:
            return None
        return self._folder / name if name and "/" not in name else None

    def _swap(self, fresh: Path) -> None:
        previous = self._current_folder()
        pointer = self._folder / f"{_CURRENT}.{fresh.name}"
        with pointer.open("w", encoding="utf-8") as stream:
            stream.write(fresh.name)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(pointer, self._folder / _CURRENT)
        # The previous index stays for readers that are opening it just now; older ones have had their time.
        for folder in self._folder.iterdir():
            if _IS_INDEX.fullmatch(folder.name) and folder not in (fresh, previous):
                shutil.rmtree(folder, ignore_errors=True)
