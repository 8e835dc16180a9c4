"""Letters to those who gave an address for a challenge: what each tells of, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class LetterKind(StrEnum):
    """What a letter tells of."""

    RECEIVED = "received"
    JOINED = "joined"
    QUESTION = "question"
    LIST = "list"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class LetterState(StrEnum):
    """What became of a letter. Sent is what a mail server took over; what it does with it comes to the sender."""

    WAITING = "waiting"
    DELAYED = "delayed"
    """It could not be sent yet, and is tried again."""
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one reader: the challenge's owner, or (``participant_id``) another municipality.

    ``at`` is when it was sent or given up; of one that waits, when it is due.
    """

    kind: LetterKind
    participant_id: str | None
    state: LetterState
    at: datetime
