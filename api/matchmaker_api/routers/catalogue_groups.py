"""The catalogue's groups for those who look after it: listing, reading, correcting, and whether they take part."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response, status
from pydantic import BaseModel

from matchmaker.catalogue.seed import read_areas, read_departments
from matchmaker.curation import groups
from matchmaker.curation.editing import Choices, StaleGroupError, correct_group, seen_as
from matchmaker.curation.listing import GroupFilter, list_covered
from matchmaker.curation.suggested import check_all_linked
from matchmaker.db.decisions import find_events
from matchmaker.db.exports import find_availability
from matchmaker.db.group_lists import CuratedGroup, count_group_works, find_group
from matchmaker.db.session import Session, Turn
from matchmaker.domain.availability import Availability as Room
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.curation import GroupState
from matchmaker.domain.language import LocalisedText
from matchmaker.workspace import Workspace
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.idempotency import (
    STALE,
    IfMatch,
    PreconditionFailedError,
    check_match,
    etag,
)
from matchmaker_api.pagination import After, Limit, id_cursor, next_page, read_id
from matchmaker_api.repeatable import MayBeRepeated, Repeatable
from matchmaker_api.schemas.group import (
    Availability,
    CatalogueEvent,
    Group,
    GroupPage,
    GroupSummary,
    GroupTexts,
    History,
    Merger,
    Split,
)

router = APIRouter(prefix="/api/v1/catalogue/groups", tags=["catalogue"])

EVENTS = 50
ETAG = {"ETag": {"description": "The group as it is now; for If-Match.", "schema": {"type": "string"}}}
FOUND: dict[int | str, dict[str, Any]] = {200: {"headers": ETAG}}


def _links(where: str, *operations: str) -> dict[str, Any]:
    return {one: {"operationId": one, "parameters": {"group_id": where}} for one in operations}


LISTED: dict[int | str, dict[str, Any]] = {
    200: {
        "links": _links(
            "$response.body#/items/0/id", "list_group_works", "read_catalogue_group", "retire_group", "add_work"
        )
    }
}
RETIRED: dict[int | str, dict[str, Any]] = {
    200: {**FOUND[200], "links": _links("$response.body#/id", "reinstate_group")}
}


@router.get("", summary="List the catalogue's groups", responses=LISTED)
def list_catalogue_groups(
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    q: Annotated[str, Query(max_length=200, description="Words of names, profiles and keywords.")] = "",
    kind: CollaboratorKind | None = None,
    area: Annotated[str, Query(max_length=100, description="An area's id.")] = "",
    department: Annotated[str, Query(max_length=100, description="A department's code.")] = "",
    state: GroupState = GroupState.ACTIVE,
    thin: Annotated[bool, Query(description="Only those that little speaks for.")] = False,
    after: After = None,
    limit: Limit = 20,
) -> GroupPage:
    """Groups by id, also those that do not take part."""
    wanted = GroupFilter(q, area, department, kind.value if kind else "", state.value, thin)
    behind = read_id(after)
    with workspace.database.reading() as session:
        every = list_covered(session, MAIN_COLLECTION)
    found = [one for one in every if one.line.group.id > behind and wanted.fits(one)]
    cursor = id_cursor(found[limit - 1].line.group.id) if len(found) > limit else None
    return GroupPage(items=[GroupSummary.of(one) for one in found[:limit]], next=next_page(request, response, cursor))


@router.get("/{group_id}", summary="Read a group of the catalogue", responses=FOUND)
def read_catalogue_group(group_id: str, response: Response, workspace: OpenWorkspace) -> Group:
    """A group as it is and as it came, and what was decided about it."""
    return answered_group(workspace, group_id, response)


@router.put("/{group_id}/texts", summary="Correct a group", responses=FOUND)
def correct_catalogue_group(
    group_id: str,
    texts: GroupTexts,
    response: Response,
    workspace: OpenWorkspace,
    client: Client,
    if_match: IfMatch = None,
) -> Group:
    """What is sent as it came is no correction: later imports may change it."""
    group, document = read_group(workspace, group_id)
    check_match(if_match, document)
    try:
        seen, choices = seen_as(group.now), edit_choices(workspace)
        correct_group(workspace.database, MAIN_COLLECTION, group_id, texts.typed(), choices, seen, client.role)
    except StaleGroupError:  # somebody was faster than we were between reading and writing
        raise PreconditionFailedError(STALE) from None
    return answered_group(workspace, group_id, response)


@router.delete("/{group_id}/texts", summary="Show a group as it came", responses=FOUND)
def undo_correction(group_id: str, response: Response, workspace: OpenWorkspace, client: Client) -> Group:
    """Takes every correction back."""
    read_group(workspace, group_id)
    groups.undo_edit(workspace.database, MAIN_COLLECTION, group_id, client.role)
    return answered_group(workspace, group_id, response)


@router.put("/{group_id}/availability", summary="Say what a group has room for", responses=FOUND)
def set_availability(
    group_id: str, availability: Availability, response: Response, workspace: OpenWorkspace, client: Client
) -> Group:
    """In place of what was said before."""
    read_group(workspace, group_id)
    value = availability.model_dump(mode="json")
    groups.set_availability(workspace.database, MAIN_COLLECTION, group_id, value, client.role)
    return answered_group(workspace, group_id, response)


@router.put("/{group_id}/retirement", summary="Take a group out of matching", responses=RETIRED)
def retire_group(group_id: str, response: Response, workspace: OpenWorkspace, client: Client) -> Group:
    """For a group that is no more. Its history stays."""
    read_group(workspace, group_id)
    groups.retire_group(workspace.database, MAIN_COLLECTION, group_id, client.role)
    return answered_group(workspace, group_id, response)


@router.delete("/{group_id}/retirement", summary="Take a group in again", responses=FOUND)
def reinstate_group(group_id: str, response: Response, workspace: OpenWorkspace, client: Client) -> Group:
    """For a group that was retired or merged."""
    read_group(workspace, group_id)
    groups.reinstate_group(workspace.database, MAIN_COLLECTION, group_id, client.role)
    return answered_group(workspace, group_id, response)


@router.put("/{group_id}/opt-out", summary="Take a group out at its own wish", responses=FOUND)
def opt_group_out(group_id: str, response: Response, workspace: OpenWorkspace, client: Client) -> Group:
    """At once out of index, pages and API; a restored backup does not bring it back."""
    read_group(workspace, group_id)
    ledger = workspace.settings.opt_outs
    groups.opt_out(workspace.database, ledger, MAIN_COLLECTION, group_id, client.role)
    return answered_group(workspace, group_id, response)


@router.delete("/{group_id}/opt-out", summary="Take a group in that had opted out", responses=FOUND)
def opt_group_in(group_id: str, response: Response, workspace: OpenWorkspace, client: Client) -> Group:
    """At its own wish."""
    read_group(workspace, group_id)
    groups.opt_in(workspace.database, workspace.settings.opt_outs, MAIN_COLLECTION, group_id, client.role)
    return answered_group(workspace, group_id, response)


@router.post("/{group_id}/merger", summary="Make a group part of another", responses=FOUND)
def merge_group(group_id: str, merger: Merger, response: Response, client: Client, sent: MayBeRepeated) -> Group:
    """Its works are the other's from now on, and itself is not matched any more."""

    def act(session: Session) -> str:
        find_group(session, MAIN_COLLECTION, group_id)
        groups.merge_groups_in(session, MAIN_COLLECTION, group_id, merger.into, client.role)
        return group_id

    return _reshaped(sent, merger, response, act)


