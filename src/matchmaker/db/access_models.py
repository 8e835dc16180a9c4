"""The tables of who may ask by the API, of answers that are given again, and of acts on who may do what."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.db.models import Base


class ApiKeyRow(Base):
    """An API key. Of the secret only the SHA-256 is kept: it is random, so that a slow hash would protect nothing.

    ``municipalities`` is NULL for a key that is for all of them; ``made_with`` is the personal token that made it.
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
    made_with: Mapped[str | None] = mapped_column(String(16), index=True)


class AnswerRow(Base):
    """What was answered to a request with an idempotency key, by client; ``request_digest`` is of what was asked."""

    __tablename__ = "api_answer"

    client: Mapped[str] = mapped_column(String(100), primary_key=True)
    key: Mapped[str] = mapped_column(String(255), primary_key=True)
    request_digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(index=True)
    content: Mapped[dict[str, Any]]


class AccessEventRow(Base):
    """An act on keys, accounts, sessions, endpoints and the like: who, when, what. Labels and ids, no secrets."""

    __tablename__ = "access_event"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    by: Mapped[str] = mapped_column(String(100))
    act: Mapped[str] = mapped_column(String(40), index=True)
    about: Mapped[str] = mapped_column(String(200))
    details: Mapped[str] = mapped_column(Text)
