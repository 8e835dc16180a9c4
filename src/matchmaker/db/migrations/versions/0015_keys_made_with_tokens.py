"""API keys that a personal token made end with it

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("api_key", sa.Column("made_with", sa.String(length=16), nullable=True))
    op.create_index(op.f("ix_api_key_made_with"), "api_key", ["made_with"])


def downgrade() -> None:
    op.drop_index(op.f("ix_api_key_made_with"), "api_key")
    op.drop_column("api_key", "made_with")
