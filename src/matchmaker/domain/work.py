"""What sources say of works: the records that are imported, and the works that several records tell of.

A work is one publication, project or other piece of evidence, whatever the number of sources that have it. Each
source's record of it is kept apart, so that a record can be renewed, or taken back, without the others.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from matchmaker.domain.language import Language


class WorkKind(StrEnum):
    """What a work is; the values are kinds of documents."""

    PUBLICATION = "publication"
    PROJECT = "project"
    THESIS = "thesis"
    PATENT = "patent"
    NEWS = "news"
    PROFILE = "profile"


class Scheme(StrEnum):
    """Where an identifier is from. DIVA covers every record of a DiVA portal (``lnu:diva-68370``)."""

    DOI = "doi"
    DIVA = "diva"
    URN = "urn"
    OPENALEX = "openalex"
    SWECRIS = "swecris"
    CORDIS = "cordis"
    ISBN = "isbn"


LONGEST_IDENTIFIER = 500


@dataclass(frozen=True, slots=True, order=True)
class WorkIdentifier:
    """An identifier in the one form in which it is compared; made by ``WorkIdentifier.of``."""

    scheme: Scheme
    value: str

    @classmethod
    def of(cls, scheme: Scheme, text: str) -> "WorkIdentifier | None":
        """The identifier in ``text``, whatever prefix or address it stands in; None where there is none."""
        text = text.strip()[:LONGEST_IDENTIFIER]
        found = _FORMS[scheme].search(text)
        if not found:
            return None
        value = found.group(1)
        if scheme is Scheme.DOI:
            value = value.rstrip(".,;)").lower()
        if scheme is Scheme.ISBN:
            value = re.sub(r"[\s-]", "", value).upper()
        if scheme in (Scheme.URN, Scheme.DIVA):
            value = value.lower()
        if scheme is Scheme.OPENALEX:
            value = value.upper()
        return cls(scheme, value) if value else None


_FORMS = {
    Scheme.DOI: re.compile(r"(10\.\d{4,9}/[^\s\"<>]+)"),
    Scheme.DIVA: re.compile(r"([A-Za-z]+:diva-\d+)"),
    Scheme.URN: re.compile(r"(urn:nbn:[a-z]{2}:[^\s&?#\"<>]+)", re.IGNORECASE),
    Scheme.OPENALEX: re.compile(r"\b(W\d{4,12})\b", re.IGNORECASE),
    Scheme.SWECRIS: re.compile(r"(?:project/)?([^\s/#\"<>]+)$"),
    Scheme.CORDIS: re.compile(r"(\d{3,12})$"),
    Scheme.ISBN: re.compile(r"((?:97[89][\s-]?)?(?:\d[\s-]?){9}[\dXx])"),
}


class HintScheme(StrEnum):
    """What tells which group a work belongs to."""

    GROUP = "group"
    """The group itself, by its id in our catalogue."""
    SUBJECT = "subject"
    """A research subject, by the register that it is of and its name or id there (``ltu:Vattenteknik``)."""
    ORGANISATION = "organisation"
    """An organisation, by its id in the source (``lnu:12372``, ``swecris:202100-2841``)."""
    AFFILIATION = "affiliation"
    """An organisation by the words that a record uses."""
    PERSON = "person"
    """A person, by a pseudonym made from ORCID or the source's id; never a name."""


PSEUDONYM = "pseudonym:"
"""What stands before a person's pseudonym in an exported table, so that it is not taken for a person's identifier."""


@dataclass(frozen=True, slots=True, order=True)
class Hint:
    """Something in a record that may tell whose the work is.

    As read, a person's value is the ORCID (``orcid:0000-0002-1825-0097``) or the source's own id (``lnu:gobaaa``);
    nothing is stored before it has become a pseudonym. A pseudonym that was exported comes back behind ``PSEUDONYM``.
    """

    scheme: HintScheme
    value: str


@dataclass(frozen=True, slots=True)
class WorkText:
    """Title, text and keywords in one language; the text may be empty. ``language`` is None until it is detected."""

    title: str
    text: str = ""
    language: Language | None = None
    keywords: tuple[str, ...] = ()
    machine_made: bool = False
    """Whether a program wrote or translated it; then readers are told."""


@dataclass(frozen=True, slots=True)
class Record:
    """What one source says of one work.

    ``id`` is the source's own, the same at every import. ``licence`` is an SPDX name or an address where known.
    A ``deleted`` record says only that the source has withdrawn it.
    """

    source: str
    id: str
    kind: WorkKind
    texts: tuple[WorkText, ...]
    year: int | None = None
    identifiers: frozenset[WorkIdentifier] = frozenset()
    url: str | None = None
    licence: str | None = None
    funder: str | None = None
    retrieved: date | None = None
    hints: frozenset[Hint] = field(default=frozenset())
    deleted: bool = False

    @property
    def group_ids(self) -> frozenset[str]:
        """The collaborators that it names by their ids."""
        return frozenset(one.value for one in self.hints if one.scheme is HintScheme.GROUP)


def identifiers(pairs: Iterable[tuple[Scheme, str | None]]) -> frozenset[WorkIdentifier]:
    """The identifiers in these texts; what holds none is left out."""
    found = (WorkIdentifier.of(scheme, text) for scheme, text in pairs if text)
    return frozenset(one for one in found if one)


LABELS = {
    "diva": "DiVA",
    "diva_csv": "DiVA",
    "swepub": "SwePub",
    "openalex": "OpenAlex",
    "swecris": "SweCRIS",
    "cordis": "CORDIS",
    "orcid": "ORCID",
}
"""What readers know the sources by; others are shown as they are named."""


@dataclass(frozen=True, slots=True)
class SourceNote:
    """That a source has a work: which one, its own id of it, when it was read there and under what licence."""

    source: str
    record_id: str
    retrieved: date | None
    licence: str | None
    url: str | None


@dataclass(frozen=True, slots=True)
class Work:
    """What all records of one work say together. At most one text a language; made by ``merging.merge``."""

    id: str
    kind: WorkKind
    texts: tuple[WorkText, ...]
    year: int | None
    url: str | None
    identifiers: frozenset[WorkIdentifier]
    hints: frozenset[Hint]
    sources: tuple[SourceNote, ...]


class LinkBasis(StrEnum):
    """By what a work is a group's: a hint of the same name, the matcher's suggestion, or a person's word."""

    SUBJECT = "subject"
    ORGANISATION = "organisation"
    AFFILIATION = "affiliation"
    PERSON = "person"
    GIVEN = "given"
    SUGGESTION = "suggestion"
    STEWARD = "steward"
    RESEARCHER = "researcher"

    @property
    def is_decided(self) -> bool:
        """Whether a person said so; then no import changes it."""
        return self in (LinkBasis.STEWARD, LinkBasis.RESEARCHER)


class LinkState(StrEnum):
    """Whether a work counts as a group's, waits for a steward's word, or was said not to be its."""

    LINKED = "linked"
    SUGGESTED = "suggested"
    REJECTED = "rejected"
