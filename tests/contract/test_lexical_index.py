"""What every index of terms promises; the formula as it stands in the textbook judges their scores."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import log, sqrt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.db.postgres_lexical import open_postgres_lexical
from matchmaker.retrieval.lexical import InvertedFileForm
from matchmaker.retrieval.lexical_index import LexicalForm, LexicalIndex, Scores, Terms
from matchmaker.retrieval.vector_index import Ids

Passages = Sequence[Sequence[str]]
Made = Callable[[Ids, Passages], LexicalIndex]

QUERY: Terms = [{"w3": 1.0, "w700": 0.4}, {"w40": 1.0}, {"nowhere": 1.0, "w9": 0.8}, {"unheard": 1.0}]
ODD = ["o'brien", "back\\slash", '"said"', "{a,b}", "NULL", "fjäll", "日本", "a:1", "&", "!snö"]


def texts(count: int, seed: int = 0) -> list[list[str]]:
    """Passages of up to 60 words, which are as unequally common as those of texts are."""
    draw = np.random.default_rng(seed)
    return [[f"w{one}" for one in np.minimum(draw.zipf(1.3, draw.integers(1, 60)), 5_000)] for _ in range(count)]


def ids_of(count: int) -> Ids:
    """Ids that neither begin at 0 nor rise."""
    ids: Ids = np.random.default_rng(5).permutation(count * 3)[:count].astype(np.int64) + 1_000
    return ids


def textbook(passages: Passages, query: Terms) -> list[float]:
    """BM25 with 1.2 and .75, divided by the root of the query's weight."""
    mean = sum(map(len, passages)) / len(passages)

    def weight(term: str) -> float:
        having = sum(term in one for one in passages)
        return log(1 + (len(passages) - having + 0.5) / (having + 0.5)) if having else 0.0

    def full(term: str, passage: Sequence[str]) -> float:
        times = passage.count(term)
        return times / (times + 1.2 * (0.25 + 0.75 * len(passage) / mean)) if times else 0.0

    weights = [{term: share * weight(term) for term, share in own.items()} for own in query]
    total = sum(max(own.values()) for own in weights) or 1.0
    return [sum(w * full(t, one) for own in weights for t, w in own.items()) / sqrt(total) for one in passages]


def by_id(index: LexicalIndex, ids: Ids, query: Terms = QUERY) -> Mapping[int, float]:
    return dict(zip(ids.tolist(), index.scores(query, ids).tolist(), strict=True))


@pytest.fixture(scope="module", params=["files", "postgresql"])
def form(request: pytest.FixtureRequest) -> Iterator[LexicalForm]:
    if request.param == "files":
        yield InvertedFileForm()
    else:
        opened = open_postgres_lexical(request.getfixturevalue("postgres_module_url"))
        yield opened
        opened.close()


@pytest.fixture(scope="module")
def make(form: LexicalForm) -> Made:
    number = iter(range(10_000))
    seed = np.random.default_rng().integers(1 << 60)
    return lambda ids, passages: form.build("main", f"{seed:016x}{next(number):016x}", ids, passages)


def test_scores_are_those_of_the_textbook_in_the_order_asked_for(make: Made) -> None:
    ids, passages = ids_of(400), texts(400)
    index = make(ids, passages)
    right = np.array(textbook(passages, QUERY))
    assert np.count_nonzero(right) > 50
    assert index.count == 400
    assert index.scores(QUERY, ids) == pytest.approx(right, abs=1e-5)
    chosen = [40, 3, 299, 3]
    assert index.scores(QUERY, ids[chosen]) == pytest.approx(right[chosen], abs=1e-5)


def test_scores_of_some_are_those_among_all(make: Made) -> None:
    ids = ids_of(400)
    index = make(ids, texts(400))
    everything = index.scores(QUERY, ids)
    for some in (np.arange(400), np.array([3, 7, 250]), np.arange(0, 400, 2), np.zeros(0, dtype=np.int64)):
        assert index.scores(QUERY, ids[some]) == pytest.approx(everything[some], rel=1e-5)


