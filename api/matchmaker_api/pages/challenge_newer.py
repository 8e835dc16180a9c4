"""A version that was sent while another was being written: what in it is not as in the draft, side by side."""

from collections.abc import Mapping
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
    sent = typed_of(description)
    pairs = [(name, _bare(sent.get(name)), _bare(typed.get(name))) for name in FIELDS]
    fields = [
        DifferentField(name, _shown(name, theirs, workspace, say), _shown(name, yours, workspace, say))
        for name, theirs, yours in pairs
        if theirs != yours
    ]
    return NewerVersion(number, sent_at, fields)


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
