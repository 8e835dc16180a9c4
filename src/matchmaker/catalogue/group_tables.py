"""Tables of groups, of their contacts and of what links works to them, read into plain values."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from matchmaker.catalogue.cell_types import (
    Cap,
    Cells,
    Choice,
    Choices,
    Code,
    Day,
    Id,
    Items,
    Line,
    Role,
    Text,
    WebPage,
    YesNo,
    read_cells,
)
from matchmaker.catalogue.group_entry import GroupEntry
from matchmaker.catalogue.importers.field_text import shown
from matchmaker.catalogue.importers.person_ids import find_orcid
from matchmaker.catalogue.seed import Area
from matchmaker.catalogue.table_columns import TemplateRow
from matchmaker.catalogue.templates import CONTACTS, LINKS, group_template
from matchmaker.domain.availability import Availability
from matchmaker.domain.collaborator import CollaboratorKind, Contact
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.language import LocalisedText
from matchmaker.domain.work import Hint, HintScheme

_PERSON = re.compile(r"[a-z][a-z0-9-]{1,19}:[A-Za-z0-9._-]{1,100}")
"""The id that a portal has of a person, or a pseudonym: ``lnu:gobaaa``, ``pseudonym:…``."""


@dataclass(frozen=True, slots=True)
class ContactEntry:
    """A row of contacts: a role of a group, or what the group has room for, or both; None where the row is silent."""

    group_id: str
    contact: Contact | None
    availability: Availability | None
    columns: frozenset[str] = field(default=frozenset(), compare=False)
    """Those that the table has: of what it has no column for, it says nothing."""


@dataclass(frozen=True, slots=True)
class GroupContacts:
    """All that a table of contacts says of a group, roles in the table's order."""

    contacts: tuple[Contact, ...] = ()
    availability: Availability | None = None
    columns: frozenset[str] = field(default=frozenset(), compare=False)


@dataclass(frozen=True, slots=True)
class HintLink:
    """That works with this hint are a group's. A person's value is as read: to be made a pseudonym before storing."""

    hint: Hint
    group_id: str


class GroupCells(Cells):
    """A row of groups."""

    id: Id
    kind: Annotated[CollaboratorKind, Choice]
    name_sv: Line | None = None
    name_en: Line | None = None
    department: Code | None = None
    areas: Choices = ()
    summary_sv: Text = ""
    summary_en: Text = ""
    keywords_sv: Items = ()
    keywords_en: Items = ()
    web_page: WebPage | None = None
    sources: Items = ()
    basis: Annotated[str, Choice] | None = None
    is_entrance: YesNo = False

    @model_validator(mode="after")
    def _has_name(self) -> Self:
        if not (self.name_sv or self.name_en):
            raise PydanticCustomError("no_name", "no name", {"column": "name_sv"})
        return self

    def to_entry(self) -> GroupEntry:
        summary = {"sv": self.summary_sv, "en": self.summary_en}
        keywords = {"sv": self.keywords_sv, "en": self.keywords_en}
        return GroupEntry(
            id=self.id,
            name=LocalisedText(self.name_sv, self.name_en),
            kind=self.kind,
            summary={code: text for code, text in summary.items() if text},
            keywords={code: words for code, words in keywords.items() if words},
            department=self.department,
            areas=self.areas,
            web_page=self.web_page,
            sources=self.sources,
            basis=self.basis,
            is_entrance=self.is_entrance,
        )


class ContactCells(Cells):
    """A row of contacts."""

    group_id: Id
    role_sv: Role | None = None
    role_en: Role | None = None
    web_page: WebPage | None = None
    project: YesNo = True
    thesis: YesNo = True
    consulting: YesNo = True
    cap: Cap | None = None
    paused_until: Day | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self._has_role or self._has_availability):
            raise PydanticCustomError("says_nothing", "says nothing", {"column": "role_sv"})
        return self

    @property
    def _has_role(self) -> bool:
        return bool(self.role_sv or self.role_en)

    @property
    def _has_availability(self) -> bool:
        return bool(self.model_fields_set & {"project", "thesis", "consulting", "cap", "paused_until"})

    def to_entry(self) -> ContactEntry:
        return ContactEntry(
            self.group_id,
            Contact(LocalisedText(self.role_sv, self.role_en), self.web_page) if self._has_role else None,
            Availability(self.project, self.thesis, self.consulting, self.cap, self.paused_until)
            if self._has_availability
            else None,
        )


def _link_value(value: str, info: ValidationInfo) -> str:
    """A person's ORCID, or a portal's id of one; anything else may be a name, which is neither kept nor shown."""
    if info.data.get("scheme") is not HintScheme.PERSON:
        return value
    orcid = find_orcid(value)
    if orcid:
        return f"orcid:{orcid}"
    if not _PERSON.fullmatch(value):
        raise PydanticCustomError("person", "no identifier", {})
    return value


class LinkCells(Cells):
    """A row of links."""

    group_id: Id
    scheme: Annotated[HintScheme, Choice]
    value: Annotated[Line, AfterValidator(_link_value)]


def read_groups(path: Path, areas: Iterable[Area] = ()) -> Iterator[GroupEntry | FileProblem]:
    """The groups of a table in its order, among them what is wrong with rows; with ``areas``, no others are known.

    Raises:
        InvalidFileError: the file is no such table.
    """
    places: dict[str, TemplateRow] = {}
    for read in read_cells(path, group_template(areas), GroupCells):
        if isinstance(read, FileProblem):
            yield read
            continue
        row, cells = read
        first = places.setdefault(cells.id, row)
        if first is not row:
            template = mark("the id «{value}» is there before, on line or row {first}")
            where = first.place.line or first.place.row
            yield row.place.problem(template, row.headings["id"], value=shown(cells.id), first=where)
            continue
        yield replace(cells.to_entry(), columns=frozenset(row.headings))


def read_contacts(path: Path) -> Iterator[ContactEntry | FileProblem]:
    """The rows of a table of contacts in its order, among them what is wrong with others.

    What a group has room for may stand on one of its rows or on all, but not twice in different ways.

    Raises:
        InvalidFileError: the file is no such table.
    """
    said: dict[str, Availability] = {}
    for read in read_cells(path, CONTACTS, ContactCells):
        if isinstance(read, FileProblem):
            yield read
            continue
        row, cells = read
        entry = replace(cells.to_entry(), columns=frozenset(row.headings))
        if entry.availability and said.setdefault(entry.group_id, entry.availability) != entry.availability:
            template = mark("another row of «{value}» says otherwise of what the group is open for")
            yield row.place.problem(template, row.headings["group_id"], value=shown(entry.group_id))
            continue
        yield entry


def read_links(path: Path) -> Iterator[HintLink | FileProblem]:
    """The rows of a table of links in its order, among them what is wrong with others.

    Raises:
        InvalidFileError: the file is no such table.
    """
    for read in read_cells(path, LINKS, LinkCells):
        if isinstance(read, FileProblem):
            yield read
        else:
            cells = read[1]
            yield HintLink(Hint(cells.scheme, cells.value), cells.group_id)


def gather_contacts(entries: Iterable[ContactEntry]) -> Mapping[str, GroupContacts]:
    """What rows of contacts say together, by group."""
    found: dict[str, GroupContacts] = {}
    for entry in entries:
        known = found.get(entry.group_id, GroupContacts())
        contacts = (*known.contacts, entry.contact) if entry.contact else known.contacts
        found[entry.group_id] = GroupContacts(contacts, known.availability or entry.availability, entry.columns)
    return found
