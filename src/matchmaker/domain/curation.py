"""What people decide about the catalogue: about a group, or about a piece of its evidence.

Decisions are kept apart from what sources say, and are applied to whatever is imported later.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from matchmaker.domain.collaborator import KEYWORDS, PROFILE, Collaborator, Contact, Document
from matchmaker.domain.language import Language, LocalisedText


class GroupState(StrEnum):
    """Whether a group is matched and shown. Who is not active is seen by those who look after the catalogue only."""

    ACTIVE = "active"
    RETIRED = "retired"
    OPTED_OUT = "opted_out"


class DecisionKind(StrEnum):
    """What is decided. ``EDIT`` and the following are of a group, ``HIDDEN`` and ``PINNED`` of a work of a group."""

    EDIT = "edit"
    RETIRED = "retired"
    OPTED_OUT = "opted_out"
    MERGED = "merged"
    AVAILABILITY = "availability"
    HIDDEN = "hidden"
    PINNED = "pinned"


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision. ``work_id`` is empty where it is about the group; ``by`` is a role, never a name."""

    collaborator_id: str
    kind: DecisionKind
    work_id: str
    value: Mapping[str, Any]
    by: str
    at: datetime


EDITABLE = (
    "name_sv",
    "name_en",
    "summary_sv",
    "summary_en",
    "keywords_sv",
    "keywords_en",
    "areas",
    "department",
    "web_page",
    "contacts",
)
"""What of a group can be corrected; keywords are lists, contacts those of ``contact_values``."""


def decided_state(decisions: Iterable[Decision]) -> GroupState:
    """Whether a group takes part: who has opted out stays out, whatever else was decided."""
    kinds = {decision.kind for decision in decisions}
    if DecisionKind.OPTED_OUT in kinds:
        return GroupState.OPTED_OUT
    return GroupState.RETIRED if kinds & {DecisionKind.RETIRED, DecisionKind.MERGED} else GroupState.ACTIVE


def apply_decisions(imported: Collaborator, decisions: Iterable[Decision], source: Mapping[str, str]) -> Collaborator:
    """A group as it is shown: as it was imported, with what was corrected, without what was hidden.

    ``source`` says by language what readers are told of where a corrected text comes from.
    """
    edited = imported
    hidden = set()
    for decision in decisions:
        if decision.kind is DecisionKind.EDIT:
            edited = _edited(imported, decision.value, source)
        elif decision.kind is DecisionKind.HIDDEN:
            hidden.add(decision.work_id)
    documents = tuple(one for one in edited.documents if (one.work or one.id) not in hidden)
    return replace(edited, documents=documents)


def _edited(imported: Collaborator, value: Mapping[str, Any], source: Mapping[str, str]) -> Collaborator:
    contacts = imported.contacts
    if "contacts" in value:
        contacts = tuple(
            Contact(LocalisedText(one["role_sv"], one["role_en"]), one.get("web_page")) for one in value["contacts"]
        )
    documents = {(one.kind, one.language): one for one in imported.documents}
    for kind, field in ((PROFILE, "summary"), (KEYWORDS, "keywords")):
        for language in (Language.SWEDISH, Language.ENGLISH):
            name = f"{field}_{language.value}"
            if name in value:
                text = value[name] if kind == PROFILE else ", ".join(value[name])
                documents[kind, language] = _corrected(imported, documents.get((kind, language)), kind, language, text)
                documents[kind, language] = replace(documents[kind, language], source=source[language.value])
    return replace(
        imported,
        name=LocalisedText(value.get("name_sv", imported.name.sv), value.get("name_en", imported.name.en)),
        areas=tuple(value.get("areas", imported.areas)),
        department=value.get("department", imported.department),
        web_page=value.get("web_page", imported.web_page),
        contacts=contacts,
        documents=tuple(one for one in documents.values() if one.text.strip()),
    )


def _corrected(imported: Collaborator, document: Document | None, kind: str, language: Language, text: str) -> Document:
    if document is None:
        document = Document(
            id=f"{imported.id}:{kind}:{language.value}",
            text=text,
            title=imported.name.in_language(language),
            language=language,
            kind=kind,
            url=imported.web_page,
            work=f"{imported.id}:{kind}",
        )
    return replace(document, text=text, basis="sourced")


def group_values(group: Collaborator) -> dict[str, Any]:
    """What of a group can be corrected, as it is now, by the names of ``EDITABLE``."""
    texts = {(one.kind, one.language): one.text for one in group.documents if one.kind in (PROFILE, KEYWORDS)}
    values: dict[str, Any] = {"name_sv": group.name.sv or "", "name_en": group.name.en or ""}
    for language in (Language.SWEDISH, Language.ENGLISH):
        keywords = texts.get((KEYWORDS, language), "")
        values[f"summary_{language.value}"] = texts.get((PROFILE, language), "")
        values[f"keywords_{language.value}"] = [one.strip() for one in keywords.split(",") if one.strip()]
    return {
        **values,
        "areas": list(group.areas),
        "department": group.department,
        "web_page": group.web_page,
        "contacts": contact_values(group.contacts),
    }


def contact_values(contacts: Iterable[Contact]) -> list[dict[str, str | None]]:
    """Contacts as plain values."""
    return [{"role_sv": one.role.sv, "role_en": one.role.en, "web_page": one.web_page} for one in contacts]
