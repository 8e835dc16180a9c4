"""Private links to groups' own pages, in the database."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.db.researcher_models import GroupLinkRow

USE_NOTED_EVERY = timedelta(hours=1)
"""How exactly is kept when a link was used last: reading a page does not have to write each time."""


@dataclass(frozen=True, slots=True)
class GroupLink:
    """A link without its secret. It opens the page until ``expires_at``, unless it was revoked."""

    id: str
    collection: str
    group: str
    created_at: datetime
    created_by: str
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None

    def is_good(self, now: datetime) -> bool:
        """Whether it opens the page at a moment."""
        return self.revoked_at is None and now < self.expires_at


def add_group_link(
    session: Session, collection: str, group: str, digest: str, by: str, now: datetime, expires_at: datetime
) -> None:
    """Let a new link in; those that there are stay good."""
    session.add(
        GroupLinkRow(
            id=str(uuid.uuid4()),
            collection=collection,
            collaborator_id=group,
            digest=digest,
            created_at=now,
            created_by=by,
            expires_at=expires_at,
        )
    )


def list_group_links(session: Session, collection: str, group: str) -> list[GroupLink]:
    """A group's links, the newest first; also those that are good no more."""
    own = select(GroupLinkRow).where(GroupLinkRow.collection == collection, GroupLinkRow.collaborator_id == group)
    return [_link(row) for row in session.scalars(own.order_by(GroupLinkRow.created_at.desc(), GroupLinkRow.id))]


def find_group_link(session: Session, digest: str) -> GroupLink | None:
    """The link with a digest, whether it is still good or not."""
    row = session.scalars(select(GroupLinkRow).where(GroupLinkRow.digest == digest)).first()
    return _link(row) if row else None


def note_use(session: Session, link: GroupLink, now: datetime) -> None:
    """Remember that a link was used."""
    session.get_one(GroupLinkRow, link.id).last_used_at = now


def needs_note(link: GroupLink, now: datetime) -> bool:
    """Whether a use of the link at a moment is worth being written down."""
    return link.last_used_at is None or now - link.last_used_at >= USE_NOTED_EVERY


def revoke_group_link(session: Session, collection: str, group: str, link_id: str, now: datetime) -> bool:
    """End one of a group's links; whether there was one that was good."""
    row = session.get(GroupLinkRow, link_id)
    if row is None or (row.collection, row.collaborator_id) != (collection, group) or not _link(row).is_good(now):
        return False
    row.revoked_at = now
    return True


def forget_ended_group_links(session: Session, before: datetime) -> None:
    """Delete links that ended before a moment."""
    session.execute(delete(GroupLinkRow).where(GroupLinkRow.expires_at < before))
    session.execute(delete(GroupLinkRow).where(GroupLinkRow.revoked_at < before))


def _link(row: GroupLinkRow) -> GroupLink:
    return GroupLink(
        id=row.id,
        collection=row.collection,
        group=row.collaborator_id,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        last_used_at=row.last_used_at,
    )
