"""Challenges as the tests send them: by the form, through the real pipeline, into a real database."""

from dataclasses import replace
from datetime import datetime

from matchmaker.db.case_records import list_participants
from matchmaker.db.cases import get_case, list_events
from matchmaker.db.session import Database
from matchmaker.domain.case import Case, Decision, Route
from matchmaker.domain.days import local_day
from matchmaker.domain.event import EventKind
from matchmaker.review import approval, drafts, portal
from matchmaker.review.case_view import read_case
from matchmaker.review.desk import Desk
from matchmaker.review.drafts import Choices
from matchmaker.review.intake import match_case
from matchmaker.review.participants import admit_by_owner
from matchmaker.workspace import Workspace

CHOICES = Choices(("2580", "2582", "2514"), ("infrastructure", "health_and_care"))
TYPED = {
    "municipality": "2580",
    "title": "Källare översvämmas",
    "problem": "Vid skyfall och snösmältning tränger vatten in i källarna i våra äldre bostadsområden.",
    "success": "Vi vet var pengarna gör mest nytta.",
    "areas": ["infrastructure"],
    "visibility": "public",
    "contact_role": "VA-ingenjör",
    "contact_email": "va@kommun.example",
    "case_number": "KS 2026/77",
}


def send(workspace: Workspace, **other: object) -> tuple[str, Case]:
    token = drafts.start_draft(workspace.database, "main", {**TYPED, **other})
    sent = drafts.send(workspace.database, token, CHOICES, 10)
    return token, match_case(workspace.database, sent.id, workspace.matcher)


def amend_elsewhere(workspace: Workspace, case_id: str, problem: str) -> None:
    """As a portal amends it by the API."""

    def change(case: Case) -> Case:
        return replace(case, description=replace(case.description, problem=problem))

    with workspace.database.transaction() as session:
        portal.amend(session, case_id, change, 10, portal.portal_actor("portal"), lambda _: None)


def read(workspace: Workspace, case_id: str) -> Case:
    with workspace.database.reading() as session:
        return get_case(session, case_id)


def kinds(workspace: Workspace, case_id: str) -> list[EventKind]:
    with workspace.database.reading() as session:
        return [one.kind for one in list_events(session, case_id)]


def approved(workspace: Workspace, desk: Desk, case: Case, now: datetime) -> Case:
    first, second = (one.id for one in case.candidates[:2])
    case = desk.decide(case.id, case.revision, second, Decision.ACCEPTED)
    case = desk.decide(case.id, case.revision, first, Decision.ACCEPTED)
    case = desk.move(case.id, case.revision, second, 1)
    case = desk.set_route(case.id, case.revision, Route.RESEARCH_GROUP)
    return approval.approve(desk, case.id, case.revision, "Börja med den första.", 10, now)


def undo_last(desk: Desk, case: Case) -> Case:
    """Press the button that undoes, on a page of the case as it is now."""
    seen = read_case(desk.database, case.id, desk.adviser, local_day()).undoable
    return desk.undo(case.id, case.revision, seen.id if seen else 0)


def let_in(database: Database, case_id: str) -> None:
    """Let in all that have asked to join."""
    with database.reading() as session:
        asking = [one.id for one in list_participants(session, case_id) if one.is_asking]
    for one in asking:
        admit_by_owner(database, case_id, one)
