"""What is said of a case, in words: states, routes, reasons, decisions, what happened. For the desk and officers."""

from collections.abc import Callable, Mapping
from typing import Any

from matchmaker.db.case_records import Participant, ParticipantRole, Standing
from matchmaker.db.desk_records import TieKind
from matchmaker.domain.case import ClosingReason, Decision, RejectionReason, Route
from matchmaker.domain.errors import mark
from matchmaker.domain.event import Actor, Event, EventKind
from matchmaker.domain.letter import Letter, LetterKind, LetterState
from matchmaker.domain.workflow import Party, State
from matchmaker.messages import Translator
from matchmaker.notify.letters import CLOSING_REASONS

OFFICER_STATES = {
    State.DRAFT: mark("Not sent yet"),
    State.SUBMITTED: mark("Received"),
    State.MATCHED: mark("Received"),
    State.IN_REVIEW: mark("With an adviser"),
    State.WAITING: mark("Waiting for your answer"),
    State.APPROVED: mark("Answered: you have a list"),
    State.CONTACTED: mark("Those on the list have been contacted"),
    State.ANSWERED: mark("Those on the list have answered"),
    State.COLLABORATION: mark("Collaboration has begun"),
    State.CLOSED: mark("Closed"),
    State.WITHDRAWN: mark("Withdrawn"),
}
"""What the municipality reads. It need not know that a machine has matched before a human has looked."""

DESK_STATES = {
    State.DRAFT: mark("draft"),
    State.SUBMITTED: mark("received, not matched"),
    State.MATCHED: mark("new"),
    State.IN_REVIEW: mark("in review"),
    State.WAITING: mark("waiting for the municipality"),
    State.APPROVED: mark("approved"),
    State.CONTACTED: mark("contacted"),
    State.ANSWERED: mark("answered"),
    State.COLLABORATION: mark("collaboration"),
    State.CLOSED: mark("closed"),
    State.WITHDRAWN: mark("withdrawn"),
}

ROUTES = {
    Route.RESEARCH_GROUP: mark("A research group"),
    Route.STUDENT_WORK: mark("A student thesis or a course"),
    Route.EXISTING_KNOWLEDGE: mark("Knowledge that already exists"),
    Route.BUSINESS_SUPPORT: mark("Business support"),
    Route.NOT_FOR_US: mark("Somebody other than the university"),
}

REJECTION_REASONS = {
    RejectionReason.OFF_TOPIC: mark("works on something else"),
    RejectionReason.TOO_GENERAL: mark("too general"),
    RejectionReason.BETTER_SUITED: mark("somebody else fits better"),
    RejectionReason.NO_CAPACITY: mark("has no time"),
    RejectionReason.CONFLICT: mark("has a conflict of interest"),
    RejectionReason.OTHER: mark("another reason"),
}

DECISIONS = {
    Decision.PENDING: mark("not decided"),
    Decision.ACCEPTED: mark("accepted"),
    Decision.REJECTED: mark("rejected"),
}

OFFICER_EVENTS = {
    EventKind.SUBMIT: mark("The challenge was received."),
    EventKind.AMEND: mark("A new version was sent."),
    EventKind.WITHDRAW: mark("The challenge was withdrawn."),
    EventKind.JOIN: mark("Another municipality joined as co-owner."),
    EventKind.FOLLOW: mark("Another municipality began to follow it."),
    EventKind.ASK: mark("An adviser asked a question."),
    EventKind.ANSWER: mark("The question was answered."),
    EventKind.CLOSE: mark("The case was closed."),
    EventKind.REOPEN: mark("The case was opened again."),
}
"""Of every kind that the municipality is told (``review.status.TOLD``)."""

LETTERS = {
    LetterKind.RECEIVED: mark("that the challenge has come in"),
    LetterKind.JOINED: mark("that the municipality has joined"),
    LetterKind.QUESTION: mark("a question"),
    LetterKind.LIST: mark("that there is an answer"),
    LetterKind.CLOSED: mark("that the case is closed"),
    LetterKind.WITHDRAWN: mark("that the challenge is withdrawn"),
}

LETTER_STATES = {
    LetterState.WAITING: mark("not due yet"),
    LetterState.DELAYED: mark("could not be sent yet, is tried again"),
    LetterState.SENT: mark("sent"),
    LetterState.FAILED: mark("could not be delivered"),
}

