"""The steps of the form in which an officer describes a challenge: their fields, and what was typed in them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData

from matchmaker.catalogue.seed import read_areas, read_municipalities
from matchmaker.domain.days import local_day
from matchmaker.domain.description import FieldProblem, find_problems
from matchmaker.domain.errors import mark
from matchmaker.domain.open_page import OpenPage, read_digests
from matchmaker.review.drafts import Choices
from matchmaker.settings import Settings

LARGEST_FORM = 400_000
"""Bytes. Four texts of the greatest length take a fifth; more comes from no form of ours."""


@dataclass(frozen=True, slots=True)
class Step:
    """A page of the form."""

    number: int
    name: str
    heading: str
    fields: tuple[str, ...] = ()


STEPS = (
    Step(1, mark("Begin"), mark("What is it about?"), ("municipality", "title", "areas")),
    Step(2, mark("The problem"), mark("What is the problem?"), ("problem", "tried")),
    Step(3, mark("The goal"), mark("What do you want to achieve?"), ("success", "by_when", "offers")),
    Step(
        4,
        mark("Contact"),
        mark("Who may see it, and whom do we answer?"),
        ("visibility", "contact_role", "contact_email", "case_number"),
    ),
    Step(5, mark("Similar"), mark("Have others asked the same?")),
    Step(6, mark("Send"), mark("Look through and send")),
)

LAST = len(STEPS)

LABELS = {
    "municipality": mark("Your municipality"),
    "title": mark("Title"),
    "areas": mark("Areas that it belongs to"),
    "problem": mark("What is the problem, and for whom?"),
    "tried": mark("What have you tried?"),
    "success": mark("What would success look like?"),
    "by_when": mark("By when do you need it?"),
    "offers": mark("What can you offer?"),
    "visibility": mark("Who may see the challenge?"),
    "contact_role": mark("Your role"),
    "contact_email": mark("Your e-mail at work"),
    "case_number": mark("Your case number (diarienummer)"),
}


def step_of_field(name: str) -> int:
    """The number of the step that a field stands in."""
    return next(one.number for one in STEPS if name in one.fields)


def choices(settings: Settings) -> Choices:
    """The codes that the fields may have."""
    folder = settings.catalogue_folder
    return Choices([one.code for one in read_municipalities(folder)], [one.id for one in read_areas(folder)])


def municipality_name(settings: Settings, code: str | None, language: str) -> str:
    """A municipality's name; for a code that is not known, the code itself."""
    found = next((one for one in read_municipalities(settings.catalogue_folder) if one.code == code), None)
    return found.names.get(language, found.short) if found else code or ""


def area_name(settings: Settings, identifier: str, language: str) -> str:
    """An area's name; for an id that is not known, the id itself."""
    found = next((one for one in read_areas(settings.catalogue_folder) if one.id == identifier), None)
    return found.names.get(language, identifier) if found else identifier


def step_problems(typed: Mapping[str, Any], number: int, settings: Settings) -> list[FieldProblem]:
    """What is wrong in the fields of a step; of the last, in those of all."""
    fields = STEPS[number - 1].fields
    if number == LAST:
        fields = tuple(name for one in STEPS for name in one.fields)
    allowed = choices(settings)
    return find_problems(typed, allowed.municipalities, allowed.areas, local_day(), fields)


def first_incomplete(typed: Mapping[str, Any], settings: Settings) -> int:
    """The step to go on with: the first with something wrong, or else the one before sending."""
    return next((one.number for one in STEPS if one.fields and step_problems(typed, one.number, settings)), LAST - 1)


def typed_in(form: FormData, fields: tuple[str, ...]) -> dict[str, Any]:
    """What was typed in the fields that the form has. Browsers leave out what has nothing chosen."""
    typed: dict[str, Any] = {}
    for name in fields:
        if name == "areas":
            typed[name] = [one for one in form.getlist(name) if isinstance(one, str)]
        elif name == "visibility" or name in form:
            value = form.get(name, "")
            typed[name] = value if isinstance(value, str) else ""
    return typed


def version_in(form: FormData, name: str) -> int | None:
    """The number of a version that a hidden field says; None where it says none."""
    value = form.get(name)
    return int(value) if isinstance(value, str) and re.fullmatch(r"[0-9]{1,6}", value) else None


def open_page_in(form: FormData) -> OpenPage:
    """What the page that a form was sent from says of itself."""
    filled, window = form.get("filled"), form.get("window")
    return OpenPage(
        window=window if isinstance(window, str) and re.fullmatch(r"[0-9a-f]{16}", window) else "",
        filled=read_digests(filled) if isinstance(filled, str) else {},
        begun_from=version_in(form, "begun_from"),
    )


async def _read_form(request: Request) -> FormData:
    """The form as it was sent. It is read here, so that the routes need not be asynchronous.

    Raises:
        HTTPException: it is too large.
    """
    if int(request.headers.get("content-length") or 0) > LARGEST_FORM:
        raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return await request.form()


Form = Annotated[FormData, Depends(_read_form)]
