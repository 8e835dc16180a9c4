"""Private links to a group's own page: made by the steward, shown once, listed, ended."""

from datetime import UTC, datetime
from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from matchmaker.curation.researchers import make_link, revoke_link
from matchmaker.db.group_links import list_group_links
from matchmaker.db.group_lists import find_group
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.catalogue_common import (
    COLLECTION,
    READ,
    By,
    Sent,
    catalogue_page,
    catalogue_router,
    text_fields,
)
from matchmaker_api.paths import GROUPS
from matchmaker_api.sites import site_address

router = catalogue_router()


@router.api_route("/own-page/{group_id:path}", methods=READ)
def show_links(request: Request, workspace: OpenWorkspace, group_id: str) -> HTMLResponse:
    return _page(request, workspace, group_id)


@router.post("/own-page/{group_id:path}")
def change_links(request: Request, workspace: OpenWorkspace, by: By, sent: Sent, group_id: str) -> Response:
    """Make a link, shown on the page that answers and never again; or end the one that the form names."""
    link = text_fields(sent).get("end")
    if link:
        revoke_link(workspace.database, COLLECTION, group_id, link, by)
        address = f"/catalogue/own-page/{quote(group_id, safe='')}?done=ended"
        return RedirectResponse(address, HTTPStatus.SEE_OTHER)
    token = make_link(workspace.database, COLLECTION, group_id, by)
    return _page(request, workspace, group_id, made=f"{site_address(request)}{GROUPS}/{quote(token)}")


def _page(request: Request, workspace: Workspace, group_id: str, made: str = "") -> HTMLResponse:
    with workspace.database.reading() as session:
        group = find_group(session, COLLECTION, group_id)
        links = list_group_links(session, COLLECTION, group_id)
    return catalogue_page(
        request,
        "pages/catalogue_own_page.html",
        workspace,
        group=group.now,
        links=links,
        made=made,
        now=datetime.now(UTC),
        done=request.query_params.get("done", ""),
    )
