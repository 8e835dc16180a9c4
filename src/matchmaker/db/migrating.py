"""A database's schema brought up to date when it is opened; processes that start together take turns."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock
from sqlalchemy import Engine, func, inspect, select, text

from matchmaker.db.turns import LOCK_SPACE, MIGRATION_LOCK
from matchmaker.domain.errors import SetupError, mark


def migrate(engine: Engine, file: Path | None) -> None:
    """Bring the schema up to date; ``file`` is SQLite's.

    Raises:
        SetupError: the database belongs to another program, or to a newer version of this one.
    """
    config = Config()
    config.set_main_option("script_location", "matchmaker:db/migrations")
    if _is_current(engine, ScriptDirectory.from_config(config)):
        return
    if file:
        # SQLite has no lock over several statements of a schema change.
        with FileLock(f"{file}.migration-lock"), engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        return
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # as long as it takes, for the one that does it and those who wait
            for timeout in ("lock_timeout", "statement_timeout"):
                connection.execute(text(f"SET LOCAL {timeout} = 0"))
            connection.execute(select(func.pg_advisory_xact_lock(LOCK_SPACE, MIGRATION_LOCK)))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _is_current(engine: Engine, scripts: ScriptDirectory) -> bool:
    with engine.execution_options(read_only=True).connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        tables = inspect(connection).get_table_names()
    if revision == scripts.get_current_head():
        return True
    if revision is None and set(tables) - {"alembic_version"}:
        raise SetupError(
            mark("The database {url} belongs to another program: it has the table {table}."),
            remedy="unset MATCHMAKER_DATABASE_URL MATCHMAKER_STATE_DIR  (or correct them)",
            url=engine.url.render_as_string(hide_password=True),
            table=sorted(tables)[0],
        )
    if revision is not None and revision not in {script.revision for script in scripts.walk_revisions()}:
        raise SetupError(
            mark("The database was written by a newer Matchmaker (schema {revision})."),
            remedy="git pull && make setup",
            revision=revision,
        )
    return False
