"""Erasing what has had its time: contacts of finished challenges, those challenges whole, the record of acts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from matchmaker.db.access_models import AccessEventRow
from matchmaker.db.case_models import ChallengeRow, EventRow, ParticipantRow, VersionRow
from matchmaker.domain.retention import Retention
from matchmaker.domain.workflow import FINISHED

CONTACT_FIELDS = ("contact_role", "contact_email")
_NO_CONTACT = dict.fromkeys(CONTACT_FIELDS, "")


def erase_finished(session: Session, retention: Retention, now: datetime) -> tuple[int, int]:
    """Erase what is to be kept no longer; returns from how many challenges the contacts, and how many whole."""
    deleted = delete_cases(session, now - retention.cases) if retention.cases else 0
    erased = erase_contacts(session, now - retention.contacts)
    forget_acts(session, now - retention.acts)
    return erased, deleted


def erase_contacts(session: Session, before: datetime) -> int:
    """Erase who is written to from challenges on which nothing was done since; returns from how many.

    Every version of the description is emptied of them and the municipality, the text and the history stay. Without
    an address no letter goes out, the waiting ones included.
    """
    query = select(ChallengeRow).where(*_finished(before))
    erased = 0
    for row in session.scalars(query):
        versions = session.scalars(select(VersionRow).where(VersionRow.challenge_id == row.id)).all()
        others = session.scalars(select(ParticipantRow).where(ParticipantRow.challenge_id == row.id)).all()
        holders: list[ChallengeRow | VersionRow] = [row, *versions]
        if not any(one.contact_email or one.contact_role for one in others) and not any(
            _has_contact(one.description) for one in holders
        ):
            continue
        for one in holders:
            if one.description is not None:
                one.description = {**one.description, **_NO_CONTACT}
        ids = [one.id for one in others]
        session.execute(update(ParticipantRow).where(ParticipantRow.id.in_(ids)).values(**_NO_CONTACT))
        row.draft = row.draft_saved_at = row.draft_version = row.draft_windows = None
        erased += 1
    return erased


def delete_cases(session: Session, before: datetime) -> int:
    """Delete challenges on which nothing was done since, with all that hangs on them; returns how many."""
    ids = list(session.scalars(select(ChallengeRow.id).where(*_finished(before))))
    session.execute(delete(ChallengeRow).where(ChallengeRow.id.in_(ids)))
    return len(ids)


def forget_acts(session: Session, before: datetime) -> None:
    """Delete the record of acts on who may do what from before a moment."""
    session.execute(delete(AccessEventRow).where(AccessEventRow.at < before))


def _has_contact(description: Mapping[str, Any] | None) -> bool:
    return any((description or {}).get(name) for name in CONTACT_FIELDS)


def _finished(before: datetime) -> list[ColumnElement[bool]]:
    """Closed or withdrawn, and nothing was done since; what never had an event is as old as it is."""
    later = select(EventRow.id).where(EventRow.challenge_id == ChallengeRow.id, EventRow.at >= before)
    return [
        ChallengeRow.state.in_([state.value for state in FINISHED]),
        ChallengeRow.created_at < before,
        ~later.exists(),
    ]
