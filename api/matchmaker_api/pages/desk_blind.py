"""The blind round: candidates graded on their evidence alone, before the system's order is seen."""

import random
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from matchmaker.domain.case import Candidate, Case
from matchmaker.domain.days import local_day
from matchmaker.domain.errors import mark
from matchmaker.review.case_view import CaseView, has_visited, note_visit, read_case
from matchmaker.review.desk import Desk
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.desk_case import match_if_new
from matchmaker_api.pages.desk_common import READ, Adviser, Sent, desk_page, desk_router, text_fields

router = desk_router()

MOST_GRADED = 6
"""As many as can be read in two minutes."""

GRADES = (
    (0, mark("not relevant")),
    (1, mark("marginal, but defensible")),
    (2, mark("clearly able to help with a main part")),
    (3, mark("would be the first to call")),
)


@router.api_route("/cases/{case_id}/blind", methods=READ)
def blind_page(case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser) -> HTMLResponse:
    """The round, or when it is done the grades beside the system's order."""
    missing = match_if_new(request, workspace, case_id)
    view = read_case(workspace.database, case_id, adviser, local_day())
    seen = has_visited(workspace.database, case_id, adviser)
    chosen = shuffled(view.case, adviser)
    graded = bool(chosen) and all(one.id in view.judgments for one in chosen)
    if graded:
        note_visit(workspace.database, case_id, adviser)  # from here on the order is known
    return _show(request, workspace, adviser, view, graded=graded, seen=seen, missing=missing)


@router.post("/cases/{case_id}/blind")
def take_grades(case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser, sent: Sent) -> Response:
    """Keep the grades; blind only if the adviser has not had the case open before, nor in between."""
    typed = text_fields(sent)
    view = read_case(workspace.database, case_id, adviser, local_day())
    seen = has_visited(workspace.database, case_id, adviser)
    grades = {
        one.id: int(typed[f"grade-{one.id}"])
        for one in shuffled(view.case, adviser)
        if typed.get(f"grade-{one.id}", "") in {"0", "1", "2", "3"}
    }
    left_out = [one.id for one in shuffled(view.case, adviser) if one.id not in grades]
    if left_out:
        return _show(request, workspace, adviser, view, graded=False, seen=seen, grades=grades, left_out=left_out)
    all_kept = Desk(workspace.database, adviser).judge(case_id, grades, blind=not seen)
    return RedirectResponse(f"/desk/cases/{case_id}/blind{'' if all_kept else '?unchanged=1'}", HTTPStatus.SEE_OTHER)


def shuffled(case: Case, adviser: str) -> list[Candidate]:
    """The system's first experts in an order that is the adviser's own and always the same."""
    experts = [one for one in case.candidates if one.suggestion.rank and not one.suggestion.kind.is_route]
    first = sorted(experts, key=lambda one: (one.suggestion.rank, one.id))[:MOST_GRADED]
    random.Random(f"{case.id}:{adviser}").shuffle(first)  # noqa: S311  # an order, not a secret
    return first


def _show(
    request: Request,
    workspace: OpenWorkspace,
    adviser: str,
    view: CaseView,
    *,
    graded: bool,
    seen: bool,
    missing: str = "",
    grades: dict[str, int] | None = None,
    left_out: list[str] | None = None,
) -> HTMLResponse:
    chosen = shuffled(view.case, adviser)
    return desk_page(
        request,
        "pages/desk_blind.html",
        workspace,
        adviser,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if left_out else HTTPStatus.OK,
        case=view.case,
        view=view,
        chosen=sorted(chosen, key=lambda one: one.suggestion.rank) if graded else chosen,
        graded=graded,
        seen=seen,
        missing=missing,
        unchanged="unchanged" in request.query_params,
        grades=view.judgments if graded else grades or {},
        left_out=left_out or [],
        scale=[(grade, template) for grade, template in GRADES],
    )
