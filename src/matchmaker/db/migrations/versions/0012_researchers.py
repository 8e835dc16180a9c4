"""Private links to groups' own pages, and alerts of new challenges by mail

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_links()
    _make_alerts()
    op.create_table(
        "alert_stop",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_stop_alert_id_alert"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_alert_stop")),
    )
    op.create_index(op.f("ix_alert_stop_alert_id"), "alert_stop", ["alert_id"])
    op.create_table(
        "alert_seen",
        sa.Column("alert_id", sa.String(length=36), nullable=False),
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_seen_alert_id_alert"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_alert_seen_challenge_id_challenge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("alert_id", "challenge_id", name=op.f("pk_alert_seen")),
    )


def downgrade() -> None:
    for table in ("alert_seen", "alert_stop", "alert", "group_link"):
        op.drop_table(table)


def _make_links() -> None:
    op.create_table(
        "group_link",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("collaborator_id", sa.String(length=500), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=40), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        _of_collection("group_link"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_group_link_digest")),
    )
    op.create_index("ix_group_link_group", "group_link", ["collection", "collaborator_id"])


def _make_alerts() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("collaborator_id", sa.String(length=500), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.String(length=400), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("near", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirm_digest", sa.String(length=64), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        _of_collection("alert"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("collection", "collaborator_id", "mailbox", name=op.f("uq_alert_collection")),
        sa.UniqueConstraint("confirm_digest", name=op.f("uq_alert_confirm_digest")),
    )


def _of_collection(table: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_collection_collection")
    return sa.ForeignKeyConstraint(["collection"], ["collection.name"], name=name, ondelete="CASCADE")
