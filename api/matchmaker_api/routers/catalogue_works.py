"""The works that speak for a group: hidden, pinned, added and taken away."""

from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from matchmaker.curation import groups
from matchmaker.curation.suggested import check_linked
from matchmaker.db.group_lists import count_group_works, find_group
from matchmaker.db.work_lists import find_group_works
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.workspace import Workspace
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.pagination import Limit
from matchmaker_api.schemas.work import NewWork, Work, WorkId, Works

router = APIRouter(prefix="/api/v1/catalogue/groups/{group_id}", tags=["catalogue"])

# An id of a work may have a slash in it, as a DOI has: it is the rest of the path, so that it may be sent as it is.


@router.get("/works", summary="List a group's works")
def list_group_works(
    group_id: str,
    workspace: OpenWorkspace,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")] = 0,
    limit: Limit = 20,
) -> Works:
    """Pinned ones first, then the newest; hidden ones are among them."""
    with workspace.database.reading() as session:
        find_group(session, MAIN_COLLECTION, group_id)
        found = find_group_works(session, MAIN_COLLECTION, group_id, limit, offset)
        total = count_group_works(session, MAIN_COLLECTION, group_id)
    return Works(items=[Work.of(one) for one in found], total=total)


@router.post("/works", status_code=status.HTTP_201_CREATED, summary="Add a work to a group")
def add_work(group_id: str, new: NewWork, workspace: OpenWorkspace, client: Client) -> WorkId:
    """A DOI that is known already only links that work."""
    with workspace.database.reading() as session:
        find_group(session, MAIN_COLLECTION, group_id)
    return WorkId(id=add_to(workspace, group_id, new, client.role))


def add_to(workspace: Workspace, group_id: str, new: NewWork, by: str) -> str:
    """Add a work to a group, as a role; returns the work's id."""
    return groups.add_work(
        workspace.database,
        MAIN_COLLECTION,
        group_id,
        title=new.title.strip(),
        text=new.text.strip(),
        year=new.year,
        doi=new.doi,
        url=new.url,
        pseudonym=workspace.pseudonym,
        by=by,
    )


@router.delete(
    "/works/{work_id:path}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Say that a work is not a group's",
)
def unlink_work(group_id: str, work_id: str, workspace: OpenWorkspace, client: Client) -> None:
    """It holds for later imports."""
    check_linked(workspace.database, MAIN_COLLECTION, group_id, work_id)
    groups.decide_links(workspace.database, MAIN_COLLECTION, [(work_id, group_id)], client.role, accept=False)


@router.put(
    "/hidden-works/{work_id:path}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Hide a work",
)
def hide_work(group_id: str, work_id: str, workspace: OpenWorkspace, client: Client) -> None:
    """Keeps it from speaking for the group, also when it is imported again."""
    check_linked(workspace.database, MAIN_COLLECTION, group_id, work_id)
    groups.hide_work(workspace.database, MAIN_COLLECTION, group_id, work_id, client.role)


@router.delete(
    "/hidden-works/{work_id:path}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Show a hidden work",
)
def show_work(group_id: str, work_id: str, workspace: OpenWorkspace, client: Client) -> None:
    """Lets it speak again."""
    check_linked(workspace.database, MAIN_COLLECTION, group_id, work_id)
    groups.show_work(workspace.database, MAIN_COLLECTION, group_id, work_id, client.role)


@router.put(
    "/pinned-works/{work_id:path}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Pin a work",
)
def pin_work(group_id: str, work_id: str, workspace: OpenWorkspace, client: Client) -> None:
    """Has it shown before others that meet a challenge."""
    check_linked(workspace.database, MAIN_COLLECTION, group_id, work_id)
    groups.pin_work(workspace.database, MAIN_COLLECTION, group_id, work_id, client.role, pinned=True)


@router.delete(
    "/pinned-works/{work_id:path}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Unpin a work",
)
def unpin_work(group_id: str, work_id: str, workspace: OpenWorkspace, client: Client) -> None:
    """It is shown in its turn again."""
    check_linked(workspace.database, MAIN_COLLECTION, group_id, work_id)
    groups.pin_work(workspace.database, MAIN_COLLECTION, group_id, work_id, client.role, pinned=False)
