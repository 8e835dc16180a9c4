"""Webhook endpoints of a client: each sees and changes its own, for the municipalities of its key."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status

from matchmaker.domain.errors import mark
from matchmaker.notify import endpoints
from matchmaker.notify.endpoints import InvalidEndpointError
from matchmaker.notify.senders import address_policy
from matchmaker.review.access import own_municipality
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.pagination import After, Limit, next_page, place_cursor, read_place
from matchmaker_api.schemas.webhook import (
    Deliveries,
    Delivery,
    Endpoint,
    Endpoints,
    EndpointWithSecret,
    NewEndpoint,
    Secret,
)

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])


@router.get("", summary="List your webhook endpoints")
def list_endpoints(workspace: OpenWorkspace, client: Client) -> Endpoints:
    """The client's endpoints for the key's municipalities, deactivated ones too; secrets are not shown."""
    found = endpoints.list_endpoints(workspace.database, client)
    return Endpoints(items=[Endpoint.of(one) for one in found])


@router.post("", status_code=status.HTTP_201_CREATED, summary="Add a webhook endpoint")
def add_endpoint(new: NewEndpoint, response: Response, workspace: OpenWorkspace, client: Client) -> EndpointWithSecret:
    """Messages are signed as the Standard Webhooks specification says; the secret is shown only now."""
    municipality = own_municipality(client, new.municipality)
    if municipality is None:
        raise InvalidEndpointError("municipality", mark("Name the municipality whose events are to be told."))
    made, secret = endpoints.add_endpoint(
        workspace.database,
        address_policy(workspace.settings),
        client=client.client,
        municipality=municipality,
        url=new.url,
        events=new.events,
    )
    response.headers["Cache-Control"] = "no-store"
    return EndpointWithSecret(endpoint=Endpoint.of(made), secret=secret)


@router.post("/{endpoint_id}/secret", summary="Replace an endpoint's secret")
def rotate_secret(
    endpoint_id: str,
    response: Response,
    workspace: OpenWorkspace,
    client: Client,
    overlap_hours: Annotated[
        int, Query(ge=0, le=24, description="How long the old one signs too; 0 for one that has got out.")
    ] = 24,
) -> Secret:
    """A new secret, shown only now. Until the overlap is over messages carry the signatures of both."""
    response.headers["Cache-Control"] = "no-store"
    overlap = timedelta(hours=overlap_hours)
    return Secret(secret=endpoints.rotate_secret(workspace.database, client, endpoint_id, overlap))


@router.delete(
    "/{endpoint_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Deactivate a webhook endpoint",
)
def deactivate_endpoint(endpoint_id: str, workspace: OpenWorkspace, client: Client) -> None:
    """Nothing more is sent there, and its secrets are deleted. Its deliveries can still be read."""
    endpoints.deactivate(workspace.database, client, endpoint_id)


@router.get("/{endpoint_id}/deliveries", summary="List what was sent to an endpoint")
def list_deliveries(
    endpoint_id: str,
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    client: Client,
    after: After = None,
    limit: Limit = 50,
) -> Deliveries:
    """Messages of the last 90 days with every attempt to deliver them, the newest first."""
    found = endpoints.list_deliveries(workspace.database, client, endpoint_id, after=read_place(after), limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    cursor = place_cursor((last.created_at, last.id)) if last else None
    return Deliveries(items=[Delivery.of(one) for one in found[:limit]], next=next_page(request, response, cursor))


@router.post(
    "/deliveries/{delivery_id}/replay",
    status_code=status.HTTP_202_ACCEPTED,
    response_class=Response,
    summary="Send a message once more",
)
def replay_delivery(delivery_id: str, workspace: OpenWorkspace, client: Client) -> None:
    """Sends it again under the same webhook-id, so that a receiver that has it knows."""
    endpoints.replay(workspace.database, client, delivery_id)
