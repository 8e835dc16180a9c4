"""Pages for everybody: what this is, how accessible it is, what is kept, and the choice of language."""

import datetime as dt
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse

from matchmaker.messages import LANGUAGES
from matchmaker.notify.worker import VECTORS_KEPT
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.language import local_path, remember_language
from matchmaker_api.pages.rendering import render

router = APIRouter(include_in_schema=False)

ASSESSED_ON = dt.date(2026, 11, 25)
"""When the accessibility statement was last gone through."""

READ = ["GET", "HEAD"]


@router.api_route("/", methods=READ)
def start(request: Request, workspace: OpenWorkspace) -> HTMLResponse:
    return render(request, "pages/start.html", answer_days=workspace.settings.answer_days)


@router.api_route("/accessibility", methods=READ)
def accessibility(request: Request, workspace: OpenWorkspace) -> HTMLResponse:
    contact = workspace.settings.contact
    return render(request, "pages/accessibility.html", assessed_on=ASSESSED_ON, contact=contact)


@router.api_route("/data", methods=READ)
def data(request: Request, workspace: OpenWorkspace) -> HTMLResponse:
    settings = workspace.settings
    kept = VECTORS_KEPT.days
    return render(
        request,
        "pages/data.html",
        contact=settings.contact,
        draft_days=settings.draft_days,
        vector_days=kept,
        contact_days=settings.contact_days,
    )


@router.api_route("/language/{code}", methods=READ)
def choose_language(code: str, request: Request, next: str = "/") -> RedirectResponse:  # noqa: A002  # the query's word
    """Keep the choice, and go back to where it was made."""
    if code not in LANGUAGES:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    answer = RedirectResponse(local_path(next), HTTPStatus.SEE_OTHER)
    remember_language(answer, request, code)
    return answer
