"""What databases say when a fault is the machine's and may pass. Anything else is a fault of the program."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionError

from matchmaker.domain.errors import StorageError

SQLITE_FULL = "is full"
SQLITE_OUT_OF_REACH = ("locked", "readonly", "unable to open", "disk I/O")

POSTGRESQL_FULL = "53100"
POSTGRESQL_PASSING = ("08", "25006", "40", "53", "55P03", "57", "58")
"""SQLSTATEs, or their classes: the connection, a server that only reads, conflicts of transactions, lack of memory
or connections, a lock that was waited for too long, a server that ends or a statement that took too long, the disk.
(https://www.postgresql.org/docs/current/errcodes-appendix.html)"""


@contextmanager
def telling_storage_errors() -> Iterator[None]:
    """Tell faults of the machine as what they are to a user.

    Raises:
        StorageError: nothing can be read or written just now.
    """
    try:
        yield
    except NoConnectionError as error:
        raise StorageError(is_full=False) from error
    except DBAPIError as error:
        is_full = _is_full(error)
        if is_full or error.connection_invalidated or _may_pass(error):
            raise StorageError(is_full=is_full) from error
        raise


def _is_full(error: DBAPIError) -> bool:
    state = _state(error)
    return state == POSTGRESQL_FULL if state else _is_sqlite(error) and SQLITE_FULL in str(error.orig)


def _may_pass(error: DBAPIError) -> bool:
    if state := _state(error):
        return state.startswith(POSTGRESQL_PASSING)
    if _is_sqlite(error):
        return any(one in str(error.orig) for one in SQLITE_OUT_OF_REACH)
    return isinstance(error, OperationalError)  # PostgreSQL's driver has no state for a server that is not there


def _state(error: DBAPIError) -> str | None:
    return getattr(error.orig, "sqlstate", None)


def _is_sqlite(error: DBAPIError) -> bool:
    return isinstance(error, OperationalError) and type(error.orig).__module__ == "sqlite3"
