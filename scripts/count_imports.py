"""Run files through the import job, in an empty database, and print a table of what came of each.

    .venv/bin/python scripts/count_imports.py SOURCE=FILE [SOURCE=FILE …]

Columns: lines read, new, twice, gone, rejected; works made of them; languages of their texts; and why what was rejected
was. Each file is read as a steward's upload is: difference first, then applied, wrong lines left out.
"""

import re
import sys
import tempfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from matchmaker.catalogue.importers import find_source
from matchmaker.curation.imports import ask, run_job
from matchmaker.curation.records import pseudonyms
from matchmaker.db import import_jobs as jobs
from matchmaker.db.session import Database, open_database
from matchmaker.db.work_models import WorkRow
from matchmaker.domain.import_job import ImportJob, JobState, Verdict

COLLECTION = "main"
PSEUDONYM = pseudonyms(b"a key for counting only, which keeps nothing")


def import_file(database: Database, source: str, file: Path) -> ImportJob:
    """A job that has been read and applied, or has failed."""
    with database.transaction() as session:
        job = jobs.add_job(
            session, COLLECTION, source, file.name, str(file), "steward", is_complete=False, skip_rejected=True
        )
        jobs.claim_job(session, datetime.now(UTC), job.id)
    job = run_job(database, job, find_source, PSEUDONYM)
    if job.state is not JobState.READY or not job.changes:
        return job
    asked = ask(database, job.id, "approve")
    with database.transaction() as session:
        jobs.claim_job(session, datetime.now(UTC), asked.id)
    return run_job(database, asked, find_source, PSEUDONYM)


def row(database: Database, job: ImportJob) -> str:
    """A line of the table."""
    languages: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    with database.reading() as session:
        works = session.scalar(select(func.count()).select_from(WorkRow)) or 0
        after = 0
        while lines := jobs.find_lines(session, job.id, list(Verdict), after, 500):
            after = lines[-1].number
            for line in lines:
                if line.problem:
                    reasons[re.sub(r"\{\w+\}", "…", str(line.problem["template"]))] += 1
                languages.update(str(text.get("language")) for text in (line.content or {}).get("texts", ()))
    counts = [sum(job.counts.values()), *(job.counts.get(one.value, 0) for one in SHOWN)]
    told = ", ".join(f"{code} {count:,}" for code, count in languages.most_common())
    why = "; ".join(f"{reason} ({count:,})" for reason, count in reasons.most_common()) or "–"
    cells = [f"`{job.source}`", job.file_name, *(f"{one:,}" for one in (*counts, works)), told, why]
    return f"| {' | '.join(cells)} |"


HEAD = ("importer", "file", "lines", "new", "twice", "gone", "rejected", "works", "texts by language", "why rejected")
SHOWN = (Verdict.NEW, Verdict.DOUBLE, Verdict.GONE, Verdict.REJECTED)


def main() -> None:
    """Each file in a database of its own."""
    sys.stdout.write(f"| {' | '.join(HEAD)} |\n|{'---|' * len(HEAD)}\n")
    for argument in sys.argv[1:]:
        source, _, file = argument.partition("=")
        with tempfile.TemporaryDirectory() as folder:
            database = open_database(f"sqlite:///{folder}/count.db")
            job = import_file(database, source, Path(file))
            sys.stdout.write(row(database, job) + "\n")
            database.engine.dispose()


if __name__ == "__main__":
    main()
