"""Webhooks over the wire: signed, logged, tried again, never followed elsewhere, never sent inside."""

import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest
import trustme
from sqlalchemy import select
from standardwebhooks import Webhook, WebhookVerificationError

from matchmaker.db import outbox
from matchmaker.db.notify_models import SecretRow
from matchmaker.db.outbox import JobKind
from matchmaker.db.session import Database
from matchmaker.db.webhook_log import ReplayError
from matchmaker.db.webhooks import Delivery, InactiveEndpointError, WebhookEvent
from matchmaker.domain.access import Principal, Role
from matchmaker.domain.errors import NotFoundError
from matchmaker.notify.addresses import AddressPolicy, RefusedTargetError
from matchmaker.notify.endpoints import (
    MAXIMUM_ENDPOINTS,
    InvalidEndpointError,
    add_endpoint,
    deactivate,
    list_deliveries,
    list_endpoints,
    replay,
    rotate_secret,
)
from matchmaker.notify.schedule import MAXIMUM_ATTEMPTS
from matchmaker.notify.webhooks import WebhookSender
from matchmaker.notify.worker import run_due, tidy
from tests.integration.receiver import Receiver, receiving

CLIENT = Principal(Role.PORTAL, "kalix", frozenset({"2514"}))
STRANGERS = (
    Principal(Role.PORTAL, "other", frozenset({"2514"})),
    Principal(Role.PORTAL, "kalix", frozenset({"2580"})),
    Principal(Role.PORTAL, "other", None),
)
"""Another client, the same one with a key for another municipality, and another client with a key for all."""
BODY = {"type": "state.changed", "timestamp": "2026-11-02T08:00:00+00:00", "data": {"challenge": "å1"}}
HERE = AddressPolicy((ip_network("127.0.0.0/8"),))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture
def endpoint(database: Database, receiver: Receiver) -> tuple[str, str]:
    """An endpoint's id and secret."""
    return add(database, f"http://127.0.0.1:{receiver.port}/in?a=b")


def add(database: Database, url: str, policy: AddressPolicy = HERE) -> tuple[str, str]:
    made, secret = add_endpoint(
        database, policy, client=CLIENT.client, municipality="2514", url=url, events=["state.changed", "question.asked"]
    )
    return made.id, secret


def queue(database: Database, endpoint_id: str, key: str = "one") -> None:
    with database.transaction() as session:
        outbox.add(session, JobKind.WEBHOOK, BODY, key, endpoint_id=endpoint_id)


def deliver(database: Database, now: datetime | None = None, policy: AddressPolicy = HERE, seconds: float = 10) -> int:
    sender = WebhookSender(database, policy, lambda: now or datetime.now(UTC), seconds=seconds)
    return run_due(database, {JobKind.WEBHOOK: sender}, lambda: now or datetime.now(UTC))


def delivery(database: Database, endpoint_id: str) -> Delivery:
    [found] = list_deliveries(database, CLIENT, endpoint_id)
    return found


def test_a_message_is_signed_and_logged(database: Database, receiver: Receiver, endpoint: tuple[str, str]) -> None:
    identifier, secret = endpoint
    receiver.body = b"Thanks! whsec_echo"
    queue(database, identifier)
    assert deliver(database) == 1
    assert receiver.verified(secret) == BODY
    [(path, headers, body)] = receiver.received
    assert path == "/in?a=b"
    assert headers["host"] == f"127.0.0.1:{receiver.port}"
    assert headers["content-type"] == "application/json"
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)
    found = delivery(database, identifier)
    assert found.id == headers["webhook-id"]
    assert (found.event, found.done_at is not None, found.last_error) == ("state.changed", True, None)
    [attempt] = found.attempts
    assert (attempt.status, attempt.error, attempt.answer) == (204, None, "")


def test_what_fails_is_tried_again_under_the_same_id(
    database: Database, receiver: Receiver, endpoint: tuple[str, str]
) -> None:
    receiver.answers, receiver.body = [500, 200], b"Out of order whsec_echo"
    queue(database, endpoint[0])
    assert deliver(database) == 1
    waiting = delivery(database, endpoint[0])
    assert waiting.done_at is None
    assert (waiting.attempts[0].status, waiting.attempts[0].answer) == (500, "Out of order …")
    assert deliver(database, waiting.run_at - timedelta(seconds=1)) == 0
    assert deliver(database, waiting.run_at) == 1
    assert len(set(receiver.ids)) == 1
    assert receiver.received[0][2] == receiver.received[1][2]
    done = delivery(database, endpoint[0])
    assert done.done_at is not None
    assert [one.status for one in done.attempts] == [500, 200]


