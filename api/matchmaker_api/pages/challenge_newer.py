"""A version that was sent while another was being written: what in it is not as in the draft, side by side."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matchmaker.domain.description import FIELDS
from matchmaker.domain.errors import mark
from matchmaker.messages import Translator
from matchmaker.review.drafts import typed_of
from matchmaker.review.status import read_status
from matchmaker.workspace import Workspace
from matchmaker_api.pages.challenge_steps import area_name, municipality_name

VISIBILITIES = {"public": mark("Public"), "internal": mark("Internal")}


@dataclass(frozen=True, slots=True)
class DifferentField:
    """A field with what was sent meanwhile, and what the draft has."""

    name: str
    theirs: str
    yours: str


@dataclass(frozen=True, slots=True)
class NewerVersion:
    """A version that was sent while another was being written."""

    number: int
    sent_at: datetime
    fields: list[DifferentField]


def newer_version(workspace: Workspace, say: Translator, challenge_id: str, typed: Mapping[str, Any]) -> NewerVersion:
    """The challenge's present version beside a draft."""
    number, sent_at, description = read_status(workspace.database, challenge_id).versions[-1]
    return NewerVersion(number, sent_at, different_fields(FIELDS, typed_of(description), typed, workspace, say))


def different_fields(
    names: Collection[str], theirs: Mapping[str, Any], yours: Mapping[str, Any], workspace: Workspace, say: Translator
) -> list[DifferentField]:
    """Of some fields those that are not alike in two texts, in the form's order."""
    pairs = [(name, _bare(theirs.get(name)), _bare(yours.get(name))) for name in FIELDS if name in names]
    return [
        DifferentField(name, _shown(name, one, workspace, say), _shown(name, other, workspace, say))
        for name, one, other in pairs
        if one != other
    ]


def _bare(value: Any) -> Any:
    """A field's value as it would be sent."""
    return value.strip() if isinstance(value, str) else value or ""


def _shown(name: str, value: Any, workspace: Workspace, say: Translator) -> str:
    """A field's value as people read it."""
    match name:
        case "municipality":
            return municipality_name(workspace.settings, value, say.language)
        case "areas":
            return ", ".join(area_name(workspace.settings, one, say.language) for one in value)
        case "visibility":
            return say.say(VISIBILITIES[value]) if value in VISIBILITIES else ""
    return str(value)
