"""Tables written as CSV, XLSX and JSON, so that reading CSV and XLSX gives back every value.

Nothing in them is run when they are opened: what begins like a formula has an apostrophe before it (see
``cell_text``), and in workbooks all cells are texts.
"""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import BinaryIO

from matchmaker.catalogue.cell_text import join_items, to_cell
from matchmaker.catalogue.template import Column, Template
from matchmaker.catalogue.workbook_writing import Sheet, write_workbook

Value = str | bool | int | date | tuple[str, ...] | None
Row = Mapping[str, Value]
"""A row's values by the names of columns; a column that is missing from it is empty."""


class TableFormat(StrEnum):
    """What a table can be written as; the values are the files' suffixes."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"


def write_table(stream: BinaryIO, template: Template, rows: Iterable[Row], form: TableFormat, language: str) -> None:
    """Write a table, rows as they come: headings, choices, yes and no in ``language``; in JSON names and codes.

    Raises:
        InvalidFileError: a text or the table is larger than a workbook can hold.
    """
    if form is TableFormat.JSON:
        write_json(stream, template, rows)
    elif form is TableFormat.XLSX:
        write_workbook(stream, [sheet_of(template, rows, language)])
    else:
        write_csv(stream, headings(template, language), cell_rows(template, rows, language), language)


def write_csv(stream: BinaryIO, head: Sequence[str], rows: Iterable[Sequence[str]], language: str) -> None:
    """Write CSV as spreadsheet programs open it: UTF-8 that says so, parted as they part lists in that language.

    Every cell is in quotes (RFC 4180, 2.6). A program that parts columns by another sign than this may still begin a
    cell in the middle of a text; whoever passes tables on to others had better take XLSX.
    """
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=";" if language == "sv" else ",", quoting=csv.QUOTE_ALL)
    writer.writerow(head)
    writer.writerows(rows)
    text.detach()


def write_json(stream: BinaryIO, template: Template, rows: Iterable[Row]) -> None:
    """Write a list of objects, one a line, each with all columns by name; null where there is no value."""
    stream.write(b"[")
    for number, row in enumerate(rows):
        values = {column.name: _json_value(row.get(column.name)) for column in template.columns}
        stream.write((",\n" if number else "\n").encode() + json.dumps(values, ensure_ascii=False).encode())
    stream.write(b"\n]\n")


def sheet_of(template: Template, rows: Iterable[Row], language: str) -> Sheet:
    """A table as a sheet, with the choices of its columns to choose from."""
    choices = {
        index: [column.word(code, language) for code in column.choices]
        for index, column in enumerate(template.columns)
        if column.choices and not column.is_list
    }
    title = template.title.in_language(language)
    return Sheet(title, headings(template, language), cell_rows(template, rows, language), choices=choices)


def headings(template: Template, language: str) -> list[str]:
    """What the columns are called."""
    return [column.heading.in_language(language) for column in template.columns]


def cell_rows(template: Template, rows: Iterable[Row], language: str) -> Iterator[list[str]]:
    """Rows as cells, in the order of the columns."""
    for row in rows:
        yield [to_cell(_text(column, row.get(column.name), language)) for column in template.columns]


def _text(column: Column, value: Value, language: str) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return column.word(str(value).lower(), language)
        case tuple():
            return join_items(tuple(column.word(one, language) for one in value))
        case date():
            return value.isoformat()
        case _:
            return column.word(str(value), language)


def _json_value(value: Value) -> object:
    match value:
        case tuple():
            return list(value)
        case date():
            return value.isoformat()
        case _:
            return value
