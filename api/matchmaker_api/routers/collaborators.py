"""The catalogue: who can be suggested, in Swedish and English."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from matchmaker.db import portal as listing
from matchmaker.db.collection import StoredCollection
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pagination import After, Limit, id_cursor, next_page, read_id
from matchmaker_api.schemas.collaborator import Collaborator, CollaboratorPage

router = APIRouter(prefix="/api/v1/collaborators", tags=["collaborators"])


@router.get("", summary="Search the catalogue")
def list_collaborators(
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    q: Annotated[str, Query(max_length=200, description="Words of the name, in either language.")] = "",
    kind: CollaboratorKind | None = None,
    area: Annotated[str | None, Query(description="An area's id.", examples=["infrastructure"])] = None,
    after: After = None,
    limit: Limit = 20,
) -> CollaboratorPage:
    """Everybody in the catalogue, by id, or those whose name has the words."""
    with workspace.database.reading() as session:
        ids = listing.list_collaborators(session, MAIN_COLLECTION, q, kind, area, read_id(after), limit + 1)
    cursor = id_cursor(ids[limit - 1]) if len(ids) > limit else None
    return CollaboratorPage(items=_read(workspace, ids[:limit]), next=next_page(request, response, cursor))


@router.get("/{collaborator_id}", summary="Read a collaborator")
def read_collaborator(collaborator_id: str, workspace: OpenWorkspace) -> Collaborator:
    """One of the catalogue, with its profile in both languages."""
    found = _read(workspace, [collaborator_id])
    if not found:
        raise NotFoundError(mark("{id} is not in the catalogue."), id=collaborator_id)
    return found[0]


def _read(workspace: Workspace, ids: Sequence[str]) -> list[Collaborator]:
    found = StoredCollection(workspace.database, MAIN_COLLECTION).find_collaborators(ids)
    with workspace.database.reading() as session:
        profiles = listing.read_profiles(session, MAIN_COLLECTION, ids)
    return [Collaborator.of(found[one], profiles.get(one, {})) for one in ids if one in found]
