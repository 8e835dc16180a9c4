"""What a signed-in officer opens: all challenges of the municipality, each at an address that is good in this session.

The pages behind private links are shown at an address that stands for the link. It is made from the session's id with
the installation's key, opens nothing without the session's cookie, and is gone with the session.
"""

from datetime import UTC, datetime

from matchmaker.db import identity_views as stored
from matchmaker.db.portal import ListedChallenge, ListFilter, list_challenges
from matchmaker.db.session import Database
from matchmaker.domain.account import SignedIn
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.links import link_digest
from matchmaker.review.identity.secrets import installation_key, keyed_digest
from matchmaker.settings import Settings

PREFIX = "my."
"""What the addresses begin with. No private link does: a point is not among their characters."""


MOST_LISTED = 500


def list_own(database: Database, session: SignedIn, now: datetime | None = None) -> list[ListedChallenge]:
    """The challenges of an officer's municipality that were sent, its own and those owned with others; newest first."""
    whose = frozenset({session.account.municipality or ""})
    with database.reading() as reading:
        return list_challenges(reading, whose, ListFilter(), now or datetime.now(UTC), None, MOST_LISTED)


def open_challenge(database: Database, settings: Settings, session: SignedIn, challenge_id: str) -> str:
    """The address of a challenge in an officer's session.

    Raises:
        NotFoundError: there is no such challenge, or it is another municipality's: which of the two is not told.
    """
    token = PREFIX + keyed_digest(installation_key(settings), "view", session.id, challenge_id)
    municipality = session.account.municipality
    with database.transaction() as writing:
        if municipality is None or not stored.add_view(
            writing, link_digest(token), session.id, challenge_id, municipality
        ):
            raise NotFoundError(mark("There is no challenge with the id {id}."), id=challenge_id)
    return token


def is_open_in(database: Database, session: SignedIn, token: str) -> bool:
    """Whether an address was made in a session, and opens what is the officer's municipality's to this moment."""
    municipality = session.account.municipality
    if municipality is None:
        return False
    with database.reading() as reading:
        return stored.is_view_of(reading, link_digest(token), session.id, municipality)