@router.post("/{group_id}/split", status_code=status.HTTP_201_CREATED, summary="Make two groups of one")
def split_group(group_id: str, split: Split, response: Response, client: Client, sent: MayBeRepeated) -> Group:
    """A new group of some of the group's works, which it has no more."""
    # A text that is blank is complained of by its field; an empty one would be none at all.
    name = LocalisedText(split.name_sv.strip() or " ", split.name_en or None)
    summary = LocalisedText(split.summary_sv.strip() or " ", split.summary_en or None)

    def act(session: Session) -> str:
        find_group(session, MAIN_COLLECTION, group_id)
        check_all_linked(session, MAIN_COLLECTION, group_id, split.works)
        return groups.split_group_in(session, MAIN_COLLECTION, group_id, name, summary, split.works, client.role)

    new = _reshaped(sent, split, response, act)
    response.headers["Location"] = f"/api/v1/catalogue/groups/{new.id}"
    return new


def _reshaped(sent: Repeatable, body: BaseModel, response: Response, act: Callable[[Session], str]) -> Group:
    """Do what gives a group another shape, once, and answer with the group whose id it gives."""

    def done(session: Session) -> dict[str, Any]:
        return _document(session, act(session))[1].model_dump(mode="json")

    document = Group.stored(sent.once(body, done, turns=Turn.CATALOGUE_AND_CASES))
    response.headers["ETag"] = etag(document)
    return document


@router.get("/{group_id}/history", summary="Read what was done with a group")
def read_group_history(group_id: str, workspace: OpenWorkspace) -> History:
    """The newest fifty acts."""
    with workspace.database.reading() as session:
        find_group(session, MAIN_COLLECTION, group_id)
        found = find_events(session, MAIN_COLLECTION, group_id, EVENTS)
        return History(
            items=[CatalogueEvent(kind=one.kind, by=one.by, at=one.at, detail=dict(one.detail)) for one in found]
        )


def edit_choices(workspace: Workspace) -> Choices:
    """What a group's areas and department may be."""
    folder = workspace.settings.catalogue_folder
    return Choices([one.id for one in read_areas(folder)], list(read_departments(folder)))


def read_group(workspace: Workspace, group_id: str) -> tuple[CuratedGroup, Group]:
    """A group, and as it is told."""
    with workspace.database.reading() as session:
        return _document(session, group_id)


def _document(session: Session, group_id: str) -> tuple[CuratedGroup, Group]:
    group = find_group(session, MAIN_COLLECTION, group_id)
    works = count_group_works(session, MAIN_COLLECTION, group_id)
    room = find_availability(session, MAIN_COLLECTION).get(group_id, Room())
    return group, Group.of(group, room, works)


def answered_group(workspace: Workspace, group_id: str, response: Response) -> Group:
    """A group as it is told now, with its ETag on the answer."""
    document = read_group(workspace, group_id)[1]
    response.headers["ETag"] = etag(document)
    return document
