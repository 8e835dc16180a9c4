"""What every importer is: a name, the files it takes, and a function that reads one file record by record."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from matchmaker.domain.errors import FileProblem
from matchmaker.domain.work import Record

Reading = Record | FileProblem
"""A record, or what is wrong with the row where one was expected: line or row, field, value and what was expected."""

LARGEST_FIELD = 200_000
"""Characters that a field may have; a longer one is a fault of the file, not a text."""

LARGEST_FILE = 2 * 1024**3
"""Bytes that a file may have, unpacked."""

LINE = re.compile(rb"\n")
PIECE = 2**20
"""Bytes that are looked at together when records are counted roughly."""


@dataclass(frozen=True, slots=True)
class Source:
    """A source and how its files are read.

    ``read`` yields what it finds in the file's order without holding the file in memory, so that a file may be
    larger than that. A row that is wrong is yielded as a FileProblem, and reading goes on behind it. A file that is
    not of the format at all, is cut short or cannot be opened raises InvalidFileError, at the beginning or on the
    way: then nothing of it counts.

    ``name`` becomes the records' ``source`` unless a format serves several. ``suffixes`` are those that files may
    have, with their dots. ``is_complete`` says that a file holds all there is, so that what is missing from it has
    gone. ``marks`` are, by suffix, what each record has once.
    """

    name: str
    label: str
    suffixes: tuple[str, ...]
    read: Callable[[Path], Iterator[Reading]]
    is_complete: bool = False
    marks: Mapping[str, re.Pattern[bytes]] = field(default_factory=dict)


def guess_records(source: Source, path: Path) -> int:
    """About how many records a file has, or the files of a folder; 0 where nothing tells, as of what is packed.

    It only says how long reading will take: a mark may stand in a text, or across two pieces.
    """
    files = sorted(path.rglob("*")) if path.is_dir() else [path]
    return sum(_guess(one, source.marks[one.suffix.lower()]) for one in files if one.suffix.lower() in source.marks)


def _guess(path: Path, mark: re.Pattern[bytes]) -> int:
    found = 0
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            found += len(mark.findall(piece))
    return found
