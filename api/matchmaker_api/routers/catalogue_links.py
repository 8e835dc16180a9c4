"""Works that are nobody's yet: groups searched for them, suggested, and said yes or no to, many at a time."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status

from matchmaker.curation.suggested import Answered, answer_suggestions
from matchmaker.curation.suggesting import SuggestionWorker
from matchmaker.db.work_lists import count_suggested, count_undecided, count_unlinked, find_suggested
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.pagination import After, Limit, next_page, read_suggested_place, suggested_cursor
from matchmaker_api.schemas.work import Search, SuggestionAnswers, Suggestions, Work

router = APIRouter(prefix="/api/v1/catalogue/links", tags=["catalogue"])


@router.get("", summary="List suggested links")
def list_suggested_links(
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    group: Annotated[str | None, Query(max_length=500, description="Only those of a group.")] = None,
    after: After = None,
    limit: Limit = 20,
) -> Suggestions:
    """The likeliest first. A suggestion counts for nothing until somebody has said yes to it."""
    with workspace.database.reading() as session:
        found = find_suggested(session, MAIN_COLLECTION, limit + 1, 0, group, read_suggested_place(after))
        counts = [count(session, MAIN_COLLECTION) for count in (count_suggested, count_unlinked, count_undecided)]
    running = _worker(request).search(MAIN_COLLECTION)
    cursor = suggested_cursor(found[limit - 1].suggested_place) if len(found) > limit else None
    return Suggestions(
        items=[Work.of(one) for one in found[:limit]],
        next=next_page(request, response, cursor),
        suggested=counts[0],
        unlinked=counts[1],
        undecided=counts[2],
        search=Search(done=running.done, total=running.total, made=running.made, is_over=running.is_over)
        if running
        else None,
    )


@router.post(
    "/search", status_code=status.HTTP_202_ACCEPTED, response_class=Response, summary="Search groups for works"
)
def search_links(request: Request) -> None:
    """For the works that are nobody's, beside the answering; nothing where that is being done already."""
    _worker(request).ask(MAIN_COLLECTION)


@router.post(
    "/answers", status_code=status.HTTP_204_NO_CONTENT, response_class=Response, summary="Answer suggested links"
)
def answer_links(answers: SuggestionAnswers, workspace: OpenWorkspace, client: Client) -> None:
    """Yes or no to up to a hundred; if one of them is not suggested any more, nothing is decided."""
    answered = [Answered(one.work, one.group, one.instead) for one in answers.links]
    answer_suggestions(workspace.database, MAIN_COLLECTION, answered, client.role, accept=answers.accept)


def _worker(request: Request) -> SuggestionWorker:
    worker: SuggestionWorker = request.app.state.suggester
    return worker
