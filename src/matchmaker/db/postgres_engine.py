"""PostgreSQL set up for several machines: nobody who dies or hangs keeps the others waiting for long."""

from sqlalchemy import URL, Connection, Engine, create_engine, event, text

from matchmaker.domain.errors import SetupError, mark

OLDEST_VERSION = 16

LOCK_SECONDS = 30
"""How long a writer waits for another one before it gives up; as with SQLite."""

STATEMENT_SECONDS = 300
"""The longest statement is the reading of a whole catalogue of millions of passages for its index."""

IDLE_SECONDS = 60
"""How long a transaction may do nothing: its process hangs, and others wait for what it holds."""

POOL_SIZE, POOL_OVERFLOW = 5, 15
"""Connections of a process, kept and at most. The server's max_connections must hold those of all processes."""

SERVER_SETTINGS = {
    "timezone": "UTC",
    "lock_timeout": f"{LOCK_SECONDS}s",
    "statement_timeout": f"{STATEMENT_SECONDS}s",
    "idle_in_transaction_session_timeout": f"{IDLE_SECONDS}s",
    # A machine that is gone without a word is noticed in half a minute, not in two hours, and its locks with it.
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "4",
}


def make_postgres_engine(url: URL) -> Engine:
    """An engine by which transactions that write see, at each statement, what was committed before it.

    That is READ COMMITTED: a transaction waits for its turn (turns.py) in its first statement, and must then see what
    the one before it wrote; under the stricter levels it would go on seeing what was there before it waited.

    Raises:
        ImportError: the driver is not installed (the extra ``postgres``).
    """
    from matchmaker.db.postgres_text import json_without_nul, leave_out_nul  # the driver is an extra

    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        isolation_level="READ COMMITTED",
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_pre_ping=True,  # a server that was started anew has ended the connections that were kept
        connect_args={
            "connect_timeout": 10,
            "application_name": "matchmaker",
            "options": " ".join(f"-c {name}={value}" for name, value in SERVER_SETTINGS.items()),
        },
        hide_parameters=True,
        json_serializer=json_without_nul,
    )
    event.listen(engine, "connect", leave_out_nul)
    return engine


def check_server(connection: Connection) -> None:
    """That the server and the database are such as the program can work with.

    Raises:
        SetupError: it is too old, or takes no account of letters beyond a to z.
    """
    version = int(connection.scalar(text("SHOW server_version_num")) or 0) // 10_000
    if version < OLDEST_VERSION:
        raise SetupError(
            mark("PostgreSQL {version} is too old: {oldest} or later is needed."),
            remedy="set MATCHMAKER_DATABASE_URL to a newer server",
            version=version,
            oldest=OLDEST_VERSION,
        )
    lowers = connection.scalar(text("SELECT getdatabaseencoding() = 'UTF8' AND lower('Å') = 'å'"))
    if not lowers:
        raise SetupError(
            mark("The database does not know the letters å, ä and ö: a search for älv would not find Älv."),
            remedy="createdb --template=template0 --encoding=UTF8 --locale=C.UTF-8 NAME",
        )
