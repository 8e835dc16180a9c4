"""A backup and back again, on both databases: all of it or none, and nobody comes back who has opted out since."""

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from matchmaker.cli.storing import backup, restore
from matchmaker.curation import groups
from matchmaker.db.all_tables import METADATA
from matchmaker.db.backup import BackupError, load_backup, save_backup
from matchmaker.db.catalogue import save_collaborators
from matchmaker.db.checksums import sum_table
from matchmaker.db.collection import StoredCollection
from matchmaker.db.session import Database, open_database
from matchmaker.domain.errors import InvalidFileError, SetupError
from tests.conftest import collaborator

pytestmark = [pytest.mark.both_databases, pytest.mark.usefixtures("postgres_programs")]

GROUPS = [collaborator(one, f"{one} i kallt klimat.") for one in ("snow", "ice")]


@pytest.fixture
def filled(database: Database) -> Database:
    save_collaborators(database, "main", "catalogue", GROUPS, complete=True, curated=True)
    return database


@pytest.fixture
def again(filled: Database, database_url: str) -> Callable[[], Database]:
    """The database opened anew, as after a restart."""
    filled.close()
    return lambda: open_database(database_url)


def sums(database: Database) -> dict[str, object]:
    with database.reading() as session:
        return {table.name: sum_table(session, table) for table in METADATA.sorted_tables}


def test_a_backup_brings_back_what_was_there(filled: Database, again: Callable[[], Database], tmp_path: Path) -> None:
    before = sums(filled)
    save_backup(filled, tmp_path / "backup")
    assert stat.S_IMODE((tmp_path / "backup").stat().st_mode) == 0o600
    save_collaborators(filled, "main", "catalogue", GROUPS[:1], complete=True, curated=True)
    assert sums(filled) != before
    load_backup(filled, tmp_path / "backup")
    opened = again()
    assert sums(opened) == before
    save_collaborators(opened, "main", "catalogue", [*GROUPS, collaborator("late", "Vatten.")], curated=True)
    opened.close()


def test_a_backup_of_an_older_schema_is_brought_up_to_date(
    filled: Database, again: Callable[[], Database], tmp_path: Path
) -> None:
    """A table that is newer than the backup does not stand in its way."""
    save_backup(filled, tmp_path / "backup")
    with filled.transaction() as session:
        session.execute(text("CREATE TABLE newer (name VARCHAR(500) REFERENCES collection (name))"))
    load_backup(filled, tmp_path / "backup")
    opened = again()
    with opened.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM collaborator")) == 2
    opened.close()


@pytest.mark.parametrize("content", [b"", b"nothing so", b"SQLite format 3\x00" + b"\xff" * 5000, b"PGDMP\x01"])
def test_what_is_no_backup_is_told_and_changes_nothing(filled: Database, tmp_path: Path, content: bytes) -> None:
    before = sums(filled)
    (tmp_path / "backup").write_bytes(content)
    with pytest.raises((InvalidFileError, BackupError)):
        load_backup(filled, tmp_path / "backup")
    assert sums(filled) == before


def test_a_group_that_opted_out_since_stays_out(
    filled: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where another machine's ledger has the opting out: the database that is replaced tells of it."""
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", database_url)
    monkeypatch.setenv("MATCHMAKER_STATE_DIR", str(tmp_path / "here"))
    backup(tmp_path / "backup")
    groups.opt_out(filled, tmp_path / "elsewhere.jsonl", "main", "ice", "steward")
    filled.close()
    with pytest.raises(SetupError, match="would be lost"):
        restore(tmp_path / "backup")
    restore(tmp_path / "backup", replace=True)
    opened = open_database(database_url)
    assert set(StoredCollection(opened, "main").snapshot().collaborators) == {"snow"}
    opened.close()


def test_a_backup_that_is_there_is_not_written_over(
    filled: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MATCHMAKER_DATABASE_URL", database_url)
    (tmp_path / "backup").write_text("yesterday's")
    with pytest.raises(InvalidFileError):
        backup(tmp_path / "backup")
    assert (tmp_path / "backup").read_text() == "yesterday's"


def test_missing_programs_are_named(postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_database(postgres_url)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="pg_dump is missing"):
        save_backup(opened, tmp_path / "backup")
    assert not list(tmp_path.glob("*backup*"))
    opened.close()