def test_a_passage_that_is_not_there_scores_nothing(make: Made) -> None:
    ids = ids_of(50)
    index = make(ids, [["w3"]] * 50)
    scores = index.scores(QUERY, np.array([ids[0], 1, ids[7], 999_999]))
    assert (scores > 0).tolist() == [True, False, True, False]


def test_a_term_tells_the_more_the_fewer_have_it_and_nothing_where_none_has(make: Made) -> None:
    index = make(ids_of(4), [["snö", "väg"], ["väg"], ["väg", "is"], []])
    assert index.term_weight("snö") == pytest.approx(log(1 + 3.5 / 1.5))
    assert index.term_weight("väg") == pytest.approx(log(1 + 1.5 / 3.5))
    assert index.term_weight("malm") == 0.0
    assert index.count == 4


def test_the_best_are_found_whatever_their_number(make: Made) -> None:
    ids, passages = ids_of(2_000), texts(2_000)
    index = make(ids, passages)
    for number in range(20):
        draw = np.random.default_rng(number)
        query = [{f"w{one}": 1.0} for one in draw.integers(1, 200, 8)]
        scores = index.scores(query, ids)
        found = index.search(query, 100)
        having = np.count_nonzero(scores)
        assert len(set(found.tolist())) == len(found) == min(100, having)
        least = np.sort(scores)[::-1][: len(found)].sum()
        assert index.scores(query, found).sum() == pytest.approx(least, rel=0.02)


def test_a_search_finds_only_what_has_a_term_and_all_of_it_where_that_is_little(make: Made) -> None:
    ids = ids_of(3)
    index = make(ids, [["snö", "väg"], ["malm"], ["is", "väg"]])
    assert set(index.search([{"väg": 1.0}, {"snow": 1.0}], 10).tolist()) == {ids[0], ids[2]}
    assert len(index.search([{"snow": 1.0}], 10)) == 0
    assert len(index.search([], 10)) == 0


