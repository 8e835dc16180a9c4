"""Vectors in PostgreSQL with pgvector: for several machines that search the same index.

Each build is a table of its own in a schema of its own. So a build beside the serving one needs no lock, dropping an
old one is instant, and no search has to leave out other collections' vectors: filtered searches of a graph find less
(with 1 of 40 collections wanted .23 of the right ten, .77 with iterative scans, measured with pgvector 0.8.6).
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from pgvector import HalfVector
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    DateTime,
    Engine,
    Float,
    Index,
    MetaData,
    String,
    Table,
    bindparam,
    cast,
    delete,
    func,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import ArgumentError, DBAPIError

from matchmaker.db.postgres_engine import make_postgres_engine
from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.vector_index import UNKNOWN_SCORE, Hits, Ids, VectorIndex

SCHEMA = "matchmaker_vectors"

SEARCH_BREADTH = 400
"""pgvector's ``hnsw.ef_search``, how many neighbours are kept in view; its scan goes on where they are not enough."""

SEARCHED_ONE_BY_ONE = 50_000
"""Among so few passages the exact order is quicker than the graph, and nothing is missed."""

KEPT_BUILDS = 2
"""Of each collection: the newest, and the one before it for processes that have not opened the newest yet."""

_builds = Table(
    "build",
    MetaData(schema=SCHEMA),
    Column("stamp", String(32), primary_key=True),
    Column("collection", String(200), nullable=False),
    Column("dimension", BigInteger, nullable=False),
    Column("made_at", DateTime(timezone=True), server_default=func.clock_timestamp(), nullable=False),
)


class PgvectorIndex:
    """The vectors of one build, in half precision: their cosines differ a little from those in FAISS."""

    def __init__(self, engine: Engine, table: Table) -> None:
        self._engine = engine
        self._id, self._vector, self._table = table.c.passage_id, table.c.vector, table
        kind: Any = table.c.vector.type
        self._dimension = int(kind.dim)

    @property
    def count(self) -> int:
        with self._engine.connect() as connection:
            return int(connection.scalar(select(func.count()).select_from(self._table)) or 0)

    def upsert(self, ids: Ids, vectors: Vectors) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(self._table).where(self._id == func.any(_array(ids))))
            copy_vectors(connection, self._table, ids, vectors)

    def delete(self, ids: Ids) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(self._table).where(self._id == func.any(_array(ids))))

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> Hits:
        # The product is negative so that the nearest come first; pgvector sorts upwards only.
        distance = self._vector.max_inner_product(query)
        wanted = select(self._id, distance.label("distance"))
        if among is not None:
            wanted = wanted.where(self._id == func.any(_array(among)))
        with self._engine.begin() as connection:
            if among is not None and len(among) <= SEARCHED_ONE_BY_ONE:
                connection.execute(text("SET LOCAL enable_indexscan = off"))  # exact: no walk through the graph
            else:
                connection.execute(text(f"SET LOCAL hnsw.ef_search = {SEARCH_BREADTH}"))
                connection.execute(text("SET LOCAL hnsw.iterative_scan = strict_order"))
            rows = connection.execute(wanted.order_by(distance).limit(k)).all()
        return Hits(
            np.array([row.passage_id for row in rows], dtype=np.int64),
            np.array([-row.distance for row in rows], dtype=np.float32),
        )

    def scores(self, query: Vectors, ids: Ids) -> Vectors:
        score: ColumnElement[float] = cast(-self._vector.max_inner_product(query), Float)
        scores = np.full(len(ids), UNKNOWN_SCORE, dtype=np.float32)
        for place, value in self._each(ids, score):
            scores[place] = value
        return scores

    def vectors_of(self, ids: Ids) -> Vectors:
        vectors = np.zeros((len(ids), self._dimension), dtype=np.float32)
        for place, value in self._each(ids, self._vector):
            vectors[place] = np.asarray(value, dtype=np.float32)
        return vectors

    def write(self, folder: Path) -> None:
        """Nothing: the server has it all."""

    def _each(self, ids: Ids, wanted: ColumnElement[Any]) -> Iterator[tuple[int, Any]]:
        """What is wanted of each passage that is there, with its place in ``ids``."""
        asked = (
            func.unnest(_array(ids)).table_valued("id", with_ordinality="place", joins_implicitly=True).render_derived()
        )
        statement = select(asked.c.place, wanted).where(self._id == asked.c.id)
        with self._engine.connect() as connection:
            for place, value in connection.execute(statement):
                yield place - 1, value


