"""How much is known of whom: by department and by group, the thinnest first."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from fastapi import Request
from fastapi.responses import HTMLResponse

from matchmaker.curation.listing import list_covered
from matchmaker.db.work_lists import THIN
from matchmaker.domain.curation import GroupState
from matchmaker.text.ordering import swedish_key
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.catalogue_common import COLLECTION, READ, catalogue_page, catalogue_router, catalogue_words
from matchmaker_api.pages.catalogue_read_list import Row, group_rows
from matchmaker_api.pages.catalogue_words import CatalogueWords
from matchmaker_api.pictures.year_bars import year_bars

router = catalogue_router()

Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class Department:
    """A department with its groups taken together; a work of two of its groups counts for both."""

    code: str
    name: str
    groups: int
    thin: int
    works: int
    with_text: int


@router.api_route("/coverage", methods=READ)
def show_coverage(request: Request, workspace: OpenWorkspace) -> HTMLResponse:
    words = catalogue_words(request, workspace)
    with workspace.database.reading() as session:
        groups = list_covered(session, COLLECTION)
    # Ways in (offices, companies, centres) are not found by works, so that nothing lacks where they have none.
    experts = [one for one in groups if one.line.state is GroupState.ACTIVE and not one.line.group.kind.is_route]
    rows = group_rows(experts, words)
    own = [row.coverage for row in rows]
    return catalogue_page(
        request,
        "pages/catalogue_coverage.html",
        workspace,
        rows=sorted(rows, key=lambda row: row.coverage.with_text),  # stable: the alphabet's order within a number
        departments=_departments(rows, words),
        most=max((one.works for one in own), default=0),
        thin=sum(row.is_thin for row in rows),
        limit=THIN,
        years=year_bars(_sum(one.years for one in own)),
        languages=[(words.language(code), n) for code, n in _sum(one.languages for one in own).most_common()],
        kinds=[(words.work_kind(code), n) for code, n in _sum(one.kinds for one in own).most_common()],
    )


def _sum(counts: Iterable[Mapping[Key, int]]) -> Counter[Key]:
    total: Counter[Key] = Counter()
    for one in counts:
        total.update(one)
    return total


def _departments(rows: Sequence[Row], words: CatalogueWords) -> list[Department]:
    """The departments in the alphabet's order, those without one at the end."""
    by_code: dict[str, list[Row]] = {}
    for row in rows:
        by_code.setdefault(row.line.group.department or "", []).append(row)
    found = [
        Department(
            code,
            words.department(code or None),
            len(own),
            sum(row.is_thin for row in own),
            sum(row.coverage.works for row in own),
            sum(row.coverage.with_text for row in own),
        )
        for code, own in by_code.items()
    ]
    return sorted(found, key=lambda one: (not one.code, swedish_key(one.name)))