JOINED = {ParticipantRole.CO_OWNER: mark("co-owner"), ParticipantRole.FOLLOWER: mark("follows")}
ASKING = {
    ParticipantRole.CO_OWNER: mark("asks to join as co-owner"),
    ParticipantRole.FOLLOWER: mark("asks to follow"),
}

TIES = {
    TieKind.SUPPLIER: mark("supplier to the municipality"),
    TieKind.SAME_PERSON: mark("the same person on both sides"),
    TieKind.OPTED_OUT: mark("does not want to be suggested"),
    TieKind.OTHER: mark("another tie"),
}

DESK_EVENTS = {
    EventKind.SUBMIT: mark("The challenge was received."),
    EventKind.MATCH: mark("The system's list was made."),
    EventKind.AMEND: mark("The municipality sent version {version}."),
    EventKind.WITHDRAW: mark("The challenge was withdrawn."),
    EventKind.ASK_TO_JOIN: mark("Another municipality asked to join."),
    EventKind.JOIN: mark("Another municipality was let in as co-owner."),
    EventKind.FOLLOW: mark("Another municipality was let in to follow the case."),
    EventKind.REFUSE_JOIN: mark("Another municipality was refused."),
    EventKind.ANSWER: mark("The question was answered."),
    EventKind.DECIDE: mark("{name}: the decision stays as it was."),
    EventKind.MOVE: mark("{name} was moved to place {to}."),
    EventKind.ADD: mark("{name} was added."),
    EventKind.MORE: mark("Further candidates were fetched: {count}."),
    EventKind.OWNER: mark("The owner was set."),
    EventKind.ROUTE: mark("The route was set."),
    EventKind.NOTE: mark("An internal note was written."),
    EventKind.ASK: mark("A question was sent to the municipality."),
    EventKind.RESUME: mark("The review went on without the answer."),
    EventKind.TIE: mark("A tie of {name} was registered: {tie}."),
    EventKind.UNTIE: mark("A tie of {name} was taken back: {tie}."),
    EventKind.JUDGE: mark("Candidates were graded: {count}."),
    EventKind.APPROVE: mark("The list was approved, with {count} accepted."),
    EventKind.TAKE_BACK: mark("The approval was taken back."),
    EventKind.RELEASE: mark("The list was sent at once."),
    EventKind.REVISE: mark("The list was taken up again to be changed."),
    EventKind.CLOSE: mark("The case was closed."),
    EventKind.REOPEN: mark("The case was opened again."),
}

DECIDED = {
    Decision.PENDING: mark("{name}: the decision was taken back."),
    Decision.ACCEPTED: mark("{name} was accepted."),
    Decision.REJECTED: mark("{name} was rejected: {reason}."),
}

UNDONE = {
    EventKind.DECIDE: mark("Undone: the decision on {name}."),
    EventKind.MOVE: mark("Undone: the move of {name}."),
    EventKind.ADD: mark("Undone: the adding of {name}."),
    EventKind.MORE: mark("Undone: the fetching of further candidates."),
    EventKind.OWNER: mark("Undone: the choice of owner."),
    EventKind.ROUTE: mark("Undone: the choice of route."),
}


def state_word(state: State, say: Translator, *, for_officer: bool) -> str:
    """Where a case stands, in the words of whoever reads it."""
    return say.say((OFFICER_STATES if for_officer else DESK_STATES)[state])


def route_word(route: Route, say: Translator) -> str:
    """By which way the need is met."""
    return say.say(ROUTES[route])


def closing_word(reason: ClosingReason, say: Translator) -> str:
    """Why a case was closed, a sentence."""
    return say.say(CLOSING_REASONS[reason])


def rejection_word(reason: RejectionReason, say: Translator) -> str:
    """Why a candidate was rejected, to stand after a name."""
    return say.say(REJECTION_REASONS[reason])


def decision_word(decision: Decision, say: Translator) -> str:
    """What was decided about a candidate."""
    return say.say(DECISIONS[decision])


def officer_event(event: Event, say: Translator) -> str:
    """What happened, a sentence to the municipality."""
    return say.say(OFFICER_EVENTS[event.kind])


def letter_word(letter: Letter, say: Translator) -> str:
    """What a letter tells, to stand after what it was sent for: "Mail: a question"."""
    return say.say(LETTERS[letter.kind])


def letter_state_word(letter: Letter, say: Translator) -> str:
    """What became of a letter."""
    return say.say(LETTER_STATES[letter.state])


def participant_word(participant: Participant, say: Translator) -> str:
    """What another municipality is to a case: "co-owner"."""
    if participant.standing is Standing.REFUSED:
        return say.say(mark("refused"))
    words = ASKING if participant.is_asking else JOINED
    return say.say(words[participant.role])


