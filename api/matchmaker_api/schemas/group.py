"""The catalogue's groups as those see them who look after it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from matchmaker.curation.listing import CoveredGroup
from matchmaker.db.group_lists import CuratedGroup
from matchmaker.domain.availability import Availability as DomainAvailability
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.domain.curation import EDITABLE, DecisionKind, GroupState, group_values
from matchmaker_api.schemas.challenge import Text
from matchmaker_api.schemas.shortlist import Names

Identifier = Annotated[Text, Field(min_length=1, max_length=500)]


class RoleContact(BaseModel):
    """A role that answers, and where; never a named person."""

    model_config = ConfigDict(extra="forbid")

    role_sv: Text | None = Field(examples=["Forskningsledare"])
    role_en: Text | None
    web_page: Text | None


class GroupTexts(BaseModel):
    """All that can be corrected of a group; it is sent whole. The limits are those of the form."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name_sv": "VA-teknik",
                    "name_en": "Urban Water Engineering",
                    "summary_sv": "Forskningen gäller dagvatten, spillvatten och dricksvatten.",
                    "summary_en": "Research on stormwater, wastewater and drinking water.",
                    "keywords_sv": ["dagvatten"],
                    "keywords_en": ["stormwater"],
                    "areas": ["infrastructure"],
                    "department": "SBN",
                    "web_page": "https://www.ltu.se/",
                    "contacts": [],
                }
            ]
        },
    )

    name_sv: Text
    name_en: Text
    summary_sv: Text
    summary_en: Text
    keywords_sv: list[Text]
    keywords_en: list[Text]
    areas: list[Text] = Field(description="Ids of the catalogue's areas.")
    department: Text | None
    web_page: Text | None
    contacts: list[RoleContact] = Field(max_length=20)

    def typed(self) -> dict[str, Any]:
        """The fields as the form would send them."""
        plain = self.model_dump()
        lines = {name: value.strip() for name, value in plain.items() if isinstance(value, str)}
        keywords = {
            name: list(dict.fromkeys(" ".join(one.split()) for one in plain[name] if one.strip()))
            for name in ("keywords_sv", "keywords_en")
        }
        contacts = [one for one in plain["contacts"] if any(one.values())]
        empty = {name: plain[name] or None for name in ("department", "web_page")}
        return {**plain, **lines, **empty, **keywords, "contacts": contacts}


class Availability(BaseModel):
    """What a group has room for. ``cap`` is how many cases at once; null is no limit."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"project": True, "thesis": True, "consulting": False, "cap": 3, "paused_until": "2099-05-31"}]
        },
    )

    project: bool
    thesis: bool
    consulting: bool
    cap: int | None = Field(ge=0, le=1000)
    paused_until: date | None = Field(description="It takes on nothing new until then, that day included.")

    @classmethod
    def of(cls, one: DomainAvailability) -> "Availability":
        return cls(
            project=one.project,
            thesis=one.thesis,
            consulting=one.consulting,
            cap=one.cap,
            paused_until=one.paused_until,
        )


class GroupSummary(BaseModel):
    """A group in the list."""

    id: str = Field(examples=["urban-water-engineering"])
    name: Names
    kind: CollaboratorKind
    department: str | None
    areas: list[str]
    state: GroupState
    works: int = Field(description="Works that speak for it; hidden ones do not.")
    works_with_text: int
    is_thin: bool = Field(description="Whether so little speaks for it that it will hardly be found.")

    @classmethod
    def of(cls, one: CoveredGroup) -> "GroupSummary":
        group = one.line.group
        return cls(
            id=group.id,
            name=Names.of(group.name),
            kind=group.kind,
            department=group.department,
            areas=list(group.areas),
            state=one.line.state,
            works=one.coverage.works,
            works_with_text=one.coverage.with_text,
            is_thin=one.is_thin,
        )


class GroupPage(BaseModel):
    """A page of groups, by their ids."""

    items: list[GroupSummary]
    next: str | None = Field(description="Where the next page is.")


class Group(BaseModel):
    """A group as it is, as it came, and what was decided about it."""

    id: str
    kind: CollaboratorKind
    state: GroupState
    merged_into: str | None
    texts: GroupTexts
    imported: GroupTexts = Field(description="As it came, before it was corrected.")
    corrected: list[str] = Field(description="The names of the texts that were corrected.")
    availability: Availability
    works: int = Field(description="Works that are linked to it, hidden ones among them.")

    @classmethod
    def of(cls, group: CuratedGroup, availability: DomainAvailability, works: int) -> "Group":
        now, came = group_values(group.now), group_values(group.imported)
        merged = group.decision(DecisionKind.MERGED)
        return cls(
            id=group.now.id,
            kind=group.now.kind,
            state=group.state,
            merged_into=str(merged.value["into"]) if merged else None,
            texts=GroupTexts.model_construct(**_with_contacts(now)),
            imported=GroupTexts.model_construct(**_with_contacts(came)),
            corrected=[name for name in EDITABLE if now[name] != came[name]],
            availability=Availability.of(availability),
            works=works,
        )

    @classmethod
    def stored(cls, content: Mapping[str, Any]) -> "Group":
        """As it was told before, by its JSON."""
        known = {
            "kind": CollaboratorKind(content["kind"]),
            "state": GroupState(content["state"]),
            "availability": Availability.model_validate(content["availability"]),
            **{name: GroupTexts.model_construct(**_with_contacts(content[name])) for name in ("texts", "imported")},
        }
        return cls.model_construct(**{**content, **known})


class CatalogueEvent(BaseModel):
    """Something that was done with a group: what, as which role, when, and the details that the act has."""

    kind: str = Field(examples=["hidden"])
    by: str = Field(description="A role, never a name.", examples=["steward"])
    at: datetime
    detail: dict[str, Any]


class History(BaseModel):
    """What was done with a group, the newest first."""

    items: list[CatalogueEvent]


class Merger(BaseModel):
    """Of which other group this one becomes a part."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"into": "urban-water-engineering"}]})

    into: Identifier


class Split(BaseModel):
    """A new group, and the works that become its own."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"name_sv": "Dagvatten", "summary_sv": "Om dagvatten.", "works": ["doi:10.1000/a1"]}]
        },
    )

    name_sv: Text = Field(json_schema_extra={"minLength": 1}, max_length=300)
    name_en: Text | None = Field(None, max_length=300)
    summary_sv: Text = Field(json_schema_extra={"minLength": 1}, max_length=6_000)
    summary_en: Text | None = Field(None, max_length=6_000)
    works: list[Identifier] = Field(max_length=1_000, description="Ids of works of the old group.")


def _with_contacts(values: Mapping[str, Any]) -> dict[str, Any]:
    # What is stored is not checked again: what came from a source may be what a form would refuse.
    return {**values, "contacts": [RoleContact.model_construct(**one) for one in values["contacts"]]}
