"""The texts that the encoder is trained on, read from their files; whoever is held out is left out here."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from matchmaker.catalogue.importers.swecris import Project, collaborators_of
from matchmaker.catalogue.reference import LANGUAGES
from matchmaker.catalogue.text_file import read_json_file, read_text_file
from matchmaker.domain.collaborator import KEYWORDS, PROFILE, Collaborator, CollaboratorKind
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark
from matchmaker.domain.language import Language
from matchmaker.evaluation.search_tasks import named_projects
from matchmaker.text.passages import split_passages
from matchmaker.training.pairs import Need, Work

TUNING_LEADERS = 120
"""Leaders held out of training on whom its settings are chosen; the development leaders are held out besides."""

Texts = Mapping[str, Mapping[Language, Sequence[str]]]
"""Texts by collaborator and language."""


class _Wordings(BaseModel):
    model_config = ConfigDict(extra="forbid")

    title: str = Field(min_length=1)
    sentence: str = Field(min_length=1)
    story: str = Field(min_length=1)

    @property
    def all(self) -> tuple[str, ...]:
        return (self.title, self.sentence, self.story, f"{self.title}. {self.story}")


class _NeedLine(BaseModel):
    model_config = ConfigDict(extra="forbid")

    id: str
    groups: dict[str, int] = Field(min_length=1)
    sv: _Wordings
    en: _Wordings


class _AssignmentLine(BaseModel):
    id: str
    title: str
    text: str
    language: str


def project_works(projects: Iterable[Project], held_out: frozenset[str]) -> list[Work]:
    """Projects with a text, except those that any of the persons held out leads."""
    works = []
    for project in projects:
        leaders = [one.id for one in collaborators_of(project) if one.kind is CollaboratorKind.PROJECT_LEADER]
        if held_out.intersection(leaders):
            continue
        documents = [one for one in project.documents() if one.language in LANGUAGES and len(one.text.split()) > 15]
        if documents:
            works.append(
                Work(
                    project.id,
                    min(leaders, default=project.id),
                    {one.language: one.title or "" for one in documents if one.language},
                    {one.language: one.text for one in documents if one.language},
                )
            )
    return works


def tuning_task(projects: Mapping[str, Project], held_out: frozenset[str]) -> list[dict[str, object]]:
    """Leaders to choose settings on, in the form of a leaders file; the same ones for the same export.

    Each has at least two projects with abstracts in both languages; the newest is the query.
    """
    own: dict[str, list[Project]] = defaultdict(list)
    for project in projects.values():
        if project.abstract_sv and project.abstract_en and project.abstract_sv.strip() != project.abstract_en.strip():
            for one in collaborators_of(project):
                if one.kind is CollaboratorKind.PROJECT_LEADER:
                    own[one.id].append(project)
    candidates = sorted(
        (person for person, theirs in own.items() if len(theirs) > 1 and person not in held_out),
        key=lambda person: hashlib.sha256(person.encode()).hexdigest(),
    )
    items: list[dict[str, object]] = []
    for person in sorted(candidates[:TUNING_LEADERS]):
        ordered = sorted(own[person], key=lambda project: (project.year or 0, project.id))
        items.append(
            {
                "person": person,
                "query_project": ordered[-1].id,
                "profile_projects": [project.id for project in ordered[:-1]],
            }
        )
    return items


def assignment_works(path: Path) -> list[Work]:
    """Official assignments, one a line with id, title, text and language."""
    works = []
    for number, line in enumerate(read_text_file(path).splitlines(), start=1):
        try:
            entry = _AssignmentLine.model_validate_json(line)
        except ValidationError as error:
            raise _bad_line(path, number, error) from error
        if entry.title and len(entry.text.split()) > 30:
            language = Language(entry.language)
            works.append(Work(entry.id, entry.id, {language: entry.title}, {language: entry.text}))
    return works


def read_needs(path: Path, known: Iterable[str]) -> list[Need]:
    """Needs written for training, one a line, each for collaborators with a grade; 3 is a first call."""
    names = frozenset(known)
    needs = []
    for number, line in enumerate(read_text_file(path).splitlines(), start=1):
        try:
            entry = _NeedLine.model_validate_json(line)
        except ValidationError as error:
            raise _bad_line(path, number, error) from error
        if not names.issuperset(entry.groups):
            unknown = sorted(set(entry.groups) - names)[0]
            problem = FileProblem(mark("names {name}, whom the catalogue lacks"), line=number, name=unknown)
            raise InvalidFileError(str(path), [problem])
        first = [name for name, grade in entry.groups.items() if grade == max(entry.groups.values())]
        needs.append(
            Need(
                entry.id,
                {Language.SWEDISH: entry.sv.all, Language.ENGLISH: entry.en.all},
                first,
                frozenset(entry.groups),
            )
        )
    return needs


def catalogue_texts(catalogue: Sequence[Collaborator]) -> tuple[Texts, Texts]:
    """The passages of the profiles as they are indexed, and the keywords, of each collaborator in both languages."""
    passages: dict[str, dict[Language, list[str]]] = {}
    keywords: dict[str, dict[Language, list[str]]] = {}
    for one in catalogue:
        passages[one.id] = {language: [] for language in LANGUAGES}
        keywords[one.id] = {language: [] for language in LANGUAGES}
        for document in one.documents:
            if document.language not in LANGUAGES:
                continue
            if document.kind == PROFILE:
                passages[one.id][document.language] += [
                    f"{document.title}. {passage}" for passage in split_passages(document.text)
                ]
            elif document.kind == KEYWORDS:
                passages[one.id][document.language].append(f"{document.title}. {document.text}")
                keywords[one.id][document.language] += [word.strip() for word in document.text.split(",")]
    return passages, keywords


def read_held_out(path: Path, projects: Mapping[str, Project]) -> frozenset[str]:
    """The persons of a leaders file, and everybody else who leads one of the projects that it names.

    Raises:
        InvalidFileError: the file is of another form.
    """
    named = named_projects(path)
    persons = {str(item["person"]) for item in read_json_file(path)["items"]}
    leading = {one.id for key in named if key in projects for one in collaborators_of(projects[key])}
    return frozenset(persons | leading)


def _bad_line(path: Path, number: int, error: ValidationError) -> InvalidFileError:
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or None
    return InvalidFileError(str(path), [FileProblem(mark("{reason}"), line=number, field=field, reason=first["msg"])])
