"""A group's texts corrected in a form: only what differs from how it came is kept, and nobody's change is lost."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from matchmaker.db import decisions
from matchmaker.db.catalogue import refresh_collaborator
from matchmaker.db.group_lists import find_group
from matchmaker.db.session import Database, Turn
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.curation import Decision, DecisionKind, group_values
from matchmaker.domain.description import TOO_LONG, FieldProblem, InvalidDescriptionError
from matchmaker.domain.errors import MatchmakerError, mark
from matchmaker.text.personal_data import PersonalDataKind, find_personal_data

LONGEST_LINE = 300
LONGEST_SUMMARY = 6_000
MOST_KEYWORDS = 60
MOST_CONTACTS = 20

_NEEDED = ("name_sv", "summary_sv")
_LINES = ("name_sv", "name_en", "department", "web_page")
_CERTAIN = frozenset({PersonalDataKind.IDENTITY_NUMBER, PersonalDataKind.E_MAIL, PersonalDataKind.TELEPHONE})


class StaleGroupError(MatchmakerError):
    """Somebody has changed the group since the form was made; ``now`` is what it says by the names of its fields."""

    code = "stale-group"

    def __init__(self, now: Mapping[str, Any], seen: str) -> None:
        super().__init__(mark("Somebody else has changed this group in the meantime."))
        self.now = now
        self.seen = seen


@dataclass(frozen=True, slots=True)
class Choices:
    """The areas and departments that there are, by their codes."""

    areas: Collection[str]
    departments: Collection[str]


def seen_as(group: Collaborator) -> str:
    """What stands for all that can be corrected of a group, as it is now; a form carries it."""
    plain = json.dumps(group_values(group), sort_keys=True, ensure_ascii=False)
    return sha256(plain.encode()).hexdigest()[:32]


def correct_group(
    database: Database, collection: str, group_id: str, typed: Mapping[str, Any], choices: Choices, seen: str, by: str
) -> None:
    """Have a group say what was typed, all fields by the names of ``EDITABLE``; ``seen`` is what the form carried.

    What is typed as it came is no correction: later imports may change it.

    Raises:
        NotFoundError: there is no such group that people look after.
        InvalidDescriptionError: it names every field that is wrong.
        StaleGroupError: the group is no longer as it was when the form was made.
    """
    problems = find_problems(typed, choices)
    if problems:
        raise InvalidDescriptionError(problems)
    with database.transaction(Turn.CATALOGUE_AND_CASES) as session:
        group = find_group(session, collection, group_id)
        if seen_as(group.now) != seen:
            raise StaleGroupError(group_values(group.now), seen_as(group.now))
        came = group_values(group.imported)
        changed = {name: value for name, value in typed.items() if value != came[name]}
        now = datetime.now(UTC)
        if changed:
            decision = Decision(group_id, DecisionKind.EDIT, "", changed, by, now)
            decisions.save_decision(session, collection, decision)
        elif not decisions.revoke_decision(session, collection, group_id, DecisionKind.EDIT, "", by, now):
            return
        refresh_collaborator(session, collection, group_id)


def find_problems(typed: Mapping[str, Any], choices: Choices) -> list[FieldProblem]:
    """What is wrong with what was typed, in the order of the fields."""
    problems = [FieldProblem(name, mark("Write something here.")) for name in _NEEDED if not typed[name]]
    problems += [_too_long(name, typed[name], LONGEST_LINE) for name in _LINES if len(typed[name] or "") > LONGEST_LINE]
    for code in ("sv", "en"):
        summary, keywords = typed[f"summary_{code}"], typed[f"keywords_{code}"]
        if len(summary) > LONGEST_SUMMARY:
            problems.append(_too_long(f"summary_{code}", summary, LONGEST_SUMMARY))
        if len(keywords) > MOST_KEYWORDS:
            complaint = mark("These are {count} keywords; at most {limit} fit.")
            counted = {"count": len(keywords), "limit": MOST_KEYWORDS}
            problems.append(FieldProblem(f"keywords_{code}", complaint, counted))
    if not set(typed["areas"]) <= set(choices.areas):
        problems.append(FieldProblem("areas", mark("Choose among the areas that are listed.")))
    if typed["department"] and typed["department"] not in choices.departments:
        problems.append(FieldProblem("department", mark("Choose among the departments that are listed.")))
    if typed["web_page"] and not is_web_address(typed["web_page"]):
        problems.append(FieldProblem("web_page", mark("Write an address that begins with https://.")))
    return problems + _contact_problems(typed["contacts"])


def is_web_address(text: str) -> bool:
    """Whether a browser can be sent there."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"https", "http"} and bool(parts.hostname) and " " not in text


def _contact_problems(contacts: Collection[Mapping[str, str | None]]) -> list[FieldProblem]:
    problems = []
    for number, contact in enumerate(contacts):
        roles = [("role_sv", contact["role_sv"] or ""), ("role_en", contact["role_en"] or "")]
        if not any(role for _, role in roles):
            problems.append(FieldProblem(f"role_sv-{number}", mark("Write which role answers there.")))
        for name, role in roles:
            if any(one.kind in _CERTAIN for one in find_personal_data(role)):
                template = mark("Write a role alone, without an e-mail address or a number.")
                problems.append(FieldProblem(f"{name}-{number}", template))
            elif len(role) > LONGEST_LINE:
                problems.append(_too_long(f"{name}-{number}", role, LONGEST_LINE))
        if contact["web_page"] and not is_web_address(contact["web_page"]):
            template = mark("Write an address that begins with https://.")
            problems.append(FieldProblem(f"contact_page-{number}", template))
    return problems


def _too_long(name: str, text: str, limit: int) -> FieldProblem:
    return FieldProblem(name, TOO_LONG, {"length": len(text), "limit": limit})
