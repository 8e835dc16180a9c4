"""A group corrects its summary and keywords: nothing typed is lost, and nobody's change is written over unseen."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from matchmaker.curation.editing import StaleGroupError, seen_as
from matchmaker.curation.researchers import TEXTS, correct_texts
from matchmaker.db.group_lists import CuratedGroup, find_group
from matchmaker.domain.curation import group_values
from matchmaker.domain.description import InvalidDescriptionError
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages.catalogue_common import READ, Sent, text_fields
from matchmaker_api.pages.catalogue_edit import edit_choices, edit_errors, plain_value, read_typed
from matchmaker_api.pages.challenge_views import go_to
from matchmaker_api.pages.researcher_common import COLLECTION, GroupId, group_path, group_router, researcher_page

router = group_router()


@router.api_route("/{token}/texts", methods=READ)
def show_texts(request: Request, workspace: OpenWorkspace, token: str, group_id: GroupId) -> Response:
    group = _group(workspace, group_id)
    return _form(request, workspace, token, group, group_values(group.now), seen_as(group.now))


@router.post("/{token}/texts")
def save_texts(
    request: Request, workspace: OpenWorkspace, say: Say, sent: Sent, token: str, group_id: GroupId
) -> Response:
    typed, seen = read_typed(sent), text_fields(sent).get("seen", "")
    try:
        correct_texts(workspace.database, COLLECTION, group_id, typed, edit_choices(workspace), seen)
    except InvalidDescriptionError as error:
        group, errors = _group(workspace, group_id), edit_errors(error, say)
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _form(request, workspace, token, group, typed, seen, errors=errors, status=status)
    except StaleGroupError as error:
        group, status = _group(workspace, group_id), HTTPStatus.CONFLICT
        return _form(request, workspace, token, group, typed, error.seen, now=error.now, status=status)
    return go_to(f"{group_path(token)}?done=edited")


def _group(workspace: Workspace, group_id: str) -> CuratedGroup:
    with workspace.database.reading() as session:
        return find_group(session, COLLECTION, group_id)


def _form(
    request: Request,
    workspace: Workspace,
    token: str,
    group: CuratedGroup,
    values: Mapping[str, Any],
    seen: str,
    *,
    errors: list[tuple[str, str]] | None = None,
    now: Mapping[str, Any] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    """The form with what is there or was typed; ``now`` is what somebody else has made of the group meanwhile."""
    return researcher_page(
        request,
        "pages/researcher_texts.html",
        workspace,
        token,
        status=status,
        group=group.now,
        values=values,
        seen=seen,
        errors=errors or [],
        complaints=dict(errors or []),
        differing=[name for name in TEXTS if now and now[name] != values[name]],
        now=now or {},
        plain=plain_value,
    )
