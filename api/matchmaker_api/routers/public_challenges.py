"""Challenges that municipalities let each other see."""

from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from matchmaker.db import portal as listing
from matchmaker.review.joining import get_public_challenge
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pagination import After, Limit, next_page, place_cursor, read_place
from matchmaker_api.schemas.challenge_lists import PublicChallenge, PublicChallengePage

router = APIRouter(prefix="/api/v1/public-challenges", tags=["public challenges"])


@router.get("", summary="List public challenges")
def list_public_challenges(
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    municipality: Annotated[str | None, Query(description="A municipality's code.", examples=["2580"])] = None,
    area: Annotated[str | None, Query(description="An area's id.", examples=["infrastructure"])] = None,
    after: After = None,
    limit: Limit = 20,
) -> PublicChallengePage:
    """Challenges of all municipalities that they made public, the newest first: never contacts, never answers."""
    wanted = listing.ListFilter(municipality=municipality, area=area, public=True, but_withdrawn=True)
    with workspace.database.reading(may_be_behind=True) as session:
        found = listing.list_challenges(session, None, wanted, datetime.now(UTC), read_place(after), limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    cursor = place_cursor((last.created_at, last.id)) if last else None
    return PublicChallengePage(
        items=[PublicChallenge.of(one) for one in found[:limit]], next=next_page(request, response, cursor)
    )


@router.get("/{challenge_id}", summary="Read a public challenge")
def read_public_challenge(challenge_id: str, workspace: OpenWorkspace) -> PublicChallenge:
    """A challenge that its municipality made public."""
    return PublicChallenge.of(get_public_challenge(workspace.database, challenge_id))
