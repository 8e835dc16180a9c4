"""Those who may be suggested, and the documents that speak for them."""

from dataclasses import dataclass
from enum import StrEnum

from matchmaker.domain.language import Language, LocalisedText


class CollaboratorKind(StrEnum):
    """What a collaborator is. ``RESEARCH_GROUP`` covers a university's research subjects."""

    RESEARCH_GROUP = "research_group"
    INNOVATION_OFFICE = "innovation_office"
    BUSINESS_COMPANY = "business_company"
    CENTRE = "centre"
    ASSOCIATION = "association"
    PROJECT_LEADER = "project_leader"
    ORGANISATION = "organisation"
    OTHER = "other"

    @property
    def is_route(self) -> bool:
        """Whether the collaborator is a way in (an office, company or centre) rather than the expertise itself."""
        return self in _ROUTE_KINDS


_ROUTE_KINDS = frozenset(
    {
        CollaboratorKind.INNOVATION_OFFICE,
        CollaboratorKind.BUSINESS_COMPANY,
        CollaboratorKind.CENTRE,
        CollaboratorKind.ASSOCIATION,
    }
)


PROFILE = "profile"
KEYWORDS = "keywords"
PROJECT = "project"
PUBLICATION = "publication"
"""Kinds of documents that the program itself makes or reads; sources may name others. Keywords are parted by commas."""


@dataclass(frozen=True, slots=True)
class Document:
    """A text that is evidence of what a collaborator knows: a profile, a project, a publication.

    The id is unique within its collection. ``work`` is shared by the versions of one work in different languages, and
    is the id itself where it is not given. ``source`` says where the text comes from and ``basis`` whether it is
    sourced or general knowledge, both as a reader may see them.
    """

    id: str
    text: str
    title: str | None = None
    language: Language | None = None
    year: int | None = None
    kind: str = PUBLICATION
    url: str | None = None
    source: str | None = None
    basis: str | None = None
    work: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A role that answers for a collaborator; never a named person."""

    role: LocalisedText
    web_page: str | None = None


@dataclass(frozen=True, slots=True)
class Collaborator:
    """A research group, office, company, centre, association or project leader, with its documents.

    ``is_entrance`` marks the office that takes every request, also one that matches nothing.
    """

    id: str
    name: LocalisedText
    kind: CollaboratorKind
    documents: tuple[Document, ...] = ()
    department: str | None = None
    areas: tuple[str, ...] = ()
    web_page: str | None = None
    contacts: tuple[Contact, ...] = ()
    is_entrance: bool = False
