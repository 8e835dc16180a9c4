"""first tables

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def cached_vectors() -> str:
    """PostgreSQL has a type for each table, and pgvector one that is called ``vector``; 0014 calls all the same."""
    return "vector" if op.get_bind().dialect.name == "sqlite" else "cached_vector"


def upgrade() -> None:

    op.create_table(
        "challenge",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("municipality", sa.String(length=4), nullable=True),
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_challenge")),
    )
    op.create_table(
        "collection",
        sa.Column("name", sa.String(length=500), nullable=False),
        sa.Column("revision", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_collection")),
    )
    op.create_table(
        cached_vectors(),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_vector")),
    )
    op.create_table(
        "collaborator",
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("id", sa.String(length=500), nullable=False),
        sa.Column("name_sv", sa.Text(), nullable=True),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("department", sa.String(length=40), nullable=True),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("web_page", sa.Text(), nullable=True),
        sa.Column("contacts", sa.JSON(), nullable=False),
        sa.Column("is_entrance", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.String(length=100), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection"], ["collection.name"], name=op.f("fk_collaborator_collection_collection"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collection", "id", name=op.f("pk_collaborator")),
    )
    op.create_table(
        "document",
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("id", sa.String(length=500), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("basis", sa.String(length=40), nullable=True),
        sa.Column("work", sa.String(length=500), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection"], ["collection.name"], name=op.f("fk_document_collection_collection"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collection", "id", name=op.f("pk_document")),
    )
    op.create_table(
        "shortlist",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_shortlist_challenge_id_challenge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortlist")),
    )
    with op.batch_alter_table("shortlist", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shortlist_challenge_id"), ["challenge_id"], unique=False)

    op.create_table(
        "attribution",
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("collaborator_id", sa.String(length=500), nullable=False),
        sa.Column("document_id", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection", "collaborator_id"],
            ["collaborator.collection", "collaborator.id"],
            name=op.f("fk_attribution_collection_collaborator"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["collection", "document_id"],
            ["document.collection", "document.id"],
            name="fk_attribution_collection_document",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("collection", "collaborator_id", "document_id", name=op.f("pk_attribution")),
    )
    with op.batch_alter_table("attribution", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_attribution_document_id"), ["document_id"], unique=False)

    op.create_table(
        "passage",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("document_id", sa.String(length=500), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection", "document_id"],
            ["document.collection", "document.id"],
            name=op.f("fk_passage_collection_document"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage")),
        sa.UniqueConstraint("collection", "document_id", "position", name=op.f("uq_passage_collection")),
        sqlite_autoincrement=True,
    )


def downgrade() -> None:

    op.drop_table("passage")
    with op.batch_alter_table("attribution", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_attribution_document_id"))

    op.drop_table("attribution")
    with op.batch_alter_table("shortlist", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shortlist_challenge_id"))

    op.drop_table("shortlist")
    op.drop_table("document")
    op.drop_table("collaborator")
    op.drop_table(cached_vectors())
    op.drop_table("collection")
    op.drop_table("challenge")
