"""A group's own page by its private link, the link's secret as a bearer: read, and correct what is the group's."""

from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response

from matchmaker.curation.editing import StaleGroupError, seen_as
from matchmaker.curation.researchers import correct_texts
from matchmaker.db.decisions import find_events
from matchmaker.db.group_lists import find_group
from matchmaker.db.published import list_published
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.curation import GroupState
from matchmaker.review.alerts import ask_for_alerts, check_takes_part
from matchmaker.review.published import near_challenges, suggested_where
from matchmaker_api.deps import OpenWorkspace, OwnGroup, Say
from matchmaker_api.idempotency import STALE, IfMatch, PreconditionFailedError, check_match
from matchmaker_api.pagination import After, Limit
from matchmaker_api.routers.catalogue_groups import EVENTS, answered_group, edit_choices, read_group
from matchmaker_api.routers.catalogue_works import works_page
from matchmaker_api.schemas.group import CatalogueEvent, Group, History
from matchmaker_api.schemas.own_group import (
    AskedAlerts,
    NearChallenge,
    NearList,
    NewAlerts,
    OwnTexts,
    SuggestedHere,
    SuggestedList,
)
from matchmaker_api.schemas.work import Works
from matchmaker_api.sites import alert_address

router = APIRouter(prefix="/api/v1/by-group-link", tags=["by group link"])

NEAR_SHOWN = 10
FOUND: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"description": "The group as it is now; for If-Match.", "schema": {"type": "string"}}}}
}


@router.get("", summary="Read the link's group", responses=FOUND)
def read_own_group(response: Response, workspace: OpenWorkspace, group: OwnGroup) -> Group:
    """As it is and as it came, and what it is open for."""
    return answered_group(workspace, group, response)


@router.put("/texts", summary="Correct what is said of the link's group", responses=FOUND)
def correct_own_texts(
    texts: OwnTexts, response: Response, workspace: OpenWorkspace, group: OwnGroup, if_match: IfMatch = None
) -> Group:
    """Summaries and keywords; they hold over later imports."""
    current, document = read_group(workspace, group)
    check_match(if_match, document)
    try:
        seen = seen_as(current.now)
        correct_texts(workspace.database, MAIN_COLLECTION, group, texts.typed(), edit_choices(workspace), seen)
    except StaleGroupError:  # somebody was faster than we were between reading and writing
        raise PreconditionFailedError(STALE) from None
    return answered_group(workspace, group, response)


@router.get("/works", summary="List the works of the link's group")
def list_own_works(
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    group: OwnGroup,
    after: After = None,
    limit: Limit = 20,
) -> Works:
    """Pinned ones first, then the newest; hidden ones are among them."""
    return works_page(request, response, workspace, group, after, limit)


@router.get("/history", summary="Read what was done with the link's group")
def read_own_history(workspace: OpenWorkspace, group: OwnGroup) -> History:
    """The newest fifty acts, by role and without names."""
    with workspace.database.reading() as session:
        found = find_events(session, MAIN_COLLECTION, group, EVENTS)
    return History(
        items=[CatalogueEvent(kind=one.kind, by=one.by, at=one.at, detail=dict(one.detail)) for one in found]
    )


@router.get("/suggested", summary="List where the link's group was suggested")
def list_suggested_where(workspace: OpenWorkspace, group: OwnGroup, say: Say) -> SuggestedList:
    """In public challenges whose list was approved and sent, in the words that it was sent for."""
    found = suggested_where(workspace.database, MAIN_COLLECTION, group, datetime.now(UTC))
    return SuggestedList(items=[SuggestedHere.of(one, say) for one in found])


@router.get("/near", summary="List challenges near the work of the link's group")
def list_near_challenges(workspace: OpenWorkspace, group: OwnGroup) -> NearList:
    """Open ones among those that were answered; none while the group takes no part."""
    with workspace.database.reading() as session:
        if find_group(session, MAIN_COLLECTION, group).state is not GroupState.ACTIVE:
            return NearList(items=[])
        published = list_published(session, MAIN_COLLECTION, datetime.now(UTC))
    near = near_challenges(workspace.matcher(MAIN_COLLECTION), published, group) if published else []
    return NearList(items=[NearChallenge.of(one) for one in near[:NEAR_SHOWN]])


@router.post("/alerts", summary="Ask for alerts of new challenges")
def ask_for_own_alerts(
    new: NewAlerts, request: Request, workspace: OpenWorkspace, group: OwnGroup, say: Say
) -> AskedAlerts:
    """The address is asked once by a letter, and gets nothing more before it has said yes."""
    check_takes_part(workspace.database, MAIN_COLLECTION, group)
    wish = new.wish(say.language, edit_choices(workspace).areas)
    outcome = ask_for_alerts(
        workspace.database, MAIN_COLLECTION, group, wish, lambda link: alert_address(request, link)
    )
    return AskedAlerts(outcome=outcome)
