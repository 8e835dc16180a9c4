"""CORDIS: projects of the EU's framework programmes, as ``project.csv`` or the zipped set that it comes in.

Columns used, by CORDIS's names: id, acronym, title, objective, startDate, topics, frameworkProgramme, grantDoi,
keywords; of the set's other files projectID, organisationID and name (organization.csv) and euroSciVocTitle
(euroSciVoc.csv). Only id and title must be there. Sums of money and ways to reach people are not read.
"""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from matchmaker.catalogue.importers.cordis_set import named, open_set
from matchmaker.catalogue.importers.csv_rows import read_csv_rows
from matchmaker.catalogue.importers.field_text import believed_key, clean_line, short, shown
from matchmaker.catalogue.importers.source import LINE, Reading, Source
from matchmaker.catalogue.importers.work_texts import TextsByLanguage
from matchmaker.catalogue.text_file import refusal
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.work import Hint, HintScheme, Record, Scheme, WorkKind, identifiers
from matchmaker.text.normalise import clean_text

CORDIS = "cordis"
LICENCE = "CC-BY-4.0"
PROJECT_PAGE = "https://cordis.europa.eu/project/id/{id}"

_PROJECTS = "project.csv"
_ID = re.compile(r"\d{3,12}")
_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?!\d)")
_TOPIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,99}")


def read(path: Path) -> Iterator[Reading]:
    """The records of a file or of a zipped set."""
    if path.suffix.lower() != ".zip":
        yield from _read_projects(path, {})
        return
    with open_set(path) as files:
        yield from files.read_hints()
        projects = files.unpack(_PROJECTS)
        if not projects:
            raise refusal(path, FileProblem(mark("has no file {name}"), name=_PROJECTS))
        with named(path, _PROJECTS):
            yield from _read_projects(projects, files.hints)


def _read_projects(path: Path, hints: Mapping[str, Collection[Hint]]) -> Iterator[Reading]:
    for line, row in read_csv_rows(path, ("id", "title")):
        if isinstance(row, FileProblem):
            yield row
        else:
            yield _read_row(row, line, hints.get(row["id"].strip(), ()))


def _read_row(row: Mapping[str, str], line: int, hints: Collection[Hint]) -> Reading:
    identifier = row["id"].strip()
    if not _ID.fullmatch(identifier):
        template = mark("is {value}; expected: {expected}")
        return FileProblem(template, line=line, field="id", value=shown(identifier) or "–", expected="101058429")
    subjects = [one.value.partition(":")[2] for one in hints if one.scheme is HintScheme.SUBJECT]
    texts = _texts(row, sorted(subjects))
    if not texts.title:
        template = mark("is missing in record {id}, which was left out")
        return FileProblem(template, line=line, field="title", id=identifier)
    year = _YEAR.search(row.get("startdate", ""))
    programme = clean_line(row.get("frameworkprogramme", "")[:100])
    topics = _TOPIC.findall(row.get("topics", "")[:2000])
    return Record(
        source=CORDIS,
        id=identifier,
        kind=WorkKind.PROJECT,
        texts=texts.to_texts(),
        year=int(year.group(1)) if year else None,
        identifiers=identifiers(((Scheme.CORDIS, identifier), (Scheme.DOI, short(row.get("grantdoi"))))),
        url=PROJECT_PAGE.format(id=identifier),
        licence=LICENCE,
        funder=f"European Union ({programme})" if programme else "European Union",
        hints=frozenset([*hints, *(Hint(HintScheme.SUBJECT, f"cordis:{topic}") for topic in topics)]),
    )


def _texts(row: Mapping[str, str], subjects: list[str]) -> TextsByLanguage:
    """CORDIS publishes in English; an objective that is clearly in another language is told apart."""
    texts = TextsByLanguage()
    texts.add_title(clean_line(row["title"]), "en")
    objective = clean_text(row.get("objective", "")).text
    texts.add_text(objective, believed_key(objective, "en"))
    words = [row.get("acronym", ""), *re.split(r"[;,]", row.get("keywords", "")), *subjects]
    for word in words:
        texts.add_keyword(clean_line(word), "en")
    return texts


SOURCE = Source(name=CORDIS, label="CORDIS", suffixes=(".csv", ".zip"), read=read, marks={".csv": LINE})
