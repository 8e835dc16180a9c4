"""The tables of challenges on their way: what was written, what was found, what people decided."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.db.models import Base, Identifier

Code = String(40)

ADMITTED = "admitted"
"""The standing of a participant that may see more of a challenge than what is public."""


class ChallengeRow(Base):
    """A challenge and where it stands. The columns repeat of its current version what is searched and filtered.

    ``description`` is the current version, ``draft`` what is being typed (a new challenge, or its next version), as
    it came from the form, ``draft_version`` the version that it began from, and ``draft_windows`` by field in which
    window of a browser it was written last. Of the private link only the digest is kept. Letters to the owner are in
    ``letter_language`` (None: in all), unless they were stopped.
    """

    __tablename__ = "challenge"
    __table_args__ = (
        Index("ix_challenge_state_promised_on", "state", "promised_on"),
        # An index, not a constraint: to add one SQLite would have to make the table anew, and lose what refers to it.
        Index("ix_challenge_link_digest", "link_digest", unique=True),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(8))
    municipality: Mapped[str | None] = mapped_column(String(4))
    collection: Mapped[str] = mapped_column(Identifier)
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(Code, server_default="submitted")
    revision: Mapped[int] = mapped_column(server_default="0")
    version: Mapped[int] = mapped_column(server_default="1")
    description: Mapped[dict[str, Any] | None]
    draft: Mapped[dict[str, Any] | None]
    draft_saved_at: Mapped[datetime | None]
    draft_version: Mapped[int | None]
    draft_windows: Mapped[dict[str, Any] | None]
    link_digest: Mapped[str | None] = mapped_column(String(64))
    submitted_at: Mapped[datetime | None]
    promised_on: Mapped[date | None]
    is_public: Mapped[bool] = mapped_column(Boolean(create_constraint=False), server_default="0")
    areas: Mapped[list[Any] | None]
    owner: Mapped[str | None] = mapped_column(String(100))
    route: Mapped[str | None] = mapped_column(Code)
    closing_reason: Mapped[str | None] = mapped_column(Code)
    confidence: Mapped[str | None] = mapped_column(Code)
    letter_language: Mapped[str | None] = mapped_column(String(8))
    letters_stopped_at: Mapped[datetime | None]


class VersionRow(Base):
    """A description as it was sent."""

    __tablename__ = "challenge_version"

    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    created_at: Mapped[datetime]
    description: Mapped[dict[str, Any]]


class ShortlistRow(Base):
    """A frozen shortlist; ``content`` is the whole of it, provenance and evidence included."""

    __tablename__ = "shortlist"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    content: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(server_default="1")


class CandidateRow(Base):
    """A candidate on the adviser's list, with the evidence as the adviser saw it."""

    __tablename__ = "candidate"

    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True)
    collaborator_id: Mapped[str] = mapped_column(Identifier, primary_key=True, index=True)
    position: Mapped[int]
    origin: Mapped[str] = mapped_column(Code)
    decision: Mapped[str] = mapped_column(Code)
    reason: Mapped[str | None] = mapped_column(Code)
    comment: Mapped[str] = mapped_column(Text)
    suggestion: Mapped[dict[str, Any]]


class EventRow(Base):
    """One act on a challenge: who, when, what, before and after. Never changed, never deleted but with the challenge.

    ``revision`` is the challenge's after the act; ``undoes`` the event that this one undid.
    """

    __tablename__ = "event"
    __table_args__ = (Index("ix_event_challenge_id_revision", "challenge_id", "revision"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"))
    revision: Mapped[int]
    at: Mapped[datetime]
    party: Mapped[str] = mapped_column(Code)
    actor: Mapped[str] = mapped_column(String(100))
    kind: Mapped[str] = mapped_column(Code)
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))


class MessageRow(Base):
    """What is written about a case: internal notes, questions to the officer, answers, another municipality's words."""

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    kind: Mapped[str] = mapped_column(Code)
    author: Mapped[str] = mapped_column(String(100))
    text: Mapped[str] = mapped_column(Text)


class ParticipantRow(Base):
    """Another municipality that owns a challenge too, or follows it, by a private link of its own.

    ``standing``: whether it has asked to, was let in, or was refused. Only who was let in sees more than anybody may.
    """

    __tablename__ = "participant"
    __table_args__ = (UniqueConstraint("link_digest"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    role: Mapped[str] = mapped_column(Code)
    standing: Mapped[str] = mapped_column(Code, server_default=ADMITTED)
    municipality: Mapped[str] = mapped_column(String(4))
    contact_role: Mapped[str] = mapped_column(Text)
    contact_email: Mapped[str] = mapped_column(Text)
    link_digest: Mapped[str] = mapped_column(String(64))
    letter_language: Mapped[str | None] = mapped_column(String(8))
    letters_stopped_at: Mapped[datetime | None]


class ApprovalRow(Base):
    """A list that an adviser approved, frozen as the municipality sees it from ``released_at`` on."""

    __tablename__ = "approval"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    approved_at: Mapped[datetime]
    approved_by: Mapped[str] = mapped_column(String(100))
    released_at: Mapped[datetime] = mapped_column(index=True)
    taken_back_at: Mapped[datetime | None]
    content: Mapped[dict[str, Any]]


class TieRow(Base):
    """What speaks against a collaborator for one municipality, or (``municipality`` is None) for all."""

    __tablename__ = "tie"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    collection: Mapped[str] = mapped_column(Identifier)
    collaborator_id: Mapped[str] = mapped_column(Identifier, index=True)
    municipality: Mapped[str | None] = mapped_column(String(4))
    kind: Mapped[str] = mapped_column(Code)
    comment: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(100))


class JudgmentRow(Base):
    """An adviser's relevance judgment (grade 0 to 3) of a candidate; ``blind``: before the system's order was seen."""

    __tablename__ = "judgment"

    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True)
    collaborator_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    judge: Mapped[str] = mapped_column(String(100), primary_key=True)
    grade: Mapped[int]
    blind: Mapped[bool] = mapped_column(Boolean(create_constraint=False))
    created_at: Mapped[datetime]


class VisitRow(Base):
    """That an adviser has a case open, and when that was last known."""

    __tablename__ = "visit"

    challenge_id: Mapped[str] = mapped_column(ForeignKey("challenge.id", ondelete="CASCADE"), primary_key=True)
    adviser: Mapped[str] = mapped_column(String(100), primary_key=True)
    seen_at: Mapped[datetime]
