"""Connections: one engine a process, short transactions, on SQLite or on PostgreSQL."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from matchmaker.db.migrating import migrate
from matchmaker.db.postgres_engine import LOCK_SECONDS, check_server, make_postgres_engine
from matchmaker.db.sqlite_engine import BUSY_SECONDS, make_sqlite_engine
from matchmaker.db.storage_errors import telling_storage_errors
from matchmaker.db.turns import Turn, take
from matchmaker.domain.errors import SetupError, mark

SQLITE_TURN_SECONDS = 0.11
"""Longer than the longest pause after which a waiting connection asks again (sqliteDefaultBusyCallback: 100 ms)."""

LONGEST_WAIT_SECONDS = max(BUSY_SECONDS, LOCK_SECONDS)
"""How long a transaction that writes waits for its turn at most, on any database."""

__all__ = ["LONGEST_WAIT_SECONDS", "Database", "Session", "Turn", "open_database"]

_log = logging.getLogger(__name__)


class Database:
    """An open database whose schema is the current one, and perhaps a replica of it to read from."""

    def __init__(self, engine: Engine, replica: Engine | None = None) -> None:
        self.engine = engine
        self._replica = replica
        self._writers = sessionmaker(engine, expire_on_commit=False)
        self._readers = sessionmaker(_for_reading(engine), expire_on_commit=False)
        self._replica_readers = sessionmaker(_for_reading(replica), expire_on_commit=False) if replica else None

    @contextmanager
    def transaction(self, turns: Turn = Turn.CASES) -> Iterator[Session]:
        """One transaction: committed when the block ends, rolled back when it raises.

        It begins when no other of the same turns is under way; SQLite knows one turn only.

        Raises:
            StorageError: nothing can be written just now; nothing was.
        """
        with telling_storage_errors(), self._writers.begin() as session:
            if self.engine.dialect.name == "postgresql":
                take(session, turns)
            yield session

    @contextmanager
    def reading(self, *, may_be_behind: bool = False) -> Iterator[Session]:
        """A transaction that writes nothing, and sees the state of one moment; it waits for no writer and keeps none.

        With ``may_be_behind`` the moment may be past: it is read from the replica, where there is one within reach.
        Not for what somebody looks up right after writing it.

        Raises:
            StorageError: nothing can be read just now.
        """
        with telling_storage_errors(), self._reader(may_be_behind=may_be_behind) as session:
            yield session

    def _reader(self, *, may_be_behind: bool) -> Session:
        if may_be_behind and self._replica_readers:
            session = self._replica_readers()
            try:
                session.connection()
            except DBAPIError:
                session.close()
                _log.warning("The replica is out of reach: reading from the primary", exc_info=True)
            else:
                return session
        return self._readers()

    def let_others_write(self) -> None:
        """Between two transactions of many: leave whoever waits to write a moment in which to begin.

        SQLite has no queue. Who waits asks again, at last every tenth of a second, and one who writes again at once
        would keep an officer's form waiting for as long as an import takes. PostgreSQL's locks have one.
        """
        if self.engine.dialect.name == "sqlite":
            threading.Event().wait(SQLITE_TURN_SECONDS)

    def close(self) -> None:
        """End the connections that are kept."""
        self.engine.dispose()
        if self._replica:
            self._replica.dispose()


def open_database(url: str, replica_url: str | None = None) -> Database:
    """Open the database and bring its schema up to date; creates an SQLite file and its folder where missing.

    ``replica_url`` is a streaming replica of a PostgreSQL database. That it is within reach is not asked here: the
    program does without.

    Raises:
        SetupError: it is damaged, foreign, newer than this program, locked for long or out of reach.
    """
    try:
        parsed = make_url(url)
        file = Path(parsed.database) if parsed.drivername.startswith("sqlite") and parsed.database else None
        engine = _make_engine(parsed, file)
        replica = _make_engine(make_url(replica_url), None) if replica_url and _is_postgres(parsed) else None
    except (ArgumentError, ImportError, OSError) as error:
        raise SetupError(
            mark("The database {url} cannot be opened: {problem}."),
            remedy="unset MATCHMAKER_DATABASE_URL MATCHMAKER_STATE_DIR  (or correct them)",
            url=url if "@" not in url else url.rsplit("@", maxsplit=1)[1],
            problem=str(error),
        ) from error
    try:
        if engine.dialect.name == "postgresql":
            with engine.connect() as connection:
                check_server(connection)
        migrate(engine, file)
    except (DatabaseError, SetupError) as error:
        engine.dispose()
        if isinstance(error, SetupError):
            raise
        raise _unusable(parsed, str(error.orig)) from error
    return Database(engine, replica)


def _make_engine(url: URL, file: Path | None) -> Engine:
    if _is_postgres(url):
        return make_postgres_engine(url)
    if url.get_backend_name() == "sqlite":
        return make_sqlite_engine(url, file)
    raise ArgumentError(f"{url.drivername}: neither sqlite nor postgresql")


def _is_postgres(url: URL) -> bool:
    return url.get_backend_name() in {"postgres", "postgresql"}


def _for_reading(engine: Engine) -> Engine:
    """Each statement of a transaction sees the same moment: on SQLite by itself, on PostgreSQL by a snapshot."""
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    return engine.execution_options(read_only=True)


def _unusable(url: URL, problem: str) -> SetupError:
    shown = url.render_as_string(hide_password=True)
    if _is_postgres(url):
        return SetupError(
            mark("The database {url} cannot be used: {problem}."),
            remedy="correct MATCHMAKER_DATABASE_URL  (or start PostgreSQL, and create the database)",
            url=shown,
            problem=problem.strip(),
        )
    if "locked" in problem:
        return SetupError(
            mark("The database {url} is being written to by another process."),
            remedy="wait until the other command has ended, then try again",
            url=shown,
        )
    return SetupError(
        mark("The database {url} cannot be used: {problem}."),
        remedy="matchmaker prepare  (after moving the damaged file away, or restoring a backup)",
        url=shown,
        problem=problem,
    )
