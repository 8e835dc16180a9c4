"""Webhook endpoints and their secrets. What was sent to them is in webhook_log.py."""

import base64
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from matchmaker.db.notify_models import EndpointRow, SecretRow
from matchmaker.domain.errors import NotFoundError, mark

SECRET_BYTES = 32
"""The specification asks for 24 to 64 random bytes:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""

SECRET_PREFIX = "whsec_"  # noqa: S105  # what every secret begins with


class WebhookEvent(StrEnum):
    """What an endpoint can be told of."""

    CHALLENGE_RECEIVED = "challenge.received"
    SHORTLIST_APPROVED = "shortlist.approved"
    """An approved list was released: the municipality sees it."""
    STATE_CHANGED = "state.changed"
    QUESTION_ASKED = "question.asked"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a client of one municipality is told of events. Its secrets are shown once, when they are made."""

    id: str
    client: str
    municipality: str
    url: str
    events: tuple[WebhookEvent, ...]
    is_active: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt: the receiver's status and the beginning of its answer, or what went wrong before there was one."""

    at: datetime
    status: int | None
    duration_ms: int
    error: str | None
    answer: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """A message to an endpoint and all attempts, oldest first. Its id is the message's ``webhook-id``."""

    id: str
    endpoint_id: str
    event: str
    created_at: datetime
    run_at: datetime
    done_at: datetime | None
    gave_up_at: datetime | None
    last_error: str | None
    attempts: list[Attempt] = field(default_factory=list)


def add_endpoint(
    session: Session, *, client: str, municipality: str, url: str, events: Iterable[WebhookEvent], now: datetime
) -> tuple[Endpoint, str]:
    """A new endpoint and its secret. Whether the URL may be called is the caller's to check."""
    row = EndpointRow(
        id=str(uuid.uuid4()),
        client=client,
        municipality=municipality,
        url=url,
        events=sorted({one.value for one in events}),
        is_active=True,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return _endpoint(row), _add_secret(session, row.id, now)


def list_endpoints(session: Session, client: str | None = None) -> list[Endpoint]:
    """The endpoints of a client, or (None) of all, oldest first, those that were deactivated too."""
    query = select(EndpointRow).order_by(EndpointRow.created_at, EndpointRow.id)
    return [_endpoint(row) for row in session.scalars(query.where(EndpointRow.client == client) if client else query)]


def find_endpoint(session: Session, endpoint_id: str | None) -> Endpoint | None:
    row = session.get(EndpointRow, endpoint_id) if endpoint_id else None
    return _endpoint(row) if row else None


def list_listening(session: Session, municipalities: Iterable[str]) -> list[Endpoint]:
    """The active endpoints of municipalities."""
    query = select(EndpointRow).where(EndpointRow.is_active, EndpointRow.municipality.in_(list(municipalities)))
    return [_endpoint(row) for row in session.scalars(query.order_by(EndpointRow.created_at, EndpointRow.id))]


def rotate_secret(session: Session, client: str, endpoint_id: str, overlap: timedelta, now: datetime) -> str:
    """A new secret for a client's endpoint; the old ones sign as well until ``overlap`` is over.

    Raises:
        NotFoundError: the client has no such endpoint.
    """
    own_endpoint(session, client, endpoint_id)
    until = now + overlap
    session.execute(
        update(SecretRow)
        .where(SecretRow.endpoint_id == endpoint_id, or_(SecretRow.expires_at.is_(None), SecretRow.expires_at > until))
        .values(expires_at=until)
    )
    return _add_secret(session, endpoint_id, now)


def list_secrets(session: Session, endpoint_id: str, now: datetime) -> list[str]:
    """The secrets that sign now, the newest first."""
    query = select(SecretRow.value).where(SecretRow.endpoint_id == endpoint_id)
    query = query.where(or_(SecretRow.expires_at.is_(None), SecretRow.expires_at > now))
    return list(session.scalars(query.order_by(SecretRow.id.desc())))


def deactivate(session: Session, client: str, endpoint_id: str) -> None:
    """Tell an endpoint nothing any more; what waits for it is not sent.

    Raises:
        NotFoundError: the client has no such endpoint.
    """
    own_endpoint(session, client, endpoint_id).is_active = False


def own_endpoint(session: Session, client: str, endpoint_id: str) -> EndpointRow:
    """A client's endpoint as stored.

    Raises:
        NotFoundError: the client has no such endpoint.
    """
    row = session.get(EndpointRow, endpoint_id)
    if row is None or row.client != client:
        raise NotFoundError(mark("There is no endpoint with the id {id}."), id=endpoint_id)
    return row


def _add_secret(session: Session, endpoint_id: str, now: datetime) -> str:
    value = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    session.add(SecretRow(endpoint_id=endpoint_id, value=value, created_at=now))
    return value


def _endpoint(row: EndpointRow) -> Endpoint:
    events = tuple(WebhookEvent(one) for one in row.events)
    return Endpoint(row.id, row.client, row.municipality, row.url, events, row.is_active, row.created_at)
