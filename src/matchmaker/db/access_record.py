"""The record of acts on who may do what. Lines are added, and never changed."""

from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.access_models import AccessEventRow
from matchmaker.db.cases import aware
from matchmaker.domain.access_event import AccessAct, AccessEvent

LONGEST_DETAILS = 2000


def note_act(
    session: Session, by: str, act: AccessAct, about: str, details: str = "", now: datetime | None = None
) -> None:
    """Write down an act, in the transaction of what it changes."""
    row = AccessEventRow(at=now or datetime.now(UTC), by=by, act=act, about=about, details=details[:LONGEST_DETAILS])
    session.add(row)


def list_acts(
    session: Session, limit: int, act: AccessAct | None = None, before: int | None = None
) -> list[AccessEvent]:
    """The latest acts, of one kind or (None) of all; the newest first, from below the number ``before``."""
    query = select(AccessEventRow).order_by(AccessEventRow.id.desc()).limit(limit)
    if act is not None:
        query = query.where(AccessEventRow.act == act)
    if before is not None:
        query = query.where(AccessEventRow.id < before)
    return [
        AccessEvent(aware(row.at), row.by, AccessAct(row.act), row.about, row.details, row.id)
        for row in session.scalars(query)
    ]
