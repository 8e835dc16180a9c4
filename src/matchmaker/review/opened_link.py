"""All that the page behind a private link shows, but the list: gathered for a program."""

from dataclasses import dataclass
from datetime import datetime

from matchmaker.db.queue import PublicChallenge
from matchmaker.db.session import Database
from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.event import EventKind
from matchmaker.domain.workflow import Act, Party, allowed
from matchmaker.review.by_link import HeldLink
from matchmaker.review.joining import get_public_challenge
from matchmaker.review.letters import Letters, good_until, read_letters
from matchmaker.review.status import Status, read_contributions, read_status

BETWEEN_THEM = frozenset({EventKind.ASK, EventKind.ANSWER})
"""What the adviser and the owner ask each other stays between them."""


@dataclass(frozen=True, slots=True)
class OpenedLink:
    """What a link opens. ``status`` is None for a draft, and for who has not been let in, who gets ``public``."""

    held: HeldLink
    good_until: datetime | None
    can: frozenset[Act] = frozenset()
    status: Status | None = None
    public: PublicChallenge | None = None
    contributions: tuple[str, ...] = ()
    letters: Letters | None = None

    @property
    def history(self) -> list[tuple[datetime, EventKind]]:
        """What the holder is told that has happened, oldest first."""
        if self.status is None:
            return []
        hidden = BETWEEN_THEM if self.held.participant else frozenset()
        told = [(one.at, one.kind) for one in self.status.events if one.kind not in hidden]
        if self.status.approval:
            told.append((self.status.approval.released_at, EventKind.RELEASE))
        return sorted(told)


def read_opened(database: Database, held: HeldLink) -> OpenedLink:
    """What a link opens at this moment."""
    until = good_until(database, held.token)
    if not held.linked.is_sent:
        return OpenedLink(held, until)
    letters = read_letters(database, held.reader)
    participant = held.participant
    if participant is None:
        status = read_status(database, held.linked.id)
        return OpenedLink(held, until, allowed(status.case.state, Party.OFFICER), status, letters=letters)
    if participant.is_admitted:
        return OpenedLink(
            held, until, status=read_status(database, held.linked.id, reader=participant), letters=letters
        )
    words = tuple(read_contributions(database, participant))
    return OpenedLink(held, until, public=_public(database, held.linked.id), contributions=words, letters=letters)


def _public(database: Database, case_id: str) -> PublicChallenge | None:
    try:
        return get_public_challenge(database, case_id)
    except NotFoundError:
        return None
