"""Correcting what is said of a group: nothing typed is lost, and nobody's change is written over unseen."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from matchmaker.curation.editing import MOST_CONTACTS, Choices, StaleGroupError, correct_group, seen_as
from matchmaker.db.group_lists import CuratedGroup, find_group
from matchmaker.domain.curation import EDITABLE, group_values
from matchmaker.domain.description import InvalidDescriptionError
from matchmaker.messages import Translator
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages import desk_places
from matchmaker_api.pages.catalogue_common import (
    COLLECTION,
    READ,
    By,
    Sent,
    catalogue_page,
    catalogue_router,
    group_address,
    text_fields,
)
from matchmaker_api.pages.catalogue_words import CatalogueWords

router = catalogue_router()

EMPTY_CONTACTS = 2
"""Rows to fill in below the contacts that there are, so that one can be added without JavaScript."""

LANGUAGES = ("sv", "en")


@router.api_route("/edit/{group_id:path}", methods=READ)
def show_form(request: Request, workspace: OpenWorkspace, group_id: str) -> Response:
    group = _group(workspace, group_id)
    return _form(request, workspace, group, group_values(group.now), seen_as(group.now))


@router.post("/edit/{group_id:path}")
def save(request: Request, workspace: OpenWorkspace, by: By, say: Say, sent: Sent, group_id: str) -> Response:
    typed, seen = read_typed(sent), text_fields(sent).get("seen", "")
    try:
        correct_group(workspace.database, COLLECTION, group_id, typed, edit_choices(workspace), seen, by)
    except InvalidDescriptionError as error:
        group, errors = _group(workspace, group_id), edit_errors(error, say)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _form(request, workspace, group, typed, seen, errors=errors, status=status)
    except StaleGroupError as error:
        group = _group(workspace, group_id)
        status = HTTPStatus.CONFLICT
        return _form(request, workspace, group, typed, error.seen, now=error.now, status=status)
    return RedirectResponse(f"{group_address(group_id)}?done=edited", HTTPStatus.SEE_OTHER)


def read_typed(sent: FormData) -> dict[str, Any]:
    """What the form says, by the names of ``EDITABLE``."""
    fields = {name: value.replace("\r\n", "\n").strip() for name, value in text_fields(sent).items()}
    return {
        "name_sv": fields.get("name_sv", ""),
        "name_en": fields.get("name_en", ""),
        **{f"summary_{code}": fields.get(f"summary_{code}", "") for code in LANGUAGES},
        **{f"keywords_{code}": _keywords(fields.get(f"keywords_{code}", "")) for code in LANGUAGES},
        "areas": [one for one in sent.getlist("areas") if isinstance(one, str)],
        "department": fields.get("department") or None,
        "web_page": fields.get("web_page") or None,
        "contacts": _contacts(fields),
    }


def _keywords(text: str) -> list[str]:
    parts = (" ".join(part.split()) for part in text.replace("\n", ",").split(","))
    return list(dict.fromkeys(part for part in parts if part))


def _contacts(fields: Mapping[str, str]) -> list[dict[str, str | None]]:
    """The rows that something stands in, in the form's order."""
    rows = [
        {
            "role_sv": fields.get(f"role_sv-{number}") or None,
            "role_en": fields.get(f"role_en-{number}") or None,
            "web_page": fields.get(f"contact_page-{number}") or None,
        }
        for number in range(MOST_CONTACTS + EMPTY_CONTACTS)
    ]
    return [row for row in rows if any(row.values())]


def _group(workspace: Workspace, group_id: str) -> CuratedGroup:
    with workspace.database.reading() as session:
        return find_group(session, COLLECTION, group_id)


def edit_choices(workspace: Workspace) -> Choices:
    """The areas and departments that there are."""
    folder = workspace.settings.catalogue_folder
    return Choices(desk_places.area_names(folder), desk_places.department_names(folder))


def edit_errors(error: InvalidDescriptionError, say: Translator) -> list[tuple[str, str]]:
    """What is wrong, by field, in the reader's language."""
    return [(one.field, say.say(one.template, **one.values)) for one in error.problems]


def _form(
    request: Request,
    workspace: Workspace,
    group: CuratedGroup,
    values: Mapping[str, Any],
    seen: str,
    *,
    errors: list[tuple[str, str]] | None = None,
    now: Mapping[str, Any] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    """The form with what is there or was typed; ``now`` is what somebody else has made of the group meanwhile."""
    choices = edit_choices(workspace)
    empty = {"role_sv": None, "role_en": None, "web_page": None}
    return catalogue_page(
        request,
        "pages/catalogue_edit.html",
        workspace,
        status=status,
        group=group.now,
        values=values,
        contacts=[*values["contacts"], *[empty] * EMPTY_CONTACTS],
        seen=seen,
        errors=errors or [],
        complaints=dict(errors or []),
        areas=list(choices.areas),
        departments=list(choices.departments),
        differing=[name for name in EDITABLE if now and now[name] != values[name]],
        now=now or {},
        plain=plain_value,
    )


def plain_value(name: str, value: Any, words: CatalogueWords) -> str:
    """A field's value as one reads it beside another."""
    match name:
        case "areas":
            return ", ".join(words.area(one) for one in value)
        case "keywords_sv" | "keywords_en":
            return ", ".join(value)
        case "department":
            return words.department(value)
        case "contacts":
            return "\n".join(" · ".join(part for part in one.values() if part) for one in value)
        case _:
            return str(value or "")
