"""The one door by which a list leaves the desk: seen as it would be sent, approved as it was seen, and sent."""

from dataclasses import replace

from fastapi import APIRouter

from matchmaker.domain.days import local_day
from matchmaker.review import approval
from matchmaker.review.case_view import note_visit, read_case
from matchmaker.review.intake import answer_day
from matchmaker_api.case_links import ACTED, PREVIEWED
from matchmaker_api.case_versions import AsSeen, AsSeenOnce, AtTheDesk, revision_etag
from matchmaker_api.deps import Say
from matchmaker_api.schemas.desk_acts import NewApproval
from matchmaker_api.schemas.desk_approval import ApprovalPreview
from matchmaker_api.schemas.desk_case import DeskCase

router = APIRouter(prefix="/api/v1/desk/cases/{case_id}", tags=["desk"])


@router.post("/approval/preview", summary="Look at a list before it is approved", responses=PREVIEWED)
def preview_approval(new: NewApproval, acting: AtTheDesk, say: Say) -> ApprovalPreview:
    """What the municipality would see, who would read it, and what to check. Nothing is changed. Its ETag approves."""
    database, settings = acting.workspace.database, acting.workspace.settings
    note_visit(database, acting.case_id, acting.adviser)
    view = read_case(database, acting.case_id, acting.adviser, local_day())
    shown = approval.to_approve(replace(view.case, route=new.route), new.message)
    acting.response.headers["ETag"] = revision_etag(view.case.revision)
    return ApprovalPreview.of(view, shown, settings.undo_minutes, say)


@router.post("/approval", summary="Approve a list", responses=ACTED)
def approve_list(new: NewApproval, acting: AsSeenOnce) -> DeskCase:
    """The accepted candidates in their order, exactly as they were seen. It is sent when the time to undo is over."""
    minutes = acting.workspace.settings.undo_minutes
    return acting.as_seen(
        lambda desk, seen: approval.approve(desk, acting.case_id, seen, new.message, minutes, route=new.route), new
    )


@router.post("/approval/withdrawal", summary="Take an approval back", responses=ACTED)
def withdraw_approval(acting: AsSeen) -> DeskCase:
    """As long as the list has not been sent: 409 afterwards."""
    return acting.as_seen(lambda desk, seen: approval.take_back(desk, acting.case_id, seen))


@router.post("/approval/release", summary="Send an approved list now", responses=ACTED)
def release_list(acting: AsSeen) -> DeskCase:
    """It cannot be taken back any more."""
    return acting.as_seen(lambda desk, seen: approval.release(desk, acting.case_id, seen))


@router.post("/revision", summary="Change a list that was sent", responses=ACTED)
def revise_list(acting: AsSeen) -> DeskCase:
    """The sent one stays with the municipality until another is approved."""
    promise = answer_day(local_day(), acting.workspace.settings.answer_days)
    return acting.as_seen(lambda desk, seen: approval.revise(desk, acting.case_id, seen, promise))
