"""Clients' webhook endpoints for administrators' programs: what was sent there, sending it again, switching off.

An endpoint's secret is between its client and the server: a client replaces it with its own key (``webhooks.py``), and
no administrator gets to see one, here as on the page.
"""

from fastapi import APIRouter, Request, Response, status

from matchmaker.notify import endpoints
from matchmaker.review.client_webhooks import deactivate_clients, replay_clients
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.pagination import After, Limit, next_page, place_cursor, read_place
from matchmaker_api.schemas.webhook import ClientEndpoint, ClientEndpoints, Deliveries, Delivery

router = APIRouter(prefix="/api/v1/access/webhooks", tags=["access"])


@router.get("", summary="List clients' webhook endpoints")
def list_client_endpoints(workspace: OpenWorkspace) -> ClientEndpoints:
    """Of all clients, deactivated ones too."""
    found = endpoints.list_endpoints(workspace.database, None)
    return ClientEndpoints(items=[ClientEndpoint.of(one) for one in found])


@router.get("/{endpoint_id}", summary="Read a client's webhook endpoint")
def read_client_endpoint(endpoint_id: str, workspace: OpenWorkspace) -> ClientEndpoint:
    """Whose it is, and what it is told."""
    return ClientEndpoint.of(endpoints.get_endpoint(workspace.database, None, endpoint_id))


@router.post("/{endpoint_id}/deactivation", summary="Deactivate a client's webhook endpoint")
def deactivate_client_endpoint(endpoint_id: str, workspace: OpenWorkspace, client: Client) -> ClientEndpoint:
    """Nothing more is sent there, and its secrets are deleted. Its deliveries can still be read."""
    deactivate_clients(workspace.database, endpoint_id, by=client.client)
    return ClientEndpoint.of(endpoints.get_endpoint(workspace.database, None, endpoint_id))


@router.get("/{endpoint_id}/deliveries", summary="List what was sent to a client's endpoint")
def list_client_deliveries(
    endpoint_id: str,
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    after: After = None,
    limit: Limit = 50,
) -> Deliveries:
    """Messages of the last 90 days with every attempt to deliver them, the newest first."""
    found = endpoints.list_deliveries(workspace.database, None, endpoint_id, after=read_place(after), limit=limit + 1)
    last = found[limit - 1] if len(found) > limit else None
    cursor = place_cursor((last.created_at, last.id)) if last else None
    return Deliveries(items=[Delivery.of(one) for one in found[:limit]], next=next_page(request, response, cursor))


@router.post(
    "/{endpoint_id}/deliveries/{delivery_id}/replay",
    status_code=status.HTTP_202_ACCEPTED,
    response_class=Response,
    summary="Send a message to a client's endpoint once more",
)
def replay_client_delivery(endpoint_id: str, delivery_id: str, workspace: OpenWorkspace, client: Client) -> None:
    """Sends it again under the same webhook-id, so that a receiver that has it knows."""
    replay_clients(workspace.database, endpoint_id, delivery_id, by=client.client)