def test_after_three_days_it_is_given_up_and_can_be_replayed(
    database: Database, receiver: Receiver, endpoint: tuple[str, str]
) -> None:
    receiver.answers = [500] * MAXIMUM_ATTEMPTS + [200]
    queue(database, endpoint[0])
    start = now = datetime.now(UTC)
    for _ in range(MAXIMUM_ATTEMPTS):
        assert deliver(database, now) == 1
        now = delivery(database, endpoint[0]).run_at
    given_up = delivery(database, endpoint[0])
    assert given_up.gave_up_at is not None
    assert timedelta(days=2.8) < given_up.gave_up_at - start < timedelta(days=3.5)
    assert deliver(database, now + timedelta(days=30)) == 0
    replay(database, CLIENT, given_up.id)
    with pytest.raises(ReplayError):
        replay(database, CLIENT, given_up.id)
    assert deliver(database) == 1
    assert delivery(database, endpoint[0]).done_at is not None
    assert len(set(receiver.ids)) == 1
    assert len(delivery(database, endpoint[0]).attempts) == MAXIMUM_ATTEMPTS + 1


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_not_followed(
    database: Database, receiver: Receiver, endpoint: tuple[str, str], status: int
) -> None:
    receiver.answers, receiver.headers = [status], {"Location": f"http://127.0.0.1:{receiver.port}/elsewhere"}
    queue(database, endpoint[0])
    deliver(database)
    assert [path for path, *_ in receiver.received] == ["/in?a=b"]
    assert delivery(database, endpoint[0]).last_error == f"The receiver answered {status}."


@pytest.mark.parametrize("answer", ["slow", "trickle"])
def test_a_receiver_that_never_ends_is_left(
    database: Database, receiver: Receiver, endpoint: tuple[str, str], answer: str
) -> None:
    receiver.answers = [answer]
    queue(database, endpoint[0])
    deliver(database, seconds=0.3)
    [attempt] = delivery(database, endpoint[0]).attempts
    assert attempt.status is None
    assert attempt.error == "The receiver took too long."
    assert 250 < attempt.duration_ms < 10_000


def test_of_a_long_answer_only_the_beginning_is_read(
    database: Database, receiver: Receiver, endpoint: tuple[str, str]
) -> None:
    receiver.answers, receiver.body = [200], b"a" * 50_000_000
    queue(database, endpoint[0])
    deliver(database)
    assert delivery(database, endpoint[0]).attempts[0].answer == "a" * 200


def test_a_receiver_that_hangs_up_is_tried_again(
    database: Database, receiver: Receiver, endpoint: tuple[str, str]
) -> None:
    receiver.answers = ["hang up", 204]
    queue(database, endpoint[0])
    deliver(database)
    assert "RemoteProtocolError" in (delivery(database, endpoint[0]).last_error or "")
    deliver(database, datetime.now(UTC) + timedelta(minutes=1))
    assert delivery(database, endpoint[0]).done_at is not None


def test_a_receiver_may_ask_for_time(database: Database, receiver: Receiver, endpoint: tuple[str, str]) -> None:
    receiver.answers, receiver.headers = [503], {"Retry-After": "3600"}
    queue(database, endpoint[0])
    now = datetime.now(UTC)
    deliver(database, now)
    assert delivery(database, endpoint[0]).run_at == now + timedelta(hours=1)


def test_a_receiver_that_is_gone_is_told_nothing_more(
    database: Database, receiver: Receiver, endpoint: tuple[str, str]
) -> None:
    receiver.answers = [410]
    queue(database, endpoint[0], "one")
    queue(database, endpoint[0], "two")
    assert deliver(database) == 2
    assert len(receiver.received) == 1
    assert not list_endpoints(database, CLIENT)[0].is_active
    for one in list_deliveries(database, CLIENT, endpoint[0]):
        assert one.gave_up_at is not None
        with pytest.raises(ReplayError):
            replay(database, CLIENT, one.id)


