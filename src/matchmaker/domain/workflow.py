"""The states of a case and who may lead it from one to another. All of it stands here, and nowhere else.

    draft -> submitted -> matched -> in review <-> waiting for the officer
                                        |
                                     approved -> contacted -> answered -> collaboration
    and from any of them to closed or withdrawn; an amended challenge is submitted again

Only a person's act leads to ``APPROVED``. Contacting groups and their answers have their states here; the acts that
lead to them belong to what sends the invitations.
"""

from dataclasses import dataclass
from enum import StrEnum

from matchmaker.domain.errors import MatchmakerError, mark


class State(StrEnum):
    """Where a case stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    MATCHED = "matched"
    IN_REVIEW = "in_review"
    WAITING = "waiting_for_officer"
    APPROVED = "approved"
    CONTACTED = "contacted"
    ANSWERED = "answered"
    COLLABORATION = "collaboration"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Party(StrEnum):
    """On whose side an act is done."""

    OFFICER = "officer"
    ADVISER = "adviser"
    SYSTEM = "system"


class Act(StrEnum):
    """What leads a case from a state to another."""

    SUBMIT = "submit"
    MATCH = "match"
    REVIEW = "review"
    """Any decision about the case by an adviser."""
    ASK = "ask"
    ANSWER = "answer"
    RESUME = "resume"
    """The adviser goes on without the officer's answer."""
    APPROVE = "approve"
    TAKE_BACK = "take_back"
    """An approval is undone before it is sent."""
    REVISE = "revise"
    """An approved list is to be changed; the sent one stays until another is approved."""
    CONTACT = "contact"
    RECORD_ANSWER = "record_answer"
    COLLABORATE = "collaborate"
    CLOSE = "close"
    REOPEN = "reopen"
    REOPEN_UNMATCHED = "reopen_unmatched"
    """As ``REOPEN``, where the present version was closed before it was matched: it is matched then."""
    AMEND = "amend"
    WITHDRAW = "withdraw"


class IllegalActError(MatchmakerError):
    """An act that a case's state, or the one who acts, does not allow."""

    code = "illegal-act"


@dataclass(frozen=True, slots=True)
class Transition:
    """``party`` may do ``act`` in one of ``sources``; the case is in ``target`` afterwards."""

    act: Act
    party: Party
    sources: frozenset[State]
    target: State


UNDER_REVIEW = frozenset({State.MATCHED, State.IN_REVIEW, State.WAITING})
"""The adviser is at work; the municipality sees no list of this version."""

WITH_THE_GROUPS = frozenset({State.APPROVED, State.CONTACTED, State.ANSWERED, State.COLLABORATION})
OPEN = frozenset({State.SUBMITTED}) | UNDER_REVIEW | WITH_THE_GROUPS
FINISHED = frozenset({State.CLOSED, State.WITHDRAWN})

TRANSITIONS = (
    Transition(Act.SUBMIT, Party.OFFICER, frozenset({State.DRAFT}), State.SUBMITTED),
    Transition(Act.MATCH, Party.SYSTEM, frozenset({State.SUBMITTED}), State.MATCHED),
    Transition(Act.REVIEW, Party.ADVISER, frozenset({State.MATCHED, State.IN_REVIEW}), State.IN_REVIEW),
    Transition(Act.REVIEW, Party.ADVISER, frozenset({State.WAITING}), State.WAITING),
    Transition(Act.ASK, Party.ADVISER, UNDER_REVIEW, State.WAITING),
    Transition(Act.ANSWER, Party.OFFICER, frozenset({State.WAITING}), State.IN_REVIEW),
    Transition(Act.RESUME, Party.ADVISER, frozenset({State.WAITING}), State.IN_REVIEW),
    Transition(Act.APPROVE, Party.ADVISER, frozenset({State.IN_REVIEW, State.MATCHED}), State.APPROVED),
    Transition(Act.TAKE_BACK, Party.ADVISER, frozenset({State.APPROVED}), State.IN_REVIEW),
    Transition(Act.TAKE_BACK, Party.SYSTEM, frozenset({State.APPROVED}), State.IN_REVIEW),  # somebody on it has left
    Transition(Act.REVISE, Party.ADVISER, WITH_THE_GROUPS, State.IN_REVIEW),
    Transition(Act.CONTACT, Party.ADVISER, frozenset({State.APPROVED}), State.CONTACTED),
    Transition(Act.RECORD_ANSWER, Party.ADVISER, frozenset({State.CONTACTED}), State.ANSWERED),
    Transition(Act.COLLABORATE, Party.ADVISER, frozenset({State.ANSWERED}), State.COLLABORATION),
    Transition(Act.CLOSE, Party.ADVISER, OPEN, State.CLOSED),
    Transition(Act.REOPEN, Party.ADVISER, frozenset({State.CLOSED}), State.IN_REVIEW),
    Transition(Act.REOPEN_UNMATCHED, Party.ADVISER, frozenset({State.CLOSED}), State.SUBMITTED),
    Transition(Act.AMEND, Party.OFFICER, OPEN, State.SUBMITTED),
    Transition(Act.WITHDRAW, Party.OFFICER, OPEN, State.WITHDRAWN),
)


def next_state(state: State, act: Act, party: Party) -> State:
    """The state that an act leads to.

    Raises:
        IllegalActError: the act is not allowed from this state or to this party.
    """
    for transition in TRANSITIONS:
        if transition.act is act and transition.party is party and state in transition.sources:
            return transition.target
    raise IllegalActError(mark("This cannot be done now: the case is in another state."), state=state, act=act)


def told_state(state: State, *, unsent: bool = False, for_others: bool = False) -> State:
    """The state that a municipality is told: never that a machine has matched, and an approval only once it was sent.

    ``unsent``: the list that was approved last is not to be seen (any more). ``for_others``: told to a municipality
    that joined; what the adviser asks concerns only the one who is asked.
    """
    if state is State.MATCHED:
        return State.SUBMITTED
    if for_others and state is State.WAITING:
        return State.IN_REVIEW
    return State.IN_REVIEW if unsent and state is State.APPROVED else state


def allowed(state: State, party: Party) -> frozenset[Act]:
    """What a party may do in a state."""
    return frozenset(one.act for one in TRANSITIONS if one.party is party and state in one.sources)
