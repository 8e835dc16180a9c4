"""Asking for alerts on a group's page. Nothing is sent to the address but a question, until it has said yes."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import Response

from matchmaker.domain.errors import InvalidChallengeError
from matchmaker.review.alerts import Wish, ask_for_alerts, check_takes_part
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages import desk_places
from matchmaker_api.pages.catalogue_common import Sent, text_fields
from matchmaker_api.pages.catalogue_read_group import Trouble
from matchmaker_api.pages.challenge_views import go_to
from matchmaker_api.pages.researcher_common import COLLECTION, GroupId, group_path, group_router
from matchmaker_api.pages.researcher_read import own_page
from matchmaker_api.sites import alert_address

router = group_router()


@router.post("/{token}/alerts")
def ask(request: Request, workspace: OpenWorkspace, say: Say, sent: Sent, token: str, group_id: GroupId) -> Response:
    """Ask the address, or say what is wrong with what was typed."""
    typed = text_fields(sent)
    known = desk_places.area_names(workspace.settings.catalogue_folder)
    areas = tuple(str(one) for one in sent.getlist("areas") if str(one) in known)
    wish = Wish(typed.get("address", ""), areas, typed.get("near") == "yes", say.language)
    try:
        check_takes_part(workspace.database, COLLECTION, group_id)
        asked = ask_for_alerts(
            workspace.database,
            COLLECTION,
            group_id,
            wish,
            lambda link: alert_address(request, link),
        )
    except InvalidChallengeError as error:
        trouble = Trouble("alerts", error.field, say.say_error(error), {**typed, "areas": " ".join(areas)})
        return own_page(request, workspace, token, group_id, trouble, HTTPStatus.UNPROCESSABLE_ENTITY)
    return go_to(f"{group_path(token)}?done={asked.value}")
