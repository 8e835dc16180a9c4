"""Which writing waits for which other, on a database that would let all of it happen at once.

What is decided by reading before writing (the next free number, whether a list was sent, whether a group is out) holds
only if nobody writes in between. SQLite has one writer at a time. PostgreSQL has many, so that a transaction says
whose turn it takes, and waits for who has it: a lock that lives until the end of the transaction, and is given in the
order in which it was asked for. Two of different turns never wait for each other.
"""

from enum import IntFlag

from sqlalchemy import func, select
from sqlalchemy.orm import Session

LOCK_SPACE = 0x4D4D
"""The first half of the key of every such lock, so that another program's on the same database are not met."""

MIGRATION_LOCK = 0


class Turn(IntFlag):
    """What a transaction must not share with another of its kind. ``NONE``: each row of it is safe by itself.

    They are asked for in the order in which they stand here, so that two that want both cannot block each other.
    """

    NONE = 0
    CATALOGUE = 1
    """Works, groups, documents, and what is decided about them."""
    CASES = 2
    """All that people do with challenges, and everything not named here. The events of the feed are numbered under it:
    a lower number is never committed after a higher one."""
    CLAIMS = 4
    """Who sends which message: how many are on their way to a receiver is counted before another is begun."""
    CATALOGUE_AND_CASES = CATALOGUE | CASES
    """What people decide about groups: no list is approved while somebody opts out. An import does without."""


def take(session: Session, turns: Turn) -> None:
    """Wait for the turns; they end with the transaction."""
    for one in turns:
        session.execute(select(func.pg_advisory_xact_lock(LOCK_SPACE, one.value)))
