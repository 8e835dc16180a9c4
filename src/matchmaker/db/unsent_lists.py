"""Approved lists that have not been sent yet, when somebody on them leaves."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.case_models import ApprovalRow, ChallengeRow
from matchmaker.db.case_records import change_latest_approval, find_latest_approval, is_on_list
from matchmaker.db.cases import get_case, save_case
from matchmaker.domain.case import step
from matchmaker.domain.event import SYSTEM, EventKind
from matchmaker.domain.workflow import Act, State


def take_back_unsent(session: Session, collection: str, group: str, now: datetime) -> int:
    """Take back the approvals of lists that a group is on and that are sent after a moment; returns how many.

    The adviser finds the cases under review again, and the group marked as one that takes no part.
    """
    unsent = (
        select(ApprovalRow.challenge_id)
        .join(ChallengeRow, ChallengeRow.id == ApprovalRow.challenge_id)
        .where(ChallengeRow.collection == collection, ChallengeRow.state == State.APPROVED)
        .where(ApprovalRow.taken_back_at.is_(None), ApprovalRow.released_at > now)
    )
    taken = 0
    for case_id in session.scalars(unsent.distinct()).all():
        approval = find_latest_approval(session, case_id)
        if approval is None or approval.released_at <= now or not is_on_list(approval.content, group):
            continue
        case = get_case(session, case_id)
        change_latest_approval(session, case_id, taken_back_at=now)
        save_case(session, case, step(case, Act.TAKE_BACK, SYSTEM.party), SYSTEM, EventKind.TAKE_BACK)
        taken += 1
    return taken
