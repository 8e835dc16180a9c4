"""What webhooks tell of a case, to whom, and when: written with the event, and nothing of a list before its release."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
from sqlalchemy import select

from matchmaker.db import outbox, webhooks
from matchmaker.db.case_records import ParticipantRole, add_participant
from matchmaker.db.cases import get_case, save_case
from matchmaker.db.notify_models import OutboxRow
from matchmaker.db.outbox import JobKind
from matchmaker.db.session import Database
from matchmaker.db.webhooks import WebhookEvent
from matchmaker.domain.case import Case, ClosingReason, Route, step
from matchmaker.domain.description import Description
from matchmaker.domain.event import SYSTEM, EventKind, StaleCaseError
from matchmaker.domain.workflow import Act, IllegalActError, Party, State
from matchmaker.notify.addresses import AddressPolicy
from matchmaker.notify.endpoints import list_deliveries
from matchmaker.notify.webhooks import WebhookSender
from matchmaker.notify.worker import LEASE, run_due
from matchmaker.review import approval
from matchmaker.review.desk import Desk
from matchmaker.review.drafts import send, start_draft
from matchmaker.review.intake import submit_challenge
from matchmaker.review.portal import portal_actor
from matchmaker.review.portal import submit as submit_by_portal
from matchmaker.review.status import answer_question, read_status, withdraw
from matchmaker_api.schemas.webhook_message import (
    ChallengeReceived,
    Message,
    QuestionAsked,
    ShortlistApproved,
    StateChanged,
)
from tests.integration.cases import CHOICES, TYPED
from tests.integration.receiver import receiving

MUNICIPALITY = "2514"
MESSAGES: dict[str, type[Message]] = {
    "challenge.received": ChallengeReceived,
    "question.asked": QuestionAsked,
    "shortlist.approved": ShortlistApproved,
    "state.changed": StateChanged,
}
TEXT = "Källarna översvämmas vid skyfall. Ring Karin på 0920-000 000."
NOW = datetime.now(UTC)
UNDO = 24 * 60
RELEASE = NOW + timedelta(minutes=UNDO)
BEFORE = RELEASE - timedelta(seconds=1)
"""Later than anything a test does by the real clock, and just not released."""

Told = tuple[str, str | None, str]


def listen(database: Database, municipality: str = MUNICIPALITY, *events: WebhookEvent) -> str:
    with database.transaction() as session:
        endpoint, _ = webhooks.add_endpoint(
            session,
            client=f"client-{municipality}",
            municipality=municipality,
            url="https://hooks.example.com/",
            events=events or tuple(WebhookEvent),
            now=NOW,
        )
    return endpoint.id


def submit(database: Database) -> Case:
    return submit_challenge(
        database, text=TEXT, title="Buller", language=None, municipality=MUNICIPALITY, collection="main", answer_days=10
    )


def match(database: Database, case: Case) -> Case:
    with database.transaction() as session:
        current = get_case(session, case.id)
        return save_case(session, current, step(current, Act.MATCH, Party.SYSTEM), SYSTEM, EventKind.MATCH)


@pytest.fixture
def endpoint(database: Database) -> str:
    return listen(database)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database, "adviser-1")


@pytest.fixture
def case(database: Database, endpoint: str, desk: Desk) -> Case:
    """A case under review, of whose beginning all has been told."""
    matched = match(database, submit(database))
    reviewed = desk.set_route(matched.id, matched.revision, Route.RESEARCH_GROUP)
    told(database, BEFORE)
    return reviewed


def told(database: Database, now: datetime) -> list[Told]:
    """What is sent by a moment: kinds, states before and after."""
    bodies = []
    run_due(database, {JobKind.WEBHOOK: lambda job: bodies.append(job.payload)}, lambda: now)
    return sorted((one["type"], one["data"].get("previous_state"), one["data"]["state"]) for one in bodies)


def approve(desk: Desk, case: Case) -> Case:
    return approval.approve(desk, case.id, case.revision, "Inget passar, hör med regionen.", UNDO, NOW)


APPROVED: list[Told] = [("shortlist.approved", None, "approved"), ("state.changed", "in_review", "approved")]


def test_what_comes_in_is_told_without_a_word_of_it(database: Database, endpoint: str) -> None:
    case = match(database, submit(database))
    with database.reading() as session:
        bodies = session.scalars(select(OutboxRow.payload).order_by(OutboxRow.created_at)).all()
    assert [one["type"] for one in bodies] == ["challenge.received"], "that a machine has matched is no news"
    assert bodies[0]["data"] == {
        "challenge": case.id,
        "municipality": MUNICIPALITY,
        "version": 1,
        "state": "submitted",
        "links": {"challenge": f"/api/v1/challenges/{case.id}"},
    }
    assert datetime.fromisoformat(bodies[0]["timestamp"]).tzinfo is not None
    text = json.dumps(bodies)
    assert not [word for word in ("Karin", "0920", "skyfall", "Buller") if word in text]


def test_what_a_portal_sends_is_told_once_and_never_as_a_draft(database: Database, endpoint: str) -> None:
    described = Description(MUNICIPALITY, "Buller", TEXT)
    with database.transaction() as session:
        case = submit_by_portal(session, described, None, "main", 10, portal_actor("portal"))
    match(database, case)
    assert told(database, BEFORE) == [("challenge.received", None, "submitted")]


def test_what_the_form_sends_is_told_once(database: Database, endpoint: str) -> None:
    token = start_draft(database, "main", {**TYPED, "municipality": MUNICIPALITY})
    assert told(database, BEFORE) == []
    match(database, send(database, token, CHOICES, 10))
    assert told(database, BEFORE) == [("challenge.received", None, "submitted")]


def test_messages_are_as_the_api_describes_them(database: Database, desk: Desk, case: Case) -> None:
    desk.ask(case.id, case.revision, "Finns det mätdata?")
    approve(desk, desk.resume(case.id, read_status(database, case.id).case.revision))
    with database.reading() as session:
        bodies = session.scalars(select(OutboxRow.payload)).all()
    assert {one["type"] for one in bodies} == set(WebhookEvent)
    for body in bodies:
        described = MESSAGES[body["type"]].model_validate(body)
        assert json.loads(described.model_dump_json(exclude={"timestamp"})) == {
            key: value for key, value in body.items() if key != "timestamp"
        }


def test_only_who_owns_the_case_and_asked_is_told(database: Database, desk: Desk) -> None:
    questions = listen(database, MUNICIPALITY, WebhookEvent.QUESTION_ASKED)
    other, owner, follower = (listen(database, one) for one in ("2580", "2581", "2582"))
    silent = listen(database)
    with database.transaction() as session:
        webhooks.deactivate(session, None, silent)
    case = match(database, submit(database))
    with database.transaction() as session:
        for code, role in (("2581", ParticipantRole.CO_OWNER), ("2582", ParticipantRole.FOLLOWER)):
            add_participant(
                session,
                case.id,
                role,
                municipality=code,
                contact_role="VA",
                contact_email="va@kommun.example",
                link_digest=code,
            )
    desk.ask(case.id, case.revision, "Finns det mätdata om Karin?")
    with database.reading() as session:
        rows = session.scalars(select(OutboxRow)).all()
    found = {(row.endpoint_id, row.payload["type"]) for row in rows}
    assert found == {(questions, "question.asked"), (owner, "state.changed")}, "what is asked is the first owner's"
    told_owner = [row.payload["data"]["state"] for row in rows if row.endpoint_id == owner]
    assert told_owner == ["in_review"], "as the co-owner's page says"
    assert not {other, follower, silent} & {row.endpoint_id for row in rows}
    assert "mätdata" not in json.dumps([row.payload for row in rows], ensure_ascii=False)


def test_a_change_that_fails_tells_nothing(database: Database, desk: Desk, case: Case) -> None:
    with pytest.raises(StaleCaseError):
        desk.ask(case.id, case.revision - 1, "För sent.")
    assert told(database, RELEASE) == []


def test_what_stays_at_the_desk_is_not_told(database: Database, desk: Desk, case: Case) -> None:
    desk.note(case.id, "Hemligt.")
    desk.set_owner(case.id, None, "adviser-2")
    assert told(database, RELEASE) == []


def test_an_approved_list_is_told_of_at_its_release_and_not_before(
    database: Database, desk: Desk, case: Case, endpoint: str
) -> None:
    approve(desk, case)
    before = len(list_deliveries(database, None, endpoint))
    assert told(database, BEFORE) == []
    assert told(database, RELEASE) == APPROVED
    assert told(database, RELEASE + timedelta(days=9)) == []
    assert len(list_deliveries(database, None, endpoint)) == before + 2, "what waited was not listed"


def test_the_states_told_are_those_of_the_municipalitys_page(database: Database, desk: Desk, endpoint: str) -> None:
    """Approved from "matched" at once: the page says "in review" until the release."""
    case = match(database, submit(database))
    case = desk.act(case.id, case.revision, EventKind.ROUTE, lambda one: replace(one, route=Route.NOT_FOR_US))
    told(database, BEFORE)
    case = approve(desk, case)
    assert case.state is State.APPROVED
    assert read_status(database, case.id, NOW).state is State.IN_REVIEW
    assert told(database, BEFORE) == [("state.changed", "submitted", "in_review")]
    assert told(database, RELEASE) == APPROVED


def test_an_approval_that_is_taken_back_is_never_told(database: Database, desk: Desk, case: Case) -> None:
    case = approve(desk, case)
    case = approval.take_back(desk, case.id, case.revision, NOW)
    assert told(database, RELEASE + timedelta(days=1)) == []
    case = approve(desk, case)
    assert told(database, RELEASE + timedelta(days=1)) == APPROVED, "and approved again it is told once"


def test_a_list_that_is_being_sent_cannot_be_taken_back(database: Database, desk: Desk, case: Case) -> None:
    """Whose clock was read before the release, and whose transaction began after it."""
    case = approve(desk, case)
    with database.transaction() as session:
        assert outbox.claim(session, [JobKind.WEBHOOK], RELEASE, RELEASE + LEASE)
    with pytest.raises(IllegalActError):
        approval.take_back(desk, case.id, case.revision, RELEASE - timedelta(milliseconds=1))
    with database.reading() as session:
        assert get_case(session, case.id).state is State.APPROVED
    assert read_status(database, case.id, RELEASE).approved is not None


def test_a_list_that_is_sent_at_once_is_told_at_once(database: Database, desk: Desk, case: Case) -> None:
    case = approve(desk, case)
    case = approval.release(desk, case.id, case.revision)
    assert told(database, datetime.now(UTC)) == APPROVED
    assert told(database, RELEASE + timedelta(days=1)) == []
    approval.revise(desk, case.id, case.revision, RELEASE.date())
    assert told(database, BEFORE) == [("state.changed", "approved", "in_review")]


def test_without_time_to_undo_it_is_told_at_once(database: Database, desk: Desk, case: Case) -> None:
    approval.approve(desk, case.id, case.revision, "Inget passar.", 0)
    assert told(database, datetime.now(UTC)) == APPROVED


def test_a_case_that_went_on_before_the_release_was_never_approved(database: Database, desk: Desk, case: Case) -> None:
    """Its list is neither shown nor told of; the state told last is the case's own."""
    case = approve(desk, case)
    desk.close(case.id, case.revision, ClosingReason.DUPLICATE, Route.NOT_FOR_US)
    assert told(database, BEFORE) == [("state.changed", "in_review", "closed")]
    shown = read_status(database, case.id, RELEASE)
    assert (shown.state, shown.approved) == (State.CLOSED, None)
    assert told(database, RELEASE) == []


