"""What the holder of a private link sees of a challenge that was sent, and may do."""

from collections.abc import Sequence
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
from matchmaker.db.session import Database, Session
from matchmaker.domain.case import Case, Route, step
from matchmaker.domain.description import MAXIMUM_LINE, MAXIMUM_TEXT, TOO_LONG, Description
from matchmaker.domain.errors import InvalidChallengeError, MatchmakerError, mark
from matchmaker.domain.event import OFFICER, Actor, Event, EventKind
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


class OtherQuestionError(MatchmakerError):
    """An answer to a question that is not the one that waits."""

    code = "other-question"


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
        return waiting_question(self.state, self.messages)


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


def answer_question(database: Database, case_id: str, question: str, text: str) -> Case:
    """Answer the adviser's question, which is named by its id.

    Raises:
        InvalidChallengeError: the answer is empty or too long.
        IllegalActError: no question waits.
        OtherQuestionError: it is another one that waits.
    """
    text = written(text, "answer")
    with database.transaction() as session:
        return answer_in(session, case_id, question, text, OFFICER)


def answer_in(session: Session, case_id: str, question: str, text: str, actor: Actor) -> Case:
    """As ``answer_question``, with a text that was looked at, in a transaction that goes on."""
    case = get_case(session, case_id)
    after = step(case, Act.ANSWER, Party.OFFICER)
    waiting = waiting_question(case.state, list_messages(session, case_id))
    if waiting is None or str(waiting.id) != question:
        raise OtherQuestionError(mark("The adviser has asked something else meanwhile. Nothing was sent."))
    add_message(session, case_id, MessageKind.ANSWER, actor.id, text)
    return save_case(session, case, after, actor, EventKind.ANSWER)


def waiting_question(state: State, messages: Sequence[Message]) -> Message | None:
    """The last question, while it waits for its answer."""
    asked = [one for one in messages if one.kind is MessageKind.QUESTION]
    return asked[-1] if asked and state is State.WAITING else None


def withdraw(database: Database, case_id: str) -> Case:
    """Withdraw a challenge; what was written stays for the record.

    Raises:
        IllegalActError: it is closed or withdrawn already.
    """
    with database.transaction() as session:
        case = get_case(session, case_id)
        return save_case(session, case, step(case, Act.WITHDRAW, Party.OFFICER), OFFICER, EventKind.WITHDRAW)


def line(text: str, field: str = "comment") -> str:
    """A remark in a few words, trimmed.

    Raises:
        InvalidChallengeError: it is too long; the error names the field.
    """
    text = written(text, field, required=False)
    if len(text) > MAXIMUM_LINE:
        raise InvalidChallengeError(field, TOO_LONG, length=len(text), limit=MAXIMUM_LINE)
    return text


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
