"""Tables to fill in: the headings, and what belongs under each."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from matchmaker.catalogue.cell_text import to_cell
from matchmaker.catalogue.table_writing import TableFormat, headings, sheet_of, write_csv
from matchmaker.catalogue.template import Column, Template
from matchmaker.catalogue.workbook_writing import Sheet, write_workbook
from matchmaker.domain.errors import mark

Say = Callable[[str], str]
"""The translation of a message template."""

SHEET = mark("How to fill in")
_COLUMNS = (mark("Column"), mark("Must be filled in"), mark("What to write"), mark("Choose from"))
_COMMENTS = mark("Rows that begin with # are not read.")
_APOSTROPHES = mark("An apostrophe before =, +, - or @ keeps the text from being run as a formula; it is not read.")


def write_blank(stream: BinaryIO, template: Template, form: TableFormat, language: str, say: Say) -> None:
    """Write a table to fill in: in CSV with a row that explains, in XLSX with a sheet that does.

    Raises:
        ValueError: the form is none that people fill in.
    """
    if form is TableFormat.CSV:
        explained = [_in_short(column, language, say) for column in template.columns]
        write_csv(stream, headings(template, language), [[f"# {explained[0]}", *map(to_cell, explained[1:])]], language)
    elif form is TableFormat.XLSX:
        explanation = Sheet(
            say(SHEET), list(map(say, _COLUMNS)), _explanations(template, language, say), width=40, is_read=True
        )
        write_workbook(stream, [sheet_of(template, (), language), explanation])
    else:
        raise ValueError(form)


def _explanations(template: Template, language: str, say: Say) -> Iterator[list[str]]:
    for column in template.columns:
        needed = column.word("true", language) if column.is_required else ""
        heading = column.heading.in_language(language)
        yield [heading, needed, say(column.meaning), _choices(column, language)]
    yield ["", "", say(_COMMENTS), ""]
    yield ["", "", say(_APOSTROPHES), ""]


def _in_short(column: Column, language: str, say: Say) -> str:
    needed = say(mark("Must be filled in")) + ". " if column.is_required else ""
    choices = _choices(column, language)
    return needed + say(column.meaning) + (f" {say(mark('Choose from'))}: {choices}." if choices else "")


def _choices(column: Column, language: str) -> str:
    return ", ".join(column.word(code, language) for code in column.choices)
