"""The desk's queue for advisers: which cases wait, how much there is to do, and who answers for which."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from matchmaker.db.queue import NOBODY, QueueFilter, count_by_state, count_open_by_municipality, list_queue
from matchmaker.domain.days import local_day
from matchmaker.domain.shortlist import Confidence
from matchmaker.review.desk import Desk
from matchmaker.review.owners import assign, list_advisers
from matchmaker_api.case_links import LISTED
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.pagination import After, Limit, next_page, queue_cursor, read_queue_place
from matchmaker_api.schemas.desk_queue import (
    Advisers,
    Assigned,
    Assignment,
    CaseQueue,
    DeskSummary,
    OpenCases,
    QueuedCase,
    QueueState,
)

router = APIRouter(prefix="/api/v1/desk", tags=["desk"])

ME = "me"
"""As an owner in a filter: whose token it is."""


@router.get("/cases", summary="List the cases of the queue", responses=LISTED)
def list_cases(
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    client: Client,
    state: Annotated[
        QueueState | None, Query(description="Without: all for which the municipality waits; open: all open ones.")
    ] = None,
    municipality: Annotated[str, Query(max_length=20, description="A municipality's code.")] = "",
    area: Annotated[str, Query(max_length=100, description="An area's id.")] = "",
    owner: Annotated[str, Query(max_length=100, description=f"One of the advisers, {ME}, or {NOBODY}.")] = "",
    confidence: Annotated[Confidence | None, Query(description="Of the system's best suggestion.")] = None,
    older_than_days: Annotated[int | None, Query(ge=0, le=10_000, description="Sent before so many days.")] = None,
    overdue: Annotated[bool, Query(description="Only those that were promised for a day that has passed.")] = False,
    q: Annotated[str, Query(max_length=300, description="Words, a case number, or how an id begins.")] = "",
    after: After = None,
    limit: Limit = 25,
) -> CaseQueue:
    """Overdue first, then by the promised day. A page goes on where the one before ended, whatever came meanwhile."""
    wanted = QueueFilter(
        states=state.states if state else (),
        municipality=municipality,
        area=area,
        owner=client.client if owner == ME else owner,
        confidence=confidence.value if confidence else "",
        older_than_days=older_than_days,
        overdue=overdue,
        words=q,
    )
    place = read_queue_place(after)
    with workspace.database.reading() as session:
        found, total = list_queue(session, wanted, local_day(), limit=limit + 1, after=place)
    cursor = queue_cursor(found[limit - 1].place) if len(found) > limit else None
    items = [QueuedCase.of(one) for one in found[:limit]]
    return CaseQueue(items=items, total=total, next=next_page(request, response, cursor))


@router.get("/summary", summary="Read how much there is to do")
def read_desk_summary(workspace: OpenWorkspace) -> DeskSummary:
    """How many cases are in each state, are overdue, and are open in each municipality."""
    with workspace.database.reading() as session:
        counts, overdue = count_by_state(session, local_day())
        places = count_open_by_municipality(session)
    return DeskSummary(
        by_state=counts,
        overdue=overdue,
        open_by_municipality=[OpenCases(municipality=code, cases=count) for code, count in sorted(places.items())],
    )


@router.get("/advisers", summary="List who can own a case")
def list_case_owners(workspace: OpenWorkspace, client: Client) -> Advisers:
    """The accounts at the desk, by their roles."""
    return Advisers(items=list_advisers(workspace.database, workspace.settings), you=client.client)


@router.post("/assignments", summary="Give several cases an owner")
def assign_cases(assignment: Assignment, workspace: OpenWorkspace, client: Client) -> Assigned:
    """Whatever owner they have now. Cases that are not there do not keep the others from being assigned."""
    desk = Desk(workspace.database, client.client)
    done = assign(desk, workspace.settings, assignment.cases, assignment.owner)
    return Assigned(assigned=done, not_found=[one for one in dict.fromkeys(assignment.cases) if one not in set(done)])
