"""What cells hold, as types that pydantic checks, and what is wrong with them in our own words.

Models are validated with their template as the context, so that a column's choices stand in the template alone.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    HttpUrl,
    StringConstraints,
    TypeAdapter,
    ValidationError,
    ValidationInfo,
)
from pydantic_core import PydanticCustomError

from matchmaker.catalogue.cell_text import split_items
from matchmaker.catalogue.importers.field_text import clean_line, shown
from matchmaker.catalogue.table_columns import TemplateRow, read_rows
from matchmaker.catalogue.template import Column, Template
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.text.normalise import clean_text
from matchmaker.text.personal_data import PersonalDataKind, find_personal_data

_URL: TypeAdapter[HttpUrl] = TypeAdapter(HttpUrl)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_CERTAIN = frozenset({PersonalDataKind.IDENTITY_NUMBER, PersonalDataKind.E_MAIL, PersonalDataKind.TELEPHONE})
"""Kinds that are found with hardly an error; names are not, and a role must not be refused for looking like one."""


class Cells(BaseModel):
    """The cells of a row; those that are empty are not in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _column(info: ValidationInfo) -> Column:
    assert isinstance(info.context, Template)
    return info.context.column(info.field_name or "")


def _choice(value: str, info: ValidationInfo) -> str:
    code = _column(info).code(value)
    if code is None:
        raise PydanticCustomError("choice", "no choice", {"value": value})
    return code


def _items(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(line for line in map(clean_line, split_items(value)) if line))


def _choices(value: str, info: ValidationInfo) -> tuple[str, ...]:
    if not _column(info).choices:
        return _items(value)
    return tuple(dict.fromkeys(_choice(item, info) for item in split_items(value)))


def _web_page(value: str) -> str:
    try:
        _URL.validate_python(value)
    except ValidationError:
        raise PydanticCustomError("web_page", "no address", {"value": value}) from None
    return value


def _day(value: str) -> date:
    try:
        if _DAY.fullmatch(value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass  # a day that is in no calendar is told as any other that is no day
    raise PydanticCustomError("day", "no day", {"value": value})


def _role(value: str) -> str:
    if any(one.kind in _CERTAIN for one in find_personal_data(value)):
        raise PydanticCustomError("personal", "personal data", {})
    return value


Line = Annotated[str, StringConstraints(min_length=1, max_length=500), BeforeValidator(clean_line)]
Code = Annotated[str, StringConstraints(min_length=1, max_length=40), BeforeValidator(clean_line)]
Text = Annotated[str, StringConstraints(max_length=100_000), BeforeValidator(lambda value: clean_text(value).text)]
Id = Annotated[str, StringConstraints(pattern=r"^\S+$", max_length=300), BeforeValidator(clean_line)]
Choice = BeforeValidator(_choice)
Choices = Annotated[tuple[str, ...], BeforeValidator(_choices)]
Items = Annotated[tuple[str, ...], BeforeValidator(_items)]
YesNo = Annotated[bool, BeforeValidator(_choice)]
WebPage = Annotated[str, AfterValidator(_web_page), BeforeValidator(clean_line)]
Day = Annotated[date, BeforeValidator(_day)]
Year = Annotated[int, Field(ge=1000, le=2999)]
Cap = Annotated[int, Field(ge=0, le=1000)]
Role = Annotated[Line, AfterValidator(_role)]

_EMPTY = mark("is empty; something must be written here")
_NUMBER = mark("is «{value}»; expected: a whole number")

PROBLEMS: Mapping[str, str] = {
    "missing": _EMPTY,
    "string_too_short": _EMPTY,
    "string_too_long": mark("is too long; expected: at most {max_length} characters"),
    "string_pattern_mismatch": mark("is «{value}»; expected: an id without spaces"),
    "choice": mark("is «{value}»; expected one of these: {choices}"),
    "web_page": mark("is «{value}»; expected: an address that begins with https://"),
    "day": mark("is «{value}»; expected: a day such as 2026-12-31"),
    "personal": mark("holds an e-mail address, a telephone number or an identity number; write a role alone"),
    "int_parsing": _NUMBER,
    "int_parsing_size": _NUMBER,
    "greater_than_equal": mark("is {value}; expected: {ge} or more"),
    "less_than_equal": mark("is {value}; expected: {le} or less"),
    "person": mark("is no identifier of a person; expected: an ORCID such as 0000-0002-1825-0097, never a name"),
    "doi": mark("is «{value}»; expected: a DOI such as 10.1000/182"),
    "identifier": mark("is «{value}»; expected: where it is from and the identifier, such as isbn:9789170000000"),
    "no_name": mark("is empty; write the name in at least one of the languages"),
    "no_title": mark("is empty; write the title in at least one of the languages"),
    "says_nothing": mark("is empty; write a role, or what the group is open for"),
}
"""What is told for each type of error that pydantic or a validator here raises."""

Model = TypeVar("Model", bound=Cells)


def read_cells(path: Path, template: Template, model: type[Model]) -> Iterator[tuple[TemplateRow, Model] | FileProblem]:
    """The rows of a table as ``model``, in the file's order, among them what is wrong with others.

    Raises:
        InvalidFileError: as ``read_rows``.
    """
    for row in read_rows(path, template):
        if isinstance(row, FileProblem):
            yield row
            continue
        try:
            cells = model.model_validate(row.cells, context=template)
        except ValidationError as error:
            yield from (_problem(dict(one), row, template) for one in error.errors(include_url=False))
        else:
            yield row, cells


def _problem(detail: Mapping[str, Any], row: TemplateRow, template: Template) -> FileProblem:
    context = dict(detail.get("ctx", {}))
    name = str(detail["loc"][0] if detail["loc"] else context["column"])
    column = template.column(name)
    heading = row.headings.get(name) or column.heading.in_language(row.language)
    given = context.get("value", detail["input"])
    values: dict[str, object] = {
        **context,
        "value": shown(given) if isinstance(given, str) else "",
        "choices": ", ".join(column.word(code, row.language) for code in column.choices),
    }
    message = PROBLEMS[detail["type"]]
    # Problems are stored: a value that is not shown (it may be a person's name) must not go with them.
    told = {key: value for key, value in values.items() if f"{{{key}}}" in message}
    return row.place.problem(message, shown(heading), **told)
