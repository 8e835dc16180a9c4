"""A case for advisers to read: what was asked and decided, who is suggested and why, what has happened."""

from collections.abc import Iterable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from matchmaker.db.cases import count_events, get_case, list_events
from matchmaker.domain.case import Case
from matchmaker.domain.days import local_day
from matchmaker.domain.event import Event
from matchmaker.messages import Translator
from matchmaker.review import case_view
from matchmaker.review.case_view import look_again, note_visit
from matchmaker.review.intake import match_if_possible
from matchmaker.review.told_names import told_names
from matchmaker.workspace import Workspace
from matchmaker_api.case_links import READ
from matchmaker_api.case_versions import AtTheDesk
from matchmaker_api.deps import Client, OpenWorkspace, Say
from matchmaker_api.pagination import LARGEST_NUMBER, After, Limit, next_page, number_cursor, read_number
from matchmaker_api.schemas.desk_candidates import Candidates
from matchmaker_api.schemas.desk_case import DeskCase
from matchmaker_api.schemas.desk_records import CaseEvent, CaseEvents, CaseLetters, CasePresence

router = APIRouter(prefix="/api/v1/desk/cases/{case_id}", tags=["desk"])


@router.get("", summary="Read a case", responses=READ)
def read_case(acting: AtTheDesk) -> DeskCase:
    """The case as it is now; one that was never matched is matched first, if that can be done."""
    match_if_possible(acting.workspace.database, acting.case_id, acting.workspace.matcher)
    return acting.read()


@router.get("/candidates", summary="Read the candidates of a case")
def list_candidates(case_id: str, workspace: OpenWorkspace, client: Client, say: Say) -> Candidates:
    """The adviser's list with evidence, reasons, ties, load and availability; and who answers which part."""
    error = match_if_possible(workspace.database, case_id, workspace.matcher)
    note_visit(workspace.database, case_id, client.client)
    view = case_view.read_case(workspace.database, case_id, client.client, local_day())
    return Candidates.of(view, say.say_error(error) if error else None, say)


@router.get("/letters", summary="List the letters about a case")
def list_case_letters(case_id: str, workspace: OpenWorkspace, client: Client) -> CaseLetters:
    """What became of each; letters that were sent long ago are forgotten."""
    return CaseLetters.of(case_view.read_case(workspace.database, case_id, client.client, local_day()))


@router.get("/events", summary="List what was done with a case")
def list_case_events(
    case_id: str,
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    client: Client,
    say: Say,
    after: After = None,
    limit: Limit = 100,
) -> CaseEvents:
    """Every act, the newest first."""
    before = read_number(after)
    with workspace.database.reading() as session:
        case = get_case(session, case_id)
        found = list_events(session, case_id, newest=limit + 1, before=before)[::-1]
        total = count_events(session, case_id)
    note_visit(workspace.database, case_id, client.client)
    cursor = number_cursor(found[limit - 1].id) if len(found) > limit else None
    items = told(workspace, case, found[:limit], say)
    return CaseEvents(items=items, total=total, next=next_page(request, response, cursor))


@router.get("/presence", summary="Read who else has a case open")
def read_presence(
    case_id: str,
    workspace: OpenWorkspace,
    client: Client,
    say: Say,
    seen: Annotated[int, Query(ge=0, le=LARGEST_NUMBER, description="The revision that you have read.")],
) -> CasePresence:
    """And what they did meanwhile: what to look at when If-Match is refused."""
    now = look_again(workspace.database, case_id, client.client, seen)
    with workspace.database.reading() as session:
        case = get_case(session, case_id)
    return CasePresence(revision=now.revision, others=now.others, missed=told(workspace, case, now.missed, say))


def told(workspace: Workspace, case: Case, events: Iterable[Event], say: Translator) -> list[CaseEvent]:
    """Events in words, with the names of whom they speak of."""
    events = list(events)
    found = told_names(workspace.database, case, events)
    names = {key: name.in_language(say.language) for key, name in found.items()}
    return [CaseEvent.of(one, names, say) for one in events]
