"""In which window of a browser a draft's fields were written

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("challenge", sa.Column("draft_windows", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("challenge", "draft_windows")
