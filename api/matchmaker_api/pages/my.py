"""A signed-in officer's pages: all challenges of the municipality, and the way into each."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from matchmaker.case_wording import state_word
from matchmaker.domain.account import SignedIn
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.review.drafts import start_draft
from matchmaker.review.identity.views import list_own, open_challenge
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.identity.current import signed_in
from matchmaker_api.pages.challenge_steps import municipality_name
from matchmaker_api.pages.rendering import render

router = APIRouter(prefix="/my", include_in_schema=False)

READ = ["GET", "HEAD"]


@router.api_route("", methods=READ)
def show_mine(request: Request, workspace: OpenWorkspace, say: Say) -> HTMLResponse:
    session = _session(request)
    found = list_own(workspace.database, session)
    code = session.account.municipality or ""
    return render(
        request,
        "pages/my.html",
        municipality=municipality_name(workspace.settings, code, say.language),
        challenges=[(one, state_word(one.state, say, for_officer=True), one.municipality == code) for one in found],
    )


@router.post("/new")
def begin_mine(request: Request, workspace: OpenWorkspace) -> RedirectResponse:
    """A new challenge, with the municipality filled in."""
    typed = {"municipality": _session(request).account.municipality or ""}
    token = start_draft(workspace.database, MAIN_COLLECTION, typed)
    return RedirectResponse(f"/challenges/{token}/form/1", HTTPStatus.SEE_OTHER)


@router.api_route("/{challenge_id}", methods=READ)
def open_mine(request: Request, workspace: OpenWorkspace, challenge_id: str) -> RedirectResponse:
    """On to the challenge's pages, at an address that opens it in this session and nowhere else.

    Raises:
        NotFoundError: it is another municipality's, or there is none.
    """
    token = open_challenge(workspace.database, workspace.settings, _session(request), challenge_id)
    return RedirectResponse(f"/challenges/{token}", HTTPStatus.SEE_OTHER)


def _session(request: Request) -> SignedIn:
    session = signed_in(request)
    assert session is not None, "the policy lets nobody in without"
    return session
