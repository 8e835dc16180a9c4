"""The tables of imported works: what sources say, what was decided about it, and the jobs by which it came."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.db.models import Base, Identifier
from matchmaker.db.notify_models import Moment

Code = String(40)


class WorkRow(Base):
    """A work: what its records say together. Its texts are also documents, once it is linked to somebody."""

    __tablename__ = "work"

    collection: Mapped[str] = mapped_column(ForeignKey("collection.name", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    kind: Mapped[str] = mapped_column(Code)
    year: Mapped[int | None]
    url: Mapped[str | None] = mapped_column(Text)
    texts: Mapped[list[Any]]
    identifiers: Mapped[list[Any]]
    sources: Mapped[list[Any]]


class RecordRow(Base):
    """What one source says of a work, as it was last read; ``digest`` tells whether it has changed since."""

    __tablename__ = "record"
    __table_args__ = (
        ForeignKeyConstraint(["collection", "work_id"], ["work.collection", "work.id"], ondelete="CASCADE"),
        Index("ix_record_work", "collection", "work_id"),
    )

    collection: Mapped[str] = mapped_column(Identifier, primary_key=True)
    source: Mapped[str] = mapped_column(Code, primary_key=True)
    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    work_id: Mapped[str] = mapped_column(Identifier)
    content: Mapped[dict[str, Any]]
    digest: Mapped[str] = mapped_column(String(64))
    retrieved: Mapped[date | None]


class WorkKeyRow(Base):
    """What works are found by: an identifier (``doi:10.…``), or a key of the title (several works may have it)."""

    __tablename__ = "work_key"
    __table_args__ = (
        ForeignKeyConstraint(["collection", "work_id"], ["work.collection", "work.id"], ondelete="CASCADE"),
        Index("ix_work_key_work", "collection", "work_id"),
    )

    collection: Mapped[str] = mapped_column(Identifier, primary_key=True)
    key: Mapped[str] = mapped_column(Identifier, primary_key=True)
    work_id: Mapped[str] = mapped_column(Identifier, primary_key=True)


class HintRow(Base):
    """Whose works a hint tells of. ``origin``: the catalogue's own names, or a steward's table."""

    __tablename__ = "hint"
    __table_args__ = (
        ForeignKeyConstraint(
            ["collection", "collaborator_id"],
            ["collaborator.collection", "collaborator.id"],
            name="fk_hint_collection_collaborator",
            ondelete="CASCADE",
        ),
    )

    collection: Mapped[str] = mapped_column(Identifier, primary_key=True)
    scheme: Mapped[str] = mapped_column(Code, primary_key=True)
    value: Mapped[str] = mapped_column(Identifier, primary_key=True)
    collaborator_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    origin: Mapped[str] = mapped_column(Code)


class LinkRow(Base):
    """That a work is, may be or is not a group's. It outlives the work, so that a decision holds when it comes back."""

    __tablename__ = "work_link"
    __table_args__ = (Index("ix_work_link_collaborator", "collection", "collaborator_id", "state"),)

    collection: Mapped[str] = mapped_column(ForeignKey("collection.name", ondelete="CASCADE"), primary_key=True)
    work_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    collaborator_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    state: Mapped[str] = mapped_column(Code)
    basis: Mapped[str] = mapped_column(Code)
    probability: Mapped[float | None]
    at: Mapped[datetime] = mapped_column(Moment)


class DecisionRow(Base):
    """What a person said of a group or of a piece of its evidence; it holds whatever is imported later.

    ``work_id`` is empty for what is said of the group itself. ``value`` is what the kind of decision needs.
    """

    __tablename__ = "decision"

    collection: Mapped[str] = mapped_column(ForeignKey("collection.name", ondelete="CASCADE"), primary_key=True)
    collaborator_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    kind: Mapped[str] = mapped_column(Code, primary_key=True)
    work_id: Mapped[str] = mapped_column(Identifier, primary_key=True, default="")
    value: Mapped[dict[str, Any]]
    by: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime] = mapped_column(Moment)


class CatalogueEventRow(Base):
    """What happened to a group, for its history: never changed, never deleted with it."""

    __tablename__ = "catalogue_event"
    __table_args__ = (Index("ix_catalogue_event_collaborator", "collection", "collaborator_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    collection: Mapped[str] = mapped_column(Identifier)
    collaborator_id: Mapped[str] = mapped_column(Identifier)
    kind: Mapped[str] = mapped_column(Code)
    by: Mapped[str] = mapped_column(Code)
    at: Mapped[datetime] = mapped_column(Moment)
    detail: Mapped[dict[str, Any]]


class ImportJobRow(Base):
    """An import: a file read into lines, a difference that a person looks at, then the change itself.

    ``locked_until`` is the lease of whoever works on it. ``counts`` are lines by verdict.
    """

    __tablename__ = "import_job"
    __table_args__ = (Index("ix_import_job_state", "state", "created_at"),)

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    collection: Mapped[str] = mapped_column(Identifier)
    source: Mapped[str] = mapped_column(Code)
    file_name: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(Code)
    is_complete: Mapped[bool]
    skip_rejected: Mapped[bool]
    stop_asked: Mapped[bool]
    by: Mapped[str] = mapped_column(Code)
    created_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    locked_until: Mapped[datetime | None] = mapped_column(Moment)
    done: Mapped[int]
    total: Mapped[int]
    counts: Mapped[dict[str, Any]]
    problem: Mapped[dict[str, Any] | None]


class ImportLineRow(Base):
    """A record, or a rejected row, of an import. ``previous`` is what was there before, from which it is undone."""

    __tablename__ = "import_line"
    __table_args__ = (
        Index("ix_import_line_verdict", "job_id", "verdict", "number"),
        Index("ix_import_line_record", "job_id", "record_id"),
    )

    job_id: Mapped[str] = mapped_column(ForeignKey("import_job.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[str] = mapped_column(Identifier)
    verdict: Mapped[str] = mapped_column(Code)
    content: Mapped[dict[str, Any] | None]
    problem: Mapped[dict[str, Any] | None]
    previous: Mapped[dict[str, Any] | None]
    is_applied: Mapped[bool]
