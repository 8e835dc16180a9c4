"""A steward's word on suggested links, and on the works that a group has: only on what is there."""

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.curation.groups import decide_links
from matchmaker.db.group_lists import list_groups
from matchmaker.db.session import Database, Session
from matchmaker.db.work_lists import pairs_in_state
from matchmaker.domain.curation import GroupState
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError, mark
from matchmaker.domain.work import LinkState


@dataclass(frozen=True, slots=True)
class Answered:
    """A suggested link, and another group where the work is that one's instead."""

    work: str
    group: str
    instead: str | None = None


def answer_suggestions(
    database: Database, collection: str, answered: Sequence[Answered], by: str, *, accept: bool
) -> None:
    """Say yes or no to suggested links. Where another group is named, the work is that one's and not the first one's.

    Raises:
        InvalidChallengeError: one of them is not suggested, or names no group that takes part; it is pointed at, and
            nothing is decided.
    """
    pairs = [(one.work, one.group) for one in answered]
    with database.reading() as session:
        waiting = pairs_in_state(session, collection, pairs, LinkState.SUGGESTED)
        known = {one.group.id for one in list_groups(session, collection) if one.state is GroupState.ACTIVE}
    for number, one in enumerate(answered):
        if (one.work, one.group) not in waiting:
            raise InvalidChallengeError(f"links/{number}", mark("This link is not suggested, or no longer."))
        if (one.instead or one.group) not in known:
            raise InvalidChallengeError(f"links/{number}/instead", mark("Choose another group."))
    refused = pairs
    if accept:
        chosen = [(one.work, one.instead or one.group) for one in answered]
        decide_links(database, collection, chosen, by, accept=True)
        refused = [pair for pair, other in zip(pairs, chosen, strict=True) if pair != other]
    if refused:
        decide_links(database, collection, refused, by, accept=False)


def check_linked(database: Database, collection: str, group: str, work: str) -> None:
    """That a work is a group's, hidden or not.

    Raises:
        NotFoundError: it is not.
    """
    with database.reading() as session:
        check_all_linked(session, collection, group, [work])


def check_all_linked(session: Session, collection: str, group: str, works: Sequence[str]) -> None:
    """That works are a group's, hidden or not.

    Raises:
        NotFoundError: one of them is not.
    """
    pairs = {(work, group) for work in works}
    if pairs_in_state(session, collection, pairs, LinkState.LINKED) != pairs:
        raise NotFoundError(mark("The group has no such work."))
