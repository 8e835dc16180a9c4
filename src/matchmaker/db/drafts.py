"""What is being typed: a new challenge, or the next version of one that was sent. Kept as it came from the form."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.case_models import ChallengeRow
from matchmaker.db.cases import aware
from matchmaker.db.identity_views import viewed_challenge
from matchmaker.domain.workflow import State


@dataclass(frozen=True, slots=True)
class LinkedChallenge:
    """What a private link opens. ``draft`` is None when nothing is being typed."""

    id: str
    state: State
    draft: Mapping[str, Any] | None
    saved_at: datetime | None

    @property
    def is_sent(self) -> bool:
        return self.state is not State.DRAFT


def add_draft(session: Session, collection: str, link_digest: str, typed: Mapping[str, Any]) -> str:
    """A challenge of which nothing has been sent; returns its id."""
    identifier = str(uuid.uuid4())
    now = datetime.now(UTC)
    session.add(
        ChallengeRow(
            id=identifier,
            text="",
            collection=collection,
            created_at=now,
            state=State.DRAFT,
            version=0,
            draft=dict(typed),
            draft_saved_at=now,
            link_digest=link_digest,
        )
    )
    return identifier


def find_by_link(session: Session, link_digest: str) -> LinkedChallenge | None:
    """The challenge that a private link, or an officer's session, opens for its owner."""
    row = session.scalars(select(ChallengeRow).where(ChallengeRow.link_digest == link_digest)).first()
    if row is None:
        viewed = viewed_challenge(session, link_digest)
        row = session.get(ChallengeRow, viewed) if viewed else None
    if row is None:
        return None
    return LinkedChallenge(
        row.id, State(row.state), row.draft, aware(row.draft_saved_at) if row.draft_saved_at else None
    )


def save_draft(session: Session, challenge_id: str, typed: Mapping[str, Any] | None) -> None:
    """Keep what was typed; None when it has been sent or thrown away."""
    row = session.get_one(ChallengeRow, challenge_id)
    row.draft = None if typed is None else dict(typed)
    row.draft_saved_at = None if typed is None else datetime.now(UTC)


def delete_draft(session: Session, challenge_id: str) -> None:
    """Throw away a challenge of which nothing was sent."""
    row = session.get_one(ChallengeRow, challenge_id)
    assert row.state == State.DRAFT, "what was sent is withdrawn, not deleted"
    session.delete(row)
