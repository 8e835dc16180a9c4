"""Laws of the states: whatever is done in whatever order, nothing is approved without an adviser's act."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.workflow import (
    FINISHED,
    TRANSITIONS,
    UNDER_REVIEW,
    WITH_THE_GROUPS,
    Act,
    IllegalActError,
    Party,
    State,
    allowed,
    next_state,
)


def walk(steps: list[tuple[Act, Party]]) -> list[tuple[State, Act, Party, State]]:
    """The transitions that happen when acts are tried one after the other, illegal ones left out."""
    state, taken = State.DRAFT, []
    for act, party in steps:
        try:
            target = next_state(state, act, party)
        except IllegalActError:
            continue
        taken.append((state, act, party, target))
        state = target
    return taken


steps = st.lists(st.tuples(st.sampled_from(Act), st.sampled_from(Party)), max_size=60)


@given(steps)
def test_no_path_reaches_the_groups_but_through_an_advisers_approval(tried: list[tuple[Act, Party]]) -> None:
    for source, act, party, target in walk(tried):
        if target in WITH_THE_GROUPS and source not in WITH_THE_GROUPS:
            assert (act, party, target) == (Act.APPROVE, Party.ADVISER, State.APPROVED)
            assert source in UNDER_REVIEW


@given(steps)
def test_an_amended_challenge_is_matched_and_reviewed_again(tried: list[tuple[Act, Party]]) -> None:
    taken = walk(tried)
    for (_, act, _, _), (_, following, party, target) in itertools.pairwise(taken):
        if act is Act.AMEND and target not in FINISHED and following is not Act.AMEND:
            assert (following, party) == (Act.MATCH, Party.SYSTEM)


def test_an_act_of_a_party_in_a_state_has_one_outcome() -> None:
    keys = [(one.act, one.party, source) for one in TRANSITIONS for source in one.sources]
    assert len(keys) == len(set(keys))


def test_every_state_can_be_reached_and_an_open_one_left() -> None:
    reached, frontier = {State.DRAFT}, [State.DRAFT]
    while frontier:
        state = frontier.pop()
        for party in Party:
            for act in allowed(state, party):
                target = next_state(state, act, party)
                if target not in reached:
                    reached.add(target)
                    frontier.append(target)
    assert reached == set(State)
    for state in set(State) - {State.WITHDRAWN}:
        assert any(allowed(state, party) for party in Party), state


def test_the_system_approves_nothing() -> None:
    assert not any(Act.APPROVE in allowed(state, Party.SYSTEM) for state in State)
    assert not any(Act.APPROVE in allowed(state, Party.OFFICER) for state in State)
