"""What a group does on its own page: the steward's acts as far as they are a group's own business, and taking part."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from matchmaker.curation.researchers import BY, check_own_work
from matchmaker.db.group_lists import find_group
from matchmaker.domain.curation import GroupState
from matchmaker.domain.errors import InvalidChallengeError, mark
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages.catalogue_act import ACTS, Wish, page_of
from matchmaker_api.pages.catalogue_common import READ, Sent, text_fields
from matchmaker_api.pages.catalogue_read_group import Trouble
from matchmaker_api.pages.challenge_views import go_to
from matchmaker_api.pages.researcher_common import COLLECTION, GroupId, group_path, group_router, researcher_page
from matchmaker_api.pages.researcher_read import own_page

router = group_router()

OF_WORKS = frozenset({"hide", "show", "pin", "unpin"})
OWN_ACTS = frozenset({*OF_WORKS, "add", "availability"})
TAKING_PART = {GroupState.OPTED_OUT: "opt_in"}
"""What a group can do about taking part, by its state; in all others it can opt out."""


@router.post("/{token}/act")
def act(request: Request, workspace: OpenWorkspace, say: Say, sent: Sent, token: str, group_id: GroupId) -> Response:
    """Do what the form asks for. What is wrong is told at its field, with all that was typed.

    Raises:
        NotFoundError: the work that the form names is not one of the group's.
    """
    typed = text_fields(sent)
    name = typed.get("act", "")
    if name not in OWN_ACTS:
        trouble = Trouble(name, "", say.say(mark("This cannot be done here.")))
        return own_page(request, workspace, token, group_id, trouble, HTTPStatus.UNPROCESSABLE_ENTITY)
    if name in OF_WORKS:
        check_own_work(workspace.database, COLLECTION, group_id, typed.get("work", ""))
    try:
        ACTS[name](Wish(workspace, group_id, BY, typed))
    except InvalidChallengeError as error:
        trouble = Trouble(name, error.field, say.say_error(error), typed)
        return own_page(request, workspace, token, group_id, trouble, HTTPStatus.UNPROCESSABLE_ENTITY)
    place = "#open-for" if name == "availability" else page_of(typed.get("page", ""))
    return go_to(f"{group_path(token)}?done={name}{place}")


@router.api_route("/{token}/taking-part", methods=READ)
def ask_about_taking_part(request: Request, workspace: OpenWorkspace, token: str, group_id: GroupId) -> HTMLResponse:
    """What opting out or in would do, and the button; nothing is done yet."""
    with workspace.database.reading() as session:
        group = find_group(session, COLLECTION, group_id)
    return researcher_page(
        request,
        "pages/researcher_taking_part.html",
        workspace,
        token,
        group=group.now,
        act=TAKING_PART.get(group.state, "opt_out"),
    )


@router.post("/{token}/taking-part")
def take_part(workspace: OpenWorkspace, sent: Sent, token: str, group_id: GroupId) -> RedirectResponse:
    """Opt out or in; what the group is already it stays."""
    name = "opt_in" if text_fields(sent).get("act") == "opt_in" else "opt_out"
    with workspace.database.reading() as session:
        state = find_group(session, COLLECTION, group_id).state
    if TAKING_PART.get(state, "opt_out") == name:
        ACTS[name](Wish(workspace, group_id, BY, {}))
    return go_to(f"{group_path(token)}?done={name}")
