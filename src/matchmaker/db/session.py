"""Connections: one engine a process, short transactions, SQLite set up to be safe with several processes."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, inspect
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.domain.errors import SetupError, StorageError, mark

SQLITE_BUSY_MILLISECONDS = 30_000
"""How long a writer waits for another one before it gives up."""

SQLITE_TURN_SECONDS = 0.11
"""Longer than the longest pause after which a waiting connection asks again (sqliteDefaultBusyCallback: 100 ms)."""

OUT_OF_ROOM = "is full"
OUT_OF_REACH = ("locked", "readonly", "unable to open", "disk I/O")
"""What SQLite says when a fault is the machine's and may pass. Anything else is a fault of the program."""


__all__ = ["Database", "Session", "open_database"]


class Database:
    """An open database whose schema is the current one."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writers = sessionmaker(engine, expire_on_commit=False)
        self._readers = sessionmaker(engine.execution_options(read_only=True), expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises.

        Raises:
            StorageError: nothing can be written just now; nothing was.
        """
        with _telling_storage_errors(), self._writers.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that writes nothing: it neither waits for a writer nor keeps one waiting.

        Raises:
            StorageError: nothing can be read just now.
        """
        with _telling_storage_errors(), self._readers() as session:
            yield session

    def let_others_write(self) -> None:
        """Between two transactions of many: leave whoever waits to write a moment in which to begin.

        SQLite has no queue. Who waits asks again, at last every tenth of a second, and one who writes again at once
        would keep an officer's form waiting for as long as an import takes.
        """
        if self.engine.dialect.name == "sqlite":
            threading.Event().wait(SQLITE_TURN_SECONDS)


@contextmanager
def _telling_storage_errors() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        problem = str(error.orig)
        is_full = OUT_OF_ROOM in problem
        if is_full or error.connection_invalidated or any(one in problem for one in OUT_OF_REACH):
            raise StorageError(is_full=is_full) from error
        raise


def open_database(url: str) -> Database:
    """Open the database and bring its schema up to date; creates an SQLite file and its folder where missing.

    Raises:
        SetupError: it is damaged, foreign, newer than this program, locked for long or out of reach.
    """
    try:
        parsed = make_url(url)
        file = Path(parsed.database) if parsed.drivername.startswith("sqlite") and parsed.database else None
        if file:
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # challenges and keys lie there
        waits = {"timeout": SQLITE_BUSY_MILLISECONDS / 1000} if file else {}
        # What somebody wrote would stand in the log with every fault of a statement.
        engine = create_engine(url, connect_args=waits, hide_parameters=True)
    except (ArgumentError, ImportError, OSError) as error:
        raise SetupError(
            mark("The database {url} cannot be opened: {problem}."),
            remedy="unset MATCHMAKER_DATABASE_URL MATCHMAKER_STATE_DIR  (or correct them)",
            url=url if "@" not in url else url.rsplit("@", maxsplit=1)[1],
            problem=str(error),
        ) from error
    if file:
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin)
    try:
        _migrate(engine, file)
    except DatabaseError as error:
        engine.dispose()
        raise _unusable(parsed.render_as_string(hide_password=True), str(error.orig)) from error
    return Database(engine)


def _unusable(url: str, problem: str) -> SetupError:
    if "locked" in problem:
        return SetupError(
            mark("The database {url} is being written to by another process."),
            remedy="wait until the other command has ended, then try again",
            url=url,
        )
    return SetupError(
        mark("The database {url} cannot be used: {problem}."),
        remedy="matchmaker prepare  (after moving the damaged file away, or restoring a backup)",
        url=url,
        problem=problem,
    )


def _migrate(engine: Engine, file: Path | None) -> None:
    config = Config()
    config.set_main_option("script_location", "matchmaker:db/migrations")
    scripts = ScriptDirectory.from_config(config)
    with engine.execution_options(read_only=True).connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        tables = inspect(connection).get_table_names()
    if revision == scripts.get_current_head():
        return
    if revision is None and set(tables) - {"alembic_version"}:
        raise SetupError(
            mark("The database {url} belongs to another program: it has the table {table}."),
            remedy="unset MATCHMAKER_DATABASE_URL MATCHMAKER_STATE_DIR  (or correct them)",
            url=engine.url.render_as_string(hide_password=True),
            table=sorted(tables)[0],
        )
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
    """Durable, with foreign keys: what was answered as stored outlives a power cut as well."""
    connection.isolation_level = None  # the driver must not begin transactions by itself
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()
    # SQLite's own knows no letters beyond a to z: a search for "älv" would not find "Älv".
    connection.create_function("lower", 1, _lower, deterministic=True)


def _lower(text: str | None) -> str | None:
    return text.lower() if text is not None else None


def _begin(connection: Connection) -> None:
    """Take the write lock at the start: a transaction that reads first and then writes could not get it later."""
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