def test_two_secrets_sign_while_one_replaces_the_other(
    database: Database, receiver: Receiver, endpoint: tuple[str, str]
) -> None:
    identifier, old = endpoint
    queue(database, identifier, "one")
    now = datetime.now(UTC)
    new = rotate_secret(database, CLIENT, identifier, timedelta(hours=1), now)
    assert new != old
    deliver(database, now)
    assert len(receiver.received[0][1]["webhook-signature"].split()) == 2
    assert receiver.verified(old) == receiver.verified(new) == BODY
    with database.transaction() as session:
        outbox.add(session, JobKind.WEBHOOK, BODY, "two", endpoint_id=identifier, run_at=now + timedelta(hours=1))
    deliver(database, now + timedelta(hours=1))
    assert len(receiver.received[1][1]["webhook-signature"].split()) == 1


def test_a_replaced_secret_leaves_and_at_most_two_sign(
    database: Database, receiver: Receiver, endpoint: tuple[str, str]
) -> None:
    identifier, first = endpoint
    now = datetime.now(UTC)
    second = rotate_secret(database, CLIENT, identifier, timedelta(days=1), now)
    third = rotate_secret(database, CLIENT, identifier, timedelta(days=1), now)
    assert kept_secrets(database) == {second, third}
    tidy(database, now + timedelta(days=1))
    assert kept_secrets(database) == {third}
    fourth = rotate_secret(database, CLIENT, identifier, timedelta(0), now)
    assert kept_secrets(database) == {fourth}, "one that has got out is no longer good at once"
    queue(database, identifier)
    deliver(database)
    assert receiver.verified(fourth) == BODY
    for one in (first, second, third):
        with pytest.raises(WebhookVerificationError):
            receiver.verified(one)


def test_of_an_endpoint_that_is_deactivated_no_secret_is_kept(database: Database, endpoint: tuple[str, str]) -> None:
    deactivate(database, CLIENT, endpoint[0])
    assert kept_secrets(database) == set()
    with pytest.raises(InactiveEndpointError):
        rotate_secret(database, CLIENT, endpoint[0])
    assert kept_secrets(database) == set()


def kept_secrets(database: Database) -> set[str]:
    with database.reading() as session:
        return set(session.scalars(select(SecretRow.value)))


@pytest.mark.parametrize("stranger", STRANGERS)
def test_each_client_manages_its_own_for_the_municipalities_of_its_key(
    database: Database, endpoint: tuple[str, str], stranger: Principal
) -> None:
    assert list_endpoints(database, stranger) == []
    assert [one.id for one in list_endpoints(database, None)] == [endpoint[0]]
    assert endpoint[1] not in repr(list_endpoints(database, None))
    queue(database, endpoint[0])
    with pytest.raises(NotFoundError):
        rotate_secret(database, stranger, endpoint[0])
    with pytest.raises(NotFoundError):
        deactivate(database, stranger, endpoint[0])
    with pytest.raises(NotFoundError):
        list_deliveries(database, stranger, endpoint[0])
    with pytest.raises(NotFoundError):
        replay(database, stranger, delivery(database, endpoint[0]).id)
    with pytest.raises(NotFoundError):
        replay(database, CLIENT, "nothing")
    assert kept_secrets(database) == {endpoint[1]}


def test_a_key_for_all_municipalities_manages_all_of_its_client(database: Database, endpoint: tuple[str, str]) -> None:
    everywhere = Principal(Role.PORTAL, CLIENT.client, None)
    assert [one.id for one in list_endpoints(database, everywhere)] == [endpoint[0]]
    assert rotate_secret(database, everywhere, endpoint[0]) != endpoint[1]


def test_deliveries_go_on_where_a_page_ended(database: Database, endpoint: tuple[str, str]) -> None:
    for number in range(5):
        queue(database, endpoint[0], str(number))
    whole = [one.id for one in list_deliveries(database, CLIENT, endpoint[0])]
    paged: list[str] = []
    after = None
    while page := list_deliveries(database, CLIENT, endpoint[0], after=after, limit=2):
        paged += [one.id for one in page]
        after = (page[-1].created_at, page[-1].id)
    assert len(set(paged)) == 5
    assert paged == whole


