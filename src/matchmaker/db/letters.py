"""Which letters a change of a case asks for, written to the outbox beside the change.

A letter's row says whose it is and what it tells of, no more: address, title and links are filled in when it is sent.
So neither an address nor a link lies in the outbox, and whoever has stopped the letters meanwhile gets none.
"""

import uuid
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from matchmaker.db import outbox
from matchmaker.db.case_models import ADMITTED, ChallengeRow, ParticipantRow
from matchmaker.db.letter_links import Reader, delete_reader_links
from matchmaker.db.letter_models import LetterRow
from matchmaker.db.outbox import JobKind
from matchmaker.domain.case import Case
from matchmaker.domain.event import EventKind
from matchmaker.domain.letter import LetterKind


def write_letters(session: Session, before: Case, after: Case, kind: EventKind) -> None:
    """Have those who gave an address told of what an event changed; of a list: ``write_list_letters``."""
    match kind:
        case EventKind.SUBMIT:
            _to_owner(session, after, LetterKind.RECEIVED)
        case EventKind.AMEND if before.description.contact_email != after.description.contact_email:
            _begin_anew(session, after)
        case EventKind.ASK:  # what the adviser and the owner ask each other stays between them
            _to_owner(session, after, LetterKind.QUESTION)
        case EventKind.CLOSE:
            _to_owner(session, after, LetterKind.CLOSED)
            _to_others(session, after, LetterKind.CLOSED)
        case EventKind.WITHDRAW:
            _to_others(session, after, LetterKind.WITHDRAWN)


def write_list_letters(session: Session, case: Case, approval_id: str, released_at: datetime, group: str) -> None:
    """Have everybody told of a list at its release; called off with the rest of the ``group``."""
    readers = [Reader(case.id)] if case.description.contact_email else []
    for reader in [*readers, *_others(session, case)]:
        _queue(session, reader, LetterKind.LIST, approval_id, approval_id=approval_id, run_at=released_at, group=group)


def write_joined_letter(session: Session, case_id: str, participant_id: str) -> None:
    """Have a municipality that was let in told where it can follow the challenge."""
    _queue(session, Reader(case_id, participant_id), LetterKind.JOINED, "1")


def _begin_anew(session: Session, case: Case) -> None:
    """Another address: what was mailed to the old one lets nobody in any more, and who has the new one is welcomed."""
    delete_reader_links(session, Reader(case.id))
    session.execute(update(ChallengeRow).where(ChallengeRow.id == case.id).values(letters_stopped_at=None))
    _to_owner(session, case, LetterKind.RECEIVED)


def _to_owner(session: Session, case: Case, kind: LetterKind) -> None:
    if case.description.contact_email:
        _queue(session, Reader(case.id), kind, str(case.revision))


def _to_others(session: Session, case: Case, kind: LetterKind) -> None:
    for reader in _others(session, case):
        _queue(session, reader, kind, str(case.revision))


def _others(session: Session, case: Case) -> list[Reader]:
    query = select(ParticipantRow.id).where(
        ParticipantRow.challenge_id == case.id,
        ParticipantRow.contact_email != "",
        ParticipantRow.standing == ADMITTED,
    )
    return [Reader(case.id, one) for one in session.scalars(query.order_by(ParticipantRow.created_at))]


def _queue(
    session: Session,
    reader: Reader,
    kind: LetterKind,
    occasion: str,
    *,
    approval_id: str | None = None,
    run_at: datetime | None = None,
    group: str | None = None,
) -> None:
    """One letter a reader and occasion, however often it is asked for."""
    job_id = str(uuid.uuid4())
    key = f"letter:{kind}:{reader.participant_id or reader.case_id}:{occasion}"
    if outbox.add(session, JobKind.LETTER, {}, key, run_at=run_at, group=group, identifier=job_id):
        session.add(
            LetterRow(
                job_id=job_id,
                challenge_id=reader.case_id,
                participant_id=reader.participant_id,
                kind=kind,
                approval_id=approval_id,
            )
        )
