"""SweCRIS: research projects of Swedish funders, as JSON of its API's field names or CSV with the same columns."""

import json
import math
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from matchmaker.catalogue.text_file import file_error
from matchmaker.domain.collaborator import PROJECT, Collaborator, CollaboratorKind, Document
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark
from matchmaker.domain.language import Language, LocalisedText
from matchmaker.text.language import detect_language

SOURCE = "SweCRIS"
PROJECT_PAGE = "https://www.vr.se/swecris.html#/project/{id}"

_PERSON_SEPARATOR = "¤¤¤"
_FIELD_SEPARATOR = "¤"
_LEADER_ROLES = frozenset({"Principal Investigator", "Projektledare"})
_PERSON_ID = re.compile(r"^(?:p[0-9a-f]{6,}|\d+|\d{4}-\d{4}-\d{4}-\d{3}[\dX])$")


class Project(BaseModel):
    """A row; of the forty fields of the API those that become evidence."""

    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)

    id: str = Field(alias="projectId", min_length=1)
    title_sv: str = Field("", alias="projectTitleSv")
    title_en: str = Field("", alias="projectTitleEn")
    abstract_sv: str = Field("", alias="projectAbstractSv")
    abstract_en: str = Field("", alias="projectAbstractEn")
    start: str = Field("", alias="projectStartDate")
    funding_year: float | None = Field(None, alias="fundingYear", ge=1900, le=2100)
    organisation_id: str = Field("", alias="coordinatingOrganisationId")
    organisation_sv: str = Field("", alias="coordinatingOrganisationNameSv")
    organisation_en: str = Field("", alias="coordinatingOrganisationNameEn")
    funder: str = Field("", alias="fundingOrganisationNameSv")
    people: str = Field("", alias="involvedPeople")

    @field_validator("*", mode="before")
    @classmethod
    def _no_value(cls, value: object, info: Any) -> object:
        """Empty cells arrive as None or NaN."""
        missing = value is None or (isinstance(value, float) and math.isnan(value)) or value == ""
        return cls.model_fields[info.field_name].default if missing and info.field_name != "id" else value

    def abstract(self, language: Language) -> str:
        """The abstract in a language; empty where there is none."""
        return self.abstract_sv if language is Language.SWEDISH else self.abstract_en

    def documents(self) -> list[Document]:
        """One document in each language that the project has text in."""
        work = f"swecris:{self.id}"
        versions = [
            (Language.SWEDISH, self.title_sv or self.title_en, self.abstract_sv),
            (Language.ENGLISH, self.title_en or self.title_sv, self.abstract_en),
        ]
        if self.abstract_sv.strip() == self.abstract_en.strip():
            # Some funders put one text in both fields; which language it is in, the text must tell.
            title = self.title_sv or self.title_en
            text = self.abstract_sv or title
            versions = [(detect_language(f"{title} {text}").language, title, text)] if text.strip() else []
        return [
            Document(
                id=f"{work}:{language.value}",
                text=text,
                title=title or None,
                language=language,
                year=self.year,
                kind=PROJECT,
                url=PROJECT_PAGE.format(id=self.id),
                source=f"{SOURCE}, {self.funder}" if self.funder else SOURCE,
                basis="sourced",
                work=work,
            )
            for language, title, text in versions
            if text.strip()
        ]

    @property
    def year(self) -> int | None:
        """The year the project began: the start is a date or, in JSON, seconds since 1970."""
        if re.match(r"(19|20)\d\d(-|$)", self.start):
            return int(self.start[:4])
        if re.fullmatch(r"\d{1,10}(\.\d+)?", self.start):
            return datetime.fromtimestamp(float(self.start), UTC).year
        return int(self.funding_year) if self.funding_year else None


def read_swecris(path: Path) -> list[Collaborator]:
    """Project leaders with their projects as evidence, by id; projects without a named leader under their organisation.

    A project is one document in each language that it has text in. Ids are those of the file; names are not read.

    Raises:
        InvalidFileError: the file cannot be read, or rows are wrong; every one is named.
    """
    collaborators: dict[str, Collaborator] = {}
    documents: dict[str, dict[str, Document]] = {}
    for project in read_swecris_projects(path).values():
        for collaborator in collaborators_of(project):
            collaborators.setdefault(collaborator.id, collaborator)
            documents.setdefault(collaborator.id, {}).update({one.id: one for one in project.documents()})
    return [
        replace(collaborators[key], documents=tuple(documents[key][one] for one in sorted(documents[key])))
        for key in sorted(collaborators)
    ]


