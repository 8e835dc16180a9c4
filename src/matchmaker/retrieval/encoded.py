"""What the encoder made of a collection's passages, as it came: an index of a changed collection takes it over."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self, TypeVar, cast

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.encoder import Vectors

HalfVectors = npt.NDArray[np.float16]
Rows = npt.NDArray[np.int64]
Values = TypeVar("Values", bound=npt.NDArray[Any])

MOST_FILES = 16
WASTED_SHARE = 0.2
"""From so many files on, or once such a share of their rows is of passages that are gone, they are written as one."""

_SENTENCES = "sentences.{number}.npy"


@dataclass(frozen=True, slots=True)
class SentenceVectors:
    """The vectors of the passages' sentences, some six a passage and so most of an index.

    Those of the passage in row ``i`` are the rows ``starts[i]`` to ``starts[i] + counts[i]`` of ``files``, each of
    shape (rows, dimension), taken as one; a passage's are in one file, in the text's order. A file is never changed:
    the index of a changed collection shares it with the one before, as a second name on the disk, and adds another.
    """

    starts: Rows
    counts: Rows
    files: tuple[HalfVectors, ...]

    @classmethod
    def of(cls, counts: Rows, vectors: HalfVectors) -> Self:
        """The sentences of all passages, one passage after the other."""
        return cls(np.cumsum(counts) - counts, counts, (vectors,))

    @property
    def places(self) -> int:
        """How many rows the files have."""
        return sum(len(one) for one in self.files)

    def of_row(self, row: int) -> Vectors:
        """The vectors of a passage's sentences, shape (sentences, dimension)."""
        first, count = int(self.starts[row]), int(self.counts[row])
        for vectors in self.files:
            if first < len(vectors):
                return vectors[first : first + count].astype(np.float32)
            first -= len(vectors)
        return np.empty((0, self.files[0].shape[1]), dtype=np.float32)

    def renewed(self, kept: Rows, more: "SentenceVectors") -> "SentenceVectors":
        """Those of other passages: of each the row that it has here, or -1 for the next of ``more``."""
        starts = merged(self.starts, kept, more.starts + self.places)
        counts = merged(self.counts, kept, more.counts)
        added = tuple(one for one in more.files if len(one))
        renewed = SentenceVectors(starts, counts, (*self.files, *added))
        wasted = renewed.places - int(counts.sum())
        if len(renewed.files) <= MOST_FILES and wasted <= WASTED_SHARE * renewed.places:
            return renewed
        return renewed._as_one()

    def _as_one(self) -> "SentenceVectors":
        vectors = np.empty((int(self.counts.sum()), self.files[0].shape[1]), dtype=np.float16)
        one = SentenceVectors.of(self.counts, vectors)
        for row, (start, count) in enumerate(zip(one.starts.tolist(), self.counts.tolist(), strict=True)):
            vectors[start : start + count] = self.of_row(row)
        return one

    def write(self, folder: Path) -> None:
        """Put the files into a folder."""
        for number, vectors in enumerate(self.files):
            target = folder / _SENTENCES.format(number=number)
            if isinstance(vectors, np.memmap) and vectors.filename:
                _link(Path(vectors.filename), target)
            else:
                np.save(target, vectors, allow_pickle=False)

    @classmethod
    def read(cls, folder: Path, starts: Rows, counts: Rows) -> Self:
        """Open the files of a folder.

        Raises:
            OSError, ValueError: there are none, or the passages have other sentences than they.
        """
        count = len(list(folder.glob(_SENTENCES.format(number="*"))))
        names = [folder / _SENTENCES.format(number=number) for number in range(max(count, 1))]
        found = cls(starts, counts, tuple(np.load(name, mmap_mode="r", allow_pickle=False) for name in names))
        if len(starts) != len(counts) or np.any(starts + counts > found.places):
            raise ValueError("the parts of the index disagree on the number of sentences")
        return found


@dataclass(frozen=True, slots=True)
class EncodedPassages:
    """By row: what passages are, and their vectors as the encoder gave them, before any correction."""

    digests: npt.NDArray[np.uint64]
    """The beginning of the SHA-256 of what was encoded, shape (passages,): tells whether a passage has changed."""
    languages: npt.NDArray[np.str_]
    vectors: HalfVectors
    """Shape (passages, dimension)."""
    sentences: SentenceVectors

    def __post_init__(self) -> None:
        if not len(self.digests) == len(self.languages) == len(self.vectors) == len(self.sentences.starts):
            raise ValueError("the parts of the index disagree on the number of passages")

    def renewed(self, kept: Rows, more: "EncodedPassages") -> "EncodedPassages":
        """Those of a changed collection: of each passage the row that it has here, or -1 for the next of ``more``."""
        return EncodedPassages(
            merged(self.digests, kept, more.digests),
            merged(self.languages, kept, more.languages),
            merged(self.vectors, kept, more.vectors),
            self.sentences.renewed(kept, more.sentences),
        )


def merged(earlier: Values, kept: Rows, more: Values) -> Values:
    """Values by row: those of the earlier rows ``kept``, or where that is -1 the next of ``more``."""
    values = np.empty((len(kept), *earlier.shape[1:]), dtype=np.promote_types(earlier.dtype, more.dtype))
    values[kept >= 0], values[kept < 0] = earlier[kept[kept >= 0]], more
    return cast("Values", values)


def _link(source: Path, target: Path) -> None:
    """Give a file a second name; where the file system has none, copy it."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
