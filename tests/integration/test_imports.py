"""Imports as jobs: a difference first, then the change, all or nothing in each batch, and back again."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select

from matchmaker.catalogue.importers import find_source
from matchmaker.curation import imports
from matchmaker.curation.imports import ask, ask_to_stop
from matchmaker.curation.worker import run_waiting
from matchmaker.db import import_jobs as jobs
from matchmaker.db.catalogue import save_collaborators
from matchmaker.db.collection import StoredCollection
from matchmaker.db.models import DocumentRow
from matchmaker.db.session import Database
from matchmaker.db.work_models import RecordRow, WorkRow
from matchmaker.db.works import save_records
from matchmaker.domain.errors import FileProblem, InvalidFileError
from matchmaker.domain.import_job import ImportJob, ImportStateError, JobState, Verdict
from matchmaker.domain.work import Hint, HintScheme
from tests.conftest import collaborator
from tests.integration.imports import COLLECTION, PSEUDONYM, Shelf, record


@pytest.fixture
def shelf(database: Database) -> Shelf:
    groups = [collaborator("snow", "snö och is"), collaborator("ore", "malm i berget")]
    save_collaborators(database, COLLECTION, "catalogue", groups, complete=True)
    return Shelf(database)


def rows(database: Database, table: Any) -> int:
    with database.reading() as session:
        return int(session.scalar(select(func.count()).select_from(table)) or 0)


def test_reading_shows_the_difference_and_changes_nothing(shelf: Shelf) -> None:
    shelf.load(record("1", "Snöröjning på cykelvägar", "snow"), record("2", "Brytning av malm", "ore"))
    before, revision = shelf.evidence(), StoredCollection(shelf.database, COLLECTION).revision
    job = shelf.read(
        record("1", "Snöröjning på cykelvägar i norr", "snow"),
        record("3", "Islossning i älvarna", "snow"),
        record("3", "Islossning i älvarna", "snow"),
        FileProblem("has no title", line=4),
        complete=True,
    )
    assert job.state is JobState.READY
    assert job.counts == {"changed": 1, "new": 1, "double": 1, "rejected": 1, "gone": 1}
    assert shelf.evidence() == before
    assert StoredCollection(shelf.database, COLLECTION).revision == revision


def test_the_same_file_again_changes_nothing(shelf: Shelf) -> None:
    one = record("1", "Snöröjning på cykelvägar", "snow")
    shelf.load(one)
    assert shelf.read(one).counts == {"unchanged": 1}


def test_works_become_evidence_of_the_groups_they_name(shelf: Shelf) -> None:
    shelf.load(
        record("1", "Snöröjning", "snow", text="Plogning av cykelvägar."),
        record("2", "Frost i berg", "snow", "ore", text="Frost spränger berg."),
        record("3", "Något annat", text="Vems är det?"),
    )
    assert shelf.evidence() == {
        "snow": ["Frost spränger berg.", "Plogning av cykelvägar.", "snö och is"],
        "ore": ["Frost spränger berg.", "malm i berget"],
    }


def test_the_catalogue_read_again_leaves_works_alone(shelf: Shelf) -> None:
    shelf.load(record("1", "Snöröjning", "snow", text="Plogning av cykelvägar."))
    save_collaborators(shelf.database, COLLECTION, "catalogue", [collaborator("snow", "is och snö")], complete=True)
    assert shelf.evidence() == {"snow": ["Plogning av cykelvägar.", "is och snö"]}


def test_records_with_one_doi_are_one_work(shelf: Shelf) -> None:
    shelf.load(record("1", "Snöröjning", "snow", text="Kort.", doi="10.1000/A.1"))
    shelf.load(
        record(
            "W1", "Snow clearing", "snow", text="Längre text.", doi="https://doi.org/10.1000/a.1", source="openalex"
        ),
        source="openalex",
    )
    assert (rows(shelf.database, RecordRow), rows(shelf.database, WorkRow)) == (2, 1)
    assert shelf.evidence()["snow"] == ["Längre text.", "snö och is"]
    with shelf.database.reading() as session:
        assert session.scalar(select(DocumentRow.source).where(DocumentRow.work == "diva:1")) == "DiVA, OpenAlex"


@pytest.mark.parametrize(
    ("title", "year", "works"),
    [
        ("Vinterväghållning av gång- och cykelvägar i norra Sverige.", 2021, 1),
        ("Vinterväghållning av gång- och cykelvägar i norra Sverige", 2023, 2),
        ("Vinterväghållning av gång- och cykelvägar i södra Norge", 2020, 2),
        ("Vinterväghållning av gång- och cykelvägar i norra Sverige 2", 2020, 2),
    ],
)
def test_records_with_nearly_one_title_are_one_work(shelf: Shelf, title: str, year: int, works: int) -> None:
    shelf.load(record("1", "Vinterväghållning av gång- och cykelvägar i norra Sverige"))
    shelf.load(record("x", title, source="openalex", year=year), source="openalex")
    assert rows(shelf.database, WorkRow) == works


def test_undo_puts_back_what_was_there(shelf: Shelf) -> None:
    shelf.load(
        record("1", "Snöröjning", "snow", text="Första."),
        record("2", "Malmens väg", "ore", text="Malm på räls.", doi="10.1000/2"),
    )
    before = shelf.evidence()
    job = shelf.load(
        record("1", "Snöröjning", "snow", text="Andra, utan det första."),
        record("3", "Isens tjocklek", "snow", text="Tjock is.", doi="10.1000/2"),
        complete=True,
    )
    assert job.state is JobState.DONE
    assert shelf.evidence()["snow"] == ["Andra, utan det första.", "Tjock is.", "snö och is"]
    assert shelf.undo(job).state is JobState.UNDONE
    assert shelf.evidence() == before
    assert rows(shelf.database, RecordRow) == 2


def test_undo_parts_works_that_the_import_had_joined(shelf: Shelf) -> None:
    shelf.load(record("1", "Snöröjning", "snow", text="Snö.", doi="10.1000/1"))
    shelf.load(record("a", "Malmens väg", "ore", text="Malm.", source="swepub", doi="10.1000/2"), source="swepub")
    before = shelf.evidence()
    both = record("W1", "Snö på malm", source="openalex", doi="10.1000/1")
    joining = record("W1", "Snö på malm", source="openalex", doi="10.1000/1")
    object.__setattr__(joining, "identifiers", both.identifiers | record("x", "x", doi="10.1000/2").identifiers)
    job = shelf.load(joining, source="openalex")
    assert rows(shelf.database, WorkRow) == 1
    shelf.undo(job)
    assert rows(shelf.database, WorkRow) == 2
    assert shelf.evidence() == before


def test_undo_leaves_what_another_import_has_changed_since(shelf: Shelf) -> None:
    job = shelf.load(record("1", "Snöröjning", "snow", text="Första."))
    shelf.load(record("1", "Snöröjning", "snow", text="Andra."))
    shelf.undo(job)
    assert shelf.evidence()["snow"] == ["Andra.", "snö och is"]


def test_wrong_lines_hold_the_import_up_until_they_are_left_out_on_purpose(shelf: Shelf) -> None:
    job = shelf.read(FileProblem("has no title", line=2), record("1", "Snöröjning", "snow", text="Plogning."))
    with pytest.raises(ImportStateError, match="1 lines are wrong"):
        ask(shelf.database, job.id, "approve")
    done = shelf.step(ask(shelf.database, job.id, "approve", skip_rejected=True))
    assert done.state is JobState.DONE
    assert shelf.evidence()["snow"] == ["Plogning.", "snö och is"]
    with shelf.database.reading() as session:
        wrong = jobs.find_lines(session, job.id, [Verdict.REJECTED])
    assert [(line.number, line.problem) for line in wrong] == [
        (1, {"template": "has no title", "values": {}, "line": 2})
    ]


def test_a_record_of_a_group_that_is_not_there_is_a_wrong_line(shelf: Shelf) -> None:
    job = shelf.read(record("1", "Snöröjning", "snow"), record("2", "Malm och snö", "ore", "no-such-group"))
    with shelf.database.reading() as session:
        (wrong,) = jobs.find_lines(session, job.id, [Verdict.REJECTED])
    assert job.counts == {Verdict.NEW: 1, Verdict.REJECTED: 1} and wrong.number == 2 and wrong.problem is not None
    assert (wrong.problem["field"], wrong.problem["values"]) == ("group_ids", {"group": "no-such-group"})


def test_a_file_cut_short_ends_the_job_and_changes_nothing(shelf: Shelf) -> None:
    before = shelf.evidence()
    broken = InvalidFileError("x", [FileProblem("is cut short at line {at}", at=7)])
    job = shelf.read(record("1", "Snöröjning", "snow"), broken)
    assert job.state is JobState.FAILED
    assert job.problem == {"template": "is cut short at line {at}", "values": {"at": 7}}
    assert shelf.evidence() == before


def test_a_kill_between_batches_is_gone_on_from(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "APPLY_BATCH", 2)
    many = [record(str(number), f"Snöröjning nummer {number}", "snow", text=f"Text {number}.") for number in range(5)]
    job = ask(shelf.database, shelf.read(*many).id, "approve")
    saved: list[int] = []
    original = save_records

    def dies(*arguments: Any) -> Any:
        saved.append(1)
        result = original(*arguments)
        if len(saved) == 2:
            raise KeyboardInterrupt
        return result

    monkeypatch.setattr(imports, "save_records", dies)
    with pytest.raises(KeyboardInterrupt):
        shelf.step(job)
    assert len(shelf.evidence()["snow"]) == 1 + 2, "the batch that was cut off left nothing"
    with shelf.database.transaction() as session:
        assert jobs.claim_job(session, datetime.now(UTC), job.id) is None, "its lease has not ended"
        again = jobs.claim_job(session, datetime.now(UTC) + 2 * jobs.LEASE, job.id)
    assert again is not None
    done = imports.run_job(shelf.database, again, shelf.source, PSEUDONYM)
    assert done.state is JobState.DONE
    assert len(shelf.evidence()["snow"]) == 1 + 5
    shelf.undo(done)
    assert shelf.evidence()["snow"] == ["snö och is"]


def test_an_import_stops_when_asked_and_goes_on(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "APPLY_BATCH", 2)
    many = [record(str(number), f"Snöröjning nummer {number}", "snow", text=f"Text {number}.") for number in range(5)]
    job = ask(shelf.database, shelf.read(*many).id, "approve")
    ask_to_stop(shelf.database, job.id)
    stopped = shelf.step(job)
    assert (stopped.state, len(shelf.evidence()["snow"])) == (JobState.STOPPED, 1 + 2)
    assert shelf.step(ask(shelf.database, job.id, "resume")).state is JobState.DONE
    assert len(shelf.evidence()["snow"]) == 1 + 5


def test_an_undo_that_is_stopped_or_fails_goes_on_undoing(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "APPLY_BATCH", 2)
    many = [record(str(number), f"Snöröjning nummer {number}", "snow", text=f"Text {number}.") for number in range(5)]
    job = ask(shelf.database, shelf.load(*many).id, "undo")
    ask_to_stop(shelf.database, job.id)
    stopped = shelf.step(job)
    assert (stopped.state, len(shelf.evidence()["snow"])) == (JobState.UNDO_STOPPED, 1 + 3)
    job = ask(shelf.database, job.id, "resume")
    with monkeypatch.context() as broken:
        broken.setattr(imports, "restore_records", None)
        failed = shelf.step(job)
    assert (failed.state, len(shelf.evidence()["snow"])) == (JobState.UNDO_STOPPED, 1 + 3) and failed.problem
    assert shelf.step(ask(shelf.database, job.id, "resume")).state is JobState.UNDONE
    assert shelf.evidence()["snow"] == ["snö och is"]


def test_persons_are_kept_as_pseudonyms_only(shelf: Shelf) -> None:
    orcid = "orcid:0000-0002-1825-0097"
    shelf.load(record("1", "Snöröjning", hints=frozenset({Hint(HintScheme.PERSON, orcid)})))
    with shelf.database.engine.connect() as connection:
        kept = "\n".join(connection.connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert "0000-0002-1825-0097" not in kept
    assert PSEUDONYM(orcid) in kept


def test_an_uploaded_file_is_deleted_when_it_has_been_read(shelf: Shelf, tmp_path: Path) -> None:
    uploads = tmp_path / "imports"
    path = uploads / "job" / "file.test"
    path.parent.mkdir(parents=True)
    path.write_text("Namn Namnsson", encoding="utf-8")
    shelf.files[str(path)] = [record("1", "Snöröjning", "snow", text="Plogning.")]
    with shelf.database.transaction() as session:
        jobs.add_job(
            session, COLLECTION, "diva", "file.test", str(path), "steward", is_complete=False, skip_rejected=False
        )
    assert run_waiting(shelf.database, shelf.source, PSEUDONYM, uploads=uploads) == 1
    assert list(uploads.iterdir()) == []
    with shelf.database.reading() as session:
        (job,) = jobs.find_jobs(session, COLLECTION)
    assert shelf.step(ask(shelf.database, job.id, "approve")).state is JobState.DONE


def test_while_a_file_is_read_it_is_told_how_long_that_takes_still(
    database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "READ_BATCH", 2)
    file = tmp_path / "works.jsonl"
    lines = [{"id": f"https://openalex.org/W{1000 + number}", "title": f"Snö {number}"} for number in range(6)]
    file.write_text("".join(json.dumps(one) + "\n" for one in lines), encoding="utf-8")
    seen: list[ImportJob] = []

    def told(_done: int, _total: int) -> None:
        with database.reading() as session:
            seen.append(jobs.get_job(session, job.id))

    with database.transaction() as session:
        values = ("openalex", file.name, str(file), "steward")
        job = jobs.add_job(session, COLLECTION, *values, is_complete=False, skip_rejected=False)
        claimed = jobs.claim_job(session, datetime.now(UTC), job.id)
    assert claimed
    imports.run_job(database, claimed, find_source, PSEUDONYM, told)
    assert [(one.done, one.total) for one in seen] == [(0, 6), (2, 6), (4, 6)]
    assert seen[0].time_left(datetime.now(UTC)) is None and seen[1].time_left(datetime.now(UTC))


def test_no_batch_reads_a_whole_collection(shelf: Shelf) -> None:
    """What is there is found by an index, or an import would take the longer for each line the more there are."""
    asked: list[tuple[str, Any]] = []
    engine = shelf.database.engine

    def note(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.append((statement, values[0] if isinstance(values, list) else values))

    one = record("1", "Snöröjning på cykelvägar i norr", "snow", text="Plogning.", doi="10.1000/1")
    two = record("2", "Snöröjning på cykelvägar i söder", "snow", text="Sandning.")
    job = shelf.read(one, two)
    event.listen(engine, "before_cursor_execute", note)
    try:
        job = shelf.step(ask(shelf.database, job.id, "approve"))
        shelf.load(record("1", "Snöröjning på cykelvägar i norr", "snow", text="Plogning igen.", doi="10.1000/1"))
        shelf.undo(job)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    tables = r"(record|work|work_key|work_link|document|passage|import_line)"
    whole = re.compile(rf"SCAN {tables}$|SCAN {tables} |SEARCH {tables} .*\(collection=\?\)$")
    with engine.connect() as connection:
        for statement, values in asked:
            plans = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            assert not [one[3] for one in plans if whole.search(one[3])], statement


@pytest.mark.parametrize(
    ("lines", "seconds", "following"), [(200, 0.1, 200), (200, 2.0, 50), (50, 0.1, 200), (3, 60.0, 1)]
)
def test_a_busy_machine_gets_fewer_lines_at_a_time(lines: int, seconds: float, following: int) -> None:
    assert imports.paced(lines, seconds) == following
