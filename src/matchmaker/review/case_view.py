"""All that an adviser sees of one case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from matchmaker.db.case_records import (
    Approval,
    Message,
    Participant,
    ParticipantRole,
    find_latest_approval,
    list_messages,
    list_participants,
)
from matchmaker.db.cases import count_events, get_case, get_revision, list_events, list_versions, stale
from matchmaker.db.challenges import find_shortlist
from matchmaker.db.collection import active_ids
from matchmaker.db.correspondence import list_letters, list_stopped
from matchmaker.db.desk_records import Tie, list_judgments, list_ties, list_visitors, save_visit
from matchmaker.db.exports import find_availability
from matchmaker.db.histories import History, collaborator_histories
from matchmaker.db.letter_links import Reader
from matchmaker.db.session import Database, Session
from matchmaker.domain.availability import Availability, Hindrance
from matchmaker.domain.case import Case, Decision
from matchmaker.domain.days import day_begins
from matchmaker.domain.description import Description
from matchmaker.domain.event import Event
from matchmaker.domain.letter import Letter
from matchmaker.domain.shortlist import Shortlist, Suggestion
from matchmaker.domain.workflow import Act, Party, State, allowed
from matchmaker.review.desk import BARRIERS, find_undoable
from matchmaker.review.intake import read_shortlist

NEWEST_EVENTS = 20
"""Shown beside the case; the whole timeline has a page of its own."""

PRESENT_SECONDS = 30
"""How long an adviser counts as looking at a case after the page last told so."""


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case with everything around it, as it is on a ``day``.

    ``events`` are the newest, oldest first, of ``event_count``; ``system_list`` is None before the matching. ``ties``
    and ``histories`` are by collaborator, ``rooms`` too, of those that have said what they have room for; ``judgments``
    are the reading adviser's own grades. ``versions`` are the descriptions as they were sent, ``letters`` the mail
    about the case, oldest first; ``stopped`` who wants no more. ``undoable`` is the last act that is not undone yet.
    ``active`` are the candidates who still take part.
    """

    day: date

    case: Case
    system_list: Shortlist | None
    events: list[Event]
    event_count: int
    undoable: Event | None
    messages: list[Message]
    participants: list[Participant]
    approval: Approval | None
    ties: Mapping[str, list[Tie]]
    histories: Mapping[str, History]
    judgments: Mapping[str, int]
    versions: list[tuple[int, datetime, Description]]
    letters: list[Letter]
    stopped: list[Reader]
    active: frozenset[str]
    rooms: Mapping[str, Availability]

    @property
    def can(self) -> frozenset[Act]:
        """What the case's state lets an adviser do."""
        return allowed(self.case.state, Party.ADVISER)

    @property
    def to_undo(self) -> Event | None:
        """What can be undone now: nothing, where the state does not let the list be changed."""
        return self.undoable if Act.REVIEW in self.can else None

    def hindrances(self, collaborator_id: str) -> tuple[Hindrance, ...]:
        """Why a candidate takes on nothing new just now."""
        room = self.rooms.get(collaborator_id, Availability())
        return room.hindrances(self.day, self.histories.get(collaborator_id, History()).open_contacts)

    def covering(self) -> list[Suggestion]:
        """Who can answer parts of the need: those not rejected, with their places on the adviser's list as ranks."""
        if self.system_list is None or self.case.state is State.SUBMITTED:
            return []
        return [
            replace(one.suggestion, rank=place)
            for place, one in enumerate(self.case.candidates, start=1)
            if one.decision is not Decision.REJECTED and (not one.suggestion.kind.is_route or one.suggestion.parts)
        ]


@dataclass(frozen=True, slots=True)
class Presence:
    """Who else has a case open, and what was done since it was read, oldest first."""

    revision: int
    others: list[str]
    missed: list[Event]


def read_case(database: Database, case_id: str, adviser: str, today: date) -> CaseView:
    """The case as it is now.

    Raises:
        NotFoundError: there is no such case.
    """
    with database.reading() as session:
        return view_case(session, case_id, adviser, today)


def view_case(session: Session, case_id: str, adviser: str, today: date) -> CaseView:
    """As ``read_case``, within a transaction: also right after an act that is part of it."""
    case = get_case(session, case_id)
    stored = find_shortlist(session, case_id, case.version)
    events = list_events(session, case_id, newest=NEWEST_EVENTS)
    ids = [one.id for one in case.candidates]
    municipality = case.description.municipality
    participants = list_participants(session, case_id)
    return CaseView(
        day=today,
        case=case,
        system_list=read_shortlist(stored) if stored else None,
        events=events,
        event_count=count_events(session, case_id),
        undoable=_undoable(session, case_id, events),
        messages=list_messages(session, case_id),
        participants=participants,
        approval=find_latest_approval(session, case_id),
        ties=list_ties(session, case.collection, _municipalities(case, participants), ids),
        histories=collaborator_histories(session, ids, municipality, case_id, term_start(today)),
        judgments=list_judgments(session, case_id, adviser),
        versions=list_versions(session, case_id),
        letters=list_letters(session, case_id),
        stopped=list_stopped(session, case_id),
        active=active_ids(session, case.collection, ids),
        rooms=find_availability(session, case.collection),
    )


def _municipalities(case: Case, participants: Iterable[Participant]) -> set[str]:
    """Whose case it is: of the municipality that asked, and of those that own it too."""
    joined = {one.municipality for one in participants if one.is_admitted and one.role is ParticipantRole.CO_OWNER}
    return joined | ({case.description.municipality} if case.description.municipality else set())


def _undoable(session: Session, case_id: str, newest: list[Event]) -> Event | None:
    """What can be undone; the older events are only read where the newest do not tell."""
    found = find_undoable(newest)
    if found or len(newest) < NEWEST_EVENTS or any(one.kind in BARRIERS for one in newest):
        return found
    return find_undoable(list_events(session, case_id))


def look_again(database: Database, case_id: str, adviser: str, seen: int) -> Presence:
    """What an adviser who read the case at revision ``seen`` is to know now; remembers the visit.

    Raises:
        NotFoundError: there is no such case.
    """
    revision, others = note_visit(database, case_id, adviser)
    if revision == seen:
        return Presence(revision, others, [])
    with database.reading() as session:
        return Presence(revision, others, stale(session, case_id, seen).missed)


def has_visited(database: Database, case_id: str, adviser: str) -> bool:
    """Whether an adviser has ever had the case open, and so may know the system's order."""
    with database.reading() as session:
        return adviser in list_visitors(session, case_id, datetime.min.replace(tzinfo=UTC))


def note_visit(database: Database, case_id: str, adviser: str) -> tuple[int, list[str]]:
    """Remember that an adviser looks at a case; returns its revision and the other advisers who do.

    Raises:
        NotFoundError: there is no such case.
    """
    now = datetime.now(UTC)
    with database.reading() as session:
        revision = get_revision(session, case_id)
        visitors = list_visitors(session, case_id, now - timedelta(seconds=PRESENT_SECONDS))
    noted = visitors.get(adviser)
    # A page asks every few seconds: not each time is worth a place among the writers.
    if noted is None or now - noted > timedelta(seconds=PRESENT_SECONDS / 2):
        with database.transaction() as session:
            save_visit(session, case_id, adviser, now)
    return revision, [one for one in visitors if one != adviser]


def term_start(today: date) -> datetime:
    """When the university's term began: spring on 1 January, autumn on 1 July."""
    return day_begins(date(today.year, 1 if today.month < 7 else 7, 1))
