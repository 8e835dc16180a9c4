"""letters: their links, in which language they are, who has stopped them

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

REFERENCES = (
    ("job_id", "outbox"),
    ("challenge_id", "challenge"),
    ("participant_id", "participant"),
    ("approval_id", "approval"),
)


def upgrade() -> None:
    for table in ("challenge", "participant"):
        op.add_column(table, sa.Column("letter_language", sa.String(length=8), nullable=True))
        op.add_column(table, sa.Column("letters_stopped_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "letter",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("participant_id", sa.String(length=36), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("approval_id", sa.String(length=36), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_letter_{column}_{table}"), ondelete="CASCADE"
            )
            for column, table in REFERENCES
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_letter")),
    )
    op.create_table(
        "letter_link",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("stop_digest", sa.String(length=64), nullable=False),
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("participant_id", sa.String(length=36), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_letter_link_challenge_id_challenge"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["participant.id"],
            name=op.f("fk_letter_link_participant_id_participant"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_letter_link")),
        sa.UniqueConstraint("stop_digest", name=op.f("uq_letter_link_stop_digest")),
    )
    for column in ("challenge_id", "participant_id"):
        op.create_index(op.f(f"ix_letter_{column}"), "letter", [column])
    for column in ("challenge_id", "participant_id", "expires_at"):
        op.create_index(op.f(f"ix_letter_link_{column}"), "letter_link", [column])


def downgrade() -> None:
    op.drop_table("letter_link")
    op.drop_table("letter")
    for table in ("participant", "challenge"):
        op.drop_column(table, "letters_stopped_at")
        op.drop_column(table, "letter_language")
