"""Challenges opened in an officer's session, each by an address that stands for the private link in that session."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.case_models import ADMITTED, ChallengeRow, ParticipantRow
from matchmaker.db.identity_models import ViewRow
from matchmaker.domain.workflow import State


def add_view(session: Session, digest: str, session_id: str, challenge_id: str, municipality: str) -> bool:
    """Open a challenge in a session, if the municipality owns it, first or with another; whether it does.

    One that was opened before is opened anew as what the municipality is to it now.
    """
    row = session.get(ChallengeRow, challenge_id)
    if row is None or row.state == State.DRAFT:
        return False
    joined = None
    if row.municipality != municipality:
        query = select(ParticipantRow.id).where(
            ParticipantRow.challenge_id == challenge_id,
            ParticipantRow.municipality == municipality,
            ParticipantRow.standing == ADMITTED,
        )
        joined = session.scalars(query.order_by(ParticipantRow.role).limit(1)).first()  # co-owner before follower
        if joined is None:
            return False
    session.merge(ViewRow(digest=digest, session_id=session_id, challenge_id=challenge_id, participant_id=joined))
    return True


def is_view_of(session: Session, digest: str, session_id: str, municipality: str) -> bool:
    """Whether an address was made in a session, and what it opens is the municipality's still: challenges move."""
    row = session.get(ViewRow, digest)
    if row is None or row.session_id != session_id:
        return False
    if row.participant_id is not None:
        return session.get_one(ParticipantRow, row.participant_id).municipality == municipality
    return session.get_one(ChallengeRow, row.challenge_id).municipality == municipality


def viewed_challenge(session: Session, digest: str) -> str | None:
    """The challenge that an address opens for its owner."""
    row = session.get(ViewRow, digest)
    return row.challenge_id if row and row.participant_id is None else None


def viewed_participant(session: Session, digest: str) -> str | None:
    """The other municipality's part in a challenge that an address opens."""
    row = session.get(ViewRow, digest)
    return row.participant_id if row else None
