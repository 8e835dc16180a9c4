"""The works that speak for a group: hidden, pinned, added and taken away."""

from typing import Any

from fastapi import APIRouter, Request, Response, status

from matchmaker.curation import groups
from matchmaker.curation.adding import add_work_in
from matchmaker.curation.suggested import check_linked
from matchmaker.db.group_lists import count_group_works, find_group
from matchmaker.db.session import Session, Turn
from matchmaker.db.work_lists import find_group_works
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.workspace import Workspace
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.pagination import After, Limit, next_page, read_work_place, work_cursor
from matchmaker_api.repeatable import MayBeRepeated, Repeatable
from matchmaker_api.schemas.work import NewWork, Work, WorkId, Works

router = APIRouter(prefix="/api/v1/catalogue/groups/{group_id}", tags=["catalogue"])


def _links(work: str, *operations: str) -> dict[str, Any]:
    """What can be done next to a work of the same group."""
    where = {"group_id": "$request.path.group_id", "work_id": work}
    return {one: {"operationId": one, "parameters": where} for one in operations}


LISTED: dict[int | str, dict[str, Any]] = {
    200: {"links": _links("$response.body#/items/0/id", "hide_work", "pin_work")}
}
ADDED: dict[int | str, dict[str, Any]] = {201: {"links": _links("$response.body#/id", "hide_work", "unlink_work")}}
HIDDEN: dict[int | str, dict[str, Any]] = {204: {"links": _links("$request.path.work_id", "show_work")}}
PINNED: dict[int | str, dict[str, Any]] = {204: {"links": _links("$request.path.work_id", "unpin_work")}}

# An id of a work may have a slash in it, as a DOI has: it is the rest of the path, so that it may be sent as it is.


@router.get("/works", summary="List a group's works", responses=LISTED)
def list_group_works(
    group_id: str,
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    after: After = None,
    limit: Limit = 20,
) -> Works:
    """Pinned ones first, then the newest; hidden ones are among them."""
    return works_page(request, response, workspace, group_id, after, limit)


def works_page(
    request: Request, response: Response, workspace: Workspace, group_id: str, after: str | None, limit: int
) -> Works:
    """A page of a group's works."""
    behind = read_work_place(after)
    with workspace.database.reading() as session:
        find_group(session, MAIN_COLLECTION, group_id)
        found = find_group_works(session, MAIN_COLLECTION, group_id, limit + 1, after=behind)
        total = count_group_works(session, MAIN_COLLECTION, group_id)
    cursor = work_cursor(found[limit - 1].place) if len(found) > limit else None
    items = [Work.of(one) for one in found[:limit]]
    return Works(items=items, total=total, next=next_page(request, response, cursor))


@router.post("/works", status_code=status.HTTP_201_CREATED, summary="Add a work to a group", responses=ADDED)
def add_work(group_id: str, new: NewWork, workspace: OpenWorkspace, client: Client, sent: MayBeRepeated) -> WorkId:
    """A DOI that is known already only links that work. With an Idempotency-Key it is safe to send it again."""
    return added_work(sent, workspace, group_id, new, client.role)


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
    responses=HIDDEN,
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
    responses=PINNED,
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


def added_work(sent: Repeatable, workspace: Workspace, group_id: str, new: NewWork, by: str) -> WorkId:
    """Add a work to a group, once.

    Raises:
        NotFoundError: there is no such group.
    """

    def act(session: Session) -> dict[str, Any]:
        find_group(session, MAIN_COLLECTION, group_id)
        added = add_work_in(session, MAIN_COLLECTION, group_id, new.added(), workspace.pseudonym, by)
        return WorkId(id=added).model_dump()

    return WorkId.model_validate(sent.once(new, act, turns=Turn.CATALOGUE_AND_CASES))
