"""Rows of a table that a template describes: headings found in either language, cells by column."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from matchmaker.catalogue.importers.field_text import shown
from matchmaker.catalogue.tables import Place, read_table
from matchmaker.catalogue.template import Column, Template, plain
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark

_LIKENESS = 0.7


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """The cells of a row that have something in them, by column; ``headings`` are the columns' as the file has them."""

    place: Place
    cells: Mapping[str, str]
    headings: Mapping[str, str]
    language: str


def read_rows(path: Path, template: Template) -> Iterator[TemplateRow | FileProblem]:
    """The rows of a table, and what is wrong with its headings and rows.

    A column that the template has not is told and passed over.

    Raises:
        InvalidFileError: as ``read_table``, or the headings are missing, incomplete or there twice.
    """
    rows = read_table(path, (template.title.sv or "", template.title.en or ""))
    place, cells = next(rows, (Place(), []))
    columns = [_find_column(template, cell) for cell in cells]
    _check_columns(path, place, template, columns, cells)
    yield from _unknown_columns(place, template, columns, cells)
    headings = {column.name: cell or "" for column, cell in zip(columns, cells, strict=True) if column}
    language = _language(headings.values(), template)
    for place, values in rows:
        # What stands under a heading that is not known has been told of once; under none it would be lost unseen.
        astray = next((one for index, one in enumerate(values) if one and not _heading(cells, index)), None)
        if astray and astray.strip():
            yield place.problem(mark("has «{value}» in a column without a heading"), value=shown(astray))
            continue
        found = zip(columns, values, strict=False)
        row = {column.name: value for column, value in found if column and value and value.strip()}
        if row:
            yield TemplateRow(place, row, headings, language)


def _find_column(template: Template, heading: str | None) -> Column | None:
    wanted = plain(heading or "")
    return next((column for column in template.columns if wanted in column.spellings), None)


def _check_columns(
    path: Path, place: Place, template: Template, columns: Sequence[Column | None], cells: Sequence[str | None]
) -> None:
    if not any(columns):
        expected = ", ".join(_both(column) for column in template.columns)
        template_text = mark("has none of the columns that were expected on its first row: {expected}")
        raise InvalidFileError(str(path), [FileProblem(template_text, expected=expected)])
    names = [column.name for column in columns if column]
    problems = [
        place.problem(mark("the column is missing; it must be there"), field=_both(column))
        for column in template.columns
        if column.is_required and column.name not in names
    ]
    problems += [
        place.problem(mark("the column is there twice"), field=shown(cell or ""))
        for index, (column, cell) in enumerate(zip(columns, cells, strict=True))
        if column and column in columns[:index]
    ]
    if problems:
        raise InvalidFileError(str(path), [*problems, *_unknown_columns(place, template, columns, cells)])


def _unknown_columns(
    place: Place, template: Template, columns: Sequence[Column | None], cells: Sequence[str | None]
) -> Iterator[FileProblem]:
    spellings = {
        plain(text): text for column in template.columns for text in (column.heading.sv, column.heading.en) if text
    }
    for column, cell in zip(columns, cells, strict=True):
        if column or not plain(cell or ""):
            continue
        near = get_close_matches(plain(cell or ""), spellings, n=1, cutoff=_LIKENESS)
        if near:
            suggestion = mark("no such column is known, so it is not read; perhaps you mean «{suggestion}»")
            yield place.problem(suggestion, field=shown(cell or ""), suggestion=spellings[near[0]])
        else:
            yield place.problem(mark("no such column is known, so it is not read"), field=shown(cell or ""))


def _heading(cells: Sequence[str | None], index: int) -> str:
    return plain((cells[index] if index < len(cells) else None) or "")


def _both(column: Column) -> str:
    names = dict.fromkeys((column.heading.sv, column.heading.en))
    return " / ".join(name for name in names if name)


def _language(headings: Iterable[str], template: Template) -> str:
    """The language that the file is in: Swedish where a heading is in Swedish alone."""
    swedish = {plain(one.heading.sv or "") for one in template.columns}
    english = {plain(one.heading.en or "") for one in template.columns} | {plain(one.name) for one in template.columns}
    return "sv" if any(plain(one) in swedish - english for one in headings) else "en"
