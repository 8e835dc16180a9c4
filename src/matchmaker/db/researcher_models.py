"""The tables of what groups do by themselves: the private links to their pages, and alerts by mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.db.case_models import ChallengeRow
from matchmaker.db.models import Base, CollectionRow, Identifier
from matchmaker.db.notify_models import Code, Moment

Digest = String(64)


class GroupLinkRow(Base):
    """A private link to a group's own page, of which only the digest is kept.

    A complete import takes groups out and in again; links outlast that, and so name the group without a foreign key.
    """

    __tablename__ = "group_link"
    __table_args__ = (
        UniqueConstraint("digest"),
        Index("ix_group_link_group", "collection", "collaborator_id"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    collection: Mapped[str] = mapped_column(ForeignKey(CollectionRow.name, ondelete="CASCADE"))
    collaborator_id: Mapped[str] = mapped_column(Identifier)
    digest: Mapped[str] = mapped_column(Digest)
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(Code)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    last_used_at: Mapped[datetime | None] = mapped_column(Moment)


class AlertRow(Base):
    """That an address wants to hear of new challenges: in ``areas``, and where ``near`` also near the group's work.

    Until ``confirmed_at`` nothing is sent but the letter that asks; ``confirm_digest`` is of the link in it.
    ``mailbox`` is the address without the ways in which it can be spelled.
    """

    __tablename__ = "alert"
    __table_args__ = (UniqueConstraint("collection", "collaborator_id", "mailbox"), UniqueConstraint("confirm_digest"))

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    collection: Mapped[str] = mapped_column(ForeignKey(CollectionRow.name, ondelete="CASCADE"))
    collaborator_id: Mapped[str] = mapped_column(Identifier)
    address: Mapped[str] = mapped_column(Text)
    mailbox: Mapped[str] = mapped_column(String(400))
    language: Mapped[str] = mapped_column(String(8))
    areas: Mapped[list[Any]]
    near: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    confirm_digest: Mapped[str | None] = mapped_column(Digest)
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    told_at: Mapped[datetime | None] = mapped_column(Moment)


class AlertStopRow(Base):
    """The link by which a letter's reader stops the alerts, of which only the digest is kept."""

    __tablename__ = "alert_stop"

    digest: Mapped[str] = mapped_column(Digest, primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey(AlertRow.id, ondelete="CASCADE"), index=True)


class AlertSeenRow(Base):
    """A challenge that an alert has been tried with: it was told of, or is none that it is for."""

    __tablename__ = "alert_seen"

    alert_id: Mapped[str] = mapped_column(ForeignKey(AlertRow.id, ondelete="CASCADE"), primary_key=True)
    challenge_id: Mapped[str] = mapped_column(ForeignKey(ChallengeRow.id, ondelete="CASCADE"), primary_key=True)
