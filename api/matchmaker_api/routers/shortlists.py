"""Shortlists as an adviser approved and sent them. Drafts stay at the desk."""

from fastapi import APIRouter, Response

from matchmaker.review.portal import read_approved
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.schemas.shortlist import ApprovedShortlist

router = APIRouter(prefix="/api/v1/challenges", tags=["shortlists"])


@router.get("/{challenge_id}/shortlist", summary="Read a challenge's approved shortlist")
def read_shortlist(challenge_id: str, response: Response, workspace: OpenWorkspace, say: Say) -> ApprovedShortlist:
    """The list that an adviser approved and sent, with its evidence; words are in the language of Accept-Language.

    Until there is one the answer is 404, with the problem not-approved-yet.
    """
    approval, approved = read_approved(workspace.database, challenge_id)
    response.headers["Content-Language"] = say.language
    response.headers["Vary"] = "Accept-Language"
    return ApprovedShortlist.of(approval, approved, say)
