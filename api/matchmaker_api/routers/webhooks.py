"""Webhook endpoints of a client: each sees and changes its own."""

from fastapi import APIRouter, Response, status

from matchmaker.domain.errors import mark
from matchmaker.notify import endpoints
from matchmaker.notify.endpoints import InvalidEndpointError
from matchmaker.notify.senders import address_policy
from matchmaker.review.access import own_municipality
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.pagination import Limit
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
    """The client's endpoints, deactivated ones too; secrets are not shown."""
    found = endpoints.list_endpoints(workspace.database, client.client)
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
def rotate_secret(endpoint_id: str, response: Response, workspace: OpenWorkspace, client: Client) -> Secret:
    """A new secret, shown only now. For a day messages carry the signatures of both."""
    response.headers["Cache-Control"] = "no-store"
    return Secret(secret=endpoints.rotate_secret(workspace.database, client.client, endpoint_id))


@router.delete(
    "/{endpoint_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Deactivate a webhook endpoint",
)
def deactivate_endpoint(endpoint_id: str, workspace: OpenWorkspace, client: Client) -> None:
    """Nothing more is sent there. Its deliveries can still be read."""
    endpoints.deactivate(workspace.database, client.client, endpoint_id)


@router.get("/{endpoint_id}/deliveries", summary="List what was sent to an endpoint")
def list_deliveries(endpoint_id: str, workspace: OpenWorkspace, client: Client, limit: Limit = 50) -> Deliveries:
    """The newest messages with every attempt to deliver them."""
    found = endpoints.list_deliveries(workspace.database, client.client, endpoint_id, limit=limit)
    return Deliveries(items=[Delivery.of(one) for one in found])


@router.post(
    "/deliveries/{delivery_id}/replay",
    status_code=status.HTTP_202_ACCEPTED,
    response_class=Response,
    summary="Send a message once more",
)
def replay_delivery(delivery_id: str, workspace: OpenWorkspace, client: Client) -> None:
    """Sends it again under the same webhook-id, so that a receiver that has it knows."""
    endpoints.replay(workspace.database, client.client, delivery_id)
