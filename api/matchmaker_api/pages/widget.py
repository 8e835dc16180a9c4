"""How a municipality puts the form on its own site: what to copy, and how it looks."""

from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from matchmaker.catalogue.seed import read_municipalities
from matchmaker.messages import LANGUAGES
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.frames import OURSELVES
from matchmaker_api.pages.guards import content_policy
from matchmaker_api.pages.rendering import render
from matchmaker_api.sites import site_address

router = APIRouter(include_in_schema=False)

WITH_A_FRAME = {"Content-Security-Policy": f"{content_policy()}; frame-src {OURSELVES}"}
"""This page shows the form in a frame, as others may; nobody shows this page in one."""


@router.api_route("/widget", methods=["GET", "HEAD"])
def show_widget(
    request: Request,
    workspace: OpenWorkspace,
    say: Say,
    municipality: str = "",
    shown_in: str = "",
    view: Literal["form", "status"] = "form",
) -> HTMLResponse:
    """The lines to copy, for what was chosen, and what they show."""
    known = [(one.code, one.names[say.language]) for one in read_municipalities(workspace.settings.catalogue_folder)]
    return render(
        request,
        "pages/widget.html",
        headers=WITH_A_FRAME,
        site=site_address(request),
        municipalities=known,
        municipality=municipality if municipality in dict(known) else "",
        shown_in=shown_in if shown_in in LANGUAGES else say.language,
        view=view,
        page="open" if view == "status" else "new",
    )
