"""cases

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tie",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("collaborator_id", sa.String(length=500), nullable=False),
        sa.Column("municipality", sa.String(length=4), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=100), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tie")),
    )
    with op.batch_alter_table("tie", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_tie_collaborator_id"), ["collaborator_id"], unique=False)

    op.create_table(
        "approval",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.String(length=100), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_approval_challenge_id_challenge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_approval_challenge_id"), ["challenge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_approval_released_at"), ["released_at"], unique=False)

    op.create_table(
        "candidate",
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("collaborator_id", sa.String(length=500), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.Column("decision", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("suggestion", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_candidate_challenge_id_challenge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("challenge_id", "collaborator_id", name=op.f("pk_candidate")),
    )
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_candidate_collaborator_id"), ["collaborator_id"], unique=False)

    op.create_table(
        "challenge_version",
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"],
            ["challenge.id"],
            name=op.f("fk_challenge_version_challenge_id_challenge"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("challenge_id", "number", name=op.f("pk_challenge_version")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("actor", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_event_challenge_id_challenge"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["undoes"], ["event.id"], name=op.f("fk_event_undoes_event"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index("ix_event_challenge_id_revision", ["challenge_id", "revision"], unique=False)

    op.create_table(
        "judgment",
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("collaborator_id", sa.String(length=500), nullable=False),
        sa.Column("judge", sa.String(length=100), nullable=False),
        sa.Column("grade", sa.Integer(), nullable=False),
        sa.Column("blind", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_judgment_challenge_id_challenge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("challenge_id", "collaborator_id", "judge", name=op.f("pk_judgment")),
    )
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("author", sa.String(length=100), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_message_challenge_id_challenge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_message_challenge_id"), ["challenge_id"], unique=False)

    op.create_table(
        "participant",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("municipality", sa.String(length=4), nullable=False),
        sa.Column("contact_role", sa.Text(), nullable=False),
        sa.Column("contact_email", sa.Text(), nullable=False),
        sa.Column("link_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_participant_challenge_id_challenge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_participant")),
        sa.UniqueConstraint("link_digest", name=op.f("uq_participant_link_digest")),
    )
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_participant_challenge_id"), ["challenge_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("challenge_id", sa.String(length=36), nullable=False),
        sa.Column("adviser", sa.String(length=100), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["challenge_id"], ["challenge.id"], name=op.f("fk_visit_challenge_id_challenge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("challenge_id", "adviser", name=op.f("pk_visit")),
    )

    # Added one by one, never by making the table anew: that would delete, by cascade, all that refers to it.
    op.add_column("challenge", sa.Column("state", sa.String(length=40), server_default="submitted", nullable=False))
    op.add_column("challenge", sa.Column("revision", sa.Integer(), server_default="0", nullable=False))
    op.add_column("challenge", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    op.add_column("challenge", sa.Column("description", sa.JSON(), nullable=True))
    op.add_column("challenge", sa.Column("draft", sa.JSON(), nullable=True))
    op.add_column("challenge", sa.Column("draft_saved_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("challenge", sa.Column("link_digest", sa.String(length=64), nullable=True))
    op.add_column("challenge", sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("challenge", sa.Column("promised_on", sa.Date(), nullable=True))
    op.add_column("challenge", sa.Column("is_public", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("challenge", sa.Column("areas", sa.JSON(), nullable=True))
    op.add_column("challenge", sa.Column("owner", sa.String(length=100), nullable=True))
    op.add_column("challenge", sa.Column("route", sa.String(length=40), nullable=True))
    op.add_column("challenge", sa.Column("closing_reason", sa.String(length=40), nullable=True))
    op.add_column("challenge", sa.Column("confidence", sa.String(length=40), nullable=True))
    op.create_index("ix_challenge_state_promised_on", "challenge", ["state", "promised_on"])
    op.create_index("ix_challenge_link_digest", "challenge", ["link_digest"], unique=True)
    op.add_column("shortlist", sa.Column("version", sa.Integer(), server_default="1", nullable=False))
    _describe_what_is_there()


def _describe_what_is_there() -> None:
    """Challenges that came over the API before had a text and a title only; they become first versions."""
    challenge = sa.table(
        "challenge",
        *(sa.column(name) for name in ("id", "title", "text", "municipality", "revision")),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("submitted_at", sa.DateTime(timezone=True)),
        sa.column("description", sa.JSON()),
    )
    versions = sa.table(
        "challenge_version",
        sa.column("challenge_id"),
        sa.column("number"),
        sa.column("created_at", sa.DateTime(timezone=True)),
        sa.column("description", sa.JSON()),
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(challenge)).mappings().all():
        description = {"municipality": row["municipality"], "title": row["title"] or "", "problem": row["text"]}
        connection.execute(
            challenge.update()
            .where(challenge.c.id == row["id"])
            .values(description=description, submitted_at=row["created_at"])
        )
        connection.execute(
            versions.insert().values(
                challenge_id=row["id"], number=1, created_at=row["created_at"], description=description
            )
        )


def downgrade() -> None:
    op.drop_column("shortlist", "version")
    op.drop_index("ix_challenge_link_digest", "challenge")
    op.drop_index("ix_challenge_state_promised_on", "challenge")
    for name in [
        "confidence",
        "closing_reason",
        "route",
        "owner",
        "areas",
        "is_public",
        "promised_on",
        "submitted_at",
        "link_digest",
        "draft_saved_at",
        "draft",
        "description",
        "version",
        "revision",
        "state",
    ]:
        op.drop_column("challenge", name)
    op.drop_table("visit")
    with op.batch_alter_table("participant", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_participant_challenge_id"))

    op.drop_table("participant")
    with op.batch_alter_table("message", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_message_challenge_id"))

    op.drop_table("message")
    op.drop_table("judgment")
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.drop_index("ix_event_challenge_id_revision")

    op.drop_table("event")
    op.drop_table("challenge_version")
    with op.batch_alter_table("candidate", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_candidate_collaborator_id"))

    op.drop_table("candidate")
    with op.batch_alter_table("approval", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_approval_released_at"))
        batch_op.drop_index(batch_op.f("ix_approval_challenge_id"))

    op.drop_table("approval")
    with op.batch_alter_table("tie", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_tie_collaborator_id"))

    op.drop_table("tie")
