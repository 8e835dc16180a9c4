"""Works that are nobody's yet: groups searched for them, suggested, and said yes or no to, many at a time."""

from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import FormData

from matchmaker.curation.groups import decide_links
from matchmaker.curation.suggesting import SuggestionWorker
from matchmaker.db.group_lists import list_groups
from matchmaker.db.work_lists import count_suggested, count_undecided, count_unlinked, find_suggested
from matchmaker.domain.curation import GroupState
from matchmaker.text.ordering import swedish_key
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.catalogue_common import (
    COLLECTION,
    READ,
    By,
    Sent,
    catalogue_page,
    catalogue_router,
    catalogue_words,
    text_fields,
)
from matchmaker_api.pages.catalogue_read_list import page_number

router = catalogue_router()

PAGE = 25
SECONDS_BETWEEN = 2

Pair = tuple[str, str]
"""A work and a group."""


@router.api_route("/links", methods=READ)
def show_links(request: Request, workspace: OpenWorkspace) -> Response:
    return _page(request, workspace)


@router.api_route("/links/presence", methods=READ)
def look_again(request: Request, workspace: OpenWorkspace) -> Response:
    """The same page for itself to look at while a search runs: that keeps no session alive."""
    return _page(request, workspace)


@router.post("/links/search")
def search(request: Request) -> Response:
    """Have groups searched for the works that are nobody's, beside the answering."""
    _worker(request).ask(COLLECTION)
    return RedirectResponse("/catalogue/links", HTTPStatus.SEE_OTHER)


@router.post("/links/decide")
def decide(request: Request, workspace: OpenWorkspace, by: By, sent: Sent) -> Response:
    """Say yes or no to the ticked works. Where another group is chosen, the work is that one's and not the other's."""
    ticked = [read_pair(one) for one in sent.getlist("pick") if isinstance(one, str) and " " in one]
    accept = text_fields(sent).get("answer") == "yes"
    known = {value for value, _ in _groups(request, workspace)}
    chosen = [(work, _chosen(sent, work, group, known)) for work, group in ticked]
    if accept:
        decide_links(workspace.database, COLLECTION, chosen, by, accept=True)
        refused = [pair for pair, other in zip(ticked, chosen, strict=True) if pair != other]
    else:
        refused = ticked
    if refused:
        decide_links(workspace.database, COLLECTION, refused, by, accept=False)
    answer = "confirmed" if accept else "refused"
    return RedirectResponse(f"/catalogue/links?{answer}={len(ticked)}", HTTPStatus.SEE_OTHER)


def read_pair(text: str) -> Pair:
    """A work and a group out of a ticked box; ids of groups have no spaces, those of works may."""
    work, _, group = text.rpartition(" ")
    return work, group


def _chosen(sent: FormData, work: str, group: str, known: set[str]) -> str:
    other = sent.get(f"group-{work}")
    return other if isinstance(other, str) and other in known else group


def _worker(request: Request) -> SuggestionWorker:
    worker: SuggestionWorker = request.app.state.suggester
    return worker


def _groups(request: Request, workspace: Workspace) -> list[tuple[str, str]]:
    """The groups that works can be given to, in the alphabet's order."""
    words = catalogue_words(request, workspace)
    with workspace.database.reading() as session:
        lines = list_groups(session, COLLECTION)
    named = ((one.group.id, words.name(one.group.name)) for one in lines if one.state is GroupState.ACTIVE)
    return sorted(named, key=lambda one: swedish_key(one[1]))


def _page(request: Request, workspace: Workspace) -> Response:
    query = request.query_params
    with workspace.database.reading() as session:
        suggested, unlinked = count_suggested(session, COLLECTION), count_unlinked(session, COLLECTION)
        pages = max(1, -(-suggested // PAGE))
        page = min(page_number(request), pages)
        found = find_suggested(session, COLLECTION, PAGE, (page - 1) * PAGE)
        summaries = {one.group.id: one for one in list_groups(session, COLLECTION)}
        undecided = count_undecided(session, COLLECTION)
    running = _worker(request).search(COLLECTION)
    return catalogue_page(
        request,
        "pages/catalogue_links.html",
        workspace,
        found=found,
        lines=summaries,
        groups=_groups(request, workspace),
        suggested=suggested,
        unlinked=unlinked,
        undecided=undecided,
        page=page,
        pages=pages,
        ticked=query.get("all") == "1",
        search=running,
        left=running.time_left(datetime.now(UTC)) if running else None,
        seconds=SECONDS_BETWEEN,
        confirmed=_count(query.get("confirmed", "")),
        refused=_count(query.get("refused", "")),
    )


def _count(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0
