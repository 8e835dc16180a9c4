"""All rows from one database to another, in one transaction: afterwards all are there, or none.

They are copied in the order in which tables refer to each other, with their ids, then read back and compared.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import JSON, ColumnElement, Integer, Table, Text, bindparam, cast, func, insert, select, text
from sqlalchemy.dialects.postgresql import REGCLASS
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from matchmaker.db.all_tables import METADATA
from matchmaker.db.checksums import TableSum, read_batches, sum_table
from matchmaker.db.session import Database, Turn
from matchmaker.domain.errors import MatchmakerError, SetupError, mark

TIMEOUTS = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")

Progress = Callable[[str, int], None]
"""Told of a table's name, and of how many rows of it have been copied."""


class MoveError(MatchmakerError):
    """Rows did not arrive as they were; nothing was written."""

    code = "move"


def copy_rows(source: Database, target: Database, progress: Progress = lambda _table, _rows: None) -> dict[str, int]:
    """Copy everything into an empty database; returns the number of rows by table.

    Nobody writes to the source meanwhile: who tries is told that nothing can be saved just now.

    Raises:
        SetupError: the target is not empty.
        MoveError: the target cannot keep what the source has; nothing was written.
        StorageError: one of the two cannot be read or written just now.
    """
    with _standing_still(source) as reading, _standing_still(target) as writing:
        _check_empty(writing, target)
        copied: dict[str, TableSum] = {}
        for table in METADATA.sorted_tables:
            copied[table.name] = _copy(reading, writing, table, progress)
            if (key := _counted(table)) is not None:
                _go_on_counting(reading, writing, table, key)
        _compare(copied, {table.name: sum_table(writing, table) for table in METADATA.sorted_tables})
    return {name: one.rows for name, one in copied.items()}


@contextmanager
def _standing_still(database: Database) -> Iterator[Session]:
    """A transaction beside which nobody writes, for as long as it takes."""
    with database.transaction(Turn.NONE) as session:
        if _is_postgres(session):
            for timeout in TIMEOUTS:
                session.execute(text(f"SET LOCAL {timeout} = 0"))
            names = ", ".join(f'"{table.name}"' for table in METADATA.sorted_tables)
            session.execute(text(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE"))
        yield session


def _check_empty(session: Session, target: Database) -> None:
    for table in METADATA.sorted_tables:
        if session.scalar(select(func.count()).select_from(table)):
            raise SetupError(
                mark("The database {url} is not empty: the table {table} has rows."),
                remedy="create an empty database, and name that one",
                url=target.engine.url.render_as_string(hide_password=True),
                table=table.name,
            )


def _copy(reading: Session, writing: Session, table: Table, progress: Progress) -> TableSum:
    names = [f"new_{column.name}" for column in table.columns]
    is_postgres = _is_postgres(writing)
    values = {one.name: _as_it_is(one, name, is_postgres) for one, name in zip(table.columns, names, strict=True)}
    total = TableSum()
    for rows in read_batches(reading, table):
        try:
            writing.execute(insert(table).values(values), [dict(zip(names, row, strict=True)) for row in rows])
        except DataError as error:
            raise MoveError(
                mark("The table {table} has a row that the other database cannot keep: {problem}"),
                table=table.name,
                problem=str(error.orig).strip(),
            ) from error
        total = total.plus(rows)
        progress(table.name, total.rows)
    return total


def _as_it_is(column: ColumnElement[Any], name: str, is_postgres: bool) -> ColumnElement[Any]:
    """JSON is handed over as text; PostgreSQL wants to be told what it is."""
    if not isinstance(column.type, JSON):
        return bindparam(name, type_=column.type)
    given = bindparam(name, type_=Text)
    return cast(given, JSON) if is_postgres else given


def _counted(table: Table) -> str | None:
    """The column whose numbers the database draws."""
    key = table.autoincrement_column
    return key.name if key is not None and isinstance(key.type, Integer) else None


def _go_on_counting(reading: Session, writing: Session, table: Table, key: str) -> None:
    """Let the next number be one that no row has, nor any had where numbers are never used again."""
    highest = reading.scalar(select(func.max(table.c[key]))) or 0
    last = max(highest, _last_number(reading, table, key))
    if not last:
        return
    if _is_postgres(writing):
        writing.execute(select(func.setval(func.pg_get_serial_sequence(table.name, key), last)))
    elif table.dialect_options["sqlite"]["autoincrement"]:
        writing.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
        values = {"name": table.name, "last": last}
        writing.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :last)"), values)


def _last_number(reading: Session, table: Table, key: str) -> int:
    if _is_postgres(reading):
        sequence = func.pg_get_serial_sequence(table.name, key)
        return int(reading.scalar(select(func.pg_sequence_last_value(cast(sequence, REGCLASS)))) or 0)
    if not table.dialect_options["sqlite"]["autoincrement"]:
        return 0
    last = reading.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = :name"), {"name": table.name})
    return int(last or 0)


def _compare(sent: Mapping[str, TableSum], arrived: Mapping[str, TableSum]) -> None:
    differing = [f"{name} ({one.rows}/{arrived[name].rows})" for name, one in sent.items() if one != arrived[name]]
    if differing:
        raise MoveError(
            mark("These tables did not arrive as they were (rows sent/arrived): {tables}. Nothing was written."),
            tables=", ".join(differing),
        )


def _is_postgres(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
