"""A group's own page: the private links to it, and what only the group's own works and texts may be changed by it.

Whoever holds a link acts as the group, as a role and without a name. All else that a group does about itself is done
by the same functions as the steward's (``groups``, ``editing``), so that it holds in the same way.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from matchmaker.curation.editing import Choices, correct_group
from matchmaker.db import access_record, decisions
from matchmaker.db import group_links as links
from matchmaker.db.group_links import GroupLink
from matchmaker.db.group_lists import find_group
from matchmaker.db.session import Database
from matchmaker.db.work_lists import has_work
from matchmaker.domain.access_event import AccessAct
from matchmaker.domain.curation import group_values
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.links import link_digest, new_token

GOOD_FOR = timedelta(days=365)

BY = "researcher"
"""As what a group acts, in its history."""

TEXTS = ("summary_sv", "summary_en", "keywords_sv", "keywords_en")
"""What a group corrects of itself; name, areas and contacts are the steward's, who knows the university's register."""


def make_link(database: Database, collection: str, group: str, by: str, now: datetime | None = None) -> str:
    """A new private link to a group's page; returns its token, which is stored nowhere.

    Raises:
        NotFoundError: there is no such group that people look after.
    """
    now = now or datetime.now(UTC)
    token = new_token()
    with database.transaction() as session:
        find_group(session, collection, group)
        links.add_group_link(session, collection, group, link_digest(token), by, now, now + GOOD_FOR)
        decisions.add_event(session, collection, group, "link_made", by, now, {})
        access_record.note_act(session, by, AccessAct.GROUP_LINK_MADE, group, collection)
    return token


def revoke_link(
    database: Database, collection: str, group: str, link_id: str, by: str, now: datetime | None = None
) -> None:
    """End a link at once. One that is ended already stays so.

    Raises:
        NotFoundError: there is no such group that people look after.
    """
    now = now or datetime.now(UTC)
    with database.transaction() as session:
        find_group(session, collection, group)
        if links.revoke_group_link(session, collection, group, link_id, now):
            decisions.add_event(session, collection, group, "link_revoked", by, now, {})
            access_record.note_act(session, by, AccessAct.GROUP_LINK_REVOKED, group, collection)


def open_page(database: Database, collection: str, token: str, now: datetime | None = None) -> GroupLink:
    """The link by which somebody comes, its use noted.

    Raises:
        NotFoundError: it opens nothing: it is none, has ended or was revoked. These are not told apart.
    """
    now = now or datetime.now(UTC)
    with database.reading() as session:
        link = links.find_group_link(session, link_digest(token))
    if link is None or link.collection != collection or not link.is_good(now):
        raise NotFoundError(
            mark("This link opens no group's page any more. The steward of the catalogue can make you a new one.")
        )
    if links.needs_note(link, now):
        with database.transaction() as session:
            links.note_use(session, link, now)
    return link


def check_own_work(database: Database, collection: str, group: str, work: str) -> None:
    """That a work is one of the group's: nobody decides about another group's by its id.

    Raises:
        NotFoundError: it is not.
    """
    with database.reading() as session:
        if not has_work(session, collection, group, work):
            raise NotFoundError(mark("This work is not one of the group's."))


def correct_texts(
    database: Database, collection: str, group: str, typed: Mapping[str, Any], choices: Choices, seen: str
) -> None:
    """Have the group's summary and keywords say what was typed, by the names of ``TEXTS``; ``seen`` as in ``editing``.

    Raises:
        NotFoundError: there is no such group that people look after.
        InvalidDescriptionError: it names every field that is wrong.
        StaleGroupError: the group is no longer as it was when the form was made.
    """
    with database.reading() as session:
        now = group_values(find_group(session, collection, group).now)
    correct_group(database, collection, group, {**now, **{name: typed[name] for name in TEXTS}}, choices, seen, BY)
