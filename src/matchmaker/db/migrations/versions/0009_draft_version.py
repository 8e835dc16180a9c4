"""From which version of its challenge a draft began

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("challenge", sa.Column("draft_version", sa.Integer(), nullable=True))
    # Of those that are being typed now nobody can tell; they are taken to have begun from what is there.
    challenge = sa.table(
        "challenge",
        sa.column("version", sa.Integer()),
        sa.column("draft_version", sa.Integer()),
        sa.column("draft_saved_at", sa.DateTime(timezone=True)),
    )
    op.execute(
        challenge.update().where(challenge.c.draft_saved_at.is_not(None)).values(draft_version=challenge.c.version)
    )


def downgrade() -> None:
    op.drop_column("challenge", "draft_version")
