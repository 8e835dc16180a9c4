"""What is being typed: a new challenge, or the next version of one that was sent. Kept as it came from the form."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matchmaker.db.case_models import ChallengeRow
from matchmaker.db.cases import aware
from matchmaker.db.identity_views import viewed_challenge
from matchmaker.db.letter_links import mailed_challenge
from matchmaker.domain.workflow import State


@dataclass(frozen=True, slots=True)
class LinkedChallenge:
    """What a private link opens. ``draft`` is None when nothing is being typed.

    ``version`` is the challenge's (0: nothing was sent), ``draft_version`` the one that the draft began from, and
    ``windows`` says by field in which window it was written last.
    """

    id: str
    state: State
    draft: Mapping[str, Any] | None
    saved_at: datetime | None
    version: int = 0
    draft_version: int | None = None
    windows: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_sent(self) -> bool:
        return self.state is not State.DRAFT

    @property
    def is_overtaken(self) -> bool:
        """Whether a version was sent after the draft was begun, which its writer has not seen."""
        return self.draft_version is not None and self.draft_version != self.version


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
            draft_version=0,
            link_digest=link_digest,
        )
    )
    return identifier


def find_by_link(session: Session, link_digest: str) -> LinkedChallenge | None:
    """The challenge that a private link, a letter's link or an officer's session opens for its owner."""
    row = session.scalars(select(ChallengeRow).where(ChallengeRow.link_digest == link_digest)).first()
    if row is None:
        viewed = viewed_challenge(session, link_digest) or mailed_challenge(session, link_digest)
        row = session.get(ChallengeRow, viewed) if viewed else None
    if row is None:
        return None
    saved_at = aware(row.draft_saved_at) if row.draft_saved_at else None
    windows = row.draft_windows or {}
    return LinkedChallenge(row.id, State(row.state), row.draft, saved_at, row.version, row.draft_version, windows)


def save_draft(
    session: Session, challenge_id: str, typed: Mapping[str, Any], windows: Mapping[str, str] | None = None
) -> None:
    """Keep what was typed, and by field in which window."""
    row = session.get_one(ChallengeRow, challenge_id)
    row.draft, row.draft_windows = dict(typed), dict(windows or {})
    row.draft_saved_at = datetime.now(UTC)


def note_version(session: Session, challenge_id: str, version: int) -> None:
    """Note from which version of its challenge a draft began: from the earliest, where several write in it."""
    row = session.get_one(ChallengeRow, challenge_id)
    row.draft_version = version if row.draft_version is None else min(version, row.draft_version)


def end_draft(session: Session, challenge_id: str) -> None:
    """Forget what was typed to a challenge: it has been sent, or thrown away."""
    row = session.get_one(ChallengeRow, challenge_id)
    row.draft = row.draft_saved_at = row.draft_version = row.draft_windows = None


def delete_draft(session: Session, challenge_id: str) -> None:
    """Throw away a challenge of which nothing was sent."""
    row = session.get_one(ChallengeRow, challenge_id)
    assert row.state == State.DRAFT, "what was sent is withdrawn, not deleted"
    session.delete(row)


def forget_drafts(session: Session, before: datetime) -> None:
    """Delete what was typed and not sent before a moment: challenges of which nothing was sent, changes of others."""
    old = ChallengeRow.draft_saved_at < before
    session.execute(delete(ChallengeRow).where(old, ChallengeRow.state == State.DRAFT))
    session.execute(update(ChallengeRow).where(old).values(**_NOTHING))


_NOTHING = {"draft": None, "draft_saved_at": None, "draft_version": None, "draft_windows": None}


def replace_link(session: Session, challenge_id: str, link_digest: str) -> None:
    """Let another private link in instead of the one before."""
    session.get_one(ChallengeRow, challenge_id).link_digest = link_digest
