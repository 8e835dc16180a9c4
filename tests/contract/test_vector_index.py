"""What every index of vectors promises; exact search judges the recall of the others."""

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.db.pgvector_index import open_pgvector
from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.faiss_index import FaissForm, FlatIndex, GraphIndex
from matchmaker.retrieval.milvus_builds import MilvusForm, connect
from matchmaker.retrieval.vector_index import UNKNOWN_SCORE, Ids, VectorForm, VectorIndex, best_hits

DIMENSION = 32
Made = Callable[[Ids, Vectors], VectorIndex]


def unit(count: int, seed: int = 0) -> Vectors:
    """Unit vectors around a few topics, as those of texts are."""
    rng = np.random.default_rng(seed)
    topics = np.random.default_rng(99).normal(size=(20, DIMENSION))
    vectors = topics[rng.integers(0, 20, count)] + 0.7 * rng.normal(size=(count, DIMENSION))
    made: Vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return made


def ids_of(count: int) -> Ids:
    """Ids that neither begin at 0 nor rise."""
    ids: npt.NDArray[np.int64] = np.random.default_rng(5).permutation(count * 3)[:count].astype(np.int64) + 1_000
    return ids


class _Graph(FaissForm):
    def build(self, collection: str, stamp: str, ids: Ids, vectors: Vectors) -> VectorIndex:
        return GraphIndex.build(ids, vectors)


@pytest.fixture(scope="module", params=["exact", "graph", "pgvector", "milvus"])
def form(request: pytest.FixtureRequest) -> Iterator[VectorForm]:
    match request.param:
        case "exact":
            yield FaissForm()
        case "graph":
            yield _Graph()
        case "pgvector":
            with closing(open_pgvector(request.getfixturevalue("postgres_module_url"))) as on_postgres:
                yield on_postgres
        case _:  # so that its larger indexes have a graph, and the smaller ones none
            with closing(MilvusForm(connect(request.getfixturevalue("milvus_uri")), small=1_000)) as on_milvus:
                yield on_milvus


@pytest.fixture
def make(form: VectorForm) -> Made:
    number = iter(range(1_000))
    seed = np.random.default_rng().integers(1 << 60)
    return lambda ids, vectors: form.build("main", f"{seed:016x}{next(number):016x}", ids, vectors)


def test_scores_are_the_cosines_of_the_passages_asked_for_in_their_order(make: Made) -> None:
    ids, vectors = ids_of(300), unit(300)
    index = make(ids, vectors)
    query = unit(1, 7)[0]
    chosen = [40, 3, 299, 3]
    assert index.count == 300
    assert index.scores(query, ids[chosen]) == pytest.approx(vectors[chosen] @ query, abs=2e-3)
    assert index.scores(query, ids) == pytest.approx(vectors @ query, abs=2e-3)
    assert index.vectors_of(ids[chosen]) == pytest.approx(vectors[chosen], abs=2e-3)


def test_a_passage_that_is_not_there_has_the_least_score_and_no_vector(make: Made) -> None:
    ids, vectors = ids_of(50), unit(50)
    index = make(ids, vectors)
    assert index.scores(vectors[0], np.array([1, ids[0]]))[0] == UNKNOWN_SCORE
    assert not index.vectors_of(np.array([1])).any()


def test_the_nearest_come_first_with_the_scores_that_they_have(make: Made) -> None:
    ids, vectors = ids_of(500), unit(500)
    index = make(ids, vectors)
    for query in unit(5, 8):
        hits = index.search(query, 10)
        assert len(hits.ids) == 10
        assert np.all(np.diff(hits.scores) <= 0)
        assert hits.scores == pytest.approx(index.scores(query, hits.ids), abs=1e-5)


def test_of_the_hundred_nearest_98_in_a_hundred_are_found(make: Made) -> None:
    ids, vectors = ids_of(8_000), unit(8_000)
    index, exact = make(ids, vectors), FlatIndex.build(ids, vectors)
    found = [
        len(set(index.search(query, 100).ids.tolist()) & set(exact.search(query, 100).ids.tolist())) / 100
        for query in unit(30, 9)
    ]
    assert np.mean(found) >= 0.98


