"""What is in a table, as a number of rows and a checksum that is the same on every database."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Select, Table, Text, cast, select
from sqlalchemy.orm import Session

BATCH = 1_000
"""Rows that are held in memory."""


@dataclass(frozen=True, slots=True)
class TableSum:
    """Rows of a table, and the sum modulo 2^256 of their SHA-256: databases differ in the order of text."""

    rows: int = 0
    checksum: int = 0

    def plus(self, rows: Sequence[Sequence[Any]]) -> "TableSum":
        total = sum((_row_digest(row) for row in rows), self.checksum)
        return TableSum(self.rows + len(rows), total % 2**256)


def select_plainly(table: Table) -> Select[Any]:
    """A table's rows by rising primary key, JSON as the text that it is kept as, so that none is written anew."""
    columns: list[ColumnElement[Any]] = [
        cast(one, Text).label(one.name) if isinstance(one.type, JSON) else one for one in table.columns
    ]
    return select(*columns).order_by(*table.primary_key.columns)


def read_batches(session: Session, table: Table) -> Iterator[Sequence[Sequence[Any]]]:
    """A table's rows as ``select_plainly`` gives them, some at a time."""
    found = session.execute(select_plainly(table).execution_options(yield_per=BATCH))
    yield from (rows for rows in found.partitions(BATCH))


def sum_table(session: Session, table: Table) -> TableSum:
    total = TableSum()
    for rows in read_batches(session, table):
        total = total.plus(rows)
    return total


def _row_digest(row: Sequence[Any]) -> int:
    text = "\x1f".join(_canonical(value) for value in row)
    return int.from_bytes(hashlib.sha256(text.encode()).digest())


def _canonical(value: Any) -> str:
    if isinstance(value, datetime):  # SQLite forgets the zone; all times are kept in UTC
        value = (value if value.tzinfo else value.replace(tzinfo=UTC)).astimezone(UTC)
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    return value.hex() if isinstance(value, bytes) else repr(value)
