"""Tables that tests make up."""

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from xlsxwriter import Workbook

from matchmaker.catalogue.table_writing import TableFormat, write_table
from matchmaker.catalogue.template import Template
from matchmaker.domain.errors import FileProblem, InvalidFileError

GROUP = "Id;Slag;Namn (svenska)"
SHEET = "xl/worksheets/sheet1.xml"


def sheet(path: Path, rows: Sequence[Sequence[Any]], *, name: str = "Blad1", before: str | None = None) -> Path:
    with Workbook(str(path)) as book:
        if before:
            book.add_worksheet(before).write_string(0, 0, "Något annat")
        page = book.add_worksheet(name)
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for row, values in enumerate(rows):
            for column, value in enumerate(values):
                if isinstance(value, datetime):
                    page.write_datetime(row, column, value, day)
                elif value is not None:
                    page.write(row, column, value)
    return path


def told(problem: object) -> tuple[int | None, str | None, str]:
    assert isinstance(problem, FileProblem), problem
    return problem.line if problem.line is not None else problem.row, problem.field, str(problem)


def refusals(read: Callable[[], object]) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(InvalidFileError) as raised:
        read()
    return [told(one) for one in raised.value.problems]


def written(template: Template, rows: Any, form: TableFormat, language: str = "sv") -> bytes:
    stream = io.BytesIO()
    write_table(stream, template, rows, form, language)
    return stream.getvalue()
