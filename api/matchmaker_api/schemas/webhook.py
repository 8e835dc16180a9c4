"""Webhook endpoints over the wire."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from matchmaker.db.webhook_log import Attempt as StoredAttempt
from matchmaker.db.webhook_log import Delivery as StoredDelivery
from matchmaker.db.webhooks import Endpoint as StoredEndpoint
from matchmaker.db.webhooks import WebhookEvent
from matchmaker_api.schemas.challenge import Text

EXAMPLE_ENDPOINT = "3f3c1a52-8d0c-4df1-a9a4-54b6ff12a5c8"


class NewEndpoint(BaseModel):
    """Where to tell of which events."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"url": "https://portal.kommun.example/hooks", "municipality": "2580"}]},
    )

    url: Text = Field(json_schema_extra={"format": "uri", "maxLength": 2000})
    municipality: str | None = Field(None, description="By default the only one that the key is for.")
    events: list[WebhookEvent] = Field(list(WebhookEvent), min_length=1, description="By default all.")


class Endpoint(BaseModel):
    """A webhook endpoint."""

    id: str = Field(examples=[EXAMPLE_ENDPOINT])
    municipality: str = Field(examples=["2580"])
    url: str = Field(examples=["https://portal.kommun.example/hooks"])
    events: list[WebhookEvent]
    is_active: bool
    created_at: datetime

    @classmethod
    def of(cls, one: StoredEndpoint) -> "Endpoint":
        return cls(
            id=one.id,
            municipality=one.municipality,
            url=one.url,
            events=list(one.events),
            is_active=one.is_active,
            created_at=one.created_at,
        )


class ClientEndpoint(Endpoint):
    """A webhook endpoint, and whose it is."""

    client: str = Field(examples=["portal-lulea"])

    @classmethod
    def of(cls, one: StoredEndpoint) -> "ClientEndpoint":
        return cls(**Endpoint.of(one).model_dump(), client=one.client)


class ClientEndpoints(BaseModel):
    """All clients' endpoints, oldest first."""

    items: list[ClientEndpoint]


class EndpointWithSecret(BaseModel):
    """A webhook endpoint and the secret that signs what is sent there. The secret is shown only now."""

    endpoint: Endpoint
    secret: str = Field(examples=["whsec_…"])


class Endpoints(BaseModel):
    """The client's endpoints, oldest first."""

    items: list[Endpoint]


class Secret(BaseModel):
    """A new secret; the old one signs as well until the overlap is over. It is shown only now."""

    secret: str = Field(examples=["whsec_…"])


class Attempt(BaseModel):
    """One attempt to deliver a message."""

    at: datetime
    status: int | None = Field(examples=[204])
    duration_ms: int
    error: str | None
    answer: str = Field(description="The beginning of what the receiver answered.")

    @classmethod
    def of(cls, one: StoredAttempt) -> "Attempt":
        return cls(at=one.at, status=one.status, duration_ms=one.duration_ms, error=one.error, answer=one.answer)


class Delivery(BaseModel):
    """A message to an endpoint, and what became of it."""

    id: str = Field(description="The message's webhook-id.")
    event: str = Field(examples=["shortlist.approved"])
    created_at: datetime
    next_attempt_at: datetime | None
    delivered_at: datetime | None
    gave_up_at: datetime | None
    attempts: list[Attempt]

    @classmethod
    def of(cls, one: StoredDelivery) -> "Delivery":
        waits = one.done_at is None and one.gave_up_at is None
        return cls(
            id=one.id,
            event=one.event,
            created_at=one.created_at,
            next_attempt_at=one.run_at if waits else None,
            delivered_at=one.done_at,
            gave_up_at=one.gave_up_at,
            attempts=[Attempt.of(own) for own in one.attempts],
        )


class Deliveries(BaseModel):
    """A page of the messages to an endpoint, the newest first."""

    items: list[Delivery]
    next: str | None = Field(
        description="Where the next page is.", examples=[f"/api/v1/webhooks/{EXAMPLE_ENDPOINT}/deliveries?after=WyIy"]
    )
