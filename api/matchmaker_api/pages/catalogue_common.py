"""What all pages of the catalogue's stewards share: who acts, their words, and what every template is given."""

from collections.abc import Mapping
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse

from matchmaker.domain.access import Role
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.workspace import Workspace
from matchmaker_api.deps import Sent
from matchmaker_api.identity.current import signed_in
from matchmaker_api.language import request_translator
from matchmaker_api.pages.account_words import account_word
from matchmaker_api.pages.catalogue_words import CatalogueWords
from matchmaker_api.pages.desk_common import READ, text_fields
from matchmaker_api.pages.rendering import render
from matchmaker_api.security.policy import STEWARDS

__all__ = [
    "COLLECTION",
    "READ",
    "By",
    "Sent",
    "catalogue_page",
    "catalogue_router",
    "catalogue_words",
    "group_address",
    "text_fields",
]

COLLECTION = MAIN_COLLECTION
"""The collection that is looked after: the one that challenges are matched with."""


def catalogue_router() -> APIRouter:
    """A router for pages of the catalogue: who may open them, the policy says (``security/policy.py``)."""
    return APIRouter(prefix="/catalogue", include_in_schema=False)


def _by(request: Request) -> str:
    session = signed_in(request)
    if session and Role.STEWARD not in session.account.roles:
        return Role.ADMINISTRATOR.value
    return Role.STEWARD.value


By = Annotated[str, Depends(_by)]
"""As what somebody acts, for the history: a role. Before there are accounts, who sits at the machine is the steward."""


def group_address(group_id: str) -> str:
    """The page of a group."""
    return f"/catalogue/groups/{quote(group_id, safe='')}"


def may_change(request: Request) -> bool:
    """Whether who reads may also change what stands there."""
    session = signed_in(request)
    return session is None or bool(session.account.roles & STEWARDS.roles)


def catalogue_words(request: Request, workspace: Workspace) -> CatalogueWords:
    return CatalogueWords(request_translator(request), workspace.settings.catalogue_folder, workspace.scorer)


def catalogue_page(
    request: Request,
    template: str,
    workspace: Workspace,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """A page of the catalogue; templates find the words, what the reader may do, and what is being encoded."""
    session = signed_in(request)
    words = catalogue_words(request, workspace)
    return render(
        request,
        template,
        status=status,
        headers=headers,
        words=words,
        who=account_word(session.account.label, words.say) if session else "",
        can_change=may_change(request),
        encoding=workspace.encoding(COLLECTION),
        **context,
    )
