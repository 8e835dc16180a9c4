"""A record of acts on access, values that sessions had, and which vectors are of challenges

Revision ID: 0008
Revises: 0007
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def cached_vectors() -> str:
    """As in 0001."""
    return "vector" if op.get_bind().dialect.name == "sqlite" else "cached_vector"


def upgrade() -> None:
    op.create_table(
        "access_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("about", sa.String(length=200), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_event")),
    )
    op.create_index(op.f("ix_access_event_act"), "access_event", ["act"])
    op.create_table(
        "retired_session_value",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"],
            ["sign_in_session.id"],
            name=op.f("fk_retired_session_value_session_id_sign_in_session"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_retired_session_value")),
    )
    op.create_index(op.f("ix_retired_session_value_session_id"), "retired_session_value", ["session_id"])
    table = cached_vectors()
    op.add_column(table, sa.Column("query_since", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f(f"ix_{table}_query_since"), table, ["query_since"])
    # Nobody can tell any more which of those kept so far are of challenges, so that all are forgotten after a while.
    vectors = sa.table(table, sa.column("query_since", sa.DateTime(timezone=True)))
    op.execute(vectors.update().values(query_since=datetime.now(UTC)))


def downgrade() -> None:
    table = cached_vectors()
    op.drop_index(op.f(f"ix_{table}_query_since"), table)
    op.drop_column(table, "query_since")
    op.drop_table("retired_session_value")
    op.drop_table("access_event")
