"""The cache of vectors is not called as pgvector's type is

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OLD, NEW = "vector", "cached_vector"


def upgrade() -> None:
    _rename(OLD, NEW)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        _rename(NEW, OLD)


def _rename(old: str, new: str) -> None:
    """Where there is one: on PostgreSQL a new database has had the new name from the first migration on."""
    if sa.inspect(op.get_bind()).has_table(old):
        op.drop_index(op.f(f"ix_{old}_query_since"), old)
        op.rename_table(old, new)
        op.create_index(op.f(f"ix_{new}_query_since"), new, ["query_since"])
