"""The tables of who may ask by the API, and of answers that are given again when a request is repeated."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.db.models import Base


class ApiKeyRow(Base):
    """An API key. Of the secret only the SHA-256 is kept: it is random, so that a slow hash would protect nothing.

    ``municipalities`` is NULL for a key that is for all of them.
    """

    __tablename__ = "api_key"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    client: Mapped[str] = mapped_column(String(100), index=True)
    secret_digest: Mapped[str] = mapped_column(String(64))
    scopes: Mapped[list[Any]]
    municipalities: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class AnswerRow(Base):
    """What was answered to a request with an idempotency key, by client; ``request_digest`` is of what was asked."""

    __tablename__ = "api_answer"

    client: Mapped[str] = mapped_column(String(100), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[dict[str, Any]]
