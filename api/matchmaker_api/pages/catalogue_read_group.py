"""A group as its stewards see it: what it says, what speaks for it, what was done with it, and the acts."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse

from matchmaker.curation.listing import NOTHING
from matchmaker.db.decisions import find_events
from matchmaker.db.exports import read_availability
from matchmaker.db.group_lists import CuratedGroup, count_group_works, find_group, group_names
from matchmaker.db.histories import History, collaborator_histories
from matchmaker.db.session import Session
from matchmaker.db.work_lists import THIN, Coverage, coverage, find_group_works
from matchmaker.domain.availability import Availability
from matchmaker.domain.collaborator import KEYWORDS, PROFILE, Document
from matchmaker.domain.curation import DecisionKind
from matchmaker.domain.days import local_day
from matchmaker.domain.language import Language
from matchmaker.review.case_view import term_start
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.catalogue_common import COLLECTION, READ, catalogue_page, catalogue_router, catalogue_words
from matchmaker_api.pages.catalogue_read_list import page_number
from matchmaker_api.pages.catalogue_words import CatalogueWords
from matchmaker_api.pictures.year_bars import year_bars

router = catalogue_router()

PAGE = 20
EVENTS = 50
LANGUAGES = (Language.SWEDISH, Language.ENGLISH)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What kept an act from being done: at which field, why, and what was typed."""

    act: str
    field: str
    message: str
    typed: Mapping[str, str] = dataclasses.field(default_factory=dict)


@router.api_route("/groups/{group_id:path}", methods=READ)
def show_group(request: Request, workspace: OpenWorkspace, group_id: str) -> HTMLResponse:
    return group_page(request, workspace, group_id)


def group_page(
    request: Request, workspace: Workspace, group_id: str, trouble: Trouble | None = None, status: int = 200
) -> HTMLResponse:
    """The page of a group, with what kept an act from being done.

    Raises:
        NotFoundError: there is no such group that people look after.
    """
    words = catalogue_words(request, workspace)
    with workspace.database.reading() as session:
        group, covered, shown = read_group(session, request, group_id)
        events, names = _history(session, group, words)
    return catalogue_page(
        request,
        "pages/catalogue_group.html",
        workspace,
        status=status,
        **shown,
        covered=covered,
        years=year_bars(covered.years),
        amounts=_amounts(covered, words),
        **room_of(workspace, group_id),
        edited=group.decision(DecisionKind.EDIT),
        merged=group.decision(DecisionKind.MERGED),
        events=events,
        names=names,
        trouble=trouble,
        act_address=f"/catalogue/act/{quote(group_id, safe='')}",
        done=request.query_params.get("done", ""),
    )


def read_group(session: Session, request: Request, group_id: str) -> tuple[CuratedGroup, Coverage, dict[str, Any]]:
    """A group, what speaks for it, and what every page of it shows: its texts, and its works a page at a time.

    Raises:
        NotFoundError: there is no such group that people look after.
    """
    group = find_group(session, COLLECTION, group_id)
    total = count_group_works(session, COLLECTION, group_id)
    pages = max(1, -(-total // PAGE))
    page = min(page_number(request), pages)
    covered = coverage(session, COLLECTION, group_id).get(group_id, NOTHING)
    shown = {
        "curated": group,
        "group": group.now,
        "texts": _profile_texts(group),
        "works": find_group_works(session, COLLECTION, group_id, PAGE, (page - 1) * PAGE),
        "total": total,
        "page": page,
        "pages": pages,
        "is_thin": not group.now.kind.is_route and covered.with_text < THIN,
    }
    return group, covered, shown


def _profile_texts(group: CuratedGroup) -> list[tuple[str, Document | None, Document | None]]:
    """By language the profile and the keywords, where there are any."""
    own = {(one.kind, one.language): one for one in group.now.documents}
    return [(one.value, own.get((PROFILE, one)), own.get((KEYWORDS, one))) for one in LANGUAGES]


def room_of(workspace: Workspace, group_id: str) -> dict[str, Any]:
    """For a page: what a group is open for, how many cases are open with it, and why it takes on nothing new."""
    availability = read_availability(workspace.database, COLLECTION).get(group_id, Availability())
    since = term_start(local_day())
    with workspace.database.reading() as session:
        own = collaborator_histories(session, [group_id], None, "", since).get(group_id, History())
    hindrances = availability.hindrances(local_day(), own.open_contacts)
    return {"availability": availability, "open_contacts": own.open_contacts, "hindrances": hindrances}


def _history(session: Session, group: CuratedGroup, words: CatalogueWords) -> tuple[list[Any], dict[str, str]]:
    """The newest events, and the names of the groups that they and the group's state speak of."""
    events = find_events(session, COLLECTION, group.now.id, EVENTS)
    told = [str(one.detail[key]) for one in events for key in ("into", "group") if one.detail.get(key)]
    names = group_names(session, COLLECTION, told)
    return list(events), {key: words.name(name) for key, name in names.items()}


def _amounts(covered: Coverage, words: CatalogueWords) -> list[tuple[str, list[tuple[str, int]]]]:
    """Languages and kinds with how many works are of each, most first."""
    languages = [(words.language(code), count) for code, count in _most_first(covered.languages)]
    kinds = [(words.work_kind(code), count) for code, count in _most_first(covered.kinds)]
    return [("languages", languages), ("kinds", kinds)]


def _most_first(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))
