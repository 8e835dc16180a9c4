"""SweCRIS projects as records of works, from the files that ``swecris`` reads; both languages' texts side by side."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from matchmaker.catalogue.importers.csv_rows import read_csv_rows
from matchmaker.catalogue.importers.field_text import believed_key, clean_line
from matchmaker.catalogue.importers.given import given_problem
from matchmaker.catalogue.importers.json_stream import read_json_array
from matchmaker.catalogue.importers.packed import open_unpacked
from matchmaker.catalogue.importers.person_ids import find_orcid
from matchmaker.catalogue.importers.source import LARGEST_FIELD, LINE, Reading, Source
from matchmaker.catalogue.importers.swecris import PROJECT_PAGE, Project, leader_ids
from matchmaker.catalogue.importers.work_texts import TextsByLanguage
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.work import Hint, HintScheme, Record, Scheme, WorkKind, identifiers
from matchmaker.text.normalise import clean_text

SWECRIS = "swecris"

_SUBJECT = re.compile(r"(\d{1,5}): ")


class _ProjectWithSubjects(Project):
    """A row with the codes of the national standard of research subjects as well."""

    subjects: str = Field("", alias="scbs")


_COLUMNS = {
    field.alias.lower(): field.alias for field in _ProjectWithSubjects.model_fields.values() if field.alias is not None
}


def read(path: Path) -> Iterator[Reading]:
    """The records of a file: CSV by its suffix, otherwise the API's JSON, an array of projects."""
    if path.suffix.lower() == ".csv":
        for line, row in read_csv_rows(path, ("projectId",)):
            yield row if isinstance(row, FileProblem) else _read_row(_by_alias(row), line=line)
        return
    with open_unpacked(path) as (stream, counted):
        for number, item in read_json_array(path, stream, counted, "projects"):
            yield _read_row(item, row_number=number)


def _by_alias(row: Mapping[str, str]) -> dict[str, str]:
    return {_COLUMNS[column]: cell for column, cell in row.items() if column in _COLUMNS}


def _read_row(row: Any, *, line: int | None = None, row_number: int | None = None) -> Reading:
    try:
        project = _ProjectWithSubjects.model_validate(row)
    except ValidationError as error:
        return given_problem(error, line=line, row=row_number)
    texts = _texts(project)
    if not texts.title:
        template = mark("is missing in record {id}, which was left out")
        return FileProblem(template, line=line, row=row_number, field="projectTitleSv", id=project.id[:80])
    return Record(
        source=SWECRIS,
        id=project.id,
        kind=WorkKind.PROJECT,
        texts=texts.to_texts(),
        year=project.year,
        identifiers=identifiers([(Scheme.SWECRIS, project.id)]),
        url=PROJECT_PAGE.format(id=project.id),
        funder=clean_line(project.funder) or None,
        hints=frozenset(_hints(project)),
    )


def _texts(project: Project) -> TextsByLanguage:
    """Funders often leave a field empty, or put one text in both: then its words tell which language it is in."""
    texts = TextsByLanguage()
    swedish, english = (clean_line(title[:LARGEST_FIELD]) for title in (project.title_sv, project.title_en))
    abstracts = {"sv": project.abstract_sv, "en": project.abstract_en}
    cleaned = {key: clean_text(text[:LARGEST_FIELD]).text for key, text in abstracts.items()}
    if swedish == english:
        texts.add_title(swedish, believed_key(cleaned["sv"] or cleaned["en"], None))
    else:
        texts.add_title(swedish, "sv")
        texts.add_title(english, "en")
    for key, text in cleaned.items():
        texts.add_text(text, believed_key(text, key))
    return texts


def _hints(project: _ProjectWithSubjects) -> Iterator[Hint]:
    if project.organisation_id.strip():
        yield Hint(HintScheme.ORGANISATION, f"{SWECRIS}:{project.organisation_id.strip()}")
    for name in (project.organisation_sv, project.organisation_en):
        if words := clean_line(name):
            yield Hint(HintScheme.AFFILIATION, words)
    for leader in leader_ids(project.people):
        orcid = find_orcid(leader)
        yield Hint(HintScheme.PERSON, f"orcid:{orcid}" if orcid else f"{SWECRIS}:{leader}")
    yield from _subject_hints(project.subjects)


def _subject_hints(subjects: str) -> Iterator[Hint]:
    """``2: Teknik, Engineering and Technology, 203: Maskinteknik, Mechanical Engineering``: codes and two names.

    Names may have commas themselves. Only where there is just one does it part Swedish from English.
    """
    parts = _SUBJECT.split(subjects[:LARGEST_FIELD])
    for code, names in zip(parts[1::2], parts[2::2], strict=True):
        yield Hint(HintScheme.SUBJECT, f"hsv:{code}")
        both = [clean_line(name) for name in names.split("¤")[0].strip(" ,").split(", ")]
        if len(both) == 2:
            yield from (Hint(HintScheme.SUBJECT, f"hsv:{name}") for name in both if name)


SOURCE = Source(
    name=SWECRIS,
    label="SweCRIS",
    suffixes=(".json", ".csv"),
    read=read,
    marks={".json": re.compile(rb'"projectId"'), ".csv": LINE},
)
