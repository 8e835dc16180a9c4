"""Opening databases: migrations, and files that are no database of ours."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from matchmaker.db.case_records import Standing, list_participants
from matchmaker.db.cases import get_case, list_versions
from matchmaker.db.challenges import find_shortlist
from matchmaker.db.models import Base
from matchmaker.db.session import Database, open_database
from matchmaker.domain.errors import SetupError
from matchmaker.domain.workflow import State


def test_the_migrations_make_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_foreign_keys_and_write_ahead_logging_are_on(database: Database) -> None:
    with database.reading() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"


@pytest.mark.parametrize("content", [b"this is no database at all, " * 50, b"SQLite format 3\x00" + b"\xff" * 200])
def test_a_foreign_or_truncated_file_is_told_and_left_alone(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "matchmaker.db"
    file.write_bytes(content)
    with pytest.raises(SetupError, match="cannot be used"):
        open_database(f"sqlite:///{file}")
    assert file.read_bytes() == content


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "other.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("CREATE TABLE invoices (id INTEGER)")
        connection.commit()
    with pytest.raises(SetupError, match="invoices"):
        open_database(f"sqlite:///{file}")
    with closing(sqlite3.connect(file)) as connection:
        assert [name for (name,) in connection.execute("SELECT name FROM sqlite_master")] == ["invoices"]


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////proc/nowhere/x.db", "mysql+nodriver://host/x"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(SetupError) as raised:
        open_database(url)
    assert "MATCHMAKER_DATABASE_URL" in raised.value.remedy


def test_opening_does_not_wait_for_a_writer(database: Database) -> None:
    with database.transaction() as session:
        session.execute(text("INSERT INTO collection (name, revision) VALUES ('x', 'y')"))
        again = open_database(str(database.engine.url))
        with again.reading() as reader:
            assert reader.scalar(text("SELECT count(*) FROM collection")) == 0
        again.engine.dispose()


def test_what_is_confirmed_is_on_disk(database: Database) -> None:
    with database.reading() as session:
        assert session.scalar(text("PRAGMA synchronous")) == 2, "FULL"


def test_a_database_of_a_newer_program_is_refused(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'matchmaker.db'}"
    with open_database(url).transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SetupError, match="newer"):
        open_database(url)


def test_an_error_rolls_back(database: Database) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        session.execute(text("INSERT INTO collection (name, revision) VALUES ('x', 'y')"))
        raise ZeroDivisionError
    with database.reading() as session:
        assert session.scalar(text("SELECT count(*) FROM collection")) == 0


def test_a_fault_of_a_statement_does_not_tell_what_was_to_be_written(database: Database) -> None:
    with pytest.raises(SQLAlchemyError) as told, database.transaction() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:text)"), {"text": "what somebody wrote"})
    assert "nowhere" in str(told.value)
    assert "what somebody wrote" not in str(told.value)


def test_challenges_of_before_keep_their_text_and_shortlist(tmp_path: Path) -> None:
    """A database of the first schema, with a challenge that came over the API."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    config = Config()
    config.set_main_option("script_location", "matchmaker:db/migrations")
    config.set_main_option("sqlalchemy.url", url)
    command.upgrade(config, "0001")
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        connection.execute(
            "INSERT INTO challenge (id, title, text, municipality, collection, created_at)"
            " VALUES ('c1', 'Buller', 'Vägen bullrar.', '2580', 'main', '2026-11-01 08:00:00')"
        )
        connection.execute("INSERT INTO shortlist VALUES ('s1', 'c1', '2026-11-01 08:00:01', '{}')")
        connection.commit()
    opened = open_database(url)
    with opened.reading() as session:
        case = get_case(session, "c1")
        assert (case.state, case.version, case.description.title) == (State.SUBMITTED, 1, "Buller")
        assert case.description.matched_text == "Vägen bullrar."
        assert case.submitted_at == case.created_at
        shortlist = find_shortlist(session, "c1", 1)
        assert shortlist is not None
        assert shortlist.id == "s1"
        assert [number for number, *_ in list_versions(session, "c1")] == [1]
    opened.engine.dispose()
    command.downgrade(config, "0001")
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        assert connection.execute("SELECT count(*) FROM shortlist").fetchone() == (1,)


def test_who_joined_before_others_were_let_in_has_been_let_in(tmp_path: Path) -> None:
    """They were promised that they see it; a draft begun before has no window that it was written in."""
    url = f"sqlite:///{tmp_path / 'old.db'}"
    config = Config()
    config.set_main_option("script_location", "matchmaker:db/migrations")
    config.set_main_option("sqlalchemy.url", url)
    command.upgrade(config, "0009")
    with closing(sqlite3.connect(tmp_path / "old.db")) as connection:
        for table, known in (
            ("challenge", {"id": "c1", "state": "submitted", "municipality": "2580", "title": "Buller"}),
            ("participant", {"id": "p1", "challenge_id": "c1", "municipality": "2582", "role": "co_owner"}),
        ):
            _insert(connection, table, known)
        connection.commit()
    opened = open_database(url)
    with opened.reading() as session:
        [participant] = list_participants(session, "c1")
        assert (participant.municipality, participant.standing) == ("2582", Standing.ADMITTED)
        assert session.scalar(text("SELECT draft_windows FROM challenge WHERE id = 'c1'")) is None


def _insert(connection: sqlite3.Connection, table: str, known: dict[str, str]) -> None:
    """A row of a table as it was then; what must have a value and is not named gets one of its kind."""
    columns = connection.execute(f"SELECT name, type, \"notnull\", dflt_value FROM pragma_table_info('{table}')")
    values = dict(known)
    for name, kind, needed, default in columns.fetchall():
        if needed and default is None and name not in values:
            values[name] = {"DATETIME": "2026-11-01 08:00:00", "INTEGER": "1", "JSON": "{}"}.get(kind, "")
    names, marks = ", ".join(values), ", ".join("?" * len(values))
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))
