"""Tables that people make in spreadsheet programs, CSV or XLSX, as rows of texts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from matchmaker.catalogue.cell_text import from_cell, is_comment
from matchmaker.catalogue.importers.csv_rows import read_csv_cells
from matchmaker.catalogue.importers.source import LARGEST_FIELD
from matchmaker.catalogue.workbook_check import check_workbook, not_whole
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark

CSV_SUFFIXES = (".csv", ".tsv", ".txt")
XLSX_SUFFIXES = (".xlsx", ".xlsm")
SUFFIXES = (*CSV_SUFFIXES, *XLSX_SUFFIXES)


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is in a table: the line of a CSV file, or the row of a sheet."""

    line: int | None = None
    row: int | None = None

    def problem(self, template: str, field: str | None = None, **values: object) -> FileProblem:
        """What is wrong here, in this column."""
        return FileProblem(template, line=self.line, row=self.row, field=field, **values)


TableRow = tuple[Place, Sequence[str | None]]


def read_table(path: Path, sheets: Sequence[str] = ()) -> Iterator[TableRow]:
    """The rows of a table that have anything in them, the headings first; None for an empty cell.

    Rows that begin with # explain the table and are left out. Of a workbook that sheet is read which has one of the
    names in ``sheets``, or else the first.

    Raises:
        InvalidFileError: the file is no such table, is not whole or too large, perhaps seen on the way.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        known = ", ".join(SUFFIXES)
        raise InvalidFileError(str(path), [FileProblem(mark("must be one of these: {known}"), known=known)])
    rows = _read_sheet(path, sheets) if suffix in XLSX_SUFFIXES else _read_csv(path)
    for place, cells in rows:
        if not is_comment(cells[0]):
            yield place, [from_cell(cell) for cell in cells]


def _read_csv(path: Path) -> Iterator[tuple[Place, list[str]]]:
    for line, cells in read_csv_cells(path):
        yield Place(line=line), cells


def _read_sheet(path: Path, sheets: Sequence[str]) -> Iterator[tuple[Place, list[str]]]:
    import pandas as pd  # a third of a second that no other command should wait for
    from python_calamine import CalamineError

    try:
        with pd.ExcelFile(check_workbook(path), engine="calamine") as book:
            name = next((str(one) for one in book.sheet_names if one in sheets), 0)
            frame = book.parse(name, header=None, dtype=object, keep_default_na=False, na_filter=False)
    except (CalamineError, ValueError, KeyError, IndexError) as error:
        raise not_whole(path) from error
    for number, values in enumerate(frame.itertuples(index=False, name=None), start=1):
        cells = [_as_text(value) for value in values]
        if any(len(cell) > LARGEST_FIELD for cell in cells):
            template = mark("has a cell of more than {limit} characters")
            raise InvalidFileError(str(path), [FileProblem(template, row=number, limit=LARGEST_FIELD)])
        if any(cell.strip() for cell in cells):
            yield Place(row=number), cells


def _as_text(value: Any) -> str:
    """What a cell shows: whole numbers without decimals, days as 2026-12-31, yes and no as ``true`` and ``false``."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date | time) else str(value)
