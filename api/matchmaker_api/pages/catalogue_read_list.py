"""The catalogue's list: which groups there are, whether they take part, and how much speaks for them."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from matchmaker.curation.listing import CoveredGroup, GroupFilter, list_covered
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.domain.curation import GroupState
from matchmaker.text.ordering import swedish_key
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages import desk_places
from matchmaker_api.pages.catalogue_common import COLLECTION, READ, catalogue_page, catalogue_router, catalogue_words
from matchmaker_api.pages.catalogue_words import CatalogueWords

router = catalogue_router()

PAGE = 50
THIN_ONLY = "1"
NAMES = ("q", "area", "department", "kind", "state", "thin")
"""The filter's fields, in the order in which they stand in the address."""


@dataclass(frozen=True, slots=True)
class Row(CoveredGroup):
    """A group in the list, with its name in the reader's language."""

    name: str


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as it stands in the address: what is there and can be, by name; and the page."""

    fields: dict[str, str]
    page: int

    def address(self, page: int = 1, **changes: str) -> str:
        """The list's address, with some fields changed; what is empty is left out."""
        fields = {**self.fields, "page": str(page) if page > 1 else "", **changes}
        kept = {name: value for name, value in fields.items() if value}
        return f"/catalogue?{urlencode(kept)}" if kept else "/catalogue"

    def fits(self, row: Row) -> bool:
        """Whether a group is one of those that were asked for; without a state, those that take part."""
        fields = self.fields
        return GroupFilter(
            words=fields.get("q", ""),
            area=fields.get("area", ""),
            department=fields.get("department", ""),
            kind=fields.get("kind", ""),
            state=fields.get("state", GroupState.ACTIVE.value),
            is_thin="thin" in fields,
        ).fits(row)


@router.api_route("", methods=READ)
def show_list(request: Request, workspace: OpenWorkspace) -> Response:
    asked = _asked(request)
    if any(value == "" for value in request.query_params.values()):
        return RedirectResponse(asked.address(), HTTPStatus.SEE_OTHER)  # a form sends its empty fields, too
    words = catalogue_words(request, workspace)
    with workspace.database.reading() as session:
        groups = list_covered(session, COLLECTION)
    rows = group_rows(groups, words)
    found = [row for row in rows if asked.fits(row)]
    pages = max(1, -(-len(found) // PAGE))
    page = min(asked.page, pages)
    return catalogue_page(
        request,
        "pages/catalogue_list.html",
        workspace,
        asked=asked,
        rows=found[(page - 1) * PAGE : page * PAGE],
        total=len(found),
        page=page,
        pages=pages,
        counts=Counter(row.line.state.value for row in rows),
        thin=sum(row.is_thin and row.line.state is GroupState.ACTIVE for row in rows),
        filters=_options(rows, words),
    )


def group_rows(groups: Sequence[CoveredGroup], words: CatalogueWords) -> list[Row]:
    """Groups in the alphabet's order of the names that the reader sees."""
    rows = [Row(one.line, one.coverage, words.name(one.line.group.name)) for one in groups]
    return sorted(rows, key=lambda row: (swedish_key(row.name), row.line.group.id))


def _asked(request: Request) -> Asked:
    """The filter of an address; what it says that cannot be is left out."""
    possible = {
        "kind": {one.value for one in CollaboratorKind},
        "state": {one.value for one in GroupState},
        "thin": {THIN_ONLY},
    }
    query = request.query_params
    fields = {name: query.get(name, "").strip() for name in NAMES}
    fields = {name: value for name, value in fields.items() if value and value in possible.get(name, {value})}
    return Asked(fields, page_number(request))


def page_number(request: Request) -> int:
    """The page that the address asks for; 1 where it says nothing that can be."""
    text = request.query_params.get("page", "")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def _options(rows: Sequence[Row], words: CatalogueWords) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen: all areas that there are, and the departments and kinds that some group has."""
    departments = {row.line.group.department for row in rows if row.line.group.department}
    kinds = {row.line.group.kind for row in rows}
    return {
        "area": [(code, words.area(code)) for code in desk_places.area_names(words.catalogue)],
        "department": _sorted((code, words.department(code)) for code in departments),
        "kind": _sorted((kind.value, words.kind(kind)) for kind in kinds),
    }


def _sorted(options: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(options, key=lambda one: swedish_key(one[1]))
