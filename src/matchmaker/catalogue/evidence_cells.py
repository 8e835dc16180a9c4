"""Rows of a table of evidence as records."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Self

from pydantic import AfterValidator, model_validator
from pydantic_core import PydanticCustomError

from matchmaker.catalogue.cell_types import Cells, Choice, Choices, Id, Items, Line, Text, WebPage, Year, read_cells
from matchmaker.catalogue.importers.evidence_table import SOURCE
from matchmaker.catalogue.importers.source import Reading
from matchmaker.catalogue.importers.work_texts import TextsByLanguage
from matchmaker.catalogue.templates import EVIDENCE
from matchmaker.domain.errors import FileProblem
from matchmaker.domain.work import Hint, HintScheme, Record, Scheme, WorkIdentifier, WorkKind, WorkText


def identifier_text(identifier: WorkIdentifier) -> str:
    """An identifier as it stands in a table: ``isbn:9789170000000``."""
    return f"{identifier.scheme.value}:{identifier.value}"


def find_identifier(text: str) -> WorkIdentifier | None:
    """The identifier that stands in a table; None where it is none, or does not say where it is from."""
    name, _, value = text.partition(":")
    known = {scheme.value: scheme for scheme in Scheme}
    scheme = known.get(name.strip().lower())
    if scheme is None:
        return None
    # A URN says itself where it is from, so that people write urn: once.
    return WorkIdentifier.of(scheme, value) or WorkIdentifier.of(scheme, text)


def _doi(value: str) -> str:
    if WorkIdentifier.of(Scheme.DOI, value) is None:
        raise PydanticCustomError("doi", "no DOI", {"value": value})
    return value


def _identifiers(values: tuple[str, ...]) -> tuple[str, ...]:
    for value in values:
        if find_identifier(value) is None:
            raise PydanticCustomError("identifier", "no identifier", {"value": value})
    return values


class EvidenceCells(Cells):
    """A row of evidence."""

    id: Id
    group_ids: Items = ()
    kind: Annotated[WorkKind, Choice] = WorkKind.PUBLICATION
    title_sv: Line = ""
    title_en: Line = ""
    title_und: Line = ""
    text_sv: Text = ""
    text_en: Text = ""
    text_und: Text = ""
    keywords_sv: Items = ()
    keywords_en: Items = ()
    keywords_und: Items = ()
    year: Year | None = None
    doi: Annotated[Line, AfterValidator(_doi)] | None = None
    identifiers: Annotated[Items, AfterValidator(_identifiers)] = ()
    url: WebPage | None = None
    licence: Line | None = None
    machine_made: Choices = ()

    @model_validator(mode="after")
    def _has_title(self) -> Self:
        if not (self.title_sv or self.title_en or self.title_und):
            raise PydanticCustomError("no_title", "no title", {"column": "title_sv"})
        return self

    def to_record(self) -> Record:
        given = [find_identifier(one) for one in self.identifiers]
        given.append(WorkIdentifier.of(Scheme.DOI, self.doi or ""))
        return Record(
            source=SOURCE.name,
            id=self.id,
            kind=self.kind,
            texts=self._texts(),
            year=self.year,
            identifiers=frozenset(one for one in given if one),
            url=self.url,
            licence=self.licence,
            hints=frozenset(Hint(HintScheme.GROUP, one) for one in self.group_ids),
        )

    def _texts(self) -> tuple[WorkText, ...]:
        texts = TextsByLanguage()
        for code in ("sv", "en", "und"):
            texts.add_title(getattr(self, f"title_{code}"), code)
            texts.add_text(getattr(self, f"text_{code}"), code)
            for word in getattr(self, f"keywords_{code}"):
                texts.add_keyword(word, code)
        return tuple(replace(one, machine_made=self._is_machine_made(one)) for one in texts.to_texts())

    def _is_machine_made(self, text: WorkText) -> bool:
        """Of one text that stands under several languages: whether any of them is said to be."""
        return text.language.value in self.machine_made if text.language else bool(self.machine_made)


def read_evidence(path: Path) -> Iterator[Reading]:
    """The works of a table in its order, among them what is wrong with others.

    Raises:
        InvalidFileError: the file is no such table.
    """
    for found in read_cells(path, EVIDENCE, EvidenceCells):
        yield found if isinstance(found, FileProblem) else found[1].to_record()
