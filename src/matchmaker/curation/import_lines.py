"""The lines of an import: what each record of a file would change in the catalogue, or what is wrong with it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import chain
from typing import Any

from matchmaker.catalogue.importers.source import Reading
from matchmaker.curation.records import Pseudonym, prepare_record
from matchmaker.db import import_jobs as jobs
from matchmaker.db.bulk import content_digest
from matchmaker.db.record_json import record_to_json
from matchmaker.db.session import Session
from matchmaker.db.work_links import unknown_groups
from matchmaker.db.works import current_digests
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.import_job import ImportJob, ImportLine, Verdict
from matchmaker.domain.work import Record

MISSING_AT_ONCE = 500


def prepared(reading: Reading, pseudonym: Pseudonym, today: date) -> Record | FileProblem:
    """What was read, made fit to be kept, or what is wrong with it."""
    if isinstance(reading, FileProblem):
        return reading
    record = prepare_record(reading, pseudonym)
    return record if isinstance(record, FileProblem) else replace(record, retrieved=record.retrieved or today)


def _with_known_groups(
    session: Session, collection: str, prepared: Sequence[Record | FileProblem]
) -> list[Record | FileProblem]:
    """A record that names a group which is not there would be nobody's, and nobody would notice."""
    named = [frozenset() if isinstance(one, FileProblem) else one.group_ids for one in prepared]
    unknown = unknown_groups(session, collection, chain.from_iterable(named))
    return [
        FileProblem(mark("There is no group with the id {group}."), field="group_ids", group=min(missing))
        if (missing := own & unknown)
        else one
        for one, own in zip(prepared, named, strict=True)
    ]


def difference(
    session: Session, job: ImportJob, prepared: Sequence[Record | FileProblem], start: int
) -> Iterator[ImportLine]:
    """A line for each record or fault: what it would change; ``start`` is the number of the line before the first."""
    prepared = _with_known_groups(session, job.collection, prepared)
    records = [one for one in prepared if isinstance(one, Record)]
    known = current_digests(session, job.collection, [(one.source, one.id) for one in records])
    seen = jobs.staged_ids(session, job.id, [one.id for one in records])
    for number, one in enumerate(prepared, start=start + 1):
        if isinstance(one, FileProblem):
            yield ImportLine(number, "", Verdict.REJECTED, None, problem_json(one), None, False)
            continue
        stored = record_to_json(one)
        content = {**stored, "deleted": one.deleted, "retrieved": str(one.retrieved)}
        digest = known.get((one.source, one.id))
        if one.id in seen:
            verdict = Verdict.DOUBLE
        elif one.deleted:
            verdict = Verdict.GONE if digest else Verdict.UNCHANGED
        elif digest is None:
            verdict = Verdict.NEW
        else:
            verdict = Verdict.UNCHANGED if digest == content_digest(stored) else Verdict.CHANGED
        seen.add(one.id)
        yield ImportLine(number, one.id, verdict, content, None, None, False)


def add_missing(session: Session, job: ImportJob, number: int) -> None:
    """Lines, numbered from behind ``number``, for the records that a complete file does not have any more."""
    while missing := jobs.missing_ids(session, job, MISSING_AT_ONCE):
        lines = []
        for record_id in missing:
            number += 1
            content = {"source": job.source, "id": record_id, "deleted": True}
            lines.append(ImportLine(number, record_id, Verdict.GONE, content, None, None, False))
        jobs.add_lines(session, job.id, lines)


def problem_json(problem: FileProblem) -> dict[str, Any]:
    """What is wrong with a line, as it is kept until somebody reads it in their language."""
    place = {name: getattr(problem, name) for name in ("line", "row", "field") if getattr(problem, name) is not None}
    return {"template": problem.template, "values": plain_values(problem.values), **place}


def plain_values(values: Any) -> dict[str, str | int]:
    """The values of a message as they are kept: numbers, and the beginnings of texts."""
    return {key: value if isinstance(value, int) else str(value)[:200] for key, value in dict(values).items()}