def test_what_common_terms_have_is_not_read_in_a_search(make: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    passages = [["väg", "malm"] if row % 40 == 0 else ["väg", "is"] for row in range(400)]
    index = make(np.arange(400), passages)
    monkeypatch.setattr("matchmaker.retrieval.bm25.READ_POSTINGS", 2)
    both = [{"väg": 1.0}, {"malm": 1.0}]
    assert sorted(index.search(both, 50).tolist()) == list(range(0, 400, 40))
    assert len(index.search(both[:1], 7)) == 7  # a query of common terms only is answered all the same


def test_terms_of_any_letters_are_kept_apart(make: Made) -> None:
    ids = ids_of(len(ODD))
    index = make(ids, [[term] for term in ODD])
    for row, term in enumerate(ODD):
        assert index.search([{term: 1.0}], 5).tolist() == [ids[row]]


def test_what_is_deleted_is_found_no_more_and_deleting_again_is_no_error(make: Made) -> None:
    ids, passages = ids_of(200), texts(200)
    index = make(ids, passages)
    for _ in range(2):
        index.delete(ids[:50])
    assert index.count == 150
    assert not set(index.search(QUERY, 150).tolist()) & set(ids[:50].tolist())
    assert index.scores(QUERY, ids) == pytest.approx([0.0] * 50 + textbook(passages[50:], QUERY), abs=1e-5)


def test_an_upsert_replaces_and_adds_and_doing_it_again_changes_nothing(make: Made) -> None:
    ids, passages = ids_of(201), texts(201)
    index = make(ids[:200], passages[:200])
    for _ in range(2):
        index.upsert(np.array([ids[3], ids[200]]), [passages[10], passages[200]])
        now = [*passages[:3], passages[10], *passages[4:]]
        assert index.count == 201
        assert index.scores(QUERY, ids) == pytest.approx(textbook(now, QUERY), abs=1e-5)


def test_an_index_that_is_opened_again_says_the_same(form: LexicalForm, tmp_path: Path) -> None:
    ids = ids_of(300)
    built = form.build("other", "ab" * 16, ids, texts(300))
    built.upsert(ids[:2], [["new"], ["newer", "new"]])
    built.write(tmp_path / "lexical")
    opened = form.read(tmp_path / "lexical", "other", "ab" * 16)
    assert opened.count == 300
    assert np.array_equal(opened.scores(QUERY, ids), built.scores(QUERY, ids))
    assert set(opened.search([{"new": 1.0}], 20).tolist()) == set(ids[:2].tolist())


def test_what_was_never_built_cannot_be_opened(form: LexicalForm, tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"no |No "):
        form.read(tmp_path / "lexical", "main", "cd" * 16)


@pytest.mark.parametrize("passages", [[], [[], []]])
def test_an_index_without_terms_finds_nothing_until_something_is_added(make: Made, passages: Passages) -> None:
    ids = ids_of(len(passages))
    index = make(ids, passages)
    assert index.count == len(passages)
    assert len(index.search(QUERY, 5)) == 0
    assert not index.scores(QUERY, np.append(ids, 7)).any()
    index.upsert(np.array([7]), [["w3"]])
    assert index.search(QUERY, 5).tolist() == [7]


WORDS = st.sampled_from(["snö", "is", "väg", "malm", "o'brien", "hamn"])
PASSAGE = st.lists(WORDS, max_size=6)
CHANGES = st.lists(st.dictionaries(st.integers(0, 12), st.none() | PASSAGE, max_size=5), max_size=5)
ASKED: Terms = [{"snö": 1.0, "is": 0.5}, {"malm": 1.0}, {"o'brien": 0.7}]
FEW = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def changed(index: LexicalIndex, change: Mapping[int, list[str] | None]) -> None:
    """Passages put in, or taken out where there are no terms for them."""
    there = {one: terms for one, terms in change.items() if terms is not None}
    index.upsert(np.array(list(there), dtype=np.int64), list(there.values()))
    index.delete(np.array([one for one in change if one not in there], dtype=np.int64))


@FEW
@given(start=st.lists(PASSAGE, max_size=5), changes=CHANGES)
def test_after_any_changes_an_index_is_as_one_built_of_what_is_left(
    make: Made, start: Passages, changes: list[dict[int, list[str] | None]]
) -> None:
    index = make(np.arange(len(start)), start)
    left = dict(enumerate(start))
    for change in changes:
        changed(index, change)
        left = {one: terms for one, terms in (left | change).items() if terms is not None}
    fresh = make(np.array(list(left), dtype=np.int64), list(left.values()))
    asked = np.arange(13)
    assert index.count == len(left)
    assert index.scores(ASKED, asked) == pytest.approx(fresh.scores(ASKED, asked), abs=1e-6)
    assert index.term_weight("snö") == pytest.approx(fresh.term_weight("snö"))


@FEW
@given(start=st.lists(PASSAGE, min_size=1, max_size=8), added=st.lists(PASSAGE, min_size=1, max_size=5))
def test_deleting_what_was_added_restores_all_scores(make: Made, start: Passages, added: Passages) -> None:
    ids = np.arange(len(start))
    index = make(ids, start)
    before = index.scores(ASKED, ids)
    more = np.arange(len(added)) + 100
    index.upsert(more, added)
    index.delete(more)
    assert np.array_equal(index.scores(ASKED, ids), before)


@FEW
@given(others=st.lists(PASSAGE, max_size=5), times=st.integers(1, 5), length=st.integers(6, 12))
def test_a_score_rises_with_each_occurrence_and_falls_with_a_passage_s_length(
    make: Made, others: Passages, times: int, length: int
) -> None:
    query: Terms = [{"ren": 1.0}]

    def score(occurrences: int, words: int) -> float:
        own = ["ren"] * occurrences + ["fjäll"] * (words - occurrences)
        # One that is there in any case takes up the words, so that the mean length stays.
        filling = ["skog"] * (30 - words)
        scores: Scores = make(np.arange(len(others) + 2), [own, filling, *others]).scores(query, np.array([0]))
        return float(scores[0])

    assert score(times, length) < score(times + 1, length)
    assert score(times, length) > score(times, length + 1) > 0
