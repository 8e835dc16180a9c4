"""Similar challenges before sending: joining one as co-owner, or following it, in place of asking again."""

import logging
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from matchmaker.catalogue.seed import read_municipalities
from matchmaker.db.case_records import ParticipantRole
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.description import InvalidDescriptionError
from matchmaker.domain.errors import MatchmakerError, NotFoundError, StorageError, mark
from matchmaker.domain.links import joined_token
from matchmaker.domain.workflow import IllegalActError
from matchmaker.messages import Translator
from matchmaker.review.drafts import draft_challenge, keep, open_link
from matchmaker.review.joining import find_similar, get_public_challenge, join
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages.challenge_steps import LABELS, Form, choices, municipality_name, typed_in
from matchmaker_api.pages.challenge_views import DraftView, go_to, pages_of, private_page, shown_error, storage_trouble

router = APIRouter(prefix="/challenges", include_in_schema=False)
log = logging.getLogger("matchmaker_api")

WHO = ("municipality", "contact_role", "contact_email")
"""What joining needs to know; the same fields as in the form."""

READ = ["GET", "HEAD"]

CLOSED = mark("This challenge has been closed, so that it can no longer be joined. Go back and go on with your own.")


def similar_context(workspace: Workspace, draft: DraftView) -> dict[str, Any]:
    """What the step shows: the similar challenges that can be joined; None where they cannot be looked for.

    ``compared``: whether the draft could be compared with them.
    """
    if draft.is_amending:
        return {"similar": [], "compared": True}
    challenge = draft_challenge(draft.name, draft.typed)
    try:
        own = str(draft.typed.get("municipality", ""))
        found = find_similar(workspace.database, draft.name, challenge, workspace.matcher, MAIN_COLLECTION, to_join=own)
    except MatchmakerError as error:  # nobody is stopped by it
        log.warning("Similar challenges cannot be looked for: %s", error)
        return {"similar": None, "compared": False}
    return {"similar": found or [], "compared": found is not None}


@router.api_route("/{token}/join/{challenge_id}/{role}", methods=READ)
def ask_to_join(
    request: Request, workspace: OpenWorkspace, say: Say, token: str, challenge_id: str, role: ParticipantRole
) -> Response:
    """Who joins, to be filled in or looked through; nothing is done yet."""
    linked, participant = open_link(workspace.database, token)
    if participant or linked.draft is None or linked.is_sent:
        return go_to(f"/challenges/{token}")
    draft = DraftView(linked.draft, token, linked.id)
    return _join_page(request, workspace, say, draft, challenge_id, role)


@router.post("/{token}/join/{challenge_id}/{role}")
def take_join(
    request: Request,
    workspace: OpenWorkspace,
    say: Say,
    token: str,
    challenge_id: str,
    role: ParticipantRole,
    form: Form,
) -> Response:
    """Join with what was typed, which is kept in the draft first. Sent twice, it leads to the same receipt."""
    typed = typed_in(form, WHO)
    draft = DraftView(typed, token)
    try:
        draft = DraftView(keep(workspace.database, token, typed).whole, token)
        joined = join(workspace.database, token, challenge_id, role, choices(workspace.settings), say.language)
    except InvalidDescriptionError as error:
        errors = [shown_error(one, 0, pages_of(request, token), say) for one in error.problems]
        return _join_page(request, workspace, say, draft, challenge_id, role, errors=errors, status=422)
    except StorageError as error:
        trouble, status = storage_trouble(error, say)
        return _join_page(request, workspace, say, draft, challenge_id, role, trouble=trouble, status=status)
    except IllegalActError:
        trouble, status = say.say(CLOSED), HTTPStatus.CONFLICT.value
        return _join_page(request, workspace, say, draft, challenge_id, role, trouble=trouble, status=status)
    except NotFoundError:
        joined = joined_token(token, challenge_id)  # joined already, if it opens anything: the button was pressed twice
        open_link(workspace.database, joined)
    return go_to(f"/challenges/{joined}/receipt")


def _join_page(
    request: Request,
    workspace: Workspace,
    say: Translator,
    draft: DraftView,
    challenge_id: str,
    role: ParticipantRole,
    *,
    errors: Any = (),
    trouble: str = "",
    status: int = 200,
) -> HTMLResponse:
    other = get_public_challenge(workspace.database, challenge_id)
    folder = workspace.settings.catalogue_folder
    return private_page(
        request,
        "pages/challenge_join.html",
        status=status,
        draft=draft,
        typed=draft.typed,
        other=other,
        owner=municipality_name(workspace.settings, other.municipality, say.language),
        role=role,
        labels={name: say.say(LABELS[name]) for name in WHO},
        municipalities=[(one.code, one.names[say.language]) for one in read_municipalities(folder)],
        errors=errors,
        messages={one.field: one.message for one in errors},
        trouble=trouble,
    )
