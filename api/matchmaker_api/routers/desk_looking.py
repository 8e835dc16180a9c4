"""What an adviser looks up beside a case: anyone of the catalogue, both lists, the map, the blind round."""

from typing import Annotated

from fastapi import APIRouter, Query

from matchmaker.domain.days import local_day
from matchmaker.expertise_map import expertise_map
from matchmaker.review.blind import keep_grades, read_round
from matchmaker.review.case_view import note_visit, read_case
from matchmaker.review.comparison import compare
from matchmaker.review.finding import find_anyone
from matchmaker.review.intake import challenge_of, match_if_possible
from matchmaker_api.case_versions import AtTheDesk
from matchmaker_api.deps import Say
from matchmaker_api.schemas.desk_acts import BlindGrades
from matchmaker_api.schemas.desk_looking import (
    BlindRound,
    ComparedLists,
    ComparedSuggestion,
    FoundCollaborator,
    FoundCollaborators,
    GradesKept,
    Map,
)

router = APIRouter(prefix="/api/v1/desk/cases/{case_id}", tags=["desk"])


@router.get("/found", summary="Search the catalogue for a case")
def find_for_case(
    acting: AtTheDesk,
    q: Annotated[str, Query(min_length=1, max_length=300, description="A name, or what they work with.")],
) -> FoundCollaborators:
    """Those whose names have the words, then those who work with what the words say."""
    database, matcher = acting.workspace.database, acting.workspace.matcher
    found = find_anyone(database, acting.case_id, q, matcher) if q.strip() else []
    return FoundCollaborators(items=[FoundCollaborator.of(one) for one in found])


@router.get("/comparison", summary="Compare the system's list with the adviser's")
def compare_lists(acting: AtTheDesk) -> ComparedLists:
    """The accepted in their order, then the rest in the system's order."""
    database = acting.workspace.database
    note_visit(database, acting.case_id, acting.adviser)
    view = read_case(database, acting.case_id, acting.adviser, local_day())
    return ComparedLists(items=[ComparedSuggestion.of(one) for one in compare(view.case, view.system_list)])


@router.get("/map", summary="Read where a challenge lands among everybody")
def read_expertise_map(acting: AtTheDesk) -> Map:
    """The collection laid out by meaning, nearest to the challenge first; distances compare, and have no unit."""
    database = acting.workspace.database
    note_visit(database, acting.case_id, acting.adviser)
    case = read_case(database, acting.case_id, acting.adviser, local_day()).case
    return Map.of(expertise_map(acting.workspace.matcher(case.collection), challenge_of(case)))


@router.get("/blind-round", summary="Read the blind round of a case")
def read_blind_round(acting: AtTheDesk, say: Say) -> BlindRound:
    """Evidence only, shuffled: no order, confidence or score. When you have graded all, the system's order."""
    match_if_possible(acting.workspace.database, acting.case_id, acting.workspace.matcher)
    return BlindRound.of(read_round(acting.workspace.database, acting.case_id, acting.adviser), say)


@router.put("/blind-round/grades", summary="Grade the blind round")
def grade_blind(grades: BlindGrades, acting: AtTheDesk) -> GradesKept:
    """A grade for each of the round. They count as blind only where you have not read the case before."""
    return GradesKept(all_kept=keep_grades(acting.desk, acting.case_id, grades.grades))
