"""The blind round: candidates graded on their evidence alone, before the system's order is seen."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.db.session import Database
from matchmaker.domain.case import Candidate, Case
from matchmaker.domain.days import local_day
from matchmaker.domain.description import FieldProblem, InvalidDescriptionError
from matchmaker.domain.errors import mark
from matchmaker.review.case_view import CaseView, has_visited, note_visit, read_case
from matchmaker.review.desk import Desk

MOST_GRADED = 6
"""As many as can be read in two minutes."""

GRADES = (
    (0, mark("not relevant")),
    (1, mark("marginal, but defensible")),
    (2, mark("clearly able to help with a main part")),
    (3, mark("would be the first to call")),
)


@dataclass(frozen=True, slots=True)
class BlindRound:
    """What an adviser grades, in an order that tells nothing; by the system's ranks once all of it is ``graded``.

    ``seen``: the adviser has had the case open before, so that no grade counts as blind.
    """

    view: CaseView
    chosen: list[Candidate]
    graded: bool
    seen: bool


def read_round(database: Database, case_id: str, adviser: str) -> BlindRound:
    """The round of an adviser. Reading it shows no order, and is no visit, until all is graded.

    Raises:
        NotFoundError: there is no such case.
    """
    view = read_case(database, case_id, adviser, local_day())
    seen = has_visited(database, case_id, adviser)
    chosen = shuffled(view.case, adviser)
    graded = bool(chosen) and all(one.id in view.judgments for one in chosen)
    if graded:
        note_visit(database, case_id, adviser)  # from here on the order is known
        chosen.sort(key=lambda one: one.suggestion.rank)
    return BlindRound(view, chosen, graded, seen)


def keep_grades(desk: Desk, case_id: str, grades: Mapping[str, int]) -> bool:
    """Keep the grades, 0 to 3 by collaborator; blind only if the adviser has not had the case open. Whether all were
    kept: what was graded blind before stays as it was.

    Raises:
        NotFoundError: there is no such case.
        InvalidDescriptionError: some of the round have no grade (``grades/<id>``), or others have one (``grades``).
    """
    round_ = read_round(desk.database, case_id, desk.adviser)
    wanted = {one.id for one in round_.chosen}
    missing = [
        FieldProblem(f"grades/{one.id}", mark("Choose a grade.")) for one in round_.chosen if one.id not in grades
    ]
    others = [
        FieldProblem("grades", mark("{id} is not graded here."), {"id": one}) for one in grades if one not in wanted
    ]
    if missing or others:
        raise InvalidDescriptionError([*missing, *others])
    return desk.judge(case_id, grades, blind=not round_.seen)


def shuffled(case: Case, adviser: str) -> list[Candidate]:
    """The system's first experts in an order that is the adviser's own and always the same."""
    experts = [one for one in case.candidates if one.suggestion.rank and not one.suggestion.kind.is_route]
    first = sorted(experts, key=lambda one: (one.suggestion.rank, one.id))[:MOST_GRADED]
    random.Random(f"{case.id}:{adviser}").shuffle(first)  # noqa: S311  # an order, not a secret
    return first
