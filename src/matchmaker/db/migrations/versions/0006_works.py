"""works, their records and links; decisions on the catalogue; import jobs

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # New tables, and columns added in place: nothing that others refer to is made anew.
    op.create_table(
        "catalogue_event",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("collaborator_id", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalogue_event")),
    )
    op.create_index("ix_catalogue_event_collaborator", "catalogue_event", ["collection", "collaborator_id", "id"])
    op.create_table(
        "import_job",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.Column("skip_rejected", sa.Boolean(), nullable=False),
        sa.Column("stop_asked", sa.Boolean(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_job")),
    )
    op.create_index("ix_import_job_state", "import_job", ["state", "created_at"])
    op.create_table(
        "decision",
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("collaborator_id", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("work_id", sa.String(length=500), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("by", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection"], ["collection.name"], name=op.f("fk_decision_collection_collection"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collection", "collaborator_id", "kind", "work_id", name=op.f("pk_decision")),
    )
    op.create_table(
        "import_line",
        sa.Column("job_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(length=500), nullable=False),
        sa.Column("verdict", sa.String(length=40), nullable=False),
        sa.Column("content", sa.JSON(), nullable=True),
        sa.Column("problem", sa.JSON(), nullable=True),
        sa.Column("previous", sa.JSON(), nullable=True),
        sa.Column("is_applied", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["import_job.id"], name=op.f("fk_import_line_job_id_import_job"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", "number", name=op.f("pk_import_line")),
    )
    op.create_index("ix_import_line_record", "import_line", ["job_id", "record_id"])
    op.create_index("ix_import_line_verdict", "import_line", ["job_id", "verdict", "number"])
    op.create_table(
        "work",
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("id", sa.String(length=500), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("texts", sa.JSON(), nullable=False),
        sa.Column("identifiers", sa.JSON(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection"], ["collection.name"], name=op.f("fk_work_collection_collection"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collection", "id", name=op.f("pk_work")),
    )
    op.create_table(
        "work_link",
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("work_id", sa.String(length=500), nullable=False),
        sa.Column("collaborator_id", sa.String(length=500), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.String(length=40), nullable=False),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection"], ["collection.name"], name=op.f("fk_work_link_collection_collection"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("collection", "work_id", "collaborator_id", name=op.f("pk_work_link")),
    )
    op.create_index("ix_work_link_collaborator", "work_link", ["collection", "collaborator_id", "state"])
    op.create_table(
        "hint",
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("scheme", sa.String(length=40), nullable=False),
        sa.Column("value", sa.String(length=500), nullable=False),
        sa.Column("collaborator_id", sa.String(length=500), nullable=False),
        sa.Column("origin", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection", "collaborator_id"],
            ["collaborator.collection", "collaborator.id"],
            name="fk_hint_collection_collaborator",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("collection", "scheme", "value", "collaborator_id", name=op.f("pk_hint")),
    )
    op.create_table(
        "record",
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=500), nullable=False),
        sa.Column("work_id", sa.String(length=500), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("retrieved", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["collection", "work_id"],
            ["work.collection", "work.id"],
            name=op.f("fk_record_collection_work"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("collection", "source", "id", name=op.f("pk_record")),
    )
    op.create_index("ix_record_work", "record", ["collection", "work_id"])
    op.create_table(
        "work_key",
        sa.Column("collection", sa.String(length=500), nullable=False),
        sa.Column("key", sa.String(length=500), nullable=False),
        sa.Column("work_id", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["collection", "work_id"],
            ["work.collection", "work.id"],
            name=op.f("fk_work_key_collection_work"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("collection", "key", "work_id", name=op.f("pk_work_key")),
    )
    op.create_index("ix_work_key_work", "work_key", ["collection", "work_id"])
    op.add_column("collaborator", sa.Column("state", sa.String(length=40), server_default="active", nullable=False))
    op.add_column("collaborator", sa.Column("imported", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("collaborator", "imported")
    op.drop_column("collaborator", "state")
    for name in (
        "work_key",
        "record",
        "hint",
        "work_link",
        "work",
        "import_line",
        "decision",
        "import_job",
        "catalogue_event",
    ):
        op.drop_table(name)
