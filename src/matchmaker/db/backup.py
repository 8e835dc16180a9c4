"""A database's whole content as one file, and back; each as its database makes it.

SQLite is copied by its own backup interface, PostgreSQL by pg_dump and psql: while servers run, and as of one moment.
A backup is put back in one transaction, so that afterwards either all of it is there or what was there before.
"""

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import Engine, inspect
from sqlalchemy.engine import URL

from matchmaker.db.session import Database
from matchmaker.domain.errors import FileProblem, InvalidFileError, MatchmakerError, SetupError, mark

SQLITE_BEGINNING = b"SQLite format 3\x00"
POSTGRES_BEGINNING = b"PGDMP"


class BackupError(MatchmakerError):
    """A backup could not be made or put back; the database is as it was."""

    code = "backup"


def save_backup(database: Database, file: Path) -> None:
    """Write a backup beside the file and rename it: half a backup never stands there. Only its owner may read it.

    Raises:
        BackupError: the database could not be read whole.
        SetupError: PostgreSQL's programs are missing.
        OSError: the file cannot be written.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}-")  # readable by its owner only
    os.close(descriptor)
    fresh = Path(name)
    try:
        if _is_postgres(database.engine):
            _run_postgres(
                "pg_dump", database.engine.url, "--format=custom", "--no-owner", "--no-acl", f"--file={fresh}"
            )
        else:
            _copy_sqlite(_sqlite_file(database.engine), fresh)
        with fresh.open("rb") as stream:
            os.fsync(stream.fileno())
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)


def load_backup(database: Database, file: Path) -> None:
    """Put a backup in the place of all that the database has. Its schema may be older: it is to be opened anew.

    Raises:
        InvalidFileError: the file is no backup of such a database.
        BackupError: it could not be put back; the database is as it was.
        SetupError: PostgreSQL's programs are missing.
        OSError: the file cannot be read.
    """
    with file.open("rb") as stream:
        beginning = stream.read(len(SQLITE_BEGINNING))
    if _is_postgres(database.engine):
        _check(file, beginning.startswith(POSTGRES_BEGINNING))
        _load_postgres(database.engine, file)
    else:
        _check(file, beginning == SQLITE_BEGINNING)
        _check(file, _is_whole(file))
        _copy_sqlite(file, _sqlite_file(database.engine))


def _check(file: Path, is_right: bool) -> None:
    if not is_right:
        raise InvalidFileError(str(file), [FileProblem(mark("is no backup of this kind of database, or is damaged"))])


def _sqlite_file(engine: Engine) -> Path:
    assert engine.url.database, "a database in memory is no one's to back up"
    return Path(engine.url.database)


def _copy_sqlite(source: Path, target: Path) -> None:
    """All pages in one go: whoever writes waits meanwhile, whoever reads goes on reading what was there."""
    try:
        with closing(sqlite3.connect(source)) as reading, closing(sqlite3.connect(target, timeout=30)) as writing:
            reading.backup(writing, pages=-1)
    except sqlite3.Error as error:
        raise BackupError(mark("The backup failed: {problem}"), problem=str(error)) from error


def _is_whole(file: Path) -> bool:
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro&immutable=1", uri=True)) as connection:
            tables = connection.execute("SELECT count(*) FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
            return bool(tables[0]) and connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    except sqlite3.Error:
        return False


def _load_postgres(engine: Engine, file: Path) -> None:
    """As one script: what is there is dropped first, also tables that are newer than the backup."""
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
    with tempfile.TemporaryDirectory() as folder:  # readable by its owner only
        script, beginning = Path(folder) / "content.sql", Path(folder) / "drop.sql"
        _run_postgres("pg_restore", None, "--no-owner", "--no-acl", "--no-comments", f"--file={script}", str(file))
        beginning.write_text("".join(f'DROP TABLE "{one}" CASCADE;\n' for one in tables), encoding="utf-8")
        options = ("--single-transaction", "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--output=/dev/null")
        _run_postgres("psql", engine.url, *options, f"--file={beginning}", f"--file={script}")


def _run_postgres(program: str, url: URL | None, *options: str) -> None:
    """One of PostgreSQL's programs; a password is handed over where other users of the machine cannot see it."""
    found = shutil.which(program)
    if found is None:
        raise SetupError(
            mark("PostgreSQL's program {program} is missing."),
            remedy="install PostgreSQL's client programs, of the server's version or later (Debian: postgresql-client)",
            program=program,
        )
    environment, target = dict(os.environ), []
    if url is not None:
        plain = url.set(drivername="postgresql", password=None)
        target = [f"--dbname={plain.render_as_string(hide_password=False)}"]
        environment |= {"PGPASSWORD": url.password} if url.password else {}
    ran = subprocess.run(  # noqa: S603  # its options are ours; no shell reads them
        [found, *target, *options], env=environment, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise BackupError(mark("The backup failed: {problem}"), problem=ran.stderr.strip() or program)


def _is_postgres(engine: Engine) -> bool:
    return engine.dialect.name == "postgresql"
