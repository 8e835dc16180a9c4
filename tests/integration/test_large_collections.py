"""In a large collection only candidates are scored; who stands where is as if everybody had been."""

from contextlib import closing
from dataclasses import replace

import numpy as np
import pytest

from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.db.pgvector_index import open_pgvector
from matchmaker.db.postgres_lexical import open_postgres_lexical
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.indexing import IndexRecipe, build_index
from matchmaker.pipeline import Matcher
from matchmaker.ranking.scorer import ALL_CHANNELS, NO_EVIDENCE_SCORE, Channel, Scorer, best_first
from matchmaker.retrieval.candidates import CandidateSearch
from matchmaker.retrieval.index import Attribution, PassageIndex
from tests.conftest import ROOT, collaborator
from tests.fakes import HashingEncoder

WORDS = "snö is väg vatten rör malm berg skola lärare omsorg buss energi värme skog ren fjäll hamn båt data nät".split()
SCORER = Scorer.read(ROOT / "models" / "ranking" / "weights.json")
CHALLENGES = [
    Challenge("a", "Snö och is på vägen till skolan"),
    Challenge("b", "Vattnet i röret fryser. Lärarna i skolan behöver hjälp med data och nät. Bussen går för sällan."),
    Challenge("c", "Malm ur berget till hamnen"),
]


def people(count: int) -> MemoryCollection:
    """Collaborators with one to four texts of a few words each."""
    draw = np.random.default_rng(3)
    return MemoryCollection(
        "main",
        [
            collaborator(f"c{number:03}", *(" ".join(draw.choice(WORDS, 5)) for _ in range(draw.integers(1, 5))))
            for number in range(count)
        ],
    )


@pytest.fixture(scope="module")
def collection() -> MemoryCollection:
    return people(150)


@pytest.fixture
def index(collection: MemoryCollection, recipe: IndexRecipe) -> PassageIndex:
    return build_index(collection, recipe)


def matcher(collection: MemoryCollection, index: PassageIndex, recipe: IndexRecipe, depth: int) -> Matcher:
    search = CandidateSearch(index, small=0, depth=depth)
    return Matcher(collection, index, HashingEncoder(), recipe.analyzer, SCORER, search)


def exact(collection: MemoryCollection, index: PassageIndex, recipe: IndexRecipe) -> Matcher:
    return Matcher(collection, index, HashingEncoder(), recipe.analyzer, SCORER)


@pytest.mark.parametrize("channels", [ALL_CHANNELS, frozenset({Channel.DENSE}), frozenset({Channel.LEXICAL})])
def test_candidates_have_the_scores_that_they_have_among_everybody(
    channels: frozenset[Channel], collection: MemoryCollection, index: PassageIndex, recipe: IndexRecipe
) -> None:
    some = matcher(collection, index, recipe, depth=15)
    for (_, found), (_, right) in zip(
        some.rank(CHALLENGES, channels=channels),
        exact(collection, index, recipe).rank(CHALLENGES, channels=channels),
        strict=True,
    ):
        scores = {one.collaborator_id: one.score for one in right}
        scored = [one for one in found if one.score > NO_EVIDENCE_SCORE]
        assert 5 <= len(scored) < 150
        assert [one.score for one in scored] == pytest.approx([scores[one.collaborator_id] for one in scored], abs=1e-6)
        assert all(one.probability == 0 for one in found[len(scored) :])


def test_shortlists_with_their_evidence_and_parts_are_those_of_exact_scores(
    collection: MemoryCollection, index: PassageIndex, recipe: IndexRecipe
) -> None:
    everybody, some = exact(collection, index, recipe), matcher(collection, index, recipe, depth=100)
    for challenge in CHALLENGES:
        right, found = everybody.match(challenge), some.match(challenge)
        assert [one.collaborator_id for one in found.experts] == [one.collaborator_id for one in right.experts]
        assert [[piece.passage_id for piece in one.evidence] for one in found.experts] == [
            [piece.passage_id for piece in one.evidence] for one in right.experts
        ]


