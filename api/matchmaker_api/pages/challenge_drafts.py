"""What becomes of a draft: it is gone on with another day, or thrown away."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from matchmaker.db.drafts import LinkedChallenge
from matchmaker.domain.errors import NotFoundError
from matchmaker.review.drafts import open_link, throw_away
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.challenge_steps import first_incomplete
from matchmaker_api.pages.challenge_views import draft_view, go_to, link_address, private_page

router = APIRouter(prefix="/challenges", include_in_schema=False)
READ = ["GET", "HEAD"]


@router.api_route("/{token}/saved", methods=READ)
def saved(request: Request, workspace: OpenWorkspace, token: str) -> Response:
    """The private link, for whoever goes on another day."""
    linked, participant = open_link(workspace.database, token)
    if participant or linked.draft is None:
        return go_to(f"/challenges/{token}")
    draft = draft_view(linked, token)
    return private_page(
        request,
        "pages/challenge_saved.html",
        draft=draft,
        link=link_address(request, token),
        draft_days=workspace.settings.draft_days,
    )


@router.api_route("/{token}/throw-away", methods=READ)
def ask_to_throw_away(request: Request, workspace: OpenWorkspace, token: str) -> Response:
    linked, participant = open_link(workspace.database, token)
    if participant or linked.draft is None:
        return go_to(f"/challenges/{token}")
    return private_page(request, "pages/challenge_throw_away.html", draft=draft_view(linked, token))


@router.post("/{token}/throw-away")
def throw_draft_away(workspace: OpenWorkspace, token: str) -> Response:
    """Throw the draft away; twice is as good as once."""
    try:
        linked, participant = open_link(workspace.database, token)
    except NotFoundError:
        return go_to("/challenges/thrown-away")
    if not participant:
        throw_away(workspace.database, token)
    return go_to(f"/challenges/{token}" if linked.is_sent else "/challenges/thrown-away")


@router.api_route("/thrown-away", methods=READ)
def thrown_away(request: Request) -> HTMLResponse:
    return private_page(request, "pages/challenge_thrown_away.html")


def resume(linked: LinkedChallenge, token: str, workspace: Workspace) -> Response:
    """Go on with a draft where it is not complete."""
    return go_to(f"/challenges/{token}/form/{first_incomplete(linked.draft or {}, workspace.settings)}")
