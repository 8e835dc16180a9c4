"""Anyone of the catalogue, for a list on which somebody is missing."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from matchmaker.db.cases import get_case
from matchmaker.domain.errors import NotReadyError, SetupError
from matchmaker.domain.workflow import Party, allowed
from matchmaker.review.finding import Found, find_anyone
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages.desk_common import READ, Adviser, desk_page, desk_router

router = desk_router()


@router.api_route("/cases/{case_id}/find", methods=READ)
def find(
    case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser, say: Say, q: str = ""
) -> HTMLResponse:
    """A page of its own without JavaScript; with it, the part with the results is put into the case page."""
    with workspace.database.reading() as session:
        case = get_case(session, case_id)
    found: list[Found] = []
    missing = ""
    try:
        found = find_anyone(workspace.database, case_id, q[:300], workspace.matcher) if q.strip() else []
    except (SetupError, NotReadyError) as error:
        missing = say.say_error(error)
    return desk_page(
        request,
        "pages/desk_find.html",
        workspace,
        adviser,
        case=case,
        q=q,
        found=found,
        missing=missing,
        listed={one.id for one in case.candidates},
        can=allowed(case.state, Party.ADVISER),
        is_part="hx-request" in request.headers,
    )
