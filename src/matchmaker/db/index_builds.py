"""Builds of indexes on a PostgreSQL server, for several machines that search the same.

Each build is tables of its own in a schema of its own: a build beside the serving one needs no lock, dropping an old
one is instant, and no search has to leave out what belongs to another collection.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    MetaData,
    Row,
    String,
    Table,
    delete,
    func,
    insert,
    select,
    text,
)

KEPT_BUILDS = 4
"""Of each collection: those of the last change and of the one before it, for processes that have not opened the newest
yet. A change may make two: one of what is encoded soon, then the whole."""


class IndexBuilds:
    """The register of the builds in ``schema``.

    A build has one table for each of ``kinds``, named by kind and stamp; ``facts`` are columns of the register.
    """

    def __init__(self, schema: str, kinds: Sequence[str], *facts: Column[Any]) -> None:
        self._schema = schema
        self._kinds = kinds
        self._register = Table(
            "build",
            MetaData(schema=schema),
            Column("stamp", String(32), primary_key=True),
            Column("collection", String(200), nullable=False),
            *facts,
            Column("made_at", DateTime(timezone=True), server_default=func.clock_timestamp(), nullable=False),
        )

    def prepare(self, connection: Connection) -> None:
        """Make schema and register where they are missing; who else does so waits for the end of the transaction."""
        self._take_turn(connection, "")
        connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {self._schema}"))
        self._register.create(connection, checkfirst=True)

    def make(
        self, engine: Engine, collection: str, stamp: str, fill: Callable[[Connection], Mapping[str, Any]]
    ) -> None:
        """Let ``fill`` make the tables of a build and tell its facts, unless another machine has made it already."""
        with engine.begin() as connection:
            self._take_turn(connection, collection)
            if connection.scalar(select(self._register.c.stamp).where(self._register.c.stamp == stamp)):
                return
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
            facts = fill(connection)
            connection.execute(insert(self._register), {"stamp": stamp, "collection": collection, **facts})
            self._drop_old(connection, collection)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            for kind in self._kinds:
                connection.execute(text(f"ANALYZE {self._schema}.{kind}_{stamp}"))

    def find(self, engine: Engine, stamp: str) -> Row[Any] | None:
        """What the register has of a build; None where there is no such build."""
        with engine.connect() as connection:
            return connection.execute(select(self._register).where(self._register.c.stamp == stamp)).one_or_none()

    def _drop_old(self, connection: Connection, collection: str) -> None:
        register = self._register
        own = register.c.collection == collection
        stamps = connection.scalars(select(register.c.stamp).where(own).order_by(register.c.made_at.desc())).all()
        for stamp in stamps[KEPT_BUILDS:]:
            for kind in self._kinds:
                connection.execute(text(f"DROP TABLE IF EXISTS {self._schema}.{kind}_{stamp}"))
            connection.execute(delete(register).where(register.c.stamp == stamp))

    def _take_turn(self, connection: Connection, collection: str) -> None:
        """Machines that build the same collection at once take turns; the lock ends with the transaction."""
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        turn = func.hashtextextended(f"{self._schema}:{collection}", 0)
        connection.execute(select(func.pg_advisory_xact_lock(turn)))
