"""Webhook endpoints and their secrets. What was sent to them is in webhook_log.py."""

import base64
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from matchmaker.db.notify_models import EndpointRow, SecretRow
from matchmaker.domain.access import Principal
from matchmaker.domain.errors import MatchmakerError, NotFoundError, mark

SECRET_BYTES = 32
"""The specification asks for 24 to 64 random bytes:
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md"""

SECRET_PREFIX = "whsec_"  # noqa: S105  # what every secret begins with


class InactiveEndpointError(MatchmakerError):
    """An endpoint that has been deactivated, for good."""

    code = "inactive-endpoint"


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


def list_endpoints(session: Session, owner: Principal | None) -> list[Endpoint]:
    """Whose endpoints somebody may manage, or (None) all, oldest first, those that were deactivated too."""
    query = select(EndpointRow).order_by(EndpointRow.created_at, EndpointRow.id)
    return [_endpoint(row) for row in session.scalars(query) if _is_of(row, owner)]


def find_endpoint(session: Session, endpoint_id: str | None) -> Endpoint | None:
    row = session.get(EndpointRow, endpoint_id) if endpoint_id else None
    return _endpoint(row) if row else None


def list_listening(session: Session, municipalities: Iterable[str]) -> list[Endpoint]:
    """The active endpoints of municipalities."""
    query = select(EndpointRow).where(EndpointRow.is_active, EndpointRow.municipality.in_(list(municipalities)))
    return [_endpoint(row) for row in session.scalars(query.order_by(EndpointRow.created_at, EndpointRow.id))]


def rotate_secret(
    session: Session, owner: Principal | None, endpoint_id: str, overlap: timedelta, now: datetime
) -> str:
    """A new secret for an endpoint. The one before signs as well until ``overlap`` is over; older ones are deleted.

    Raises:
        NotFoundError: the owner has no such endpoint.
        InactiveEndpointError: it has been deactivated.
    """
    if not own_endpoint(session, owner, endpoint_id).is_active:
        raise InactiveEndpointError(mark("The endpoint is not active."))
    of_this = select(SecretRow).where(SecretRow.endpoint_id == endpoint_id).order_by(SecretRow.id.desc())
    newest, *older = session.scalars(of_this)
    for one in older:
        session.delete(one)
    if overlap:
        newest.expires_at = now + overlap
    else:
        session.delete(newest)
    return _add_secret(session, endpoint_id, now)


def list_secrets(session: Session, endpoint_id: str, now: datetime) -> list[str]:
    """The secrets that sign now, the newest first."""
    query = select(SecretRow.value).where(SecretRow.endpoint_id == endpoint_id)
    query = query.where(or_(SecretRow.expires_at.is_(None), SecretRow.expires_at > now))
    return list(session.scalars(query.order_by(SecretRow.id.desc())))


def forget_secrets(session: Session, now: datetime) -> None:
    """Delete the secrets that no longer sign."""
    session.execute(delete(SecretRow).where(SecretRow.expires_at <= now))


def deactivate(session: Session, owner: Principal | None, endpoint_id: str) -> None:
    """Tell an endpoint nothing any more; what waits for it is not sent, and its secrets are deleted.

    Raises:
        NotFoundError: the owner has no such endpoint.
    """
    own_endpoint(session, owner, endpoint_id).is_active = False
    session.execute(delete(SecretRow).where(SecretRow.endpoint_id == endpoint_id))


def own_endpoint(session: Session, owner: Principal | None, endpoint_id: str) -> EndpointRow:
    """An endpoint as stored. ``owner`` is the client that asks, for the municipalities that its key is for; None is
    the operator, who may manage all.

    Raises:
        NotFoundError: the owner has no such endpoint.
    """
    row = session.get(EndpointRow, endpoint_id)
    if row is None or not _is_of(row, owner):
        raise NotFoundError(mark("There is no endpoint with the id {id}."), id=endpoint_id)
    return row


def _is_of(row: EndpointRow, owner: Principal | None) -> bool:
    return owner is None or (row.client == owner.client and owner.acts_for(row.municipality))


def _add_secret(session: Session, endpoint_id: str, now: datetime) -> str:
    value = SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
    session.add(SecretRow(endpoint_id=endpoint_id, value=value, created_at=now))
    return value


def _endpoint(row: EndpointRow) -> Endpoint:
    events = tuple(WebhookEvent(one) for one in row.events)
    return Endpoint(row.id, row.client, row.municipality, row.url, events, row.is_active, row.created_at)
