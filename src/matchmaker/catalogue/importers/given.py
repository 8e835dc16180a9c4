"""Records as sources give them: checked for type, with what is missing as empty."""

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, FailFast, Field, ValidationError, field_validator

from matchmaker.catalogue.importers.field_text import shown
from matchmaker.domain.errors import FileProblem, mark

Item = TypeVar("Item")

Few = Annotated[list[Item], FailFast(), Field(max_length=100)]
Many = Annotated[list[Item], FailFast(), Field(max_length=10_000)]
"""Lists of the length that sources have. In a longer one each item would become an object of many times its bytes."""


class Given(BaseModel):
    """A part of a record. Fields that are not named are passed over; null is the same as missing."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, populate_by_name=True)

    @field_validator("*", mode="before")
    @classmethod
    def _null_is_missing(cls, value: Any, info: Any) -> Any:
        field = cls.model_fields[info.field_name]
        return field.get_default(call_default_factory=True) if value is None and not field.is_required() else value


def given_problem(error: ValidationError, *, line: int | None = None, row: int | None = None) -> FileProblem:
    """The first thing that is of a wrong type in a record."""
    first = error.errors(include_url=False, include_context=False)[0]
    value = first["input"]
    return FileProblem(
        mark("is {value}: {reason}"),
        line=line,
        row=row,
        field=".".join(str(part) for part in first["loc"]),
        value=shown(str(value)) if isinstance(value, str | int | float | None) else type(value).__name__,
        reason=first["msg"],
    )
