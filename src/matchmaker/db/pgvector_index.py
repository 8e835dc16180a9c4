"""Vectors in PostgreSQL with pgvector: for several machines that search the same index.

Each build is a table of its own, since filtered searches of a graph find less: with 1 of 40 collections wanted .23 of
the right ten, .77 with iterative scans, measured with pgvector 0.8.6.
"""

from collections.abc import Mapping
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
    Engine,
    Float,
    Index,
    MetaData,
    Table,
    TableValuedAlias,
    cast,
    delete,
    func,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import ArgumentError, DBAPIError

from matchmaker.db.index_builds import IndexBuilds
from matchmaker.db.number_arrays import given, numbers_in, sent
from matchmaker.db.postgres_engine import make_postgres_engine
from matchmaker.db.storage_errors import telling_storage_errors
from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.vector_index import UNKNOWN_SCORE, Hits, Ids, VectorIndex

SCHEMA = "matchmaker_vectors"

SEARCH_BREADTH = 400
"""pgvector's ``hnsw.ef_search``, how many neighbours are kept in view; its scan goes on where they are not enough."""

SEARCHED_ONE_BY_ONE = 50_000
"""Among so few passages the exact order is quicker than the graph, and nothing is missed."""

_builds = IndexBuilds(SCHEMA, ["of"], Column("dimension", BigInteger, nullable=False))


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
            connection.execute(delete(self._table).where(self._id == func.any(given(ids))))
            copy_vectors(connection, self._table, ids, vectors)

    def delete(self, ids: Ids) -> None:
        with self._engine.begin() as connection:
            connection.execute(delete(self._table).where(self._id == func.any(given(ids))))

    def search(self, query: Vectors, k: int, among: Ids | None = None) -> Hits:
        # The product is negative so that the nearest come first; pgvector sorts upwards only.
        distance = self._vector.max_inner_product(query)
        wanted = select(self._id, distance.label("distance"))
        if among is not None:
            wanted = wanted.where(self._id == func.any(given(among)))
        with telling_storage_errors(), self._engine.begin() as connection:
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
        asked = _places_of(ids)
        lists = select(sent(func.array_agg(asked.c.place)), sent(func.array_agg(score)))
        with telling_storage_errors(), self._engine.connect() as connection:
            places, values = connection.execute(lists.where(self._id == asked.c.id)).one()
        scores = np.full(len(ids), UNKNOWN_SCORE, dtype=np.float32)
        scores[numbers_in(places, ">i8") - 1] = numbers_in(values, ">f8")
        return scores

    def vectors_of(self, ids: Ids) -> Vectors:
        vectors = np.zeros((len(ids), self._dimension), dtype=np.float32)
        asked = _places_of(ids)
        with telling_storage_errors(), self._engine.connect() as connection:
            statement = select(asked.c.place, self._vector).where(self._id == asked.c.id)
            for place, value in connection.execute(statement):
                vectors[place - 1] = np.asarray(value, dtype=np.float32)
        return vectors

    def write(self, folder: Path) -> None:
        """Nothing: the server has it all."""


class PgvectorForm:
    """Vectors on a PostgreSQL server that has the extension ``vector`` in version 0.8 or later."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def close(self) -> None:
        """End the connections."""
        self._engine.dispose()

    def build(self, collection: str, stamp: str, ids: Ids, vectors: Vectors) -> VectorIndex:
        """As promised by ``VectorForm``; a build that another machine has made already is taken as it is."""
        dimension = vectors.shape[1]
        table = _table(stamp, dimension)

        def fill(connection: Connection) -> Mapping[str, int]:
            table.create(connection)
            copy_vectors(connection, table, ids, vectors)
            _graph(table).create(connection)
            return {"dimension": dimension}

        _builds.make(self._engine, collection, stamp, fill)
        return PgvectorIndex(self._engine, table)

    def read(self, folder: Path, collection: str, stamp: str) -> VectorIndex:  # noqa: ARG002
        build = _builds.find(self._engine, stamp)
        if build is None:
            raise OSError(f"the server has no vectors of {collection} of the build {stamp}")
        return PgvectorIndex(self._engine, _table(stamp, build.dimension))

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
            _builds.prepare(connection)
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS vector"))
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


def _places_of(ids: Ids) -> TableValuedAlias:
    """Ids as rows of a statement, each with its place among them, from 1."""
    rows = func.unnest(given(ids)).table_valued("id", with_ordinality="place", joins_implicitly=True)
    return rows.render_derived()
