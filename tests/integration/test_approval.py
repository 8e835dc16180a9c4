"""What the municipality sees, and when: questions, and lists that were approved and sent."""

from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.db.case_records import MessageKind
from matchmaker.domain.case import Case, ClosingReason, Decision, Route
from matchmaker.domain.errors import InvalidChallengeError
from matchmaker.domain.event import EventKind
from matchmaker.domain.workflow import IllegalActError, State
from matchmaker.review import approval, drafts, status
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from tests.integration.cases import CHOICES, approved, read

pytestmark = pytest.mark.both_databases

PROMISE = datetime.now(UTC).date() + timedelta(days=14)


def test_a_question_waits_for_its_answer(workspace: Workspace, desk: Desk, sent: tuple[str, Case]) -> None:
    case = desk.ask(sent[1].id, sent[1].revision, "Finns det mätdata?")
    assert case.state is State.WAITING
    shown = status.read_status(workspace.database, case.id)
    assert shown.question is not None
    assert shown.question.text == "Finns det mätdata?"
    with pytest.raises(IllegalActError):
        approval.approve(desk, case.id, desk.set_route(case.id, case.revision, Route.RESEARCH_GROUP).revision, "x", 0)
    with pytest.raises(InvalidChallengeError):
        status.answer_question(workspace.database, case.id, str(shown.question.id), "  ")
    with pytest.raises(status.OtherQuestionError):
        status.answer_question(workspace.database, case.id, str(shown.question.id + 1), "Ja, från 2019.")
    answered = status.answer_question(workspace.database, case.id, str(shown.question.id), "Ja, från 2019.")
    assert answered.state is State.IN_REVIEW
    with pytest.raises(IllegalActError):
        status.answer_question(workspace.database, case.id, str(shown.question.id), "En gång till.")


def test_the_municipality_sees_a_list_when_it_is_sent_and_only_what_was_accepted(
    workspace: Workspace, desk: Desk, sent: tuple[str, Case]
) -> None:
    now = datetime.now(UTC)
    start = sent[1]
    desk.note(start.id, "Hemlig anteckning.")
    case = approved(workspace, desk, read(workspace, start.id), now)
    before = status.read_status(workspace.database, case.id, now + timedelta(minutes=9))
    assert (before.state, before.approved) == (State.IN_REVIEW, None)
    after = status.read_status(workspace.database, case.id, now + timedelta(minutes=10))
    assert after.state is State.APPROVED
    assert after.approved is not None
    first, second = (one.id for one in start.candidates[:2])
    assert [(one.rank, one.collaborator_id) for one in after.approved.suggestions] == [(1, second), (2, first)]
    assert after.approved.message == "Börja med den första."
    assert not [one for one in after.messages if one.kind is MessageKind.NOTE]
    assert EventKind.DECIDE not in {one.kind for one in after.events}


def test_an_approval_is_taken_back_until_it_is_sent(workspace: Workspace, desk: Desk, sent: tuple[str, Case]) -> None:
    now = datetime.now(UTC)
    case = approved(workspace, desk, sent[1], now)
    case = approval.take_back(desk, case.id, case.revision, now + timedelta(minutes=9))
    assert case.state is State.IN_REVIEW
    assert status.read_status(workspace.database, case.id, now + timedelta(hours=1)).approved is None
    case = approval.approve(desk, case.id, case.revision, "", 10, now)
    case = approval.release(desk, case.id, case.revision, now + timedelta(minutes=1))
    assert status.read_status(workspace.database, case.id, now + timedelta(minutes=1)).approved is not None
    with pytest.raises(IllegalActError):
        approval.take_back(desk, case.id, case.revision, now + timedelta(minutes=2))


def test_a_sent_list_stays_until_another_is_approved(workspace: Workspace, desk: Desk, sent: tuple[str, Case]) -> None:
    now = datetime.now(UTC)
    case = approved(workspace, desk, sent[1], now - timedelta(hours=1))
    case = approval.revise(desk, case.id, case.revision, PROMISE)
    case = desk.decide(case.id, case.revision, case.accepted[0].id, Decision.PENDING)
    shown = status.read_status(workspace.database, case.id, now)
    assert shown.approved is not None
    assert len(shown.approved.suggestions) == 2


@pytest.mark.parametrize("route", [None, Route.NOT_FOR_US])
def test_nothing_is_approved_without_route_and_somebody_or_a_reason(
    desk: Desk, sent: tuple[str, Case], route: Route | None
) -> None:
    case = desk.set_route(sent[1].id, sent[1].revision, route)
    with pytest.raises(InvalidChallengeError) as raised:
        approval.approve(desk, case.id, case.revision, " ", 10)
    assert raised.value.field == ("message" if route else "route")


@pytest.mark.parametrize("how", ["withdrawn", "amended", "closed"])
def test_a_list_is_not_sent_when_the_case_goes_on_before_that(
    workspace: Workspace, desk: Desk, sent: tuple[str, Case], how: str
) -> None:
    now = datetime.now(UTC)
    token, case = sent
    case = approved(workspace, desk, case, now)
    if how == "withdrawn":
        status.withdraw(workspace.database, case.id)
    elif how == "amended":
        drafts.start_amending(workspace.database, token)
        drafts.send(workspace.database, token, CHOICES, 10)
    else:
        desk.close(case.id, case.revision, ClosingReason.DUPLICATE, Route.NOT_FOR_US)
    assert status.read_status(workspace.database, case.id, now + timedelta(hours=1)).approved is None
