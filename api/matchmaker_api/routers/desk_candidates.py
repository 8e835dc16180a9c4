"""The adviser's list: decisions, order, others put on it, and what speaks against somebody."""

from typing import Annotated

from fastapi import APIRouter, Path

from matchmaker.review.ties import register_tie as register
from matchmaker.review.ties import take_back_tie as take_back
from matchmaker_api.case_links import ACTED
from matchmaker_api.case_versions import AsSeen, AsSeenOnce
from matchmaker_api.pagination import LARGEST_NUMBER
from matchmaker_api.schemas.desk_acts import CandidateDecision, CandidatePlace, Further, NewTie
from matchmaker_api.schemas.desk_case import DeskCase

router = APIRouter(prefix="/api/v1/desk/cases/{case_id}", tags=["desk"])


@router.put("/candidates/{collaborator_id}", summary="Put somebody on the list", responses=ACTED)
def add_candidate(collaborator_id: str, acting: AsSeen) -> DeskCase:
    """Anyone of the catalogue, accepted, at the list's end, with what evidence there is."""
    matcher = acting.workspace.matcher
    return acting.searching(lambda desk, seen: desk.add(acting.case_id, seen, collaborator_id, matcher))


@router.post("/further-candidates", summary="Fetch further candidates", responses=ACTED)
def fetch_further_candidates(further: Further, acting: AsSeen) -> DeskCase:
    """The system's next ones: of a candidate's department, or of those that are not on the list. 404: there is none."""
    matcher = acting.workspace.matcher
    return acting.searching(lambda desk, seen: desk.more(acting.case_id, seen, further.like, matcher))


@router.put("/candidates/{collaborator_id}/decision", summary="Decide about a candidate", responses=ACTED)
def decide_candidate(collaborator_id: str, decision: CandidateDecision, acting: AsSeen) -> DeskCase:
    """Accept, reject with a reason, or take the decision back."""
    return acting.as_seen(
        lambda desk, seen: desk.decide(
            acting.case_id, seen, collaborator_id, decision.decision, decision.reason, decision.comment
        )
    )


@router.put("/candidates/{collaborator_id}/place", summary="Move a candidate", responses=ACTED)
def move_candidate(collaborator_id: str, place: CandidatePlace, acting: AsSeen) -> DeskCase:
    """The list is sent in the adviser's order."""
    return acting.as_seen(lambda desk, seen: desk.move(acting.case_id, seen, collaborator_id, place.to))


@router.post("/candidates/{collaborator_id}/ties", summary="Register a tie", responses=ACTED)
def register_tie(collaborator_id: str, tie: NewTie, acting: AsSeenOnce) -> DeskCase:
    """What speaks against a candidate, in every case of the municipality or of all."""
    return acting.as_seen(
        lambda desk, seen: register(
            desk, acting.case_id, seen, collaborator_id, tie.kind, tie.comment, everywhere=tie.everywhere
        ),
        tie,
    )


@router.delete("/ties/{tie_id}", summary="Take a tie back", responses=ACTED)
def take_back_tie(tie_id: Annotated[int, Path(ge=1, le=LARGEST_NUMBER)], acting: AsSeen) -> DeskCase:
    """One that was registered by mistake, or holds no longer."""
    return acting.as_seen(lambda desk, seen: take_back(desk, acting.case_id, seen, tie_id))
