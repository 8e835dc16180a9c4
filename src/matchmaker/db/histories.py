"""What collaborators were proposed in before: by which an adviser sees how much one has to do already."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from matchmaker.db.case_models import ApprovalRow, CandidateRow, ChallengeRow
from matchmaker.domain.case import Decision
from matchmaker.domain.workflow import WITH_THE_GROUPS


@dataclass(frozen=True, slots=True)
class History:
    """A collaborator's dealings: cases open with it since a day, and all it was proposed to one municipality in."""

    open_contacts: int = 0
    with_municipality: int = 0


def collaborator_histories(
    session: Session, collaborators: Sequence[str], municipality: str | None, but: str, since: datetime
) -> dict[str, History]:
    """What collaborators were proposed in by lists that were sent, but for one case.

    ``since`` is when the term began, by which open contacts are counted.
    """
    released = select(ApprovalRow.id).where(
        ApprovalRow.challenge_id == ChallengeRow.id, ApprovalRow.taken_back_at.is_(None)
    )
    is_open = and_(ChallengeRow.state.in_(WITH_THE_GROUPS), released.where(ApprovalRow.released_at >= since).exists())
    query = (
        select(
            CandidateRow.collaborator_id,
            func.sum(case((is_open, 1), else_=0)),
            func.sum(case((ChallengeRow.municipality == municipality, 1), else_=0)),
        )
        .join(ChallengeRow, ChallengeRow.id == CandidateRow.challenge_id)
        .where(CandidateRow.collaborator_id.in_(collaborators), CandidateRow.decision == Decision.ACCEPTED)
        .where(ChallengeRow.id != but, released.exists())
        .group_by(CandidateRow.collaborator_id)
    )
    return {one: History(int(contacts), int(same)) for one, contacts, same in session.execute(query).tuples()}
