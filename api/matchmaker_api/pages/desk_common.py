"""What all of the desk's pages share: who may open them, who acts, and what every template is given."""

from collections.abc import Iterable, Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData

from matchmaker.domain.case import Case
from matchmaker.domain.event import Event
from matchmaker.review.owners import list_advisers
from matchmaker.review.told_names import told_names
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.identity.cookies import read_cookie
from matchmaker_api.identity.current import signed_in
from matchmaker_api.identity.form_tokens import FIELD
from matchmaker_api.language import request_translator
from matchmaker_api.pages.desk_words import DeskWords, is_cut, marked
from matchmaker_api.pages.rendering import render

COOKIE = "adviser"
READ = ["GET", "HEAD"]


def desk_router() -> APIRouter:
    """A router for pages of advisers: who is one, the policy says (``security/policy.py``)."""
    return APIRouter(prefix="/desk", include_in_schema=False)


def advisers(workspace: Workspace) -> list[str]:
    return list_advisers(workspace.database, workspace.settings)


def _adviser(request: Request, workspace: OpenWorkspace) -> str:
    session = signed_in(request)
    if session:
        return session.account.label
    known = advisers(workspace)
    chosen = read_cookie(request, COOKIE) or ""
    return chosen if chosen in known else known[0]


Adviser = Annotated[str, Depends(_adviser)]
"""Who works at the desk: the account that is signed in, or until there are accounts the choice in its header."""


def revision_in(typed: dict[str, str]) -> int:
    """The revision that a form was made for, taken out of it; a form without one is older than anything."""
    value = typed.pop("revision", "")
    return int(value) if value.isdecimal() and len(value) < 10 else -1


def text_fields(sent: FormData) -> dict[str, str]:
    """The fields with text, without the form's token; of one that was sent several times, the last."""
    return {name: value for name, value in sent.multi_items() if isinstance(value, str) and name != FIELD}


def desk_words(request: Request, workspace: Workspace) -> DeskWords:
    return DeskWords(request_translator(request), workspace.settings.catalogue_folder)


def desk_page(
    request: Request,
    template: str,
    workspace: Workspace,
    adviser: str,
    *,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
    **context: object,
) -> HTMLResponse:
    """A page of the desk. Besides what is passed, templates find the words, the adviser and what there is to choose."""
    words = desk_words(request, workspace)
    known = advisers(workspace)
    return render(
        request,
        template,
        status=status,
        headers=headers,
        words=words,
        adviser=adviser,
        advisers=known,
        marked=marked,
        is_cut=is_cut,
        **words.options(),
        owners=[(one, words.adviser(one)) for one in known],
        **context,
    )


def case_names(
    case: Case, events: Iterable[Event], words: DeskWords, workspace: Workspace, *others: str
) -> dict[str, str]:
    """The names of all whom a case and its events speak of, by id; of those who left the catalogue there is none."""
    found = told_names(workspace.database, case, events, *others)
    return {key: words.name(name) for key, name in found.items()}
