"""Webhook endpoints as their clients manage them: each sees and changes its own only."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from matchmaker.db import webhook_log, webhooks
from matchmaker.db.session import Database
from matchmaker.db.webhooks import Delivery, Endpoint, WebhookEvent
from matchmaker.domain.errors import MatchmakerError, mark
from matchmaker.notify.addresses import AddressPolicy
from matchmaker.notify.worker import utc_now

OVERLAP = timedelta(days=1)
"""How long an old secret signs beside the new one: time to put the new one in place."""

MAXIMUM_ENDPOINTS = 20
"""Active ones of a client: every event is written once for each."""


class InvalidEndpointError(MatchmakerError):
    """An endpoint that cannot be as asked for; ``field`` names the part that is wrong."""

    code = "invalid-endpoint"

    def __init__(self, field: str, template: str, **values: object) -> None:
        super().__init__(template, **values)
        self.field = field


def add_endpoint(
    database: Database,
    policy: AddressPolicy,
    *,
    client: str,
    municipality: str,
    url: str,
    events: Iterable[str],
    now: datetime | None = None,
) -> tuple[Endpoint, str]:
    """A new endpoint of a client for its municipality's events, and its secret, which is shown this once.

    Raises:
        InvalidEndpointError: no event is chosen, one is unknown, or the client has many endpoints already.
        RefusedTargetError: webhooks are not sent to that URL.
    """
    wanted = _read_events(events)
    policy.check(url)
    with database.transaction() as session:
        if sum(one.is_active for one in webhooks.list_endpoints(session, client)) >= MAXIMUM_ENDPOINTS:
            raise InvalidEndpointError("url", mark("There are {count} endpoints already."), count=MAXIMUM_ENDPOINTS)
        return webhooks.add_endpoint(
            session, client=client, municipality=municipality, url=url, events=wanted, now=now or utc_now()
        )


def list_endpoints(database: Database, client: str | None = None) -> list[Endpoint]:
    """The endpoints of a client, or (None, for the operator) of all; oldest first, deactivated ones too."""
    with database.reading() as session:
        return webhooks.list_endpoints(session, client)


def rotate_secret(
    database: Database, client: str, endpoint_id: str, overlap: timedelta = OVERLAP, now: datetime | None = None
) -> str:
    """A new secret, shown this once; until ``overlap`` is over messages carry the old one's signature too.

    Raises:
        NotFoundError: the client has no such endpoint.
    """
    with database.transaction() as session:
        return webhooks.rotate_secret(session, client, endpoint_id, overlap, now or utc_now())


def deactivate(database: Database, client: str, endpoint_id: str) -> None:
    """Tell an endpoint nothing any more; what waits for it is not sent.

    Raises:
        NotFoundError: the client has no such endpoint.
    """
    with database.transaction() as session:
        webhooks.deactivate(session, client, endpoint_id)


def list_deliveries(
    database: Database, client: str, endpoint_id: str, *, limit: int = 50, offset: int = 0
) -> list[Delivery]:
    """What was sent to an endpoint, newest first, with every attempt.

    Raises:
        NotFoundError: the client has no such endpoint.
    """
    with database.reading() as session:
        return webhook_log.list_deliveries(session, client, endpoint_id, limit=limit, offset=offset)


def replay(database: Database, client: str, delivery_id: str, now: datetime | None = None) -> None:
    """Send a message that was delivered or given up once more, under the same ``webhook-id``.

    Raises:
        NotFoundError: the client has no such delivery.
        ReplayError: it is still waiting, or its endpoint is not active.
    """
    with database.transaction() as session:
        webhook_log.replay(session, client, delivery_id, now or utc_now())


def _read_events(events: Iterable[str]) -> list[WebhookEvent]:
    known = {one.value: one for one in WebhookEvent}
    wanted = list(events)
    if not wanted:
        raise InvalidEndpointError("events", mark("Choose at least one event."))
    for one in wanted:
        if one not in known:
            raise InvalidEndpointError("events", mark("There is no event {name}."), name=one)
    return [known[one] for one in wanted]
