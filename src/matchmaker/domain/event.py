"""What is remembered of every act on a case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from matchmaker.domain.errors import MatchmakerError, mark
from matchmaker.domain.workflow import Party


class EventKind(StrEnum):
    """What was done."""

    SUBMIT = "submit"
    MATCH = "match"
    AMEND = "amend"
    WITHDRAW = "withdraw"
    ASK_TO_JOIN = "ask_to_join"
    JOIN = "join"
    """A municipality that asked to join was let in, as co-owner."""
    FOLLOW = "follow"
    """As ``JOIN``, as follower."""
    REFUSE_JOIN = "refuse_join"
    ANSWER = "answer"
    DECIDE = "decide"
    MOVE = "move"
    ADD = "add"
    MORE = "more"
    OWNER = "owner"
    ROUTE = "route"
    NOTE = "note"
    ASK = "ask"
    RESUME = "resume"
    TIE = "tie"
    UNTIE = "untie"
    JUDGE = "judge"
    APPROVE = "approve"
    TAKE_BACK = "take_back"
    RELEASE = "release"
    REVISE = "revise"
    CLOSE = "close"
    REOPEN = "reopen"
    UNDO = "undo"


UNDOABLE = frozenset(
    {EventKind.DECIDE, EventKind.MOVE, EventKind.ADD, EventKind.MORE, EventKind.OWNER, EventKind.ROUTE}
)
"""Acts on the list itself. An approval has its own way back; what was written to somebody has none."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a party, and within it a role, never a name."""

    party: Party
    id: str


SYSTEM = Actor(Party.SYSTEM, "system")
OFFICER = Actor(Party.OFFICER, "officer")
"""Whoever holds the challenge's private link."""


@dataclass(frozen=True, slots=True)
class Event:
    """One act: who, when, what, before and after. ``revision`` is the case's after it."""

    id: int
    revision: int
    at: datetime
    actor: Actor
    kind: EventKind
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)
    undoes: int | None = None


class StaleCaseError(MatchmakerError):
    """Somebody else has changed the case since it was read; ``missed`` is what they did, oldest first."""

    code = "stale-case"

    def __init__(self, revision: int, missed: Sequence[Event]) -> None:
        super().__init__(mark("Somebody else has changed this case in the meantime."))
        self.revision = revision
        self.missed = list(missed)
