"""Workbooks of plain tables: every cell a text, so that nothing in them is run, computed or followed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, BinaryIO

from matchmaker.domain.errors import FileProblem, InvalidFileError, mark

if TYPE_CHECKING:
    from xlsxwriter import Workbook

LONGEST_CELL = 32_767
"""UTF-16 units that a cell can have (Excel specifications and limits)."""

MOST_ROWS = 1_048_576
LONGEST_CHOICES = 255
"""Characters that the choices of a column can have together, with the commas between them."""

_CONSTANT_MEMORY = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet: its headings, its rows, and by column the words that a cell may hold. Empty cells are not written.

    ``is_read`` shows long texts whole; otherwise each row is one line high, so that many rows are seen at once.
    """

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[str]]
    width: int = 24
    choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    is_read: bool = False


def write_workbook(stream: BinaryIO, sheets: Iterable[Sheet]) -> None:
    """Write sheets one after another; only the row at hand is in memory.

    Raises:
        InvalidFileError: a text or a sheet is larger than a workbook can hold; the row is named.
    """
    from xlsxwriter import Workbook

    with Workbook(stream, _CONSTANT_MEMORY) as book:
        # The format of texts keeps what people type later as they type it: 007 stays 007.
        line = book.add_format({"num_format": "@"})
        text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        heading = book.add_format({"num_format": "@", "bold": True, "text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _write_sheet(book, sheet, heading, text if sheet.is_read else line)


def _write_sheet(book: "Workbook", sheet: Sheet, heading: Any, text: Any) -> None:
    page = book.add_worksheet(sheet.title)
    page.set_column(0, len(sheet.headings) - 1, sheet.width, text)
    page.freeze_panes(1, 0)
    page.ignore_errors({"number_stored_as_text": f"A1:XFD{MOST_ROWS}"})
    for column, words in sheet.choices.items():
        if len(",".join(words)) <= LONGEST_CHOICES:
            page.data_validation(1, column, MOST_ROWS - 1, column, {"validate": "list", "source": list(words)})
    for column, name in enumerate(sheet.headings):
        page.write_string(0, column, name, heading)
    for row, cells in enumerate(sheet.rows, start=1):
        if row >= MOST_ROWS:
            raise _error(sheet, mark("is longer than a sheet can be ({most} rows); choose CSV or JSON"), most=MOST_ROWS)
        for column, cell in enumerate(cells):
            if len(cell.encode("utf-16-le")) > 2 * LONGEST_CELL:
                template = mark("is longer than a cell can be ({most} characters); choose CSV or JSON")
                raise _error(sheet, template, row=row + 1, field=sheet.headings[column], most=LONGEST_CELL)
            if cell:
                page.write_string(row, column, cell, text)


def _error(sheet: Sheet, template: str, **values: Any) -> InvalidFileError:
    return InvalidFileError(sheet.title, [FileProblem(template, **values)])
