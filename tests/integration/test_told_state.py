"""What a municipality is told of a case's state: the same on its page, by the API, in lists and by webhooks."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from matchmaker.db.announcing import announce
from matchmaker.db.case_models import ChallengeRow
from matchmaker.db.case_records import Participant, ParticipantRole, add_participant, get_participant
from matchmaker.db.cases import get_case
from matchmaker.db.notify_models import OutboxRow
from matchmaker.db.portal import ListFilter, list_challenges, list_told_events
from matchmaker.db.session import Database
from matchmaker.domain.access import Principal, Role
from matchmaker.domain.case import Case, Route
from matchmaker.domain.event import EventKind
from matchmaker.domain.workflow import State, told_state
from matchmaker.review import approval, drafts, portal
from matchmaker.review.desk import Desk
from matchmaker.review.status import TOLD, answer_question, read_status
from matchmaker_api.schemas.challenge import ChallengeState
from tests.integration.cases import CHOICES, TYPED
from tests.integration.test_webhooks_cases import listen, match

OWNER, CO_OWNER = "2580", "2582"
NOW = datetime.now(UTC)


@pytest.fixture
def case(database: Database) -> Case:
    """A case that two municipalities own."""
    token = drafts.start_draft(database, "main", {**TYPED, "municipality": OWNER})
    return match(database, drafts.send(database, token, CHOICES, 10))


@pytest.fixture
def co_owner(database: Database, case: Case) -> Participant:
    with database.transaction() as session:
        identifier = add_participant(
            session,
            case.id,
            ParticipantRole.CO_OWNER,
            municipality=CO_OWNER,
            contact_role="VA-chef",
            contact_email="va@boden.example",
            link_digest="1" * 64,
        )
        session.flush()
        return get_participant(session, identifier)


def put(database: Database, case: Case, state: State, *, unsent: bool) -> None:
    """The case in a state, with a list that was approved, and sent or not."""
    desk = Desk(database, "adviser-1")
    case = desk.set_route(case.id, case.revision, Route.NOT_FOR_US)
    at = NOW if unsent else NOW - timedelta(hours=2)
    approval.approve(desk, case.id, case.revision, "Hör med regionen.", 60, at)
    with database.transaction() as session:
        session.execute(update(ChallengeRow).where(ChallengeRow.id == case.id).values(state=state))


def told_by_webhook(database: Database, case: Case, whose: str, at: datetime) -> str:
    """The state that a receiver is told when the case comes from another state into its own."""
    endpoint = listen(database, whose)
    with database.transaction() as session:
        now = get_case(session, case.id)
        other = State.CLOSED if now.state is not State.CLOSED else State.WITHDRAWN
        announce(session, replace(now, state=other), now, EventKind.REOPEN, at)
        session.flush()
        query = select(OutboxRow.payload).where(OutboxRow.endpoint_id == endpoint)
        (state,) = {str(one["data"]["state"]) for one in session.scalars(query) if one["type"] == "state.changed"}
    return state


@pytest.mark.parametrize("whose", [OWNER, CO_OWNER])
@pytest.mark.parametrize("unsent", [False, True])
@pytest.mark.parametrize("state", [one for one in State if one is not State.DRAFT])
def test_page_api_list_and_webhooks_tell_the_same(
    database: Database, case: Case, co_owner: Participant, state: State, unsent: bool, whose: str
) -> None:
    put(database, case, state, unsent=unsent)
    at = NOW + timedelta(minutes=1)
    client = Principal(Role.PORTAL, "portal", frozenset({whose}))
    with database.reading() as session:
        by_api = portal.read_told(session, case.id, at, client).state
        (listed,) = list_challenges(session, client.municipalities, ListFilter(), at, None, 9)
    by_page = read_status(database, case.id, at, co_owner if whose == CO_OWNER else None).state
    by_webhook = told_by_webhook(database, case, whose, at)
    expected = told_state(state, unsent=unsent, for_others=whose == CO_OWNER)
    assert {by_page, by_api, listed.state, State(by_webhook)} == {expected}
    assert expected.value in set(ChallengeState), "the API's description knows it"


def test_what_adviser_and_owner_ask_each_other_is_in_the_owners_feed_only(
    database: Database, case: Case, co_owner: Participant
) -> None:
    Desk(database, "adviser-1").ask(case.id, case.revision, "Vilka gator?")
    question = read_status(database, case.id).question
    assert question and read_status(database, case.id, reader=co_owner).question is None
    answer_question(database, case.id, str(question.id), "Storgatan.")
    with database.reading() as session:
        told = {
            whose: [one.kind for one in list_told_events(session, frozenset({whose}), TOLD, 0, 99)]
            for whose in (OWNER, CO_OWNER)
        }
    assert told == {OWNER: [EventKind.SUBMIT, EventKind.ASK, EventKind.ANSWER], CO_OWNER: [EventKind.SUBMIT]}
