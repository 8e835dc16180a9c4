"""What the case page shows, worked out of a case as it was read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import Request

from matchmaker.db.case_records import Message, MessageKind
from matchmaker.db.desk_records import Tie
from matchmaker.db.histories import History
from matchmaker.db.queue import NOT_ANSWERED
from matchmaker.domain.availability import Availability, Hindrance
from matchmaker.domain.case import Candidate, Case, Decision
from matchmaker.domain.days import local_day
from matchmaker.domain.errors import InvalidChallengeError, MatchmakerError, StorageError
from matchmaker.domain.event import Event, EventKind
from matchmaker.domain.shortlist import Suggestion
from matchmaker.domain.workflow import Act
from matchmaker.review.case_view import CaseView
from matchmaker.workspace import Workspace
from matchmaker_api.language import request_translator
from matchmaker_api.pages.desk_common import case_names
from matchmaker_api.pages.desk_words import DeskWords
from matchmaker_api.pictures.coverage import CoverageMatrix, coverage_matrix
from matchmaker_api.pictures.score_parts import ScoreParts, score_parts
from matchmaker_api.problem_catalogue import problem_kind

SHOWN_IN_FULL = 20
"""Candidates further down are shown in short until they are asked for: nobody reads so many before deciding, and with a
hundred in full the page took 0.39 s, with twenty 0.12 (two busy cores, November 2026)."""

COVERAGE_COLUMNS = 10
NEWEST_SHOWN = 5
CONVERSATION = frozenset({MessageKind.QUESTION, MessageKind.ANSWER, MessageKind.CLOSING})
"""What the municipality has read or written."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """What kept an act from being done, shown at its form with what was typed there."""

    act: str
    message: str
    field: str
    typed: Mapping[str, str]

    @property
    def collaborator(self) -> str:
        return self.typed.get("collaborator", "")


def trouble_of(request: Request, act: str, error: MatchmakerError, typed: Mapping[str, str]) -> Trouble:
    """What an error is to who asked for an act."""
    place = error.field if isinstance(error, InvalidChallengeError) else ""
    return Trouble(act, request_translator(request).say_error(error), place, typed)


def error_status(error: MatchmakerError) -> int:
    """With which status an act is answered that was not done: that of the same error everywhere else."""
    if isinstance(error, StorageError) and error.is_full:
        return HTTPStatus.INSUFFICIENT_STORAGE.value
    return problem_kind(error.code).status.value


@dataclass(frozen=True, slots=True)
class Card:
    """A candidate at its place of the adviser's list."""

    candidate: Candidate
    place: int
    is_full: bool
    score: ScoreParts | None
    ties: list[Tie]
    history: History
    grade: int | None
    room: Availability
    takes_part: bool
    hindrances: tuple[Hindrance, ...]
    """Why the group takes on nothing new just now."""

    @property
    def suggestion(self) -> Suggestion:
        return self.candidate.suggestion


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything on the page that is not said in the same way on every page."""

    cards: list[Card]
    names: dict[str, str]
    can: frozenset[Act]
    coverage: CoverageMatrix | None
    is_overdue: bool
    undo: str
    undo_event: int
    done: str
    done_kind: EventKind | None
    conversation: list[Message]
    contributions: list[Message]
    notes: list[Message]
    latest: list[Event]
    sent_at: datetime | None
    is_sent: bool
    undecided: int


def case_page_of(
    view: CaseView,
    words: DeskWords,
    workspace: Workspace,
    *,
    full: str = "",
    done: int = 0,
    now: datetime | None = None,
) -> CasePage:
    """The page of a case. ``full`` is a candidate that is shown in full wherever it stands, ``done`` the revision after
    the act that has just been done.
    """
    case = view.case
    events = [*view.events, *([view.undoable] if view.undoable else [])]
    names = case_names(case, events, words, workspace)
    told = next((one for one in view.events if done and one.revision == done), None)
    just = str(told.after.get("collaborator", "")) if told else ""
    sent_at = view.approval.released_at if view.approval else None
    return CasePage(
        cards=_cards(view, workspace, {full, just}),
        names=names,
        can=view.can,
        coverage=_coverage(view, words),
        is_overdue=is_overdue(case),
        undo_event=view.to_undo.id if view.to_undo else 0,
        undo=words.event(view.to_undo, names) if view.to_undo else "",
        done=words.event(told, names) if told else "",
        done_kind=told.kind if told else None,
        conversation=[one for one in view.messages if one.kind in CONVERSATION],
        contributions=[one for one in view.messages if one.kind is MessageKind.CONTRIBUTION],
        notes=[one for one in view.messages if one.kind is MessageKind.NOTE],
        latest=view.events[::-1][:NEWEST_SHOWN],
        sent_at=sent_at,
        is_sent=bool(sent_at and sent_at <= (now or datetime.now(UTC))),
        undecided=sum(one.decision is Decision.PENDING for one in case.candidates),
    )


def is_overdue(case: Case) -> bool:
    """Whether the municipality has waited for longer than it was promised."""
    return bool(case.promised_on and case.promised_on < local_day() and case.state in NOT_ANSWERED)


def _cards(view: CaseView, workspace: Workspace, asked_for: set[str]) -> list[Card]:
    provenance = view.system_list.provenance if view.system_list else None
    cards = []
    for place, one in enumerate(view.case.candidates, start=1):
        is_full = one.id in asked_for or (place <= SHOWN_IN_FULL and one.decision is not Decision.REJECTED)
        score = score_parts(one.suggestion, workspace.scorer, provenance) if is_full and provenance else None
        history = view.histories.get(one.id, History())
        ties = view.ties.get(one.id, [])
        room = view.rooms.get(one.id, Availability())
        grade = view.judgments.get(one.id)
        cards.append(
            Card(one, place, is_full, score, ties, history, grade, room, one.id in view.active, view.hindrances(one.id))
        )
    return cards


def _coverage(view: CaseView, words: DeskWords) -> CoverageMatrix | None:
    """Who answers which part, of those who are not rejected; numbered as on the adviser's list."""
    covering = view.covering()
    if view.system_list is None or not covering:
        return None
    return coverage_matrix(view.system_list.parts, covering[:COVERAGE_COLUMNS], words.say.language)
