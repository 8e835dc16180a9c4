"""What somebody sees of the letters to one's own address, and how they are stopped and begun again."""

from dataclasses import dataclass
from datetime import UTC, datetime

from matchmaker.db import correspondence
from matchmaker.db.cases import get_case
from matchmaker.db.letter_links import Reader, find_link, find_stop_link
from matchmaker.db.session import Database
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.letter import Letter, LetterState
from matchmaker.domain.links import LETTER_PREFIX, link_digest

LINK_ENDED = mark(
    "This link has ended. Those in our letters are good for a while only, and end when another address is given, to "
    "which a new one has then been mailed. Use the newest letter, the private link that you saved, or sign in."
)
STOP_ENDED = mark("This link stops no letters any more: it is too old, or has been cut short. Newer letters have one.")


@dataclass(frozen=True, slots=True)
class Letters:
    """The letters to one reader that have left, or should have, oldest first. ``address`` is empty where none goes."""

    address: str
    is_stopped: bool
    told: list[Letter]

    @property
    def latest(self) -> Letter | None:
        return self.told[-1] if self.told else None


def read_letters(database: Database, reader: Reader) -> Letters:
    """A reader's own letters. One that only waits is not told of: it may be of a list that nobody knows of yet."""
    with database.reading() as session:
        mailbox = correspondence.find_mailbox(session, reader)
        letters = correspondence.list_letters(session, reader.case_id)
    told = [
        one for one in letters if one.participant_id == reader.participant_id and one.state is not LetterState.WAITING
    ]
    return Letters(mailbox.address if mailbox else "", mailbox is not None and mailbox.is_stopped, told)


def set_letters(database: Database, reader: Reader, *, wanted: bool, now: datetime | None = None) -> None:
    """Stop a reader's letters, or begin them again; as often as it is asked for."""
    with database.transaction() as session:
        correspondence.set_stopped(session, reader, None if wanted else now or datetime.now(UTC))


def open_stop_link(database: Database, token: str) -> tuple[Reader, str]:
    """Whose letters a link stops, and the title of what they are about.

    Raises:
        NotFoundError: it stops none.
    """
    with database.reading() as session:
        reader = find_stop_link(session, link_digest(token))
        if reader is None:
            raise NotFoundError(STOP_ENDED)
        return reader, get_case(session, reader.case_id).description.title


def good_until(database: Database, token: str) -> datetime | None:
    """When a letter's link ends; None for a link that does not."""
    if not token.startswith(LETTER_PREFIX):
        return None
    with database.reading() as session:
        found = find_link(session, link_digest(token))
    return found[1] if found else None