def test_question_answer_and_withdrawal_are_told(database: Database, desk: Desk, case: Case) -> None:
    desk.ask(case.id, case.revision, "Finns det mätdata?")
    question = read_status(database, case.id).question
    assert question
    answer_question(database, case.id, str(question.id), "Ja.")
    withdraw(database, case.id)
    assert told(database, RELEASE) == [
        ("question.asked", None, "waiting_for_officer"),
        ("state.changed", "in_review", "waiting_for_officer"),
        ("state.changed", "in_review", "withdrawn"),
        ("state.changed", "waiting_for_officer", "in_review"),
    ]


def test_from_the_act_to_the_receiver(database: Database) -> None:
    """All of it at once: a case's event, through the outbox, over the wire, verified by the receiver."""
    with receiving() as receiver:
        with database.transaction() as session:
            _, secret = webhooks.add_endpoint(
                session,
                client="kalix",
                municipality=MUNICIPALITY,
                url=f"http://127.0.0.1:{receiver.port}/",
                events=tuple(WebhookEvent),
                now=NOW,
            )
        case = submit(database)
        sender = WebhookSender(database, AddressPolicy((ip_network("127.0.0.0/8"),)))
        assert run_due(database, {JobKind.WEBHOOK: sender}) == 1
        assert receiver.verified(secret)["data"]["challenge"] == case.id
