"""Collaborators over the wire, in both languages."""

from collections.abc import Mapping

from pydantic import BaseModel, Field

from matchmaker.domain.collaborator import Collaborator as DomainCollaborator
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker_api.schemas.shortlist import ContactRole, Names


class Profile(BaseModel):
    """What a collaborator works with, in Swedish and English."""

    sv: str | None = Field(None, examples=["Forskningen gäller dagvatten, spillvatten och dricksvatten."])
    en: str | None = Field(None, examples=["Research on stormwater, wastewater and drinking water."])


class Collaborator(BaseModel):
    """A research group, office, company, centre, association or project leader."""

    id: str = Field(examples=["urban-water-engineering"])
    name: Names
    kind: CollaboratorKind
    department: str | None = Field(examples=["SBN"])
    areas: list[str] = Field(examples=[["infrastructure"]])
    web_page: str | None = Field(examples=["https://www.ltu.se/"])
    contacts: list[ContactRole] = Field(description="Roles, never persons.")
    profile: Profile

    @classmethod
    def of(cls, one: DomainCollaborator, profile: Mapping[str, str]) -> "Collaborator":
        return cls(
            id=one.id,
            name=Names.of(one.name),
            kind=one.kind,
            department=one.department,
            areas=list(one.areas),
            web_page=one.web_page,
            contacts=[ContactRole(role=Names.of(own.role), web_page=own.web_page) for own in one.contacts],
            profile=Profile(sv=profile.get("sv"), en=profile.get("en")),
        )


class CollaboratorPage(BaseModel):
    """A page of collaborators, by their ids."""

    items: list[Collaborator]
    next: str | None = Field(description="Where the next page is.", examples=["/api/v1/collaborators?after=InVyYmFuIg"])
