"""From one database to another and back: all rows, or none."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import typer
from sqlalchemy import select, text

from matchmaker.cli.comparing import COMPARED, EXIT_DIFFERENT, VectorEngine
from matchmaker.cli.storing import move
from matchmaker.db.all_tables import METADATA
from matchmaker.db.catalogue import save_collaborators
from matchmaker.db.checksums import sum_table
from matchmaker.db.collection import StoredCollection
from matchmaker.db.models import PassageRow
from matchmaker.db.moving import MoveError, copy_rows
from matchmaker.db.session import Database, open_database
from matchmaker.domain.errors import SetupError
from matchmaker.workspace import Workspace
from tests.conftest import collaborator
from tests.integration.cases import send


@pytest.fixture
def target(postgres_url: str) -> Iterator[Database]:
    opened = open_database(postgres_url)
    yield opened
    opened.close()


def sums(database: Database) -> dict[str, object]:
    with database.reading() as session:
        return {table.name: sum_table(session, table) for table in METADATA.sorted_tables}


def test_a_place_in_use_comes_to_postgresql_and_back_unchanged(
    workspace: Workspace, target: Database, tmp_path: Path
) -> None:
    send(workspace)
    before = sums(workspace.database)
    rows = copy_rows(workspace.database, target)
    assert rows["challenge"] > 0 and rows["passage"] > 0 and rows["event"] > 0
    assert sums(target) == before
    back = open_database(f"sqlite:///{tmp_path / 'back.db'}")
    copy_rows(target, back)
    assert sums(back) == before
    assert StoredCollection(back, "main").snapshot() == StoredCollection(workspace.database, "main").snapshot()
    back.close()


@pytest.mark.parametrize("is_back", [False, True], ids=["to PostgreSQL", "and back"])
def test_a_passage_s_number_is_not_used_again_after_a_move(
    database: Database, target: Database, tmp_path: Path, is_back: bool
) -> None:
    save_collaborators(database, "main", "origin", [collaborator("one", "Snö."), collaborator("two", "Is.")])
    highest = max(one.id for one in StoredCollection(database, "main").snapshot().passages)
    save_collaborators(database, "main", "origin", [collaborator("one", "Snö.")], complete=True)
    copy_rows(database, target)
    moved = target
    if is_back:
        moved = open_database(f"sqlite:///{tmp_path / 'back.db'}")
        copy_rows(target, moved)
    save_collaborators(moved, "main", "origin", [collaborator("three", "Vatten.")])
    with moved.reading() as session:
        assert max(session.scalars(select(PassageRow.id))) > highest
    moved.close()


def test_a_database_with_rows_is_refused_and_left_alone(database: Database, target: Database) -> None:
    save_collaborators(target, "main", "origin", [collaborator("one", "Snö.")])
    before = sums(target)
    with pytest.raises(SetupError, match="not empty"):
        copy_rows(database, target)
    assert sums(target) == before


def test_what_cannot_be_kept_is_named_and_nothing_is_written(database: Database, target: Database) -> None:
    save_collaborators(database, "main", "origin", [collaborator("one", "Snö.")])
    with database.transaction() as session:  # SQLite does not look at how long a text is
        session.execute(text("UPDATE collaborator SET kind = :kind"), {"kind": "k" * 41})
    empty = sums(target)
    with pytest.raises(MoveError, match="collaborator"):
        copy_rows(database, target)
    assert sums(target) == empty


def test_a_row_that_arrives_changed_is_told_and_nothing_is_written(database: Database, target: Database) -> None:
    save_collaborators(database, "main", "origin", [collaborator("one", "Snö.")])
    with target.transaction() as session:
        session.execute(text("CREATE RULE lose AS ON INSERT TO passage DO INSTEAD NOTHING"))
    with pytest.raises(MoveError, match=r"passage \(1/0\)"):
        copy_rows(database, target)
    with target.reading() as session:
        assert not session.scalars(select(PassageRow.id)).all()


def test_nobody_writes_to_the_old_database_meanwhile(database: Database, target: Database, tmp_path: Path) -> None:
    """Seen from the copying itself: another connection to the source finds it locked."""
    save_collaborators(database, "main", "origin", [collaborator("one", "Snö.")])
    refused: list[str] = []

    def write(table: str, _rows: int) -> None:
        with closing(sqlite3.connect(tmp_path / "matchmaker.db", timeout=0)) as other:
            with pytest.raises(sqlite3.OperationalError, match="locked"):
                other.execute("DELETE FROM collection")
            refused.append(table)

    copy_rows(database, target, write)
    assert "passage" in refused


@pytest.fixture
def moving(database: Database, workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A database that the command moves, with a state folder of its own."""
    settings = workspace.settings
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", str(database.engine.url))
    monkeypatch.setenv("MATCHMAKER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("MATCHMAKER_MODELS_DIR", str(settings.models_dir))
    monkeypatch.setenv("MATCHMAKER_LANGUAGE", "en")
    return database


SMALL = [
    collaborator("snow", "Snöröjning på vägar och broar i kallt klimat."),
    collaborator("ore", "Gruvavfall, anrikningssand och lakvatten från malm."),
    collaborator("care", "Hemtjänst och välfärdsteknik för äldre på landsbygden."),
]


@pytest.mark.parametrize(("vectors", "count"), [(None, 20), ("pgvector", 20), ("milvus", COMPARED)])
def test_the_command_says_what_it_has_moved_and_how_alike_the_answers_are(
    moving: Database,
    postgres_url: str,
    vectors: VectorEngine | None,
    count: int,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if vectors == "milvus":
        monkeypatch.setenv("MATCHMAKER_MILVUS_URI", request.getfixturevalue("milvus_uri"))
    save_collaborators(moving, "main", "origin", SMALL)
    move(postgres_url, vectors, challenges=count)
    printed = capsys.readouterr()
    assert "passage  3" in printed.err
    assert "numbers and checksums" in printed.err
    assert f"{count} challenges: 100.0% of the ten best are the same" in printed.out
    assert "3 vectors were compared" in printed.out
    assert (f"MATCHMAKER_VECTORS={vectors}" in printed.err) == (vectors is not None)
    with closing(open_database(postgres_url)) as moved:
        assert StoredCollection(moved, "main").snapshot() == StoredCollection(moving, "main").snapshot()


def test_a_move_after_which_the_answers_differ_ends_with_an_error(
    moving: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    save_collaborators(moving, "main", "origin", SMALL)

    def copy_and_lose(source: Database, target: Database, progress: object) -> dict[str, int]:
        rows = copy_rows(source, target)
        save_collaborators(target, "main", "origin", SMALL[1:], complete=True)
        return rows

    monkeypatch.setattr("matchmaker.db.moving.copy_rows", copy_and_lose)
    with pytest.raises(typer.Exit) as ended:
        move(postgres_url, None, challenges=20)
    assert ended.value.exit_code == EXIT_DIFFERENT
    printed = capsys.readouterr()
    assert "only here snow" in printed.out
    assert "find out why" in printed.err


def test_nothing_is_copied_when_what_is_to_hold_the_vectors_is_out_of_reach(
    moving: Database, postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_collaborators(moving, "main", "origin", SMALL)
    monkeypatch.setenv("MATCHMAKER_MILVUS_URI", "http://127.0.0.1:1")
    with pytest.raises(SetupError, match="Milvus"):
        move(postgres_url, "milvus", challenges=200)
    with closing(open_database(postgres_url)) as untouched, untouched.reading() as session:
        assert not session.scalars(select(PassageRow.id)).all()


@pytest.mark.parametrize("has_catalogue", [True, False])
def test_a_place_without_a_catalogue_or_when_told_so_is_moved_without_comparing(
    moving: Database, postgres_url: str, capsys: pytest.CaptureFixture[str], has_catalogue: bool
) -> None:
    if has_catalogue:
        save_collaborators(moving, "main", "origin", SMALL)
    move(postgres_url, None, challenges=0 if has_catalogue else 200)
    printed = capsys.readouterr()
    assert "numbers and checksums" in printed.err
    assert not printed.out
