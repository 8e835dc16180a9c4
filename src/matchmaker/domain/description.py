"""What a municipality says about its challenge: the fields of the form, and what must be true of them."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from matchmaker.domain.errors import MatchmakerError, mark

MAXIMUM_LINE = 300
MAXIMUM_TEXT = 6_000
"""Of one of the form's texts. Three of them together stay below what a challenge may have."""

TOO_LONG = mark("This is {length} characters long; at most {limit} fit. Shorten it.")

_EMAIL = re.compile(r"[^\s@<>\"',;:()\[\]]+@[^\s@<>\"',;:()\[\]]+\.[^\s@<>\"',;:()\[\].]{2,}")
_WORD = re.compile(r"[^\W\d_]{2,}")


class Visibility(StrEnum):
    """Whether other municipalities may see the challenge."""

    PUBLIC = "public"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True)
class Description:
    """A challenge in the municipality's words. Texts that were not given are empty."""

    municipality: str | None
    title: str
    problem: str
    tried: str = ""
    success: str = ""
    by_when: date | None = None
    offers: str = ""
    areas: tuple[str, ...] = ()
    visibility: Visibility = Visibility.INTERNAL
    contact_role: str = ""
    contact_email: str = ""
    case_number: str = ""

    @property
    def matched_text(self) -> str:
        """What is matched, apart from the title: the problem, what was tried, what success would be."""
        return "\n\n".join(text for text in (getattr(self, name) for name in MATCHED) if text)


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with a field of the form."""

    field: str
    template: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)


class InvalidDescriptionError(MatchmakerError):
    """A description that cannot be sent as it is."""

    code = "invalid-description"

    def __init__(self, problems: Sequence[FieldProblem]) -> None:
        super().__init__(problems[0].template, **problems[0].values)
        self.problems = list(problems)


Typed = Mapping[str, str | list[str]]
"""What was typed, by field, as it came from the form; ``areas`` is a list."""

LINES = ("title", "contact_role", "contact_email", "case_number")
TEXTS = ("problem", "tried", "success", "offers")
MATCHED = ("problem", "tried", "success")
FIELDS = ("municipality", *LINES, *TEXTS, "by_when", "areas", "visibility")

REQUIRED = {
    "municipality": mark("Choose your municipality."),
    "title": mark("Give the challenge a title."),
    "problem": mark("Describe what the problem is and for whom."),
    "visibility": mark("Choose who may see the challenge."),
    "contact_role": mark("Write your role, for example water engineer."),
    "contact_email": mark("Write an e-mail address that we can answer to."),
}


def read_description(typed: Typed, municipalities: Sequence[str], areas: Sequence[str], today: date) -> Description:
    """The description that was typed. ``municipalities`` and ``areas`` are the known codes.

    Raises:
        InvalidDescriptionError: it names every field that is wrong.
    """
    problems = find_problems(typed, municipalities, areas, today)
    if problems:
        raise InvalidDescriptionError(problems)
    by_when = _line(typed, "by_when")
    return Description(
        municipality=_line(typed, "municipality"),
        **{name: _line(typed, name) for name in (*LINES, *TEXTS)},
        by_when=date.fromisoformat(by_when) if by_when else None,
        areas=tuple(_several(typed, "areas")),
        visibility=Visibility(_line(typed, "visibility")),
    )


def find_problems(
    typed: Typed,
    municipalities: Sequence[str],
    areas: Sequence[str],
    today: date,
    fields: Sequence[str] = FIELDS,
) -> list[FieldProblem]:
    """What is wrong with ``fields``, one problem a field, in the order in which the fields are given."""
    problems = [
        _problem(name, _line(typed, name), municipalities, today)
        if name != "areas"
        else _areas_problem(_several(typed, name), areas)
        for name in fields
    ]
    return [one for one in problems if one]


def _problem(name: str, value: str, municipalities: Sequence[str], today: date) -> FieldProblem | None:
    if not value:
        return FieldProblem(name, REQUIRED[name]) if name in REQUIRED else None
    limit = MAXIMUM_LINE if name in LINES else MAXIMUM_TEXT
    if name in {*LINES, *TEXTS} and len(value) > limit:
        return FieldProblem(name, TOO_LONG, {"length": len(value), "limit": limit})
    complaint = _complaint(name, value, municipalities, today)
    return FieldProblem(name, complaint) if complaint else None


def _complaint(name: str, value: str, municipalities: Sequence[str], today: date) -> str | None:
    match name:
        case "municipality" if value not in municipalities:
            return REQUIRED[name]
        case "visibility" if value not in {one.value for one in Visibility}:
            return REQUIRED[name]
        case "title" | "problem" if not _WORD.search(value):
            return mark("This has no words. Describe it in words.")
        case "contact_email" if not _EMAIL.fullmatch(value):
            return mark("This is not an e-mail address. It looks like name@municipality.se.")
        case "by_when":
            return _date_complaint(value, today)
    return None


def _areas_problem(chosen: Sequence[str], areas: Sequence[str]) -> FieldProblem | None:
    if set(chosen) <= set(areas):
        return None
    return FieldProblem("areas", mark("Choose among the areas that are listed."))


def _date_complaint(value: str, today: date) -> str | None:
    try:
        wanted = date.fromisoformat(value)
    except ValueError:
        return mark("This is not a date. Write year, month and day, for example 2027-05-31.")
    if wanted < today:
        return mark("This day has passed. Choose a later day, or leave it empty.")
    return None


def _line(typed: Typed, name: str) -> str:
    value = typed.get(name, "")
    return value.strip() if isinstance(value, str) else ""


def _several(typed: Typed, name: str) -> list[str]:
    value = typed.get(name, [])
    return [value] if isinstance(value, str) else list(value)