@pytest.mark.parametrize("share", [0.005, 0.3])
def test_a_search_among_some_finds_the_nearest_of_these_only(make: Made, share: float) -> None:
    ids, vectors = ids_of(4_000), unit(4_000)
    index = make(ids, vectors)
    some = ids[np.random.default_rng(2).random(4_000) < share]
    among = np.append(some, 1)  # and one that is not there
    query = unit(1, 10)[0]
    rows = np.flatnonzero(np.isin(ids, some))
    right = best_hits(ids[rows], vectors[rows] @ query, 10).ids
    hits = index.search(query, 10, among)
    assert set(hits.ids.tolist()) <= set(some.tolist())
    assert len(set(hits.ids.tolist()) & set(right.tolist())) >= 9  # half precision may swap the last two


def test_what_is_deleted_is_found_no_more_and_deleting_again_is_no_error(make: Made) -> None:
    ids, vectors = ids_of(200), unit(200)
    index = make(ids, vectors)
    for _ in range(2):
        index.delete(ids[:50])
    assert index.count == 150
    assert not set(index.search(vectors[0], 150).ids.tolist()) & set(ids[:50].tolist())
    assert index.scores(vectors[60], ids[60:61])[0] == pytest.approx(1, abs=2e-3)


def test_an_upsert_replaces_and_adds_and_doing_it_again_changes_nothing(make: Made) -> None:
    ids, vectors = ids_of(201), unit(201)
    index = make(ids[:200], vectors[:200])
    changed = np.array([ids[3], ids[200]])
    for _ in range(2):
        index.upsert(changed, vectors[[10, 200]])
        assert index.count == 201
        assert index.vectors_of(changed) == pytest.approx(vectors[[10, 200]], abs=2e-3)
        assert index.scores(vectors[20], ids[20:21])[0] == pytest.approx(1, abs=2e-3)


def test_an_index_that_is_opened_again_says_the_same(form: VectorForm, tmp_path: Path) -> None:
    ids, vectors = ids_of(300), unit(300)
    stamp = uuid4().hex
    built = form.build("other", stamp, ids, vectors)
    built.write(tmp_path / "dense")
    opened = form.read(tmp_path / "dense", "other", stamp)
    assert opened.count == 300
    assert np.array_equal(opened.scores(vectors[4], ids), built.scores(vectors[4], ids))
    assert np.array_equal(opened.search(vectors[4], 20).ids, built.search(vectors[4], 20).ids)


def test_what_was_never_built_cannot_be_opened(form: VectorForm, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="no "):
        form.read(tmp_path / "dense", "main", "cd" * 16)


def test_an_empty_index_finds_nothing_until_something_is_added(make: Made) -> None:
    index = make(ids_of(0), unit(0))
    assert index.count == 0
    assert len(index.search(unit(1)[0], 5).ids) == 0
    index.upsert(np.array([7]), unit(1))
    assert index.search(unit(1)[0], 5).ids.tolist() == [7]


_Step = tuple[bool, list[int]]


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.tuples(st.booleans(), st.lists(st.integers(0, 30), unique=True, max_size=8)), max_size=8))
@pytest.mark.parametrize("kind", [FlatIndex, GraphIndex])
def test_after_any_upserts_and_deletions_an_index_holds_what_a_dictionary_would(
    kind: type[FlatIndex] | type[GraphIndex], steps: list[_Step]
) -> None:
    start = unit(5)
    index = kind.build(np.arange(5), start)
    kept = dict(enumerate(start))
    for number, (adds, chosen) in enumerate(steps):
        ids = np.array(chosen, dtype=np.int64)
        if adds:
            fresh = unit(len(chosen), number + 1)
            index.upsert(ids, fresh)
            kept |= dict(zip(chosen, fresh, strict=True))
        else:
            index.delete(ids)
            kept = {one: vector for one, vector in kept.items() if one not in chosen}
    assert index.count == len(kept)
    asked = np.arange(31)
    expected = np.array([kept.get(one, np.zeros(DIMENSION)) for one in range(31)])
    assert index.vectors_of(asked) == pytest.approx(expected, abs=2e-3)
    assert set(index.search(start[0], 40).ids.tolist()) == set(kept)
