"""CSV files of any size, row by row: commas, semicolons or tabs, UTF-8 or what Swedish spreadsheets write."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from matchmaker.catalogue.importers.field_text import shown
from matchmaker.catalogue.importers.source import LARGEST_FIELD, LARGEST_FILE
from matchmaker.catalogue.importers.text_encoding import find_encoding
from matchmaker.catalogue.text_file import file_error
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark

if TYPE_CHECKING:
    import _csv

_MOST_COLUMNS = 1000


def read_csv_rows(path: Path, needed: tuple[str, ...]) -> Iterator[tuple[int, Mapping[str, str] | FileProblem]]:
    """Each row with the line it begins at: its cells by column, or what is wrong with it.

    Columns are found by name, in whatever case; they come out in small letters. ``needed`` columns must be there.

    Raises:
        InvalidFileError: as ``read_csv_cells``, or it has not the columns.
    """
    rows = read_csv_cells(path)
    columns = [name.strip().lower() for name in next(rows, (1, []))[1]]
    missing = [name for name in needed if name.lower() not in columns]
    if missing or len(columns) > _MOST_COLUMNS:
        template = mark("has not the columns that were expected; missing: {missing}; found: {found}")
        found = shown(", ".join(columns))
        raise _refusal(path, FileProblem(template, line=1, missing=", ".join(missing) or "–", found=found))
    for line, cells in rows:
        if len(cells) == len(columns):
            yield line, dict(zip(columns, cells, strict=True))
        else:
            template = mark("has {count} cells; expected: {expected}, as many as there are columns")
            yield line, FileProblem(template, line=line, count=len(cells), expected=len(columns))


def read_csv_cells(path: Path) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row that has any, the headings too, with the line it begins at.

    Raises:
        InvalidFileError: the file cannot be opened or decoded, a cell is larger than a text can be, or quotation marks
            do not match.
    """
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise _refusal(path, FileProblem(mark("is larger than {limit} bytes"), limit=LARGEST_FILE))
        with path.open(encoding=find_encoding(path), newline="") as stream:
            header = stream.readline(LARGEST_FIELD)
            stream.seek(0)
            csv.field_size_limit(LARGEST_FIELD)
            # The header tells what parts the columns, since it has no quoted text to mislead.
            reader = csv.reader(stream, delimiter=max(",;\t", key=header.count), strict=True)
            yield from _cells(path, reader)
    except OSError as error:
        raise file_error(path, error) from error


def _cells(path: Path, reader: "_csv.Reader") -> Iterator[tuple[int, list[str]]]:
    try:
        begins = 1
        for cells in reader:
            line, begins = begins, reader.line_num + 1
            if any(cell.strip() for cell in cells):
                yield line, cells
    except csv.Error as error:
        template = mark("is not whole CSV; reading stopped here: {reason}")
        raise _refusal(path, FileProblem(template, line=reader.line_num, reason=str(error))) from error


def _refusal(path: Path, problem: FileProblem) -> InvalidFileError:
    return InvalidFileError(str(path), [problem])
