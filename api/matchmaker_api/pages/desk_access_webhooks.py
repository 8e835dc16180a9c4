"""A webhook endpoint as the operator sees it: what was sent there, every attempt, and sending it again."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from matchmaker.db.webhook_log import ReplayError
from matchmaker.notify.endpoints import get_endpoint, list_deliveries
from matchmaker.review.client_webhooks import deactivate_clients, replay_clients
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.identity.current import acting
from matchmaker_api.language import request_translator
from matchmaker_api.pages import desk_places
from matchmaker_api.pages.desk_common import READ, Adviser, desk_page, desk_router

router = desk_router()

SHOWN = 50


@router.api_route("/access/webhooks/{endpoint_id}", methods=READ)
def show_endpoint(request: Request, workspace: OpenWorkspace, adviser: Adviser, endpoint_id: str) -> HTMLResponse:
    return _page(request, workspace, adviser, endpoint_id, done=request.query_params.get("done", ""))


@router.post("/access/webhooks/{endpoint_id}/deliveries/{delivery_id}/replay")
def send_again(
    request: Request, workspace: OpenWorkspace, adviser: Adviser, endpoint_id: str, delivery_id: str
) -> Response:
    try:
        replay_clients(workspace.database, endpoint_id, delivery_id, by=acting(request))
    except ReplayError as error:
        trouble = request_translator(request).say_error(error)
        return _page(request, workspace, adviser, endpoint_id, trouble=trouble, status=HTTPStatus.CONFLICT)
    return RedirectResponse(f"/desk/access/webhooks/{endpoint_id}?done=replayed", HTTPStatus.SEE_OTHER)


@router.post("/access/webhooks/{endpoint_id}/deactivate")
def switch_off(request: Request, workspace: OpenWorkspace, endpoint_id: str) -> Response:
    deactivate_clients(workspace.database, endpoint_id, by=acting(request))
    return RedirectResponse(f"/desk/access/webhooks/{endpoint_id}?done=deactivated", HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    workspace: OpenWorkspace,
    adviser: str,
    endpoint_id: str,
    *,
    done: str = "",
    trouble: str = "",
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    endpoint = get_endpoint(workspace.database, None, endpoint_id)
    return desk_page(
        request,
        "pages/desk_access_webhook.html",
        workspace,
        adviser,
        status=status,
        endpoint=endpoint,
        deliveries=list_deliveries(workspace.database, None, endpoint_id, limit=SHOWN),
        names=desk_places.municipality_short_names(workspace.settings.catalogue_folder),
        shown=SHOWN,
        done=done,
        trouble=trouble,
    )
