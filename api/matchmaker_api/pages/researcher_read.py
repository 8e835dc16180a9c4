"""A group's own page: what is said of it, what speaks for it, where it was suggested, and which needs are near it."""

import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Request
from fastapi.responses import HTMLResponse

from matchmaker.db.alerts import count_alerts
from matchmaker.db.decisions import find_events
from matchmaker.db.published import list_published
from matchmaker.domain.curation import GroupState
from matchmaker.domain.errors import MatchmakerError
from matchmaker.review.published import Near, Suggested, near_challenges, suggested_where
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.language import request_translator
from matchmaker_api.pages import desk_places
from matchmaker_api.pages.approved_list import shown_suggestion
from matchmaker_api.pages.catalogue_common import READ
from matchmaker_api.pages.catalogue_read_group import Trouble, read_group, room_of
from matchmaker_api.pages.researcher_common import COLLECTION, GroupId, group_path, group_router, researcher_page

router = group_router()

EVENTS = 20
NEAR_SHOWN = 10

log = logging.getLogger("matchmaker_api")


@dataclass(frozen=True, slots=True)
class ShownChallenge:
    """A challenge as a group reads it: the words that its municipality made public."""

    title: str
    municipality: str
    areas: tuple[str, ...]
    problem: str
    success: str
    sent: datetime


@router.api_route("/{token}", methods=READ)
def show_own_page(request: Request, workspace: OpenWorkspace, token: str, group_id: GroupId) -> HTMLResponse:
    return own_page(request, workspace, token, group_id)


def own_page(
    request: Request, workspace: Workspace, token: str, group_id: str, trouble: Trouble | None = None, status: int = 200
) -> HTMLResponse:
    """The page, with what kept an act from being done.

    Raises:
        NotFoundError: the group is not in the catalogue any more.
    """
    say, now = request_translator(request), datetime.now(UTC)
    with workspace.database.reading() as session:
        group, _, shown = read_group(session, request, group_id)
        events = find_events(session, COLLECTION, group_id, EVENTS)
        alert_count = count_alerts(session, COLLECTION, group_id)
    suggested = suggested_where(workspace.database, COLLECTION, group_id, now)
    near = _near(workspace, group_id, now) if group.state is GroupState.ACTIVE else []
    return researcher_page(
        request,
        "pages/researcher_group.html",
        workspace,
        token,
        status=status,
        **shown,
        **room_of(workspace, group_id),
        suggested=[(_shown(one, workspace), shown_suggestion(one.suggestion, say)) for one in suggested],
        near=None if near is None else [(_shown(one, workspace), one.confidence.value) for one in near[:NEAR_SHOWN]],
        events=events,
        alert_count=alert_count,
        areas=list(desk_places.area_names(workspace.settings.catalogue_folder)),
        trouble=trouble,
        act_address=f"{group_path(token)}/act",
        done=request.query_params.get("done", ""),
    )


def _near(workspace: Workspace, group_id: str, now: datetime) -> list[Near] | None:
    """The challenges near the group's work; None where that cannot be told just now: the page is there all the same."""
    try:
        with workspace.database.reading() as session:
            published = list_published(session, COLLECTION, now)
        return near_challenges(workspace.matcher(COLLECTION), published, group_id) if published else []
    except MatchmakerError as error:
        log.warning("Challenges near a group cannot be told: %s", error)
        return None


def _shown(one: Suggested | Near, workspace: Workspace) -> ShownChallenge:
    described = one.challenge.description
    names = desk_places.municipality_short_names(workspace.settings.catalogue_folder)
    return ShownChallenge(
        title=described.title,
        municipality=names.get(described.municipality or "", ""),
        areas=described.areas,
        problem=described.problem,
        success=described.success,
        sent=one.challenge.first_released_at,
    )
