"""Webhook endpoints as they are managed: by a client, its own for the municipalities of its key, or by the operator.

``owner`` is that client, or None for the operator, who may manage all.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from matchmaker.db import webhook_log, webhooks
from matchmaker.db.portal import Place
from matchmaker.db.session import Database
from matchmaker.db.webhooks import Delivery, Endpoint, WebhookEvent
from matchmaker.domain.access import Principal, Role
from matchmaker.domain.errors import MatchmakerError, NotFoundError, mark
from matchmaker.notify.addresses import AddressPolicy
from matchmaker.notify.worker import utc_now

OVERLAP = timedelta(days=1)
"""How long an old secret signs beside the new one: time to put the new one in place."""

MAXIMUM_ENDPOINTS = 20
"""Active ones of a client for a municipality: every event is written once for each."""


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
        mine = Principal(Role.PORTAL, client, frozenset({municipality}))
        if sum(one.is_active for one in webhooks.list_endpoints(session, mine)) >= MAXIMUM_ENDPOINTS:
            raise InvalidEndpointError("url", mark("There are {count} endpoints already."), count=MAXIMUM_ENDPOINTS)
        return webhooks.add_endpoint(
            session, client=client, municipality=municipality, url=url, events=wanted, now=now or utc_now()
        )


def list_endpoints(database: Database, owner: Principal | None) -> list[Endpoint]:
    """The owner's endpoints, oldest first, deactivated ones too."""
    with database.reading() as session:
        return webhooks.list_endpoints(session, owner)


def get_endpoint(database: Database, owner: Principal | None, endpoint_id: str) -> Endpoint:
    """One endpoint.

    Raises:
        NotFoundError: the owner has no such endpoint.
    """
    for one in list_endpoints(database, owner):
        if one.id == endpoint_id:
            return one
    raise NotFoundError(mark("There is no endpoint with the id {id}."), id=endpoint_id)


def rotate_secret(
    database: Database,
    owner: Principal | None,
    endpoint_id: str,
    overlap: timedelta = OVERLAP,
    now: datetime | None = None,
) -> str:
    """A new secret, shown this once; until ``overlap`` is over messages carry the one before's signature too.

    Raises:
        NotFoundError: the owner has no such endpoint.
        InactiveEndpointError: it has been deactivated.
    """
    with database.transaction() as session:
        return webhooks.rotate_secret(session, owner, endpoint_id, overlap, now or utc_now())


def deactivate(database: Database, owner: Principal | None, endpoint_id: str) -> None:
    """Tell an endpoint nothing any more; what waits for it is not sent.

    Raises:
        NotFoundError: the owner has no such endpoint.
    """
    with database.transaction() as session:
        webhooks.deactivate(session, owner, endpoint_id)


def list_deliveries(
    database: Database, owner: Principal | None, endpoint_id: str, *, after: Place | None = None, limit: int = 50
) -> list[Delivery]:
    """What was sent to an endpoint, newest first, from below a place of the list, with every attempt.

    Raises:
        NotFoundError: the owner has no such endpoint.
    """
    with database.reading() as session:
        return webhook_log.list_deliveries(session, owner, endpoint_id, after=after, limit=limit)


def replay(database: Database, owner: Principal | None, delivery_id: str, now: datetime | None = None) -> None:
    """Send a message that was delivered or given up once more, under the same ``webhook-id``.

    Raises:
        NotFoundError: the owner has no such delivery.
        ReplayError: it is still waiting, or its endpoint is not active.
    """
    with database.transaction() as session:
        webhook_log.replay(session, owner, delivery_id, now or utc_now())


def _read_events(events: Iterable[str]) -> list[WebhookEvent]:
    known = {one.value: one for one in WebhookEvent}
    wanted = list(events)
    if not wanted:
        raise InvalidEndpointError("events", mark("Choose at least one event."))
    for one in wanted:
        if one not in known:
            raise InvalidEndpointError("events", mark("There is no event {name}."), name=one)
    return [known[one] for one in wanted]
