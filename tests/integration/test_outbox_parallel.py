"""Several messages on their way at once: one for each endpoint, and never so many of one client that others wait."""

import threading
from datetime import UTC, datetime

import pytest

from matchmaker.db import outbox, webhooks
from matchmaker.db.outbox import AT_ONCE, Job, JobKind
from matchmaker.db.session import Database
from matchmaker.db.webhooks import WebhookEvent
from matchmaker.notify.worker import LEASE, THREADS, Deliverer, Senders

pytestmark = pytest.mark.both_databases

NOW = datetime(2026, 11, 2, 8, tzinfo=UTC)
PATIENCE = 60.0


def add_endpoint(database: Database, client: str) -> str:
    with database.transaction() as session:
        endpoint, _ = webhooks.add_endpoint(
            session,
            client=client,
            municipality="2514",
            url="https://hooks.example.com/",
            events=[WebhookEvent.STATE_CHANGED],
            now=NOW,
        )
    return endpoint.id


def queue(database: Database, key: str, endpoint_id: str) -> None:
    with database.transaction() as session:
        outbox.add(session, JobKind.WEBHOOK, {"key": key}, key, run_at=NOW, endpoint_id=endpoint_id)


def claim(database: Database) -> Job | None:
    with database.transaction() as session:
        return next(iter(outbox.claim(session, [JobKind.WEBHOOK], NOW, NOW + LEASE)), None)


def finish(database: Database, job: Job) -> None:
    with database.transaction() as session:
        assert outbox.finish(session, job, NOW)


def test_an_endpoint_gets_one_message_at_a_time(database: Database) -> None:
    slow, other = (add_endpoint(database, one) for one in ("slow", "other"))
    for number in range(2):
        queue(database, f"slow-{number}", slow)
    queue(database, "other", other)
    with database.transaction() as session:
        outbox.add(session, JobKind.WEBHOOK, {"key": "nobody's"}, "none", run_at=NOW)
    jobs = [claim(database) for _ in range(4)]
    assert [one.payload["key"] if one else None for one in jobs] == ["slow-0", "other", "nobody's", None]
    with database.reading() as session:
        assert not outbox.is_any_due(session, [JobKind.WEBHOOK], NOW), "who asks does not turn in circles meanwhile"
    assert jobs[0]
    finish(database, jobs[0])
    after = claim(database)
    assert after and after.payload["key"] == "slow-1"


def test_a_client_with_many_endpoints_leaves_threads_for_others(database: Database) -> None:
    assert THREADS[JobKind.WEBHOOK] > AT_ONCE
    for number in range(AT_ONCE + 2):
        queue(database, f"many-{number}", add_endpoint(database, "many"))
    queue(database, "other", add_endpoint(database, "other"))
    claimed = [one.payload["key"] for _ in range(AT_ONCE + 3) if (one := claim(database))]
    assert claimed == [*(f"many-{number}" for number in range(AT_ONCE)), "other"]


@pytest.mark.parametrize("hanging", [1, 10])
def test_receivers_that_hang_hold_up_nobody_else(database: Database, hanging: int) -> None:
    """They hang until the other's message has been sent: in one thread, it never would be."""
    for number in range(hanging):
        queue(database, f"slow-{number}", add_endpoint(database, "slow"))
    queue(database, "other", add_endpoint(database, "other"))
    sent = threading.Event()

    def send(job: Job) -> None:
        if job.payload["key"] == "other":
            sent.set()
        else:
            assert sent.wait(PATIENCE)

    def senders(_: Database) -> Senders:
        return dict.fromkeys(JobKind, send)

    with Deliverer(lambda: database, senders, PATIENCE):
        assert sent.wait(PATIENCE / 2)
