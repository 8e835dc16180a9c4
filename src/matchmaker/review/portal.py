"""What a municipality's portal does with challenges: the officer's side of a case, by the API in place of the form.

Each act is given the session that it is to be done in, so that it can be done once with its answer (``do_once``).
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from matchmaker.db.case_records import Approval, Message, find_latest_approval, list_messages
from matchmaker.db.cases import add_case, get_case, save_case
from matchmaker.db.session import Database, Session
from matchmaker.domain.access import Principal
from matchmaker.domain.case import Case, step
from matchmaker.domain.days import local_day
from matchmaker.domain.description import Description, InvalidDescriptionError, find_problems
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.event import Actor, EventKind
from matchmaker.domain.workflow import Act, Party, State, told_state
from matchmaker.review.drafts import Choices
from matchmaker.review.intake import answer_day, challenge_of
from matchmaker.review.status import (
    ApprovedList,
    Status,
    answer_in,
    read_closing_message,
    read_status,
    waiting_question,
    written,
)
from matchmaker.text.query import read_query

CHECKED = ("tried", "success", "offers", "contact_role", "contact_email", "case_number", "by_when", "areas")
"""What the form checks and a portal may leave out. Title and problem are checked where every challenge is read."""


@dataclass(frozen=True, slots=True)
class Told:
    """A case as a municipality may know it; ``question`` is the adviser's, while it waits.

    ``is_owner``: told to the municipality that asked; one that joined is told no contact, case number or question.
    """

    case: Case
    state: State
    question: Message | None
    has_list: bool
    closing_message: str
    is_owner: bool


def portal_actor(client: str) -> Actor:
    """Who acts when a client of the API does."""
    return Actor(Party.OFFICER, f"portal:{client}")


def check_optional(typed: Mapping[str, str | list[str]], choices: Choices) -> None:
    """That what was given is as the form wants it.

    Raises:
        InvalidDescriptionError: it names every field that is wrong.
    """
    given = [name for name in CHECKED if typed.get(name)]
    problems = find_problems(typed, choices.municipalities, choices.areas, local_day(), given)
    if problems:
        raise InvalidDescriptionError(problems)


def submit(
    session: Session, description: Description, language: str | None, collection: str, answer_days: int, actor: Actor
) -> Case:
    """Take in a challenge.

    Raises:
        InvalidChallengeError: it cannot be matched as it is.
    """
    now = datetime.now(UTC)
    case = Case(
        id=str(uuid.uuid4()),
        collection=collection,
        state=State.DRAFT,
        revision=0,
        version=1,
        description=description,
        language=language,
        created_at=now,
        submitted_at=now,
        promised_on=answer_day(local_day(now), answer_days),
    )
    _check_text(case)
    add_case(session, case)
    sent = step(case, Act.SUBMIT, Party.OFFICER)
    return save_case(session, case, sent, actor, EventKind.SUBMIT, details={"version": 1})


def _check_text(case: Case) -> None:
    """The problem has words of its own, whatever else was said beside it, and the whole is not too long."""
    whole = challenge_of(case)
    read_query(replace(whole, text=case.description.problem, title=None))
    read_query(whole)


def amend(
    session: Session,
    case_id: str,
    change: Callable[[Case], Case],
    answer_days: int,
    actor: Actor,
    expect: Callable[[Told], None],
) -> Case:
    """Send the next version of a challenge; ``expect`` refuses where it is not as the sender saw it.

    Raises:
        InvalidChallengeError: it cannot be matched as it would be.
        IllegalActError: it is closed or withdrawn.
    """
    expect(read_told(session, case_id))
    before = get_case(session, case_id)
    promised = answer_day(local_day(), answer_days)
    changed = replace(change(before), version=before.version + 1, promised_on=promised)
    _check_text(changed)
    after = step(changed, Act.AMEND, Party.OFFICER)
    return save_case(session, before, after, actor, EventKind.AMEND, details={"version": after.version})


def answer(session: Session, case_id: str, question: str, text: str, actor: Actor) -> Case:
    """Answer the adviser's question, which is named by its id.

    Raises:
        InvalidChallengeError: the answer is empty or too long.
        IllegalActError: no question waits.
        OtherQuestionError: it is another one that waits.
    """
    return answer_in(session, case_id, question, written(text, "text"), actor)


def withdraw(session: Session, case_id: str, actor: Actor) -> Case:
    """Withdraw a challenge; what is withdrawn already stays so.

    Raises:
        IllegalActError: it is closed.
    """
    case = get_case(session, case_id)
    if case.state is State.WITHDRAWN:
        return case
    return save_case(session, case, step(case, Act.WITHDRAW, Party.OFFICER), actor, EventKind.WITHDRAW)


def read_told(session: Session, case_id: str, now: datetime | None = None, client: Principal | None = None) -> Told:
    """A case as a municipality may know it at a moment (as ``review.status.read_status`` shows it).

    ``client``: who asks; told as to the one that asked where it acts for that one, and where it is None.

    Raises:
        NotFoundError: there is no such case.
    """
    now = now or datetime.now(UTC)
    case = get_case(session, case_id)
    latest = find_latest_approval(session, case_id)
    unsent = latest is not None and latest.released_at > now
    is_owner = client is None or client.acts_for(case.description.municipality)
    state = told_state(case.state, unsent=unsent, for_others=not is_owner)
    messages = list_messages(session, case_id)
    return Told(
        case=case,
        state=state,
        question=waiting_question(state, messages),
        closing_message=read_closing_message(session, case, messages),
        is_owner=is_owner,
        has_list=find_latest_approval(session, case_id, released_by=now) is not None,
    )


class NotApprovedError(NotFoundError):
    """No adviser has approved a list for the challenge, or it has not been sent yet."""

    code = "not-approved-yet"


def read_approved(database: Database, case_id: str, now: datetime | None = None) -> tuple[Approval, ApprovedList]:
    """The list that was sent last.

    Raises:
        NotFoundError: there is no such challenge.
        NotApprovedError: none has been sent.
    """
    return approved_of(read_status(database, case_id, now))


def approved_of(shown: Status) -> tuple[Approval, ApprovedList]:
    """The list that is shown with a challenge.

    Raises:
        NotApprovedError: none is.
    """
    if shown.approval is None or shown.approved is None:
        raise NotApprovedError(mark("No adviser has approved a list for this challenge yet."))
    return shown.approval, shown.approved