class PgvectorForm:
    """Vectors on a PostgreSQL server that has the extension ``vector`` in version 0.8 or later."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """End the connections."""
        self._engine.dispose()

    def build(self, collection: str, stamp: str, ids: Ids, vectors: Vectors) -> VectorIndex:
        """As promised by ``VectorForm``; a build that another machine has made already is taken as it is."""
        table = _table(stamp, vectors.shape[1])
        with self._engine.begin() as connection:
            _take_turn(connection, collection)
            known = connection.scalar(select(_builds.c.stamp).where(_builds.c.stamp == stamp))
            if not known:
                connection.execute(text("SET LOCAL statement_timeout = 0"))
                connection.execute(text("SET LOCAL maintenance_work_mem = '1GB'"))
                table.create(connection)
                copy_vectors(connection, table, ids, vectors)
                _graph(table).create(connection)
                connection.execute(
                    insert(_builds), {"stamp": stamp, "collection": collection, "dimension": vectors.shape[1]}
                )
                _drop_old_builds(connection, collection)
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text(f"ANALYZE {SCHEMA}.{table.name}"))
        return PgvectorIndex(self._engine, table)

    def read(self, folder: Path, collection: str, stamp: str) -> VectorIndex:  # noqa: ARG002
        with self._engine.connect() as connection:
            dimension = connection.scalar(select(_builds.c.dimension).where(_builds.c.stamp == stamp))
        if dimension is None:
            raise OSError(f"the server has no vectors of {collection} of the build {stamp}")
        return PgvectorIndex(self._engine, _table(stamp, dimension))

    def takes_changes(self, index: VectorIndex, count: int) -> bool:  # noqa: ARG002
        """Never: its table is searched by every machine."""
        return False


def open_pgvector(url: str) -> PgvectorForm:
    """Vectors on the server of a URL, ``postgresql://…``; what they need is made where it is missing.

    Raises:
        SetupError: the server is out of reach, or has no pgvector of version 0.8 or later.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "postgresql":
            raise ArgumentError("MATCHMAKER_VECTORS_URL must look like postgresql://…")
        engine = make_postgres_engine(parsed)
        with engine.begin() as connection:
            _take_turn(connection, "")
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
            connection.execute(text(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}"))
            _builds.create(connection, checkfirst=True)
            connection.execute(text("SET LOCAL hnsw.iterative_scan = strict_order"))
    except (ArgumentError, ImportError, DBAPIError) as error:
        problem = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        raise SetupError(
            mark("Vectors cannot be kept in PostgreSQL: {problem}."),
            remedy="unset MATCHMAKER_VECTORS  (or install pgvector 0.8 or later on the server)",
            problem=problem.strip().rstrip("."),
        ) from error
    return PgvectorForm(engine)


def copy_vectors(connection: Connection, table: Table, ids: Ids, vectors: Vectors) -> None:
    """Write vectors by COPY, some ten times as fast as statements with rows."""
    driver = connection.connection.driver_connection
    assert driver is not None
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {SCHEMA}.{table.name} (passage_id, vector) FROM STDIN WITH (FORMAT BINARY)") as copy,
    ):
        copy.set_types(["int8", "bytea"])
        for identifier, vector in zip(ids.tolist(), vectors, strict=True):
            copy.write_row((identifier, HalfVector(vector).to_binary()))


def _table(stamp: str, dimension: int) -> Table:
    return Table(
        f"of_{stamp}",
        MetaData(schema=SCHEMA),
        Column("passage_id", BigInteger, primary_key=True, autoincrement=False),
        Column("vector", HALFVEC(dimension), nullable=False),
    )


def _graph(table: Table) -> Index:
    return Index(
        f"{table.name}_graph",
        table.c.vector,
        postgresql_using="hnsw",
        postgresql_with={"m": 16, "ef_construction": 100},
        postgresql_ops={"vector": "halfvec_ip_ops"},
    )


def _drop_old_builds(connection: Connection, collection: str) -> None:
    own = _builds.c.collection == collection
    stamps = connection.scalars(select(_builds.c.stamp).where(own).order_by(_builds.c.made_at.desc())).all()
    for stamp in stamps[KEPT_BUILDS:]:
        connection.execute(text(f"DROP TABLE IF EXISTS {SCHEMA}.of_{stamp}"))
        connection.execute(delete(_builds).where(_builds.c.stamp == stamp))


def _take_turn(connection: Connection, collection: str) -> None:
    """Machines that build the same collection at once take turns; the lock ends with the transaction."""
    connection.execute(text("SET LOCAL lock_timeout = 0"))
    connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"{SCHEMA}:{collection}", 0))))


def _array(ids: Ids) -> ColumnElement[Any]:
    return bindparam(None, ids.tolist(), type_=postgresql.ARRAY(BigInteger), unique=True)
