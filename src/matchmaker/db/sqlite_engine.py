"""SQLite set up to be safe with several processes: durable, one writer at a time, readers beside it."""

import sqlite3
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, create_engine, event

BUSY_SECONDS = 30
"""How long a writer waits for another one before it gives up."""


def make_sqlite_engine(url: URL, file: Path | None) -> Engine:
    """An engine on a file, whose folder is made where it is missing; None for a database in memory.

    Raises:
        OSError: the folder cannot be made.
    """
    if file:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # challenges and keys lie there
    # What somebody wrote would stand in the log with every fault of a statement.
    engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS} if file else {}, hide_parameters=True)
    if file:
        event.listen(engine, "connect", _set_up)
        event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
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
