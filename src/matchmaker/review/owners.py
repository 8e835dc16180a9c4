"""Who answers for a case: one of the advisers, chosen for one case or for many at once."""

from collections.abc import Sequence

from matchmaker.db.session import Database
from matchmaker.domain.case import Case
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError, mark
from matchmaker.review.desk import Desk
from matchmaker.review.identity.accounts import desk_labels, sign_in_is_set_up
from matchmaker.settings import Settings


def list_advisers(database: Database, settings: Settings) -> list[str]:
    """The advisers' ids, which are roles: of the accounts, or as many as the settings say until people sign in."""
    if sign_in_is_set_up(database, settings):
        return desk_labels(database, settings)
    return [f"adviser-{number}" for number in range(1, settings.advisers + 1)]


def set_owner(desk: Desk, settings: Settings, case_id: str, revision: int, owner: str | None) -> Case:
    """Say which adviser answers for a case, or (None) that nobody does.

    Raises:
        InvalidChallengeError: it is none of the advisers.
        StaleCaseError: somebody else has changed the case since.
    """
    _check(desk, settings, owner)
    return desk.set_owner(case_id, revision, owner)


def assign(desk: Desk, settings: Settings, case_ids: Sequence[str], owner: str | None) -> list[str]:
    """Give cases an owner, whatever they have now; returns those that there are. Each is a transaction of its own.

    Raises:
        InvalidChallengeError: the owner is none of the advisers; nothing was done.
    """
    _check(desk, settings, owner)
    done = []
    for one in dict.fromkeys(case_ids):
        try:
            desk.set_owner(one, None, owner)
        except NotFoundError:
            continue  # the others are to be assigned all the same
        done.append(one)
    return done


def _check(desk: Desk, settings: Settings, owner: str | None) -> None:
    if owner is not None and owner not in list_advisers(desk.database, settings):
        raise InvalidChallengeError("owner", mark("Choose one of the advisers."))
