"""Imports of records that a test makes up, run as a job is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matchmaker.catalogue.importers.source import Reading, Source
from matchmaker.curation.editing import Choices, correct_group, seen_as
from matchmaker.curation.imports import ask, run_job
from matchmaker.curation.records import pseudonyms
from matchmaker.db import import_jobs as jobs
from matchmaker.db.collection import StoredCollection
from matchmaker.db.group_lists import find_group
from matchmaker.db.session import Database
from matchmaker.domain.curation import group_values
from matchmaker.domain.import_job import ImportJob
from matchmaker.domain.language import Language
from matchmaker.domain.work import Hint, HintScheme, Record, Scheme, WorkKind, WorkText, identifiers

PSEUDONYM = pseudonyms(b"a key of the tests, long enough to be one")
COLLECTION = "main"


def record(
    identifier: str,
    title: str,
    *groups: str,
    text: str = "",
    source: str = "diva",
    doi: str | None = None,
    year: int | None = 2020,
    hints: frozenset[Hint] = frozenset(),
    language: Language | None = Language.SWEDISH,
    deleted: bool = False,
) -> Record:
    """A record of a publication that the groups are named in."""
    return Record(
        source=source,
        id=identifier,
        kind=WorkKind.PUBLICATION,
        texts=(WorkText(title, text, language),),
        year=year,
        identifiers=identifiers([(Scheme.DOI, doi)]),
        hints=hints | {Hint(HintScheme.GROUP, group) for group in groups},
        deleted=deleted,
    )


def correct(database: Database, group: str, by: str, **values: Any) -> None:
    """Correct a group in a form that shows it as it is."""
    with database.reading() as session:
        now = find_group(session, COLLECTION, group).now
    choices = Choices(now.areas, [now.department] if now.department else [])
    correct_group(database, COLLECTION, group, {**group_values(now), **values}, choices, seen_as(now), by)


class Shelf:
    """Files of a source that hold what a test puts into them, in a database."""

    def __init__(self, database: Database, collection: str = COLLECTION) -> None:
        self.database = database
        self.collection = collection
        self.files: dict[str, list[Reading | Exception]] = {}

    def source(self, name: str) -> Source:
        return Source(name, name, (".test",), self._read)

    def _read(self, path: Path) -> Iterator[Reading]:
        for reading in self.files[str(path)]:
            if isinstance(reading, Exception):
                raise reading
            yield reading

    def add(
        self, *readings: Reading | Exception, source: str = "diva", complete: bool = False, skip: bool = False
    ) -> ImportJob:
        """A job that waits to be read."""
        path = f"file-{len(self.files)}"
        self.files[path] = list(readings)
        with self.database.transaction() as session:
            return jobs.add_job(
                session, self.collection, source, path, path, "steward", is_complete=complete, skip_rejected=skip
            )

    def step(self, job: ImportJob) -> ImportJob:
        """What the program does next of a job."""
        with self.database.transaction() as session:
            claimed = jobs.claim_job(session, datetime.now(UTC), job.id)
        assert claimed is not None
        return run_job(self.database, claimed, self.source, PSEUDONYM)

    def read(self, *readings: Reading | Exception, source: str = "diva", complete: bool = False) -> ImportJob:
        return self.step(self.add(*readings, source=source, complete=complete))

    def load(self, *readings: Reading | Exception, source: str = "diva", complete: bool = False) -> ImportJob:
        """Read, approve, apply."""
        job = self.read(*readings, source=source, complete=complete)
        return self.step(ask(self.database, job.id, "approve"))

    def undo(self, job: ImportJob) -> ImportJob:
        return self.step(ask(self.database, job.id, "undo"))

    def evidence(self) -> dict[str, list[str]]:
        """By group the texts that speak for it."""
        snapshot = StoredCollection(self.database, self.collection).snapshot()
        texts = {passage.id: passage.text for passage in snapshot.passages}
        return {key: sorted(texts[one] for one in ids) for key, ids in snapshot.passage_ids.items()}
