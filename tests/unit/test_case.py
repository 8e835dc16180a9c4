"""Acts on a case are functions from a case to a case, and undoing one gives the case before it."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.case import (
    Candidate,
    Case,
    Decision,
    Origin,
    RejectionReason,
    Route,
    add,
    decide,
    difference,
    move,
    rematch,
    restore,
)
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.domain.description import Description
from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.language import LocalisedText
from matchmaker.domain.shortlist import Confidence, Suggestion
from matchmaker.domain.workflow import State

GROUPS = [f"group-{number}" for number in range(6)]


def suggestion(identifier: str, rank: int = 1) -> Suggestion:
    return Suggestion(
        rank=rank,
        collaborator_id=identifier,
        name=LocalisedText(sv=identifier),
        kind=CollaboratorKind.RESEARCH_GROUP,
        department="SBN",
        web_page=None,
        contacts=(),
        is_entrance=False,
        score=1.0,
        confidence=Confidence.STRONG,
        dense_share=0.5,
        lexical_share=0.5,
        evidence=(),
    )


def case(*groups: str) -> Case:
    return Case(
        id="c",
        collection="main",
        state=State.IN_REVIEW,
        revision=3,
        version=1,
        description=Description("2580", "Titel", "Problem"),
        language=None,
        created_at=datetime(2026, 11, 25, tzinfo=UTC),
        candidates=tuple(Candidate(suggestion(one, rank)) for rank, one in enumerate(groups, start=1)),
    )


def ids(of: Case) -> list[str]:
    return [one.id for one in of.candidates]


@pytest.mark.parametrize(("to", "order"), [(1, "cab"), (2, "acb"), (3, "abc"), (9, "abc"), (-4, "cab")])
def test_a_candidate_is_moved_to_a_place_and_stops_at_the_ends(to: int, order: str) -> None:
    assert ids(move(case("a", "b", "c"), "c", to)) == list(order)


def test_a_decision_is_about_one_candidate_and_keeps_its_place() -> None:
    decided = decide(case("a", "b"), "b", Decision.REJECTED, RejectionReason.CONFLICT, "leverantör")
    assert ids(decided) == ["a", "b"]
    assert [one.decision for one in decided.candidates] == [Decision.PENDING, Decision.REJECTED]
    assert decided.candidates[1].reason is RejectionReason.CONFLICT
    with pytest.raises(NotFoundError):
        decide(decided, "z", Decision.ACCEPTED)


def test_nobody_is_added_twice() -> None:
    accepted = decide(case("a"), "a", Decision.ACCEPTED)
    added = add(accepted, [Candidate(suggestion("a")), Candidate(suggestion("b"), Origin.ADVISER)])
    assert ids(added) == ["a", "b"]
    assert added.candidates[0].decision is Decision.ACCEPTED


def test_a_new_list_keeps_what_was_decided_and_added() -> None:
    before = decide(case("a", "b", "c"), "b", Decision.REJECTED, RejectionReason.OFF_TOPIC)
    before = add(before, [Candidate(suggestion("x"), Origin.ADVISER)])
    after = rematch(before, [suggestion("d", 1), suggestion("b", 2), suggestion("a", 3)])
    assert ids(after) == ["b", "x", "d", "a"]
    assert after.candidates[0].decision is Decision.REJECTED
    assert after.candidates[0].suggestion.rank == 2
    assert after.candidates[1].origin is Origin.ADVISER


decisions = st.builds(
    lambda who, what, why: lambda of: decide(of, who, what, why, "ord"),
    st.sampled_from(GROUPS),
    st.sampled_from(Decision),
    st.none() | st.sampled_from(RejectionReason),
)
moves = st.builds(lambda who, to: lambda of: move(of, who, to), st.sampled_from(GROUPS), st.integers(-2, 9))
additions = st.builds(
    lambda who: lambda of: add(of, [Candidate(suggestion(one), Origin.MORE) for one in who]),
    st.lists(st.sampled_from(["new-1", "new-2", *GROUPS]), unique=True),
)
settings_of_the_case = st.builds(
    lambda owner, route: lambda of: replace(of, owner=owner, route=route),
    st.none() | st.just("adviser-1"),
    st.none() | st.sampled_from(Route),
)
acts = st.lists(decisions | moves | additions | settings_of_the_case, min_size=1, max_size=8)


@given(acts)
def test_undoing_every_act_in_turn_gives_the_case_as_it_was(done: list) -> None:
    start = case(*GROUPS)
    passed = [start]
    for act in done:
        passed.append(act(passed[-1]))
    current = passed[-1]
    for before, after in reversed(list(itertools.pairwise(passed))):
        assert current == after
        current = restore(current, difference(before, after)[0])
    assert current == start


@given(acts)
def test_a_difference_tells_only_of_what_changed(done: list) -> None:
    before = case(*GROUPS)
    after = before
    for act in done:
        after = act(after)
    old, new = difference(before, after)
    assert old.keys() == new.keys()
    assert bool(old) == (before != after)