def test_a_list_that_is_sent_again_stays_in_sight_and_is_not_called_off(
    database: Database, endpoint: tuple[str, str]
) -> None:
    with database.transaction() as session:
        outbox.add(session, JobKind.WEBHOOK, BODY, "one", group="approval:1", endpoint_id=endpoint[0])
    deliver(database)
    sent = delivery(database, endpoint[0])
    replay(database, CLIENT, sent.id)
    assert delivery(database, endpoint[0]).attempts == sent.attempts
    with database.transaction() as session:
        assert not outbox.call_off(session, "approval:1"), "it was sent once, and so it stays"
    assert delivery(database, endpoint[0]).id == sent.id


def test_the_look_up_of_a_name_is_within_the_deadline(database: Database, receiver: Receiver) -> None:
    never = threading.Event()
    answers: list[Callable[[], list[str]]] = [lambda: ["93.184.215.14"], lambda: [str(never.wait(60))]]
    policy = AddressPolicy((), lambda host, port: answers.pop(0)())
    identifier, _ = add(database, "https://hooks.example.com/", policy)
    queue(database, identifier)
    deliver(database, policy=policy, seconds=0.2)
    [attempt] = delivery(database, identifier).attempts
    assert attempt.duration_ms < 30_000
    assert "no address" in (attempt.error or "")
    never.set()


def test_an_endpoint_needs_known_events_and_there_are_not_too_many(database: Database, receiver: Receiver) -> None:
    url = f"http://127.0.0.1:{receiver.port}/"
    for events in ([], ["challenge.read"]):
        with pytest.raises(InvalidEndpointError) as raised:
            add_endpoint(database, HERE, client=CLIENT.client, municipality="2514", url=url, events=events)
        assert raised.value.field == "events"
    for _ in range(MAXIMUM_ENDPOINTS):
        add(database, url)
    with pytest.raises(InvalidEndpointError):
        add(database, url)
    assert list_endpoints(database, None)[0].events == (WebhookEvent.QUESTION_ASKED, WebhookEvent.STATE_CHANGED)


def test_a_name_that_has_come_to_mean_an_inner_address_gets_nothing(database: Database, receiver: Receiver) -> None:
    answers = [["93.184.215.14"], ["127.0.0.1"]]
    policy = AddressPolicy((), lambda host, port: answers.pop(0))
    identifier, _ = add(database, "https://hooks.example.com/", policy)
    queue(database, identifier)
    deliver(database, policy=policy)
    assert receiver.received == []
    assert "no address on the public internet" in (delivery(database, identifier).last_error or "")


@pytest.mark.parametrize("url", ["http://127.0.0.1:{port}/", "https://[::1]/", "https://169.254.169.254/latest"])
def test_nothing_inside_can_be_an_endpoint(database: Database, receiver: Receiver, url: str) -> None:
    with pytest.raises(RefusedTargetError):
        add(database, url.format(port=receiver.port), AddressPolicy())
    assert list_endpoints(database, None) == []


def test_tls_is_checked_by_the_name_while_the_address_is_pinned(database: Database) -> None:
    """The name resolves to nothing anywhere: what is connected to is what the policy's resolver said."""
    authority = trustme.CA()
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("hooks.example.com").configure_cert(server)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    lookups: list[str] = []

    def resolver(host: str, port: int) -> list[str]:
        lookups.append(host)
        return ["127.0.0.1"]

    policy = AddressPolicy(HERE.allowed, resolver)
    with receiving(server) as receiver:
        good, secret = add(database, f"https://hooks.example.com:{receiver.port}/", policy)
        other, _ = add(database, f"https://other.example.com:{receiver.port}/", policy)
        lookups.clear()
        for identifier, context in ((good, trusting), (other, trusting), (good, ssl.create_default_context())):
            queue(database, identifier, f"{identifier}{id(context)}")
            sender = WebhookSender(database, policy, context=context)
            run_due(database, {JobKind.WEBHOOK: sender})
        assert lookups == ["hooks.example.com", "other.example.com", "hooks.example.com"], "once for each attempt"
        assert len(receiver.received) == 1
        assert receiver.received[0][1]["host"] == f"hooks.example.com:{receiver.port}"
        assert receiver.verified(secret) == BODY
        assert "CERTIFICATE_VERIFY_FAILED" in (delivery(database, other).last_error or "")
