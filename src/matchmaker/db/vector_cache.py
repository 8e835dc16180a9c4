"""The vector cache in the database."""

from collections.abc import Mapping, Sequence

import numpy as np
from sqlalchemy import insert, select

from matchmaker.db.models import VectorRow
from matchmaker.db.session import Database
from matchmaker.retrieval.encoder import Vectors

LOOKUP_BATCH = 500


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

    def store(self, vectors: Mapping[str, Vectors]) -> None:
        """Store vectors; a key that another process has stored meanwhile keeps its vector, which is the same."""
        known = self.find(list(vectors))
        rows = [
            {"key": key, "value": vector.astype(np.float16).tobytes()}
            for key, vector in vectors.items()
            if key not in known
        ]
        if not rows:
            return
        statement = insert(VectorRow)
        with self._database.transaction() as session:
            dialect = session.get_bind().dialect.name
            if dialect == "sqlite":
                statement = statement.prefix_with("OR IGNORE")
            session.execute(statement, rows)
