"""The adviser's list beside the system's: decided, moved, added to, undone, by two at once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from matchmaker.db.cases import list_events
from matchmaker.db.challenges import find_shortlist
from matchmaker.db.desk_records import TieKind
from matchmaker.db.queue import NOBODY, QueueFilter, count_by_state, count_open_by_municipality, list_queue
from matchmaker.domain.case import Case, ClosingReason, Decision, Origin, RejectionReason, Route
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError
from matchmaker.domain.event import EventKind, StaleCaseError
from matchmaker.domain.workflow import State
from matchmaker.review.case_view import note_visit, read_case
from matchmaker.review.desk import Desk
from matchmaker.review.intake import read_shortlist
from matchmaker.review.ties import register_tie
from matchmaker.workspace import Workspace
from tests.integration.cases import approved, kinds, read, send, undo_last

pytestmark = pytest.mark.both_databases


def test_the_systems_list_stays_as_it_was_beside_the_advisers(
    workspace: Workspace, desk: Desk, sent: tuple[str, Case]
) -> None:
    case = sent[1]
    first, second, third = (one.id for one in case.candidates[:3])
    case = desk.decide(case.id, case.revision, second, Decision.ACCEPTED)
    case = desk.decide(case.id, case.revision, first, Decision.REJECTED, RejectionReason.NO_CAPACITY)
    case = desk.move(case.id, case.revision, third, 1)
    assert (case.state, case.owner) == (State.IN_REVIEW, "adviser-1")
    assert [one.id for one in read(workspace, case.id).candidates[:3]] == [third, first, second]
    with workspace.database.reading() as session:
        stored = find_shortlist(session, case.id)
        events = list_events(session, case.id)
    assert stored is not None
    assert [one.collaborator_id for one in read_shortlist(stored).experts[:3]] == [first, second, third]
    rejected = events[-2]
    assert (rejected.actor.id, rejected.kind, rejected.revision) == ("adviser-1", EventKind.DECIDE, case.revision - 1)
    assert rejected.before["candidates"][first]["decision"] == "pending"
    assert rejected.after["candidates"][first] == {"decision": "rejected", "reason": "no_capacity", "comment": ""}


@pytest.mark.parametrize(
    ("reason", "comment", "field"), [(None, "", "reason"), (RejectionReason.OTHER, " ", "comment")]
)
def test_a_rejection_says_why(
    desk: Desk, sent: tuple[str, Case], reason: RejectionReason | None, comment: str, field: str
) -> None:
    case = sent[1]
    with pytest.raises(InvalidChallengeError) as raised:
        desk.decide(case.id, case.revision, case.candidates[0].id, Decision.REJECTED, reason, comment)
    assert raised.value.field == field


def test_nobody_overwrites_what_another_has_done(workspace: Workspace, desk: Desk, sent: tuple[str, Case]) -> None:
    case = sent[1]
    other = Desk(workspace.database, "adviser-2")
    first, second = (one.id for one in case.candidates[:2])
    other.decide(case.id, case.revision, first, Decision.ACCEPTED)
    with pytest.raises(StaleCaseError) as raised:
        desk.decide(case.id, case.revision, first, Decision.REJECTED, RejectionReason.OFF_TOPIC)
    assert [(one.actor.id, one.kind) for one in raised.value.missed] == [("adviser-2", EventKind.DECIDE)]
    assert read(workspace, case.id).candidates[0].decision is Decision.ACCEPTED
    merged = desk.decide(case.id, raised.value.revision, second, Decision.ACCEPTED)
    assert [one.id for one in merged.accepted] == [first, second]


def test_acts_are_undone_one_by_one_back_to_the_systems_list(
    workspace: Workspace, desk: Desk, sent: tuple[str, Case]
) -> None:
    start = sent[1]
    case = desk.decide(start.id, start.revision, start.candidates[1].id, Decision.ACCEPTED)
    case = desk.move(case.id, case.revision, start.candidates[1].id, 1)
    case = desk.set_route(case.id, case.revision, Route.STUDENT_WORK)
    case = desk.note(case.id, "Ring kommunen.")  # cannot be undone, and stands in nobody's way
    for _ in range(3):
        case = undo_last(desk, case)
    assert case.candidates == start.candidates
    assert (case.route, case.owner) == (None, None)
    with pytest.raises(NotFoundError):
        undo_last(desk, case)
    assert kinds(workspace, case.id)[-3:] == [EventKind.UNDO] * 3


def test_an_act_that_was_undone_is_not_undone_again(desk: Desk, sent: tuple[str, Case]) -> None:
    start = sent[1]
    case = desk.decide(start.id, start.revision, start.candidates[0].id, Decision.ACCEPTED)
    case = desk.decide(case.id, case.revision, start.candidates[1].id, Decision.ACCEPTED)
    case = undo_last(desk, case)
    case = desk.decide(case.id, case.revision, start.candidates[2].id, Decision.ACCEPTED)
    case = undo_last(desk, case)
    assert [one.id for one in case.accepted] == [start.candidates[0].id]
    assert undo_last(desk, case).accepted == ()


def test_anyone_can_be_added_with_what_speaks_for_them(
    workspace: Workspace, desk: Desk, sent: tuple[str, Case]
) -> None:
    case = sent[1]
    listed = {one.id for one in case.candidates}
    outsider = next(one for one in workspace.matcher().index.collaborators.ids if one not in listed)
    added = desk.add(case.id, case.revision, outsider, workspace.matcher)
    candidate = added.candidates[-1]
    assert (candidate.id, candidate.origin, candidate.decision) == (outsider, Origin.ADVISER, Decision.ACCEPTED)
    assert candidate.suggestion.rank == 0
    with pytest.raises(NotFoundError):
        desk.add(case.id, added.revision, "nobody", workspace.matcher)


def test_more_of_the_same_and_of_another_kind(workspace: Workspace, desk: Desk, sent: tuple[str, Case]) -> None:
    case = sent[1]
    same = desk.more(case.id, case.revision, case.candidates[0].id, workspace.matcher)
    fresh = same.candidates[len(case.candidates) :]
    assert 1 <= len(fresh) <= 3
    assert {one.suggestion.department for one in fresh} == {case.candidates[0].suggestion.department}
    assert {one.origin for one in fresh} == {Origin.MORE}
    try:
        other = desk.more(case.id, same.revision, None, workspace.matcher)
    except NotFoundError:
        return  # every department is on the list already
    departments = {one.suggestion.department for one in same.candidates}
    assert not departments & {one.suggestion.department for one in other.candidates[len(same.candidates) :]}


def test_a_closed_case_says_why_and_can_be_taken_up_again(desk: Desk, sent: tuple[str, Case]) -> None:
    case = desk.close(sent[1].id, sent[1].revision, ClosingReason.OUT_OF_SCOPE, Route.NOT_FOR_US)
    assert (case.state, case.closing_reason) == (State.CLOSED, ClosingReason.OUT_OF_SCOPE)
    again = desk.reopen(case.id, case.revision, date(2099, 1, 2))
    assert (again.state, again.closing_reason) == (State.IN_REVIEW, None)
    assert again.promised_on == date(2099, 1, 2), "the day that was promised before may have passed"


def test_ties_and_earlier_dealings_are_shown(workspace: Workspace, desk: Desk) -> None:
    now = datetime.now(UTC)
    _, first = send(workspace, municipality="2514")
    other = first.candidates[0].id
    approved(workspace, desk, first, now - timedelta(hours=1))
    _, second = send(workspace, municipality="2514")
    _, elsewhere = send(workspace, municipality="2582")
    before = read_case(workspace.database, second.id, "adviser-1", now.date()).histories[other]
    assert before.open_contacts >= 1
    assert before.with_municipality >= 1
    abroad = read_case(workspace.database, elsewhere.id, "adviser-1", now.date()).histories[other]
    assert abroad.with_municipality < before.with_municipality
    register_tie(desk, second.id, second.revision, other, TieKind.SUPPLIER, "Ramavtal", everywhere=False)
    assert read_case(workspace.database, second.id, "adviser-1", now.date()).ties[other][0].kind is TieKind.SUPPLIER
    assert other not in read_case(workspace.database, elsewhere.id, "adviser-1", now.date()).ties


def test_advisers_see_who_else_looks(workspace: Workspace, sent: tuple[str, Case]) -> None:
    case = sent[1]
    assert note_visit(workspace.database, case.id, "adviser-1") == (case.revision, [])
    assert note_visit(workspace.database, case.id, "adviser-2") == (case.revision, ["adviser-1"])


def test_the_queue_finds_filters_and_puts_the_late_first(workspace: Workspace, desk: Desk) -> None:
    today = datetime.now(UTC).date()
    _, case = send(workspace, title="Älvens strand rasar", case_number="SBN 2026/9001", municipality="2582")
    desk.set_owner(case.id, None, "adviser-2")

    def found(day_offset: int = 0, **wanted: object) -> list[str]:
        with workspace.database.reading() as session:
            entries, total = list_queue(
                session,
                QueueFilter(**wanted),
                today + timedelta(days=day_offset),
                limit=1000,  # type: ignore[arg-type]
            )
        assert len(entries) == total
        return [one.id for one in entries]

    assert found(words="älvens RASAR") == [case.id]
    assert found(words="9001") == [case.id]
    assert found(words=case.id[:8].upper()) == [case.id]
    assert found(words="100%") == []
    assert case.id in found(municipality="2582", area="infrastructure", owner="adviser-2", confidence=case.confidence)
    assert case.id not in found(municipality="2580")
    assert case.id not in found(owner=NOBODY)
    assert case.id not in found(states=(State.CLOSED,))
    assert case.id not in found(overdue=True)
    assert case.id in found(day_offset=20, overdue=True)
    assert case.id not in found(older_than_days=1)
    assert case.id in found(day_offset=3, older_than_days=1)
    with workspace.database.reading() as session:
        counts, late = count_by_state(session, today)
        assert counts[State.MATCHED] >= 1
        assert late == 0
        assert count_open_by_municipality(session)["2582"] >= 1
