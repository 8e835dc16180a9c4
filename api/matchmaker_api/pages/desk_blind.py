"""The blind round: candidates graded on their evidence alone, before the system's order is seen."""

from dataclasses import replace
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from matchmaker.domain.description import InvalidDescriptionError
from matchmaker.review.blind import GRADES, BlindRound, keep_grades, read_round
from matchmaker.review.desk import Desk
from matchmaker_api.deps import OpenWorkspace, Sent
from matchmaker_api.pages.desk_case import match_if_new
from matchmaker_api.pages.desk_common import READ, Adviser, desk_page, desk_router, text_fields

router = desk_router()


@router.api_route("/cases/{case_id}/blind", methods=READ)
def blind_page(case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser) -> HTMLResponse:
    """The round, or when it is done the grades beside the system's order."""
    missing = match_if_new(request, workspace, case_id)
    shown = read_round(workspace.database, case_id, adviser)
    grades = dict(shown.view.judgments) if shown.graded else {}
    return _show(request, workspace, adviser, shown, grades, missing=missing)


@router.post("/cases/{case_id}/blind")
def take_grades(case_id: str, request: Request, workspace: OpenWorkspace, adviser: Adviser, sent: Sent) -> Response:
    """Keep the grades; blind only if the adviser has not had the case open before, nor in between."""
    typed = text_fields(sent)
    shown = read_round(workspace.database, case_id, adviser)
    grades = {
        one.id: int(typed[f"grade-{one.id}"])
        for one in shown.chosen
        if typed.get(f"grade-{one.id}", "") in {"0", "1", "2", "3"}
    }
    try:
        all_kept = keep_grades(Desk(workspace.database, adviser), case_id, grades)
    except InvalidDescriptionError as error:
        left_out = [one.field.removeprefix("grades/") for one in error.problems]
        return _show(request, workspace, adviser, replace(shown, graded=False), grades, left_out=left_out)
    return RedirectResponse(f"/desk/cases/{case_id}/blind{'' if all_kept else '?unchanged=1'}", HTTPStatus.SEE_OTHER)


def _show(
    request: Request,
    workspace: OpenWorkspace,
    adviser: str,
    shown: BlindRound,
    grades: dict[str, int],
    *,
    missing: str = "",
    left_out: list[str] | None = None,
) -> HTMLResponse:
    return desk_page(
        request,
        "pages/desk_blind.html",
        workspace,
        adviser,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if left_out else HTTPStatus.OK,
        case=shown.view.case,
        view=shown.view,
        chosen=shown.chosen,
        graded=shown.graded,
        seen=shown.seen,
        missing=missing,
        unchanged="unchanged" in request.query_params,
        grades=grades,
        left_out=left_out or [],
        scale=[(grade, template) for grade, template in GRADES],
    )
