"""who joined a challenge: whether it was let in

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Those who have joined already were promised that they see it.
    op.add_column("participant", sa.Column("standing", sa.String(length=40), server_default="admitted", nullable=False))


def downgrade() -> None:
    op.drop_column("participant", "standing")
