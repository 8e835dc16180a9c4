"""The vector cache in the database."""

import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as insert_postgresql
from sqlalchemy.dialects.sqlite import insert as insert_sqlite
from sqlalchemy.exc import DatabaseError

from matchmaker.db.models import VectorRow
from matchmaker.db.session import Database, Session, Turn
from matchmaker.domain.errors import StorageError
from matchmaker.retrieval.encoder import Role, Vectors

LOOKUP_BATCH = 500

_log = logging.getLogger(__name__)


class DatabaseVectorCache:
    """Vectors by key, in float16, shared by all processes on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, keys: Sequence[str]) -> Mapping[str, Vectors]:
        found: dict[str, Vectors] = {}
        with self._database.reading() as session:
            for start in range(0, len(keys), LOOKUP_BATCH):
                batch = keys[start : start + LOOKUP_BATCH]
                rows = session.execute(select(VectorRow.key, VectorRow.value).where(VectorRow.key.in_(batch)))
                found |= {key: np.frombuffer(value, np.float16).astype(np.float32) for key, value in rows}
        return found

    def known(self, keys: Sequence[str]) -> set[str]:
        found: set[str] = set()
        with self._database.reading() as session:
            for start in range(0, len(keys), LOOKUP_BATCH):
                batch = keys[start : start + LOOKUP_BATCH]
                found |= set(session.scalars(select(VectorRow.key).where(VectorRow.key.in_(batch))))
        return found

    def store(self, vectors: Mapping[str, Vectors], role: Role) -> None:
        """Store vectors; where that fails, they are encoded again some other time, and nothing else is lost."""
        since = datetime.now(UTC) if role is Role.QUERY else None
        rows = [
            {"key": key, "value": vector.astype(np.float16).tobytes(), "query_since": since}
            for key, vector in sorted(vectors.items())  # all in one order, so that two cannot wait for each other
        ]
        if not rows:
            return
        with_duplicates = insert_sqlite if self._database.engine.dialect.name == "sqlite" else insert_postgresql
        statement = with_duplicates(VectorRow).on_conflict_do_nothing()
        try:
            with self._database.transaction(Turn.NONE) as session:
                session.execute(statement, rows)
        except (DatabaseError, StorageError):
            _log.warning("%d vectors could not be cached", len(rows), exc_info=True)


def forget_queries(session: Session, before: datetime) -> int:
    """Delete the vectors of challenges' words that were kept before a moment; returns how many.

    They are made again when they are needed, in milliseconds.
    """
    return len(session.scalars(delete(VectorRow).where(VectorRow.query_since < before).returning(VectorRow.key)).all())
