"""What the holder of a private link sees of a challenge that was sent, and may do."""

from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import TypeAdapter

from matchmaker.db.case_records import (
    Approval,
    Message,
    MessageKind,
    Participant,
    ParticipantRole,
    add_message,
    find_latest_approval,
    list_messages,
    list_participants,
)
from matchmaker.db.cases import get_case, list_events, list_versions, save_case
from matchmaker.db.session import Database
from matchmaker.domain.case import Case, Route, step
from matchmaker.domain.description import MAXIMUM_TEXT, TOO_LONG, Description
from matchmaker.domain.errors import InvalidChallengeError, mark
from matchmaker.domain.event import OFFICER, Event, EventKind
from matchmaker.domain.shortlist import Suggestion
from matchmaker.domain.workflow import Act, Party, State

TOLD = frozenset(
    {
        EventKind.SUBMIT,
        EventKind.AMEND,
        EventKind.WITHDRAW,
        EventKind.JOIN,
        EventKind.ASK,
        EventKind.ANSWER,
        EventKind.CLOSE,
        EventKind.REOPEN,
    }
)
"""The events that the municipality is told of, beside the list that was sent. Decisions and notes stay at the desk."""


@dataclass(frozen=True, slots=True)
class ApprovedList:
    """What an adviser approved for the municipality to see."""

    suggestions: list[Suggestion]
    route: Route | None
    message: str


@dataclass(frozen=True, slots=True)
class Status:
    """All that a private link shows. ``state`` is the one to tell: an approval counts from when it is sent.

    ``versions`` are the descriptions as they were sent, with their numbers and times, oldest first.
    """

    case: Case
    state: State
    approval: Approval | None
    approved: ApprovedList | None
    messages: list[Message]
    events: list[Event]
    co_owners: list[Participant]
    versions: list[tuple[int, datetime, Description]]

    @property
    def question(self) -> Message | None:
        """The last question, while it waits for its answer."""
        asked = [one for one in self.messages if one.kind is MessageKind.QUESTION]
        return asked[-1] if asked and self.state is State.WAITING else None


_APPROVED = TypeAdapter(ApprovedList)


def approved_content(approved: ApprovedList) -> dict[str, object]:
    """An approved list in the JSON form in which it is frozen."""
    content: dict[str, object] = _APPROVED.dump_python(approved, mode="json")
    return content


def read_status(database: Database, case_id: str, now: datetime | None = None) -> Status:
    """What the municipality may see at a moment: nothing of a list that has not been approved and sent.

    Raises:
        NotFoundError: there is no such challenge.
    """
    now = now or datetime.now(UTC)
    with database.reading() as session:
        case = get_case(session, case_id)
        approval = find_latest_approval(session, case_id, released_by=now)
        latest = find_latest_approval(session, case_id)
        events = [one for one in list_events(session, case_id) if one.kind in TOLD]
        messages = [one for one in list_messages(session, case_id) if one.kind is not MessageKind.NOTE]
        participants = list_participants(session, case_id)
        versions = list_versions(session, case_id)
    unsent = case.state is State.APPROVED and latest is not None and latest.released_at > now
    return Status(
        case=case,
        state=State.IN_REVIEW if unsent else case.state,
        approval=approval,
        approved=_APPROVED.validate_python(approval.content) if approval else None,
        messages=[one for one in messages if one.kind is not MessageKind.CONTRIBUTION],
        events=events,
        co_owners=[one for one in participants if one.role is ParticipantRole.CO_OWNER],
        versions=versions,
    )


def answer_question(database: Database, case_id: str, text: str) -> Case:
    """Answer the adviser's question.

    Raises:
        InvalidChallengeError: the answer is empty or too long.
        IllegalActError: no question waits.
    """
    text = written(text, "answer")
    with database.transaction() as session:
        case = get_case(session, case_id)
        after = step(case, Act.ANSWER, Party.OFFICER)
        add_message(session, case_id, MessageKind.ANSWER, OFFICER.id, text)
        return save_case(session, case, after, OFFICER, EventKind.ANSWER)


def withdraw(database: Database, case_id: str) -> Case:
    """Withdraw a challenge; what was written stays for the record.

    Raises:
        IllegalActError: it is closed or withdrawn already.
    """
    with database.transaction() as session:
        case = get_case(session, case_id)
        return save_case(session, case, step(case, Act.WITHDRAW, Party.OFFICER), OFFICER, EventKind.WITHDRAW)


def written(text: str, field: str, *, required: bool = True) -> str:
    """A message's text, trimmed.

    Raises:
        InvalidChallengeError: there is none though it is required, or too much of it; the error names the field.
    """
    text = text.replace("\x00", "").replace("\r\n", "\n").strip()
    if required and not text:
        raise InvalidChallengeError(field, mark("Write something here first."))
    if len(text) > MAXIMUM_TEXT:
        raise InvalidChallengeError(field, TOO_LONG, length=len(text), limit=MAXIMUM_TEXT)
    return text
