"""API keys and repeated requests in the database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from matchmaker.db.access_models import AnswerRow, ApiKeyRow
from matchmaker.db.cases import aware
from matchmaker.domain.access import ApiKey, Scope

ANSWERS_KEPT = timedelta(hours=24)
"""How long what was answered to a request with an idempotency key is given again."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer to a request that was given an idempotency key."""

    request_digest: str
    content: dict[str, Any]


def add_key(session: Session, key: ApiKey, secret_digest: str) -> None:
    session.add(
        ApiKeyRow(
            id=key.id,
            client=key.client,
            secret_digest=secret_digest,
            scopes=sorted(one.value for one in key.scopes),
            municipalities=None if key.municipalities is None else sorted(key.municipalities),
            created_at=key.created_at,
            expires_at=key.expires_at,
            made_with=key.made_with,
        )
    )


def find_key(session: Session, key_id: str) -> tuple[ApiKey, str] | None:
    """The key of an id, and the digest of its secret."""
    row = session.get(ApiKeyRow, key_id)
    return (_key(row), row.secret_digest) if row else None


def list_keys(session: Session) -> list[ApiKey]:
    """All keys, also expired and revoked ones, by client, the oldest first."""
    rows = session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.client, ApiKeyRow.created_at, ApiKeyRow.id))
    return [_key(row) for row in rows]


def revoke_key(session: Session, key_id: str, now: datetime) -> bool:
    """Take a key back; whether there is one. One that was taken back earlier keeps its time."""
    row = session.get(ApiKeyRow, key_id)
    if row is None:
        return False
    row.revoked_at = row.revoked_at or now
    return True


def revoke_made_with(session: Session, tokens: Iterable[str], now: datetime) -> None:
    """Take back the keys that personal tokens made."""
    theirs = update(ApiKeyRow).where(ApiKeyRow.made_with.in_(list(tokens)), ApiKeyRow.revoked_at.is_(None))
    session.execute(theirs.values(revoked_at=now))


def note_use(session: Session, key_id: str, now: datetime, unless_after: datetime) -> None:
    """Remember that a key was used now, unless that is known of a moment after ``unless_after``."""
    session.execute(
        update(ApiKeyRow)
        .where(ApiKeyRow.id == key_id)
        .where(or_(ApiKeyRow.last_used_at.is_(None), ApiKeyRow.last_used_at <= unless_after))
        .values(last_used_at=now)
    )


def find_answer(session: Session, client: str, key: str) -> StoredAnswer | None:
    """What a client was answered to a request of this idempotency key."""
    row = session.get(AnswerRow, (client, key))
    return StoredAnswer(row.request_digest, row.content) if row else None


def add_answer(session: Session, client: str, key: str, now: datetime, answer: StoredAnswer) -> None:
    session.add(
        AnswerRow(client=client, key=key, request_digest=answer.request_digest, created_at=now, content=answer.content)
    )


def delete_answers(session: Session, until: datetime) -> None:
    """Forget what was answered until a moment, of all clients."""
    session.execute(delete(AnswerRow).where(AnswerRow.created_at <= until))


def _key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=row.id,
        client=row.client,
        scopes=frozenset(Scope(one) for one in row.scopes),
        municipalities=None if row.municipalities is None else frozenset(row.municipalities),
        created_at=aware(row.created_at),
        expires_at=aware(row.expires_at),
        last_used_at=aware(row.last_used_at) if row.last_used_at else None,
        revoked_at=aware(row.revoked_at) if row.revoked_at else None,
        made_with=row.made_with,
    )
