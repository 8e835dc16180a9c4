"""How much is known of whom: by department and by group, the thinnest first."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import HTMLResponse

from matchmaker.curation.coverage import DepartmentCoverage, by_department, list_experts, summed
from matchmaker.db.work_lists import THIN
from matchmaker.text.ordering import swedish_key
from matchmaker_api.deps import OpenWorkspace
from matchmaker_api.pages.catalogue_common import COLLECTION, READ, catalogue_page, catalogue_router, catalogue_words
from matchmaker_api.pages.catalogue_read_list import group_rows
from matchmaker_api.pages.catalogue_words import CatalogueWords
from matchmaker_api.pictures.year_bars import year_bars

router = catalogue_router()


@dataclass(frozen=True, slots=True)
class Department:
    """A department with its name in the reader's language."""

    name: str
    own: DepartmentCoverage


@router.api_route("/coverage", methods=READ)
def show_coverage(request: Request, workspace: OpenWorkspace) -> HTMLResponse:
    words = catalogue_words(request, workspace)
    with workspace.database.reading() as session:
        experts = list_experts(session, COLLECTION)
    rows = group_rows(experts, words)
    own = [row.coverage for row in rows]
    return catalogue_page(
        request,
        "pages/catalogue_coverage.html",
        workspace,
        rows=sorted(rows, key=lambda row: row.coverage.with_text),  # stable: the alphabet's order within a number
        departments=_departments(by_department(experts), words),
        most=max((one.works for one in own), default=0),
        thin=sum(row.is_thin for row in rows),
        limit=THIN,
        years=year_bars(summed(one.years for one in own)),
        languages=[(words.language(code), n) for code, n in summed(one.languages for one in own).most_common()],
        kinds=[(words.work_kind(code), n) for code, n in summed(one.kinds for one in own).most_common()],
    )


def _departments(departments: Sequence[DepartmentCoverage], words: CatalogueWords) -> list[Department]:
    """The departments in the alphabet's order, those without one at the end."""
    named = [Department(words.department(one.code or None), one) for one in departments]
    return sorted(named, key=lambda one: (not one.own.code, swedish_key(one.name)))
