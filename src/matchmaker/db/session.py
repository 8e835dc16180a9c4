"""Connections: one engine a process, short transactions, SQLite set up to be safe with several processes."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.domain.errors import SetupError, mark

SQLITE_BUSY_MILLISECONDS = 30_000
"""How long a writer waits for another one before it gives up."""


class Database:
    """An open database whose schema is the current one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writers = sessionmaker(engine, expire_on_commit=False)
        self._readers = sessionmaker(engine.execution_options(read_only=True), expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        with self._writers.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that writes nothing: it neither waits for a writer nor keeps one waiting."""
        with self._readers() as session:
            yield session


def open_database(url: str) -> Database:
    """Open the database and bring its schema up to date; creates an SQLite file and its folder where missing.

    Raises:
        SetupError: it is damaged, foreign, newer than this program or out of reach.
    """
    parsed = make_url(url)
    file = Path(parsed.database) if parsed.drivername.startswith("sqlite") and parsed.database else None
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": SQLITE_BUSY_MILLISECONDS / 1000} if file else {})
    if file:
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin)
    try:
        _migrate(engine, file)
    except DatabaseError as error:
        engine.dispose()
        raise SetupError(
            mark("The database {url} cannot be used: {problem}."),
            remedy="matchmaker prepare  (after moving the damaged file away, or restoring a backup)",
            url=parsed.render_as_string(hide_password=True),
            problem=str(error.orig),
        ) from error
    return Database(engine)


def _migrate(engine: Engine, file: Path | None) -> None:
    config = Config()
    config.set_main_option("script_location", "matchmaker:db/migrations")
    scripts = ScriptDirectory.from_config(config)
    with engine.connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision == scripts.get_current_head():
        return
    if revision is not None and revision not in {script.revision for script in scripts.walk_revisions()}:
        raise SetupError(
            mark("The database was written by a newer Matchmaker (schema {revision})."),
            remedy="git pull && make setup",
            revision=revision,
        )
    # SQLite has no lock over several statements of a schema change, so that processes starting together take turns.
    with FileLock(f"{file}.migration-lock") if file else nullcontext(), engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=NORMAL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock at the start: a transaction that reads first and then writes could not get it later."""
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
