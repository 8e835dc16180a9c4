"""API keys as the tests use them, and clients that send them."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import httpx2

from matchmaker.domain.access import Scope
from matchmaker.domain.case import Decision, Route
from matchmaker.review import approval
from matchmaker.review.access import create_key
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from tests.integration.cases import read


def new_key(
    workspace: Workspace,
    scopes: Collection[Scope] = tuple(Scope),
    municipalities: Collection[str] | None = ("2580",),
    *,
    client: str = "portal",
    valid_for: timedelta = timedelta(hours=1),
    now: datetime | None = None,
) -> str:
    return create_key(workspace.database, client, scopes, municipalities, valid_for, now)[1]


def bearing(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"}


@contextmanager
def client_with(server: str, key: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server, timeout=30, headers=bearing(key)) as opened:
        yield opened


def approve(workspace: Workspace, case_id: str, message: str = "Börja med den första.") -> None:
    """An adviser accepts the first two candidates, and sends the list at once."""
    desk = Desk(workspace.database, "adviser-1")
    case = read(workspace, case_id)
    for one in case.candidates[:2]:
        case = desk.decide(case.id, case.revision, one.id, Decision.ACCEPTED)
    case = desk.set_route(case.id, case.revision, Route.RESEARCH_GROUP)
    approval.approve(desk, case.id, case.revision, message, 0, datetime.now(UTC) - timedelta(seconds=1))