def read_swecris_projects(path: Path) -> dict[str, Project]:
    """The projects of a file by id; of one that occurs twice the last.

    Raises:
        InvalidFileError: the file cannot be read, or rows are wrong; every one is named.
    """
    problems: list[FileProblem] = []
    projects: dict[str, Project] = {}
    for place, row in _rows(path):
        try:
            project = Project.model_validate(row)
        except ValidationError as error:
            problems += [
                FileProblem(mark("{reason}"), **place, field=str(one["loc"][0]), reason=one["msg"])
                for one in error.errors()
            ]
        else:
            projects[project.id] = project
    if problems:
        raise InvalidFileError(str(path), problems)
    return projects


class _Place(TypedDict, total=False):
    """Where a row is: its line in CSV, its number in JSON."""

    line: int
    row: int


def _rows(path: Path) -> Iterator[tuple[_Place, dict[str, Any]]]:
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".json"):
        raise InvalidFileError(str(path), [FileProblem(mark("is neither .json nor .csv"))])
    try:
        rows = _csv_rows(path) if suffix == ".csv" else _json_rows(path)
    except OSError as error:
        raise file_error(path, error) from error
    except (ValueError, UnicodeError, RecursionError) as error:  # JSON and CSV errors are ValueErrors
        raise InvalidFileError(
            str(path), [FileProblem(mark("is damaged or of another format: {reason}"), reason=str(error)[:200])]
        ) from error
    if not rows:
        raise InvalidFileError(str(path), [FileProblem(mark("has no projects"))])
    # Quoted cells may span lines, so that in CSV the number of the record, header included, is the best there is.
    for number, row in enumerate(rows, start=1):
        yield (_Place(line=number + 1) if suffix == ".csv" else _Place(row=number)), row


def _json_rows(path: Path) -> list[dict[str, Any]]:
    rows = json.loads(path.read_text(encoding="utf-8-sig"))
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("a list of projects was expected")
    json.dumps(rows, ensure_ascii=False).encode()  # refuses escaped halves of characters, which are no text
    return rows


def _csv_rows(path: Path) -> list[dict[str, Any]]:
    import pandas as pd  # a third of a second that no other command should wait for

    with path.open(encoding="utf-8-sig") as stream:
        header = stream.readline()
    # Swedish spreadsheets part columns by semicolons. The header tells, and it has no quoted text to mislead.
    separator = max(";,\t", key=header.count)
    frame = pd.read_csv(path, sep=separator, dtype=str, encoding="utf-8-sig")
    if "projectId" not in frame.columns:
        raise ValueError("there is no column projectId")
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def collaborators_of(project: Project) -> list[Collaborator]:
    """The project's leaders; without a named one, its organisation. Their documents are not filled in."""
    leaders = list(dict.fromkeys(leader_ids(project.people)))
    organisation = project.organisation_sv or project.organisation_en
    english = project.organisation_en or project.organisation_sv
    if leaders:
        return [
            Collaborator(
                leader,
                LocalisedText(
                    f"Projektledare {leader}" + (f" ({organisation})" if organisation else ""),
                    f"Project leader {leader}" + (f" ({english})" if english else ""),
                ),
                CollaboratorKind.PROJECT_LEADER,
            )
            for leader in leaders
        ]
    if not organisation:
        name = LocalisedText("Okänd organisation", "Unknown organisation")
        return [Collaborator("org-unknown", name, CollaboratorKind.ORGANISATION)]
    identifier = re.sub(r"[^\w-]+", "-", project.organisation_id or organisation).strip("-")
    name = LocalisedText(organisation, english)
    return [Collaborator(f"org-{identifier}", name, CollaboratorKind.ORGANISATION)]


def leader_ids(people: str) -> Iterator[str]:
    """The ids of those who lead a project, from its involved people."""
    for person in people.split(_PERSON_SEPARATOR):
        fields = [field.strip() for field in person.split(_FIELD_SEPARATOR)]
        identifier = next((field for field in fields if _PERSON_ID.match(field)), None)
        if identifier and _LEADER_ROLES & set(fields):
            yield identifier
