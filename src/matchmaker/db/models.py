"""The tables of the catalogue. Those of challenges are in case_models.py."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

Identifier = String(500)


class Base(DeclarativeBase):
    """Constraints have names, so that migrations can change them on every database."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        dict[str, Any]: JSON,
        list[Any]: JSON,
        dict[str, Any] | None: JSON(none_as_null=True),
        datetime: DateTime(timezone=True),
    }


class CollectionRow(Base):
    """A catalogue kept apart from others. ``revision`` is new with every change of its content."""

    __tablename__ = "collection"

    name: Mapped[str] = mapped_column(Identifier, primary_key=True)
    revision: Mapped[str] = mapped_column(String(36))


class CollaboratorRow(Base):
    """``origin`` is the import it came by; ``digest`` covers its content and its documents' ids.

    ``imported`` is the collaborator with its documents as it came, before what people decided about it. One whose
    ``state`` is not active is there for those who look after the catalogue only: it is in no index and on no page.
    """

    __tablename__ = "collaborator"

    collection: Mapped[str] = mapped_column(ForeignKey("collection.name", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    name_sv: Mapped[str | None] = mapped_column(Text)
    name_en: Mapped[str | None] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(40))
    department: Mapped[str | None] = mapped_column(String(40))
    areas: Mapped[list[Any]]
    web_page: Mapped[str | None] = mapped_column(Text)
    contacts: Mapped[list[Any]]
    is_entrance: Mapped[bool]
    origin: Mapped[str] = mapped_column(String(100))
    digest: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(40), server_default="active")
    imported: Mapped[dict[str, Any] | None]


class DocumentRow(Base):
    """A text that speaks for collaborators."""

    __tablename__ = "document"

    collection: Mapped[str] = mapped_column(ForeignKey("collection.name", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str | None] = mapped_column(String(8))
    year: Mapped[int | None]
    kind: Mapped[str] = mapped_column(String(40))
    url: Mapped[str | None] = mapped_column(Text)
    source: Mapped[str | None] = mapped_column(Text)
    basis: Mapped[str | None] = mapped_column(String(40))
    work: Mapped[str | None] = mapped_column(Identifier)
    digest: Mapped[str] = mapped_column(String(64))


class AttributionRow(Base):
    """A document speaks for a collaborator."""

    __tablename__ = "attribution"
    __table_args__ = (
        ForeignKeyConstraint(
            ["collection", "collaborator_id"], ["collaborator.collection", "collaborator.id"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["collection", "document_id"],
            ["document.collection", "document.id"],
            ondelete="CASCADE",
            name="fk_attribution_collection_document",
        ),
    )

    collection: Mapped[str] = mapped_column(Identifier, primary_key=True)
    collaborator_id: Mapped[str] = mapped_column(Identifier, primary_key=True)
    document_id: Mapped[str] = mapped_column(Identifier, primary_key=True, index=True)


class PassageRow(Base):
    """A stretch of a document. Ids are never used again, so that old shortlists cannot point to new text."""

    __tablename__ = "passage"
    __table_args__ = (
        UniqueConstraint("collection", "document_id", "position"),
        ForeignKeyConstraint(["collection", "document_id"], ["document.collection", "document.id"], ondelete="CASCADE"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    collection: Mapped[str] = mapped_column(Identifier)
    document_id: Mapped[str] = mapped_column(Identifier)
    position: Mapped[int]
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8))


class VectorRow(Base):
    """A cached vector in float16, by the digest of encoder, role and text.

    ``query_since`` is when that of a challenge's words was kept, which is forgotten after a while; None for what was
    searched through.
    """

    __tablename__ = "cached_vector"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[bytes] = mapped_column(LargeBinary)
    query_since: Mapped[datetime | None] = mapped_column(index=True)
