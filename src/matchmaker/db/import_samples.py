"""Lines of an import beside what is there, for whoever decides whether the change is to be made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.import_jobs import find_lines
from matchmaker.db.work_models import RecordRow
from matchmaker.domain.import_job import ImportJob, ImportLine, Verdict


@dataclass(frozen=True, slots=True)
class Sample:
    """A line of an import: the record as JSON before the change and after it, None where there is none."""

    line: ImportLine
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    @property
    def record(self) -> Mapping[str, Any]:
        """What there is to show of the record."""
        return self.after or self.before or {}


def find_samples(session: Session, job: ImportJob, verdict: Verdict, limit: int, after: int = 0) -> list[Sample]:
    """The first lines of a verdict behind a number. What was there before is what is there now, until the change is
    made.
    """
    lines = find_lines(session, job.id, [verdict], after=after, limit=limit)
    sources = {str((line.content or {}).get("source", job.source)) for line in lines}
    statement = select(RecordRow.source, RecordRow.id, RecordRow.content).where(
        RecordRow.collection == job.collection,
        RecordRow.source.in_(sources),
        RecordRow.id.in_([line.record_id for line in lines]),
    )
    there = {(source, record_id): content for source, record_id, content in session.execute(statement).tuples()}
    return [_sample(line, there, job.source) for line in lines]


def _sample(line: ImportLine, there: Mapping[tuple[str, str], dict[str, Any]], source: str) -> Sample:
    content = line.content or {}
    after = None if line.verdict is Verdict.GONE or content.get("deleted") else content
    if line.previous is not None:
        return Sample(line, line.previous.get("content"), after)
    before = there.get((str(content.get("source", source)), line.record_id))
    return Sample(line, before if line.verdict is not Verdict.NEW else None, after)
