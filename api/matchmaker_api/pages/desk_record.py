"""What is kept of a case, to look things up: the timeline, the system's list beside the final one, and the map."""

from fastapi import Request
from fastapi.responses import HTMLResponse

from matchmaker.db.cases import count_events, get_case, list_events
from matchmaker.domain.days import local_day
from matchmaker.domain.errors import InvalidChallengeError, NotReadyError, SetupError, mark
from matchmaker.expertise_map import expertise_map
from matchmaker.review.case_view import note_visit, read_case
from matchmaker.review.comparison import compare
from matchmaker.review.intake import challenge_of
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages import desk_places
from matchmaker_api.pages.desk_common import READ, Adviser, case_names, desk_page, desk_router, desk_words
from matchmaker_api.pictures.expertise_map import map_picture

router = desk_router()

EVENTS_A_PAGE = 100


@router.api_route("/cases/{case_id}/timeline", methods=READ)
def timeline(
    case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser, before: int = 0
) -> HTMLResponse:
    """Every act, newest first, a hundred a page; ``before`` is the event that the page before ended with."""
    with workspace.database.reading() as session:
        case = get_case(session, case_id)
        shown = list_events(session, case_id, newest=EVENTS_A_PAGE, before=before)[::-1]
        total, older = count_events(session, case_id), count_events(session, case_id, before)
    note_visit(workspace.database, case_id, adviser)
    return desk_page(
        request,
        "pages/desk_timeline.html",
        workspace,
        adviser,
        case=case,
        events=shown,
        total=total,
        rest=older - len(shown),
        before=before,
        names=case_names(case, shown, desk_words(request, workspace), workspace),
    )


@router.api_route("/cases/{case_id}/compare", methods=READ)
def comparison(case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser) -> HTMLResponse:
    note_visit(workspace.database, case_id, adviser)
    view = read_case(workspace.database, case_id, adviser, local_day())
    return desk_page(
        request,
        "pages/desk_compare.html",
        workspace,
        adviser,
        case=view.case,
        view=view,
        rows=compare(view.case, view.system_list),
    )


@router.api_route("/cases/{case_id}/map", methods=READ)
def expertise(case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser, say: Say) -> HTMLResponse:
    """Where the challenge lands among everybody; says so where the index for it cannot be opened now."""
    note_visit(workspace.database, case_id, adviser)
    case = read_case(workspace.database, case_id, adviser, local_day()).case
    picture, missing = None, ""
    try:
        found = expertise_map(workspace.matcher(case.collection), challenge_of(case))
        label = say.say(mark("The challenge"))
        listed = [one.suggestion for one in case.candidates if one.suggestion.rank and not one.suggestion.kind.is_route]
        picture = map_picture(found, listed, say.language, label)
    except (SetupError, NotReadyError, InvalidChallengeError) as error:
        missing = say.say_error(error)
    names = desk_places.department_names(workspace.settings.catalogue_folder)
    departments = {code: one[say.language] for code, one in names.items()}
    return desk_page(
        request,
        "pages/desk_map.html",
        workspace,
        adviser,
        case=case,
        picture=picture,
        departments=departments,
        missing=missing,
    )