@pytest.mark.parametrize("depth", [1, 2, 4, 8])
def test_whoever_is_found_for_a_part_only_is_scored_for_the_whole_too(
    depth: int, collection: MemoryCollection, index: PassageIndex, recipe: IndexRecipe
) -> None:
    some = matcher(collection, index, recipe, depth)
    for challenge in (*CHALLENGES, Challenge("d", "Malm i berget. Lärare i skolan. Båten i hamnen. Renar på fjället.")):
        shortlist = some.match(challenge)
        assert all(one.score > NO_EVIDENCE_SCORE for one in shortlist.experts)


def test_the_parts_of_a_need_are_those_that_everybodys_scores_give(
    collection: MemoryCollection, index: PassageIndex, recipe: IndexRecipe
) -> None:
    cutting = replace(SCORER, part_distance=0.7)
    everybody = Matcher(collection, index, HashingEncoder(), recipe.analyzer, cutting)
    some = Matcher(
        collection, index, HashingEncoder(), recipe.analyzer, cutting, CandidateSearch(index, small=0, depth=10)
    )
    draw = np.random.default_rng(7)
    needs = [
        Challenge("x", ". ".join(" ".join(draw.choice(WORDS, 9)).capitalize() for _ in range(3))) for _ in range(12)
    ]
    parts = [everybody.match(one).parts for one in needs]
    assert [some.match(one).parts for one in needs] == parts
    assert 0 < sum(bool(one) for one in parts) < len(needs)


def test_the_entrance_is_shown_whatever_is_found(recipe: IndexRecipe) -> None:
    entrance = replace(collaborator("door", "en väg in", kind=CollaboratorKind.INNOVATION_OFFICE), is_entrance=True)
    collection = MemoryCollection("main", [entrance, *(collaborator(f"c{one}", "snö på is") for one in range(50))])
    some = matcher(collection, build_index(collection, recipe), recipe, depth=3)
    assert [one.collaborator_id for one in some.match(Challenge("x", "snö på is")).routes] == ["door"]


def test_a_challenge_that_meets_nothing_suggests_nobody_by_its_words(
    collection: MemoryCollection, index: PassageIndex, recipe: IndexRecipe
) -> None:
    some = matcher(collection, index, recipe, depth=10)
    ((_, ranked),) = some.rank([Challenge("x", "qqq www zzz")], channels=frozenset({Channel.LEXICAL}))
    assert {one.score for one in ranked} == {NO_EVIDENCE_SCORE}


def test_a_large_collection_on_a_server_is_ranked_as_one_in_files(
    collection: MemoryCollection, index: PassageIndex, recipe: IndexRecipe, postgres_url: str
) -> None:
    with closing(open_pgvector(postgres_url)) as vectors, closing(open_postgres_lexical(postgres_url)) as terms:
        there = build_index(collection, replace(recipe, vectors=vectors, lexical=terms))
        found = matcher(collection, there, recipe, depth=15).rank(CHALLENGES, top_k=5)
        right = matcher(collection, index, recipe, depth=15).rank(CHALLENGES, top_k=5)
        for (_, other), (_, own) in zip(found, right, strict=True):
            assert [one.score for one in other] == pytest.approx([one.score for one in own], abs=2e-3)


def test_passages_of_some_and_who_a_passage_speaks_for() -> None:
    own = Attribution.of([[0, 2], [], [2, 3], [1]])
    some = own.of_positions(np.array([2, 1, 0]))
    assert (some.starts.tolist(), some.rows.tolist()) == ([0, 2, 2, 4], [2, 3, 0, 2])
    speakers = own.speakers(5)
    assert [speakers.rows_of(row).tolist() for row in range(5)] == [[0], [3], [0, 2], [2], []]


def test_the_best_of_many_are_the_first_of_the_whole_order() -> None:
    draw = np.random.default_rng(6)
    score = draw.integers(0, 9, 60).astype(np.float32)
    order = draw.permutation(60)
    assert all(best_first(score, order, top) == best_first(score, order)[:top] for top in (1, 7, 30, 59, 60, 90))
