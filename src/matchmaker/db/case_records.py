"""What is kept beside a case: messages, participants, approvals."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.case_models import (
    ADMITTED,
    ApprovalRow,
    MessageRow,
    ParticipantRow,
)
from matchmaker.db.cases import aware
from matchmaker.db.identity_views import viewed_participant
from matchmaker.db.letter_links import mailed_participant
from matchmaker.domain.case import Case
from matchmaker.domain.description import Visibility


class MessageKind(StrEnum):
    """What a message is, and with that who may read it: a note stays at the desk."""

    NOTE = "note"
    QUESTION = "question"
    ANSWER = "answer"
    CONTRIBUTION = "contribution"
    """The words of a municipality that joined."""
    CLOSING = "closing"
    """What the municipality is told when its case is closed."""


class ParticipantRole(StrEnum):
    """What another municipality is to a challenge."""

    CO_OWNER = "co_owner"
    FOLLOWER = "follower"


class Standing(StrEnum):
    """Whether another municipality may see more of a challenge than what is public."""

    ASKED = "asked"
    ADMITTED = ADMITTED
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Message:
    """A message on a case."""

    id: int
    at: datetime
    kind: MessageKind
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Participant:
    """Another municipality on a case."""

    id: str
    case_id: str
    created_at: datetime
    role: ParticipantRole
    municipality: str
    contact_role: str
    contact_email: str
    standing: Standing = Standing.ADMITTED

    @property
    def is_admitted(self) -> bool:
        return self.standing is Standing.ADMITTED

    @property
    def is_asking(self) -> bool:
        return self.standing is Standing.ASKED

    def may_see(self, case: Case) -> bool:
        """Whether it sees the case as it is now: once let in, a follower does while the challenge is public."""
        is_shown = self.role is ParticipantRole.CO_OWNER or case.description.visibility is Visibility.PUBLIC
        return self.is_admitted and is_shown


@dataclass(frozen=True, slots=True)
class Approval:
    """An approved list; ``content`` is what the municipality sees from ``released_at`` on, in JSON's types."""

    id: str
    case_id: str
    version: int
    approved_at: datetime
    approved_by: str
    released_at: datetime
    content: Mapping[str, Any]


def is_on_list(content: Mapping[str, Any], collaborator_id: str) -> bool:
    """Whether a collaborator is on the list that an approval froze."""
    return any(own.get("collaborator_id") == collaborator_id for own in content.get("suggestions", ()))


def add_message(session: Session, case_id: str, kind: MessageKind, author: str, text: str) -> int:
    """A message on a case; returns its id."""
    row = MessageRow(challenge_id=case_id, at=datetime.now(UTC), kind=kind, author=author, text=text)
    session.add(row)
    session.flush()
    return row.id


def list_messages(session: Session, case_id: str) -> list[Message]:
    rows = session.scalars(select(MessageRow).where(MessageRow.challenge_id == case_id).order_by(MessageRow.id))
    return [Message(row.id, aware(row.at), MessageKind(row.kind), row.author, row.text) for row in rows]


def add_participant(
    session: Session,
    case_id: str,
    role: ParticipantRole,
    *,
    municipality: str,
    contact_role: str,
    contact_email: str,
    link_digest: str,
    letter_language: str | None = None,
    standing: Standing = Standing.ADMITTED,
) -> str:
    """Another municipality on a case; returns its part's id. Letters are in all languages where none is given."""
    identifier = str(uuid.uuid4())
    session.add(
        ParticipantRow(
            id=identifier,
            challenge_id=case_id,
            created_at=datetime.now(UTC),
            role=role,
            standing=standing,
            municipality=municipality,
            contact_role=contact_role,
            contact_email=contact_email,
            link_digest=link_digest,
            letter_language=letter_language,
        )
    )
    return identifier


def list_participants(session: Session, case_id: str) -> list[Participant]:
    query = select(ParticipantRow).where(ParticipantRow.challenge_id == case_id).order_by(ParticipantRow.created_at)
    return [_participant(row) for row in session.scalars(query)]


def get_participant(session: Session, participant_id: str) -> Participant:
    """The participant of an id, which is there."""
    return _participant(session.get_one(ParticipantRow, participant_id))


def find_participant(session: Session, link_digest: str) -> Participant | None:
    row = session.scalars(select(ParticipantRow).where(ParticipantRow.link_digest == link_digest)).first()
    if row is None:
        viewed = viewed_participant(session, link_digest) or mailed_participant(session, link_digest)
        row = session.get(ParticipantRow, viewed) if viewed else None
    return _participant(row) if row else None


def set_standing(session: Session, participant_id: str, standing: Standing) -> None:
    """Let a municipality in, or refuse it; of one that is refused no contact is kept."""
    row = session.get_one(ParticipantRow, participant_id)
    row.standing = standing
    if standing is Standing.REFUSED:
        row.contact_role = row.contact_email = ""


def replace_participant_link(session: Session, participant_id: str, link_digest: str) -> None:
    """Let another private link in instead of the one before."""
    session.get_one(ParticipantRow, participant_id).link_digest = link_digest


def add_approval(
    session: Session, case_id: str, version: int, by: str, now: datetime, released_at: datetime, content: dict[str, Any]
) -> None:
    session.add(
        ApprovalRow(
            id=str(uuid.uuid4()),
            challenge_id=case_id,
            version=version,
            approved_at=now,
            approved_by=by,
            released_at=released_at,
            content=content,
        )
    )


def find_latest_approval(
    session: Session, case_id: str, released_by: datetime | None = None, up_to_version: int | None = None
) -> Approval | None:
    """The newest list that was not taken back.

    With ``released_by`` the newest that was sent by then, with ``up_to_version`` that was made for no later version.
    """
    row = _latest_approval(session, case_id, released_by, up_to_version)
    if row is None:
        return None
    return Approval(
        row.id,
        row.challenge_id,
        row.version,
        aware(row.approved_at),
        row.approved_by,
        aware(row.released_at),
        row.content,
    )


def change_latest_approval(
    session: Session, case_id: str, *, taken_back_at: datetime | None = None, released_at: datetime | None = None
) -> None:
    """Take the newest list back, or set when it is sent."""
    row = _latest_approval(session, case_id, None)
    assert row is not None, "the caller has read it in the same transaction"
    row.taken_back_at = taken_back_at
    row.released_at = released_at or row.released_at


def _latest_approval(
    session: Session, case_id: str, released_by: datetime | None, up_to_version: int | None = None
) -> ApprovalRow | None:
    query = select(ApprovalRow).where(ApprovalRow.challenge_id == case_id, ApprovalRow.taken_back_at.is_(None))
    if released_by:
        query = query.where(ApprovalRow.released_at <= released_by)
    if up_to_version is not None:
        query = query.where(ApprovalRow.version <= up_to_version)
    return session.scalars(query.order_by(ApprovalRow.approved_at.desc()).limit(1)).first()


def _participant(row: ParticipantRow) -> Participant:
    return Participant(
        row.id,
        row.challenge_id,
        aware(row.created_at),
        ParticipantRole(row.role),
        row.municipality,
        row.contact_role,
        row.contact_email,
        Standing(row.standing),
    )
