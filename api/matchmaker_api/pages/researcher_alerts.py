"""Asking for alerts on a group's page. Nothing is sent to the address but a question, until it has said yes."""

from http import HTTPStatus
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response

from matchmaker.db.group_lists import find_group
from matchmaker.domain.curation import GroupState
from matchmaker.domain.errors import InvalidChallengeError, mark
from matchmaker.review.alerts import Wish, ask_for_alerts
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages import desk_places
from matchmaker_api.pages.catalogue_common import Sent, text_fields
from matchmaker_api.pages.catalogue_read_group import Trouble
from matchmaker_api.pages.challenge_views import go_to, site_address
from matchmaker_api.pages.researcher_common import COLLECTION, GroupId, group_path, group_router
from matchmaker_api.pages.researcher_read import own_page
from matchmaker_api.paths import ALERTS

router = group_router()


@router.post("/{token}/alerts")
def ask(request: Request, workspace: OpenWorkspace, say: Say, sent: Sent, token: str, group_id: GroupId) -> Response:
    """Ask the address, or say what is wrong with what was typed."""
    typed = text_fields(sent)
    known = desk_places.area_names(workspace.settings.catalogue_folder)
    areas = tuple(str(one) for one in sent.getlist("areas") if str(one) in known)
    wish = Wish(typed.get("address", ""), areas, typed.get("near") == "yes", say.language)
    try:
        _check_takes_part(workspace, group_id)
        asked = ask_for_alerts(
            workspace.database,
            COLLECTION,
            group_id,
            wish,
            lambda link: f"{site_address(request)}{ALERTS}/{quote(link)}",
        )
    except InvalidChallengeError as error:
        trouble = Trouble("alerts", error.field, say.say_error(error), {**typed, "areas": " ".join(areas)})
        return own_page(request, workspace, token, group_id, trouble, HTTPStatus.UNPROCESSABLE_ENTITY)
    return go_to(f"{group_path(token)}?done={asked.value}")


def _check_takes_part(workspace: OpenWorkspace, group_id: str) -> None:
    with workspace.database.reading() as session:
        if find_group(session, COLLECTION, group_id).state is not GroupState.ACTIVE:
            raise InvalidChallengeError("address", mark("There are no alerts while the group takes no part."))
