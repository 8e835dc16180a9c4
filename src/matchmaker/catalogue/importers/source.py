"""What every importer is: a name, the files it takes, and a function that reads one file record by record."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from matchmaker.domain.errors import FileProblem
from matchmaker.domain.work import Record

Reading = Record | FileProblem
"""A record, or what is wrong with the row where one was expected: line or row, field, value and what was expected."""

LARGEST_FIELD = 200_000
"""Characters that a field may have; a longer one is a fault of the file, not a text."""

LARGEST_FILE = 2 * 1024**3
"""Bytes that a file may have, unpacked."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source and how its files are read.

    ``read`` yields what it finds in the file's order without holding the file in memory, so that a file may be
    larger than that. A row that is wrong is yielded as a FileProblem, and reading goes on behind it. A file that is
    not of the format at all, is cut short or cannot be opened raises InvalidFileError, at the beginning or on the
    way: then nothing of it counts.

    ``name`` becomes the records' ``source`` unless a format serves several. ``suffixes`` are those that files may
    have, with their dots. ``is_complete`` says that a file holds all there is, so that what is missing from it has
    gone.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    read: Callable[[Path], Iterator[Reading]]
    is_complete: bool = False
