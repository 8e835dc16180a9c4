"""Challenges that anybody at the university may read: public ones, in the words an approved list was sent for."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import String, cast, func, select
from sqlalchemy.orm import Session, aliased

from matchmaker.db.case_models import ApprovalRow, ChallengeRow, VersionRow
from matchmaker.db.case_records import is_on_list
from matchmaker.db.cases import aware
from matchmaker.domain.description import Description, Visibility
from matchmaker.domain.workflow import State

_DESCRIPTION = TypeAdapter(Description)
_UNREADABLE = (State.DRAFT, State.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Published:
    """A challenge as it was when its list was approved, which may be before it was amended last.

    ``content`` is the list as the municipality has it, ``first_released_at`` when it got its first one.
    """

    id: str
    description: Description
    language: str | None
    content: Mapping[str, Any]
    released_at: datetime
    first_released_at: datetime
    is_open: bool

    def mentions(self, collaborator_id: str) -> bool:
        """Whether a collaborator is on the list."""
        return is_on_list(self.content, collaborator_id)


def list_published(session: Session, collection: str, now: datetime, mentioning: str | None = None) -> list[Published]:
    """Public challenges whose approved list had been sent by a moment, the one that was sent last first.

    What was withdrawn or is internal by now is not among them. ``mentioning`` is a collaborator's id: then those
    whose list it is on.
    """
    other = aliased(ApprovalRow)
    first = (
        select(func.min(other.released_at))
        .where(other.challenge_id == ApprovalRow.challenge_id, other.taken_back_at.is_(None))
        .correlate(ApprovalRow)
        .scalar_subquery()
    )
    query = (
        select(ApprovalRow, ChallengeRow, VersionRow, first)
        .join(ChallengeRow, ChallengeRow.id == ApprovalRow.challenge_id)
        .join(
            VersionRow,
            (VersionRow.challenge_id == ApprovalRow.challenge_id) & (VersionRow.number == ApprovalRow.version),
        )
        .where(ApprovalRow.taken_back_at.is_(None), ApprovalRow.released_at <= now)
        .where(ChallengeRow.collection == collection, ChallengeRow.is_public)
        .where(ChallengeRow.state.not_in(_UNREADABLE))
        .order_by(ApprovalRow.released_at.desc(), ApprovalRow.id)
    )
    if mentioning is not None:
        # An earlier list may mention it where the one that counts does not: which one counts is seen first.
        named = select(other.challenge_id).where(
            cast(other.content, String).contains(json.dumps(mentioning), autoescape=True)
        )
        query = query.where(ApprovalRow.challenge_id.in_(named))
    rows = session.execute(query).tuples()
    return [one for one in _latest(rows) if mentioning is None or one.mentions(mentioning)]


def _latest(rows: Iterable[tuple[ApprovalRow, ChallengeRow, VersionRow, datetime]]) -> list[Published]:
    """Of each challenge the list that was sent last, if its words were public then as well."""
    found: dict[str, Published] = {}
    for approval, challenge, version, first in rows:
        if challenge.id not in found:
            found[challenge.id] = Published(
                id=challenge.id,
                description=_DESCRIPTION.validate_python(version.description),
                language=challenge.language,
                content=approval.content,
                released_at=aware(approval.released_at),
                first_released_at=aware(first),
                is_open=challenge.state != State.CLOSED,
            )
    return [one for one in found.values() if one.description.visibility is Visibility.PUBLIC]
