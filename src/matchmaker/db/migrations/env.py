"""Alembic's entry: runs the migrations on the connection it is given, or, for writing new ones, on a URL."""

import sqlalchemy
from alembic import context

from matchmaker.db.all_tables import METADATA


def _run(connection: sqlalchemy.Connection) -> None:
    context.configure(connection=connection, target_metadata=METADATA, render_as_batch=True, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with sqlalchemy.create_engine(context.config.get_main_option("sqlalchemy.url") or "").connect() as opened:
        _run(opened)