def tie_word(kind: TieKind, say: Translator) -> str:
    """What speaks against a collaborator."""
    return say.say(TIES[kind])


def adviser_word(adviser: str, say: Translator) -> str:
    """The label of who works at the desk, as its role: "Adviser 2"."""
    kind, _, number = adviser.rpartition("-")
    template = mark("Administrator {number}") if kind == "administrator" else mark("Adviser {number}")
    return say.say(template, number=number)


def actor_word(actor: Actor, say: Translator) -> str:
    """Who acted."""
    match actor.party:
        case Party.ADVISER:
            return adviser_word(actor.id, say)
        case Party.SYSTEM:
            return "Matchmaker"
        case Party.OFFICER:
            return say.say(mark("The municipality"))


def desk_event(event: Event, say: Translator, names: Mapping[str, str]) -> str:
    """What was done, a sentence for the desk. ``names`` are the collaborators' by id; others appear by their id."""
    told = event.after
    who = str(told.get("collaborator", ""))
    values: dict[str, object] = {"version": "", "to": "", "count": "", **told, "name": names.get(who, who)}
    judged = (told.get("candidates") or {}).get(who)
    match event.kind:
        case EventKind.DECIDE if judged:
            if judged["reason"]:
                values["reason"] = rejection_word(RejectionReason(judged["reason"]), say)
            return say.say(DECIDED[Decision(judged["decision"])], **values)
        case EventKind.TIE | EventKind.UNTIE:
            return say.say(DESK_EVENTS[event.kind], **values, tie=tie_word(TieKind(told["kind"]), say))
        case EventKind.CLOSE if told.get("list_not_sent"):
            return say.say(mark("The case was closed. The approved list was not sent."))
        case EventKind.UNDO:
            return say.say(UNDONE[EventKind(told["undone"])], **values)
        case _:
            return say.say(DESK_EVENTS[event.kind], **values)


def event_changes(event: Event, say: Translator, names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """What an act changed, in words: what, as it was before, as it became."""
    before, after = event.before, event.after
    changes = [
        (say.say(word), said(before[key], say), said(after.get(key), say))
        for key, (word, said) in _CHANGES.items()
        if key in before
    ]
    then, now = before.get("candidates", {}), after.get("candidates", {})
    changes += [
        (names.get(one, one), _judged(then[one], say), _judged(now.get(one), say))
        for one in then
        if then[one] or not _is_merely_new(now.get(one))
    ]
    if "order" in before:
        changes.append((say.say(mark("order")), _order(before["order"], names), _order(after["order"], names)))
    return changes


ORDER_SHOWN = 8
"""So many names of an order tell what was moved; the whole of a long one would hide it."""


def _is_merely_new(judged: Mapping[str, str] | None) -> bool:
    """Whether somebody came on the list, no more: the order says so already."""
    return judged is not None and judged["decision"] == Decision.PENDING


def _order(ids: list[str], names: Mapping[str, str]) -> str:
    shown = ", ".join(f"{place}. {names.get(one, one)}" for place, one in enumerate(ids[:ORDER_SHOWN], start=1))
    return f"{shown} …" if len(ids) > ORDER_SHOWN else shown or "–"


def _judged(judged: Mapping[str, str] | None, say: Translator) -> str:
    if judged is None:
        return say.say(mark("not on the list"))
    words = [decision_word(Decision(judged["decision"]), say)]
    if judged["reason"]:
        words.append(rejection_word(RejectionReason(judged["reason"]), say))
    return ", ".join(words) + (f": {judged['comment']}" if judged["comment"] else "")


def _owner(value: str | None, say: Translator) -> str:
    return adviser_word(value, say) if value else say.say(mark("nobody"))


def _route(value: str | None, say: Translator) -> str:
    return route_word(Route(value), say) if value else say.say(mark("not chosen"))


def _closing(value: str | None, say: Translator) -> str:
    return closing_word(ClosingReason(value), say) if value else "–"


_CHANGES: Mapping[str, tuple[str, Callable[[Any, Translator], str]]] = {
    "state": (mark("state"), lambda value, say: state_word(State(value), say, for_officer=False)),
    "owner": (mark("owner"), _owner),
    "route": (mark("route"), _route),
    "closing_reason": (mark("reason for closing"), _closing),
    "promised_on": (mark("promised answer"), lambda value, _say: value or "–"),
}
