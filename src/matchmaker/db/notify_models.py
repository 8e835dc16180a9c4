"""The tables of what leaves the program: the outbox, webhook endpoints with their secrets, the log of attempts."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Boolean, DateTime, Dialect, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from matchmaker.db.models import Base

Code = String(40)


class Moment(TypeDecorator[datetime]):
    """A time in UTC. SQLite forgets the zone and compares times as text, so that all must be written alike."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        del dialect
        return value.replace(tzinfo=UTC) if value and not value.tzinfo else value


class OutboxRow(Base):
    """Something to send: written beside the change that it tells of, sent afterwards by a worker.

    It waits while ``done_at`` and ``gave_up_at`` are None; ``locked_until`` is the lease of the worker that has it.
    What has the same ``dedup_key`` is sent once; ``group_key`` names what is called off together.
    ``endpoint_id`` says where a webhook message goes.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("dedup_key"),
        Index("ix_outbox_waiting", "done_at", "gave_up_at", "kind", "run_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    payload: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(Moment)
    run_at: Mapped[datetime] = mapped_column(Moment)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int]
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    gave_up_at: Mapped[datetime | None] = mapped_column(Moment)
    last_error: Mapped[str | None] = mapped_column(Text)
    dedup_key: Mapped[str] = mapped_column(String(200))
    group_key: Mapped[str | None] = mapped_column(String(100), index=True)
    endpoint_id: Mapped[str | None] = mapped_column(ForeignKey("webhook_endpoint.id", ondelete="CASCADE"), index=True)


class EndpointRow(Base):
    """Where a client of one municipality wants to be told of which events."""

    __tablename__ = "webhook_endpoint"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    client: Mapped[str] = mapped_column(String(100), index=True)
    municipality: Mapped[str] = mapped_column(String(4), index=True)
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[list[Any]]
    is_active: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    created_at: Mapped[datetime] = mapped_column(Moment)


class SecretRow(Base):
    """A secret that messages to an endpoint are signed with; kept in the clear, since a digest cannot sign."""

    __tablename__ = "webhook_secret"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    endpoint_id: Mapped[str] = mapped_column(ForeignKey("webhook_endpoint.id", ondelete="CASCADE"), index=True)
    value: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)


class AttemptRow(Base):
    """One attempt to deliver a webhook message: when, how long it took, and what came of it."""

    __tablename__ = "webhook_attempt"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    outbox_id: Mapped[str] = mapped_column(ForeignKey("outbox.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime] = mapped_column(Moment)
    status: Mapped[int | None]
    duration_ms: Mapped[int]
    error: Mapped[str | None] = mapped_column(Text)
    answer: Mapped[str] = mapped_column(Text)
