"""What a group decides about itself by its private link: its evidence, what it is open for, whether it takes part."""

from fastapi import APIRouter, Response, status

from matchmaker.curation import groups
from matchmaker.curation.researchers import BY, check_own_work
from matchmaker.db.group_lists import find_group
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.curation import GroupState
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, OwnGroup
from matchmaker_api.repeatable import MayBeRepeated
from matchmaker_api.routers.catalogue_groups import answered_group
from matchmaker_api.routers.catalogue_works import added_work
from matchmaker_api.schemas.group import Availability, Group
from matchmaker_api.schemas.work import NewWork, WorkId

router = APIRouter(prefix="/api/v1/by-group-link", tags=["by group link"])


@router.put("/availability", summary="Say what the link's group has room for")
def set_own_availability(
    availability: Availability, response: Response, workspace: OpenWorkspace, group: OwnGroup
) -> Group:
    """In place of what was said before."""
    groups.set_availability(workspace.database, MAIN_COLLECTION, group, availability.model_dump(mode="json"), BY)
    return answered_group(workspace, group, response)


@router.put("/opt-out", summary="Take the link's group out")
def opt_own_group_out(response: Response, workspace: OpenWorkspace, group: OwnGroup) -> Group:
    """At once out of index, pages and API; what it is already it stays."""
    if _state(workspace, group) is not GroupState.OPTED_OUT:
        groups.opt_out(workspace.database, workspace.settings.opt_outs, MAIN_COLLECTION, group, BY)
    return answered_group(workspace, group, response)


@router.delete("/opt-out", summary="Take the link's group in again")
def opt_own_group_in(response: Response, workspace: OpenWorkspace, group: OwnGroup) -> Group:
    """Where it had opted out; one that the steward retired stays retired."""
    if _state(workspace, group) is GroupState.OPTED_OUT:
        groups.opt_in(workspace.database, workspace.settings.opt_outs, MAIN_COLLECTION, group, BY)
    return answered_group(workspace, group, response)


@router.post("/works", status_code=status.HTTP_201_CREATED, summary="Add a work to the link's group")
def add_own_work(new: NewWork, workspace: OpenWorkspace, group: OwnGroup, sent: MayBeRepeated) -> WorkId:
    """A DOI that is known already only links that work. With an Idempotency-Key it is safe to send it again."""
    return added_work(sent, workspace, group, new, BY)


@router.put(
    "/hidden-works/{work_id:path}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Hide a work of the link's group",
)
def hide_own_work(work_id: str, workspace: OpenWorkspace, group: OwnGroup) -> None:
    """Keeps it from speaking for the group, also when it is imported again."""
    check_own_work(workspace.database, MAIN_COLLECTION, group, work_id)
    groups.hide_work(workspace.database, MAIN_COLLECTION, group, work_id, BY)


@router.delete(
    "/hidden-works/{work_id:path}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Show a hidden work of the link's group",
)
def show_own_work(work_id: str, workspace: OpenWorkspace, group: OwnGroup) -> None:
    """Lets it speak again."""
    check_own_work(workspace.database, MAIN_COLLECTION, group, work_id)
    groups.show_work(workspace.database, MAIN_COLLECTION, group, work_id, BY)


@router.put(
    "/pinned-works/{work_id:path}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Pin a work of the link's group",
)
def pin_own_work(work_id: str, workspace: OpenWorkspace, group: OwnGroup) -> None:
    """Has it shown before others that meet a challenge."""
    check_own_work(workspace.database, MAIN_COLLECTION, group, work_id)
    groups.pin_work(workspace.database, MAIN_COLLECTION, group, work_id, BY, pinned=True)


@router.delete(
    "/pinned-works/{work_id:path}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Unpin a work of the link's group",
)
def unpin_own_work(work_id: str, workspace: OpenWorkspace, group: OwnGroup) -> None:
    """It is shown in its turn again."""
    check_own_work(workspace.database, MAIN_COLLECTION, group, work_id)
    groups.pin_work(workspace.database, MAIN_COLLECTION, group, work_id, BY, pinned=False)


def _state(workspace: Workspace, group: str) -> GroupState:
    with workspace.database.reading() as session:
        return find_group(session, MAIN_COLLECTION, group).state
