"""What the pages that a group reaches by its private link share: which group it is, and how they are rendered."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from matchmaker.curation.researchers import open_page
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.catalogue_common import COLLECTION, catalogue_words
from matchmaker_api.pages.challenge_views import private_page
from matchmaker_api.paths import GROUPS

__all__ = ["COLLECTION", "GroupId", "group_path", "group_router", "researcher_page"]


def group_router() -> APIRouter:
    """A router for pages behind a group's link: the link in the path is what counts."""
    return APIRouter(prefix=GROUPS, include_in_schema=False)


def group_path(token: str) -> str:
    """The page that a link leads to."""
    return f"{GROUPS}/{quote(token, safe='')}"


def _group_id(workspace: OpenWorkspace, token: str) -> str:
    return open_page(workspace.database, COLLECTION, token).group


GroupId = Annotated[str, Depends(_group_id)]
"""The group whose link is in the path; without a good one there is no page (404)."""


def researcher_page(
    request: Request, template: str, workspace: Workspace, token: str, *, status: int = 200, **context: object
) -> HTMLResponse:
    """A page behind a group's link; templates find the words, and ``base``, the address of its first page."""
    words = catalogue_words(request, workspace)
    return private_page(request, template, status=status, words=words, base=group_path(token), **context)
