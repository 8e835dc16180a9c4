"""Making one group of two, and two of one: what will happen stands on a page before it is done."""

from collections.abc import Mapping
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from matchmaker.curation.groups import merge_groups, split_group
from matchmaker.db.group_lists import CuratedGroup, count_group_works, find_group, list_groups
from matchmaker.db.work_lists import LinkedWork, find_group_works
from matchmaker.domain.curation import GroupState
from matchmaker.domain.errors import InvalidChallengeError, mark
from matchmaker.domain.language import LocalisedText
from matchmaker.text.ordering import swedish_key
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages.catalogue_common import (
    COLLECTION,
    READ,
    By,
    Sent,
    catalogue_page,
    catalogue_router,
    catalogue_words,
    group_address,
    text_fields,
)

router = catalogue_router()

MOST_WORKS = 1_000
"""Of a group that is split, shown to choose from; the newest, where it has more."""


@router.api_route("/merge/{group_id:path}", methods=READ)
def show_merger(request: Request, workspace: OpenWorkspace, group_id: str, into: str = "") -> Response:
    """Choose with whom; then, with ``into``, what will happen."""
    return _merger(request, workspace, group_id, into)


@router.post("/merge/{group_id:path}")
def merge(request: Request, workspace: OpenWorkspace, by: By, say: Say, sent: Sent, group_id: str) -> Response:
    into = text_fields(sent).get("into", "")
    _group(workspace, group_id)
    if into not in dict(_others(request, workspace, group_id)):
        trouble = say.say(mark("Choose another group."))
        return _merger(request, workspace, group_id, "", trouble, HTTPStatus.UNPROCESSABLE_ENTITY)
    merge_groups(workspace.database, COLLECTION, group_id, into, by)
    return RedirectResponse(f"{group_address(into)}?done=took_in", HTTPStatus.SEE_OTHER)


@router.api_route("/split/{group_id:path}", methods=READ)
def show_split(request: Request, workspace: OpenWorkspace, group_id: str) -> Response:
    return _split(request, workspace, group_id, {}, [])


@router.post("/split/{group_id:path}")
def split(request: Request, workspace: OpenWorkspace, by: By, say: Say, sent: Sent, group_id: str) -> Response:
    typed = {name: value.strip() for name, value in text_fields(sent).items()}
    chosen = [one for one in sent.getlist("works") if isinstance(one, str)]
    _, works = _works(workspace, group_id)
    own = {one.work.id for one in works}
    try:
        if not typed.get("name_sv"):
            raise InvalidChallengeError("name_sv", mark("Write something here."))
        new = split_group(
            workspace.database,
            COLLECTION,
            group_id,
            LocalisedText(typed["name_sv"], typed.get("name_en") or None),
            LocalisedText(typed.get("summary_sv") or " ", typed.get("summary_en") or None),
            [one for one in chosen if one in own],
            by,
        )
    except InvalidChallengeError as error:
        errors = {error.field: say.say_error(error)}
        return _split(request, workspace, group_id, typed, chosen, errors, HTTPStatus.UNPROCESSABLE_ENTITY)
    return RedirectResponse(f"{group_address(new)}?done=split", HTTPStatus.SEE_OTHER)


def _group(workspace: Workspace, group_id: str) -> CuratedGroup:
    with workspace.database.reading() as session:
        return find_group(session, COLLECTION, group_id)


def _works(workspace: Workspace, group_id: str) -> tuple[CuratedGroup, list[LinkedWork]]:
    with workspace.database.reading() as session:
        group = find_group(session, COLLECTION, group_id)
        return group, find_group_works(session, COLLECTION, group_id, MOST_WORKS)


def _others(request: Request, workspace: Workspace, group_id: str) -> list[tuple[str, str]]:
    """The groups that take part, without this one, in the alphabet's order."""
    words = catalogue_words(request, workspace)
    with workspace.database.reading() as session:
        lines = list_groups(session, COLLECTION)
    others = [one.group for one in lines if one.state is GroupState.ACTIVE and one.group.id != group_id]
    return sorted(((one.id, words.name(one.name)) for one in others), key=lambda one: swedish_key(one[1]))


def _merger(
    request: Request, workspace: Workspace, group_id: str, into: str, trouble: str = "", status: int = HTTPStatus.OK
) -> Response:
    group, others = _group(workspace, group_id), _others(request, workspace, group_id)
    target = _group(workspace, into).now if into in dict(others) else None
    with workspace.database.reading() as session:
        counts = [count_group_works(session, COLLECTION, one) for one in (group_id, into)]
    return catalogue_page(
        request,
        "pages/catalogue_merge.html",
        workspace,
        status=status,
        group=group.now,
        others=others,
        target=target,
        own=counts[0],
        theirs=counts[1],
        trouble=trouble,
    )


def _split(
    request: Request,
    workspace: Workspace,
    group_id: str,
    typed: Mapping[str, str],
    chosen: list[str],
    errors: Mapping[str, str] | None = None,
    status: int = HTTPStatus.OK,
) -> Response:
    group, works = _works(workspace, group_id)
    return catalogue_page(
        request,
        "pages/catalogue_split.html",
        workspace,
        status=status,
        group=group.now,
        works=works,
        most=MOST_WORKS,
        typed=typed,
        chosen=set(chosen),
        errors=list((errors or {}).items()),
        complaints=errors or {},
    )
