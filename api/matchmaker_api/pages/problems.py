"""A page for each problem that the API tells of: its address is the problem's ``type``."""

from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse

from matchmaker_api.pages.rendering import render
from matchmaker_api.problem_catalogue import PROBLEMS

router = APIRouter(prefix="/problems", include_in_schema=False)

READ = ["GET", "HEAD"]


@router.api_route("", methods=READ)
def show_problems(request: Request) -> HTMLResponse:
    """All of them."""
    return render(request, "pages/problems.html", problems=PROBLEMS)


@router.api_route("/{code}", methods=READ)
def show_problem(request: Request, code: str) -> HTMLResponse:
    """What one means, and what to do."""
    if code not in PROBLEMS:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return render(request, "pages/problem.html", code=code, problem=PROBLEMS[code])
