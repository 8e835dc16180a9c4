"""Municipalities that ask to join: what they see until they are let in, and the answer of the one that asked first."""

from contextlib import suppress

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from matchmaker.db.case_records import Participant
from matchmaker.domain.case import reference
from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.workflow import IllegalActError
from matchmaker.messages import Translator
from matchmaker.review.drafts import open_link
from matchmaker.review.joining import get_public_challenge
from matchmaker.review.letters import good_until
from matchmaker.review.participants import admit_by_owner, refuse_by_owner
from matchmaker.review.status import read_contributions
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.challenge_steps import Form, municipality_name
from matchmaker_api.pages.challenge_views import go_to, link_address, pages_of, private_page

router = APIRouter(prefix="/challenges", include_in_schema=False)


@router.post("/{token}/others/{participant_id}")
def take_answer(workspace: OpenWorkspace, token: str, participant_id: str, form: Form) -> Response:
    """Let a municipality in, refuse it, or take it out again; what has been answered already stays so."""
    linked, participant = open_link(workspace.database, token)
    if participant or not linked.is_sent:
        return go_to(f"/challenges/{token}")
    act = admit_by_owner if form.get("act") == "admit" else refuse_by_owner
    with suppress(NotFoundError, IllegalActError):  # answered, or finished, meanwhile: the page says how it stands
        act(workspace.database, linked.id, participant_id)
    return go_to(f"/challenges/{token}#others")


def asked_page(
    request: Request, workspace: Workspace, say: Translator, token: str, participant: Participant
) -> HTMLResponse:
    """What a municipality sees that has not been let in: what is public, and what it wrote itself."""
    try:
        public = get_public_challenge(workspace.database, participant.case_id)
    except NotFoundError:
        public = None
    return private_page(
        request,
        "pages/challenge_asked.html",
        path=pages_of(request, token),
        link=link_address(request, token),
        good_until=good_until(workspace.database, token),
        participant=participant,
        public=public,
        owner=municipality_name(workspace.settings, public.municipality, say.language) if public else "",
        reference=reference(participant.case_id),
        own_words=read_contributions(workspace.database, participant),
    )
