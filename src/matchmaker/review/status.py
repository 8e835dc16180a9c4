"""What the holder of a private link sees of a challenge that was sent, and may do."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from pydantic import TypeAdapter

from matchmaker.db.case_records import (
    Approval,
    Message,
    MessageKind,
    Participant,
    Standing,
    add_message,
    find_latest_approval,
    list_messages,
    list_participants,
)
from matchmaker.db.cases import get_case, list_events_of, list_versions, save_case
from matchmaker.db.session import Database, Session
from matchmaker.domain.case import Case, Route, step
from matchmaker.domain.description import MAXIMUM_LINE, MAXIMUM_TEXT, TOO_LONG, Description, Visibility
from matchmaker.domain.errors import InvalidChallengeError, MatchmakerError, mark
from matchmaker.domain.event import OFFICER, Actor, Event, EventKind
from matchmaker.domain.shortlist import Suggestion
from matchmaker.domain.workflow import Act, Party, State, told_state

TOLD = frozenset(
    {
        EventKind.SUBMIT,
        EventKind.AMEND,
        EventKind.WITHDRAW,
        EventKind.JOIN,
        EventKind.FOLLOW,
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
    """All that a private link shows. ``state`` is the one to tell (``domain.workflow.told_state``).

    ``versions`` are the descriptions as they were sent, with their numbers and times, oldest first. ``others`` are the
    municipalities that asked to join or were let in. ``is_limited``: a follower sees the challenge as it was when it
    was public last. ``closing_message`` is what the adviser wrote when closing it, while it is closed.
    """

    case: Case
    state: State
    approval: Approval | None
    approved: ApprovedList | None
    messages: list[Message]
    events: list[Event]
    others: list[Participant]
    versions: list[tuple[int, datetime, Description]]
    closing_message: str = ""
    is_limited: bool = False

    @property
    def question(self) -> Message | None:
        """The last question, while it waits for its answer."""
        return waiting_question(self.state, self.messages)

    @property
    def has_list(self) -> bool:
        """Whether somebody is on the list that was sent last: an answer may also be words alone."""
        return bool(self.approved and self.approved.suggestions)

    @property
    def admitted(self) -> list[Participant]:
        return [one for one in self.others if one.is_admitted]


_APPROVED = TypeAdapter(ApprovedList)


def approved_content(approved: ApprovedList) -> dict[str, object]:
    """An approved list in the JSON form in which it is frozen."""
    content: dict[str, object] = _APPROVED.dump_python(approved, mode="json")
    return content


def read_status(
    database: Database, case_id: str, now: datetime | None = None, reader: Participant | None = None
) -> Status:
    """What a municipality may see at a moment: nothing of a list that has not been approved and sent.

    ``reader`` is the participant that reads, who has been let in; None is the municipality that asked.

    Raises:
        NotFoundError: there is no such challenge.
    """
    now = now or datetime.now(UTC)
    with database.reading() as session:
        case = get_case(session, case_id)
        versions = list_versions(session, case_id)
        limited = _last_public(versions) if reader and not reader.may_see(case) else None
        approval = find_latest_approval(session, case_id, now, limited[0] if limited else None)
        latest = find_latest_approval(session, case_id)
        events = list_events_of(session, case_id, TOLD)
        messages = list_messages(session, case_id)
        closing = "" if limited else read_closing_message(session, case, messages)
        participants = list_participants(session, case_id)
    unsent = latest is not None and latest.released_at > now
    talk = {MessageKind.QUESTION, MessageKind.ANSWER}
    return Status(
        case=replace(case, description=limited[1]) if limited else case,
        state=told_state(case.state, unsent=unsent, for_others=reader is not None),
        approval=approval,
        approved=_APPROVED.validate_python(approval.content) if approval else None,
        messages=[] if reader else [one for one in messages if one.kind in talk],
        events=events,
        others=[one for one in participants if one.standing is not Standing.REFUSED],
        versions=versions,
        closing_message=closing,
        is_limited=limited is not None,
    )


def read_contributions(database: Database, participant: Participant) -> list[str]:
    """What a municipality that asked to join wrote about its own problem."""
    with database.reading() as session:
        messages = list_messages(session, participant.case_id)
    own = (MessageKind.CONTRIBUTION, participant.municipality)
    return [one.text for one in messages if (one.kind, one.author) == own]


def _last_public(versions: Sequence[tuple[int, datetime, Description]]) -> tuple[int, Description]:
    """The version that was public last, with its number; an empty one where none was."""
    public = ((number, one) for number, _, one in reversed(versions) if one.visibility is Visibility.PUBLIC)
    return next(public, (0, Description(None, "", "")))


def read_closing_message(session: Session, case: Case, messages: Sequence[Message]) -> str:
    """What the adviser wrote to the municipality when closing the case, while it is closed."""
    if case.state is not State.CLOSED:
        return ""
    closed = list_events_of(session, case.id, {EventKind.CLOSE})
    said = closed[-1].after.get("message") if closed else None
    return next((one.text for one in messages if one.id == said), "")


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
