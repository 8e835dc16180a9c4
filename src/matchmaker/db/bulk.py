"""Many rows at once, and the digests by which it is told whether content has changed."""

import hashlib
import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from matchmaker.db.models import Base, CollaboratorRow, DocumentRow

WRITE_BATCH = 500
"""Rows a statement: below the number of variables that every SQLite takes."""


def delete_rows(
    session: Session, table: type[CollaboratorRow] | type[DocumentRow], collection: str, identifiers: Sequence[str]
) -> None:
    for start in range(0, len(identifiers), WRITE_BATCH):
        batch = identifiers[start : start + WRITE_BATCH]
        session.execute(
            delete(table).where(table.collection == collection, table.id.in_(batch)),
            execution_options={"synchronize_session": False},
        )


def insert_rows(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), WRITE_BATCH):
        session.execute(insert(table), list(rows[start : start + WRITE_BATCH]))


def content_digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
