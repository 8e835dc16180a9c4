"""A new private link instead of one that got about."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from matchmaker.domain.access_event import LINK_HOLDER
from matchmaker.review.drafts import open_link
from matchmaker.review.private_links import replace_link
from matchmaker.review.status import read_status
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.identity.current import signed_in
from matchmaker_api.pages.challenge_views import go_to, pages_of, private_page

router = APIRouter(prefix="/challenges", include_in_schema=False)
READ = ["GET", "HEAD"]


@router.api_route("/{token}/new-link", methods=READ)
def ask_for_new_link(request: Request, workspace: OpenWorkspace, token: str) -> Response:
    """What a new link means, and the button."""
    linked, _ = open_link(workspace.database, token)
    if not linked.is_sent:
        return go_to(f"/challenges/{token}")
    title = read_status(workspace.database, linked.id).case.description.title
    return private_page(request, "pages/challenge_new_link.html", title=title, path=pages_of(request, token))


@router.post("/{token}/new-link")
def make_new_link(request: Request, workspace: OpenWorkspace, token: str) -> Response:
    """Replace the link, and go on behind the new one.

    Raises:
        NotFoundError: the link opens nothing that was sent: it has been replaced already, perhaps.
    """
    by_session = getattr(request.state, "by_session", False)
    session = signed_in(request) if by_session else None
    fresh = replace_link(workspace.database, token, session.account.label if session else LINK_HOLDER)
    return go_to(f"/challenges/{fresh}?done=link")
