"""What is read of letters: what a due one is to say, what became of those of a case, and who has stopped them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.case_models import ChallengeRow, ParticipantRow
from matchmaker.db.case_records import find_latest_approval, get_participant
from matchmaker.db.cases import get_case
from matchmaker.db.letter_links import Reader
from matchmaker.db.letter_models import LetterRow
from matchmaker.db.notify_models import OutboxRow
from matchmaker.db.outbox import Job
from matchmaker.domain.case import Case
from matchmaker.domain.letter import Letter, LetterKind, LetterState
from matchmaker.domain.workflow import FINISHED, State


@dataclass(frozen=True, slots=True)
class DueLetter:
    """A letter that is to be sent now: to whom, of which case. ``language`` is None where it is not known."""

    kind: LetterKind
    reader: Reader
    to: str
    language: str | None
    case: Case


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where a reader's letters go; ``address`` is empty where none was given, or it has been erased."""

    address: str
    language: str | None
    is_stopped: bool


def due_letter(session: Session, job: Job, now: datetime) -> DueLetter | None:
    """The letter of a job; None when it is no longer wanted, or no longer true."""
    row = session.get(LetterRow, job.id)
    if row is None:
        return None
    kind, reader = LetterKind(row.kind), Reader(row.challenge_id, row.participant_id)
    mailbox = find_mailbox(session, reader)
    if mailbox is None or not mailbox.address or mailbox.is_stopped:
        return None
    case = get_case(session, reader.case_id)
    if reader.participant_id and not get_participant(session, reader.participant_id).may_see(case):
        return None
    if not _is_so(session, kind, case, row.approval_id, now):
        return None
    return DueLetter(kind, reader, mailbox.address, mailbox.language, case)


def find_mailbox(session: Session, reader: Reader) -> Mailbox | None:
    """Where a reader's letters go; None when there is no such reader."""
    if reader.participant_id:
        part = session.get(ParticipantRow, reader.participant_id)
        if part is None:
            return None
        return Mailbox(part.contact_email, part.letter_language, part.letters_stopped_at is not None)
    row = session.get(ChallengeRow, reader.case_id)
    if row is None:
        return None
    address = (row.description or {}).get("contact_email", "")
    return Mailbox(address, row.letter_language, row.letters_stopped_at is not None)


def set_stopped(session: Session, reader: Reader, stopped_at: datetime | None) -> None:
    """Stop a reader's letters, or (None) send them again."""
    row: ChallengeRow | ParticipantRow
    if reader.participant_id:
        row = session.get_one(ParticipantRow, reader.participant_id)
    else:
        row = session.get_one(ChallengeRow, reader.case_id)
    row.letters_stopped_at = stopped_at


def set_language(session: Session, case_id: str, language: str | None) -> None:
    """In which language the owner reads."""
    session.get_one(ChallengeRow, case_id).letter_language = language


def list_letters(session: Session, case_id: str) -> list[Letter]:
    """The letters about a case, oldest first; those that were sent or given up long ago are forgotten."""
    query = select(LetterRow, OutboxRow).join(OutboxRow, OutboxRow.id == LetterRow.job_id)
    query = query.where(LetterRow.challenge_id == case_id).order_by(OutboxRow.run_at, OutboxRow.created_at)
    return [_letter(letter, job) for letter, job in session.execute(query).tuples()]


def list_stopped(session: Session, case_id: str) -> list[Reader]:
    """Who has stopped the letters about a case, the owner first."""
    owner = select(ChallengeRow.id).where(ChallengeRow.id == case_id, ChallengeRow.letters_stopped_at.is_not(None))
    others = select(ParticipantRow.id).where(
        ParticipantRow.challenge_id == case_id, ParticipantRow.letters_stopped_at.is_not(None)
    )
    return [
        *(Reader(one) for one in session.scalars(owner)),
        *(Reader(case_id, one) for one in session.scalars(others)),
    ]


def _is_so(session: Session, kind: LetterKind, case: Case, approval_id: str | None, now: datetime) -> bool:
    """Whether what a letter tells is so when it is sent: it may have waited for days."""
    match kind:
        case LetterKind.RECEIVED | LetterKind.JOINED:
            return case.state not in FINISHED
        case LetterKind.QUESTION:
            return case.state is State.WAITING
        case LetterKind.LIST:
            released = find_latest_approval(session, case.id, released_by=now)
            return released is not None and released.id == approval_id and case.state is not State.WITHDRAWN
        case LetterKind.CLOSED:
            return case.state is State.CLOSED
        case LetterKind.WITHDRAWN:
            return case.state is State.WITHDRAWN


def _letter(letter: LetterRow, job: OutboxRow) -> Letter:
    if job.done_at:
        state = LetterState.SENT
    elif job.gave_up_at:
        state = LetterState.FAILED
    else:
        state = LetterState.DELAYED if job.last_error else LetterState.WAITING
    at = job.done_at or job.gave_up_at or job.run_at
    return Letter(LetterKind(letter.kind), letter.participant_id, state, at)
