"""An index that follows its collection change by change says what one built from nothing says."""

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import faiss
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.domain.challenge import Challenge
from matchmaker.indexing import IndexRecipe, build_index, current_index
from matchmaker.pipeline import Matcher
from matchmaker.ranking.scorer import Scorer
from matchmaker.retrieval import encoded
from matchmaker.retrieval.candidates import CandidateSearch
from matchmaker.retrieval.encoder import Role
from matchmaker.retrieval.faiss_index import FaissForm
from matchmaker.retrieval.index import PassageIndex
from matchmaker.retrieval.index_folder import IndexFolder
from matchmaker.retrieval.lexical import InvertedFileForm
from matchmaker.retrieval.postings import Postings
from tests.conftest import ROOT, collaborator
from tests.fakes import HashingEncoder

WORDS = "snö is väg vatten rör malm berg skola lärare omsorg buss energi värme skog ren fjäll hamn båt data nät".split()
SCORER = Scorer.read(ROOT / "models" / "ranking" / "weights.json")
CHALLENGES = [
    Challenge("a", "Snö och is på vägen till skolan"),
    Challenge("b", "Vattnet i röret fryser. Lärarna i skolan behöver hjälp med data och nät. Bussen går för sällan."),
]
Texts = dict[int, list[str]]


def of(texts: Texts) -> MemoryCollection:
    return MemoryCollection("main", [collaborator(f"c{key:03}", *own) for key, own in sorted(texts.items())])


def drawn(count: int, seed: int = 0) -> Texts:
    """Collaborators with one to three texts of two sentences each."""
    draw = np.random.default_rng(seed)
    return {
        key: [f"{' '.join(draw.choice(WORDS, 4))}. Och {' '.join(draw.choice(WORDS, 3))}." for _ in range(key % 3 + 1)]
        for key in range(count)
    }


def said(index: PassageIndex, collection: MemoryCollection, recipe: IndexRecipe) -> list[object]:
    """Everybody's score for each challenge, and the whole shortlists."""
    matcher = Matcher(collection, index, HashingEncoder(), recipe.analyzer, SCORER)
    ranked = [[(one.collaborator_id, one.score) for one in everybody] for _, everybody in matcher.rank(CHALLENGES)]
    shortlists = [matcher.match(challenge) for challenge in CHALLENGES]
    return [ranked, [(one.experts, one.routes, one.parts) for one in shortlists]]


@pytest.fixture(autouse=True)
def _memory_is_safe_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waiting for a disk, some twenty times an index, would take minutes; no machine loses its power here."""
    monkeypatch.setattr(os, "fsync", lambda _descriptor: None)


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index", FaissForm(), InvertedFileForm())


@pytest.fixture
def graphs(recipe: IndexRecipe) -> IndexRecipe:
    """A recipe by which every collection is large."""
    return replace(recipe, vectors=FaissForm(small=0))


texts = st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join), max_size=3)
states = st.lists(st.dictionaries(st.integers(0, 8), texts, max_size=6), min_size=2, max_size=6)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=states)
def test_after_any_changes_an_index_says_what_one_built_from_nothing_says(
    states: Sequence[Texts], recipe: IndexRecipe, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = IndexFolder(tmp_path_factory.mktemp("index"), recipe.vectors, recipe.lexical)
    for state in states:
        collection = of(state)
        assert said(current_index(folder, collection, recipe), collection, recipe) == said(
            build_index(collection, recipe), collection, recipe
        )


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=states)
def test_after_any_changes_a_graph_holds_the_passages_that_there_are(
    states: Sequence[Texts], graphs: IndexRecipe, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = IndexFolder(tmp_path_factory.mktemp("index"), graphs.vectors, graphs.lexical)
    for state in states:
        collection = of(state)
        index, fresh = current_index(folder, collection, graphs), build_index(collection, graphs)
        query = index.encoded.vectors[0].astype(np.float32) if index.passage_count else np.ones(64, np.float32)
        assert sorted(index.dense.search(query, 100).ids.tolist()) == index.passage_ids.tolist()
        terms = [{word: 1.0} for word in WORDS]
        assert np.array_equal(
            index.lexical.scores(terms, index.passage_ids), fresh.lexical.scores(terms, index.passage_ids)
        )
        corrected = index.centres.correct(index.encoded.vectors, index.encoded.languages, Role.DOCUMENT)
        assert index.dense.vectors_of(index.passage_ids) == pytest.approx(corrected, abs=2e-3)


def test_a_graph_that_has_doubled_and_lost_a_part_finds_98_of_the_hundred_nearest(
    tmp_path: Path, graphs: IndexRecipe
) -> None:
    folder = IndexFolder(tmp_path, graphs.vectors, graphs.lexical)
    everybody = drawn(1_200)
    for first, last in ((0, 600), (0, 800), (50, 1_000), (100, 1_200)):
        collection = of({key: everybody[key] for key in range(first, last)})
        index = current_index(folder, collection, graphs)
    found = []
    for query in index.dense.vectors_of(index.passage_ids[::40]):
        nearest = np.argsort(-index.dense.scores(query, index.passage_ids), kind="stable")[:100]
        least = index.dense.scores(query, index.passage_ids[nearest[-1:]])[0]
        found.append(np.mean(index.dense.search(query, 100).scores >= least - 1e-6))  # many texts are alike
    assert np.mean(found) >= 0.98


def test_only_what_is_new_is_encoded_and_analysed(
    folder: IndexFolder, recipe: IndexRecipe, encoder: HashingEncoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = drawn(20)
    current_index(folder, of(before), recipe)
    encoder.encoded.clear()
    analysed: list[str] = []
    terms = recipe.analyzer.terms
    monkeypatch.setattr(recipe.analyzer, "terms", lambda text, language: analysed.append(text) or terms(text, language))
    current_index(folder, of({**before, 30: ["malm i berget"]}), recipe)
    assert encoder.encoded == ["malm i berget"] == analysed


def test_a_graph_is_kept_until_a_languages_mean_has_moved_away(
    tmp_path: Path, graphs: IndexRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = IndexFolder(tmp_path, graphs.vectors, graphs.lexical)
    built: list[int] = []
    build = FaissForm.build
    monkeypatch.setattr(
        FaissForm,
        "build",
        lambda self, name, stamp, ids, vectors: built.append(len(ids)) or build(self, name, stamp, ids, vectors),
    )
    before = drawn(100)
    first = current_index(folder, of(before), graphs)
    second = current_index(folder, of({**before, 200: before[0]}), graphs)
    assert built == [first.passage_count]
    assert second.centres.distance(first.centres) == 0
    moved = {**before, **{key: ["zzz qqq www"] for key in range(200, 260)}}
    third = current_index(folder, of(moved), graphs)
    assert built == [first.passage_count, third.passage_count]
    assert third.centres.distance(first.centres) > 0.02
    assert said(third, of(moved), graphs) == said(build_index(of(moved), graphs), of(moved), graphs)


def test_candidates_from_a_graph_that_was_changed_are_those_of_exact_scores(
    tmp_path: Path, graphs: IndexRecipe
) -> None:
    folder = IndexFolder(tmp_path, graphs.vectors, graphs.lexical)
    before = drawn(150)
    current_index(folder, of(before), graphs)
    collection = of({**{key: before[key] for key in range(5, 150)}, 300: ["snö på vägen till skolan"]})
    index = current_index(folder, collection, graphs)
    some = Matcher(
        collection, index, HashingEncoder(), graphs.analyzer, SCORER, CandidateSearch(index, small=0, depth=100)
    )
    for challenge in CHALLENGES:
        right = Matcher(collection, index, HashingEncoder(), graphs.analyzer, SCORER).match(challenge)
        assert [one.collaborator_id for one in some.match(challenge).experts] == [
            one.collaborator_id for one in right.experts
        ]


def test_who_reads_a_graph_goes_on_with_it_while_the_next_one_is_made_of_it(
    tmp_path: Path, graphs: IndexRecipe
) -> None:
    folder = IndexFolder(tmp_path, graphs.vectors, graphs.lexical)
    before = drawn(60)
    opened = current_index(folder, of(before), graphs)
    said_before = said(opened, of(before), graphs)
    for number in range(3):
        current_index(folder, of({**before, 100 + number: ["malm i berget"]}), graphs)
    assert said(opened, of(before), graphs) == said_before


def test_the_vectors_of_sentences_are_on_the_disk_once_until_too_many_are_of_passages_that_are_gone(
    folder: IndexFolder, tmp_path: Path, recipe: IndexRecipe
) -> None:
    before = drawn(40)
    first = current_index(folder, of(before), recipe)
    more = {**before, 100: ["Malm i berget. Och snö på vägen."]}
    second = current_index(folder, of(more), recipe)
    assert _inode(second, 0) == _inode(first, 0)
    assert [len(one) for one in second.encoded.sentences.files] == [first.encoded.sentences.places, 2]
    third = current_index(folder, of({key: more[key] for key in [*range(20), 100]}), recipe)
    assert len(third.encoded.sentences.files) == 1
    assert third.encoded.sentences.places == int(third.encoded.sentences.counts.sum())


def test_without_second_names_on_the_disk_files_are_copied(
    folder: IndexFolder, recipe: IndexRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object) -> None:
        raise OSError("not supported")

    before = drawn(10)
    first = current_index(folder, of(before), recipe)
    monkeypatch.setattr(os, "link", refuse)
    second = current_index(folder, of({**before, 30: ["malm"]}), recipe)
    assert _inode(second, 0) != _inode(first, 0)
    assert np.array_equal(second.encoded.sentences.files[0], first.encoded.sentences.files[0])


def test_many_small_changes_leave_few_files(
    folder: IndexFolder, recipe: IndexRecipe, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encoded, "MOST_FILES", 3)
    state = drawn(20)
    for number in range(8):
        state = {**state, 100 + number: ["malm i berget. Och snö."]}
        index = current_index(folder, of(state), recipe)
        assert len(index.encoded.sentences.files) <= 3
    assert said(index, of(state), recipe) == said(build_index(of(state), recipe), of(state), recipe)


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("small", [0, 1_000])
def test_wherever_a_change_is_cut_off_the_old_index_serves_or_the_new(
    small: int, tmp_path: Path, recipe: IndexRecipe
) -> None:
    recipe = replace(recipe, vectors=FaissForm(small=small))
    before, after = of(drawn(12)), of({**drawn(12), 50: ["malm i berget"]})
    fresh = {one.revision: build_index(one, recipe) for one in (before, after)}
    current_index(IndexFolder(tmp_path / "before", recipe.vectors, recipe.lexical), before, recipe)
    for step in range(200):
        place = tmp_path / str(step)
        shutil.copytree(tmp_path / "before", place)
        killing = KilledAt(step)
        with pytest.MonkeyPatch.context() as patch, suppress(Killed):
            killing.begin(patch)
            current_index(IndexFolder(place, recipe.vectors, recipe.lexical), after, recipe)
        serving = IndexFolder(place, recipe.vectors, recipe.lexical).read()
        assert serving is not None
        content = before if serving.stamp.revision == before.revision else after
        assert_alike(serving, fresh[content.revision], content, recipe)
        if not killing.has_killed:
            assert step > 20, "each file that is written, linked, synced or renamed is a step"
            assert content is after
            return
        assert_alike(
            current_index(IndexFolder(place, recipe.vectors, recipe.lexical), after, recipe),
            fresh[after.revision],
            after,
            recipe,
        )
        shutil.rmtree(place)
    pytest.fail("a change has no end")


def assert_alike(index: PassageIndex, fresh: PassageIndex, collection: MemoryCollection, recipe: IndexRecipe) -> None:
    """A graph's vectors may be centred a little differently than in an index from nothing; all else is the same."""
    assert index.stamp == fresh.stamp
    assert sorted(index.dense.search(np.ones(64, np.float32), 100).ids) == sorted(fresh.passage_ids)
    ids, terms = fresh.passage_ids, [{"malm": 1.0}]
    assert np.array_equal(index.lexical.scores(terms, ids), fresh.lexical.scores(terms, ids))
    if index.centres.distance(fresh.centres) == 0:
        assert said(index, collection, recipe) == said(fresh, collection, recipe)


class KilledAt:
    """Ends the process at the n-th step that touches the disk: nothing after it happens, no cleaning up either."""

    def __init__(self, step: int) -> None:
        self._left = step

    @property
    def has_killed(self) -> bool:
        return self._left < 0

    def begin(self, patch: pytest.MonkeyPatch) -> None:
        for owner, name in ((np, "save"), (os, "link"), (os, "fsync"), (os, "replace"), (faiss, "write_index")):
            patch.setattr(owner, name, self._counted(getattr(owner, name)))
        remove = shutil.rmtree
        patch.setattr(shutil, "rmtree", lambda *given, **named: None if self.has_killed else remove(*given, **named))

    def _counted(self, real: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*given: Any, **named: Any) -> Any:
            self._left -= 1
            if self.has_killed:
                raise Killed
            return real(*given, **named)

        return counted


lists = st.lists(st.lists(st.sampled_from(WORDS), max_size=8), max_size=12)


@given(before=lists, after=lists, seed=st.integers(0, 99))
def test_postings_that_were_changed_are_those_that_are_made_at_once(
    before: list[list[str]], after: list[list[str]], seed: int
) -> None:
    draw = np.random.default_rng(seed)
    wanted = [*draw.permutation(len(before))[: draw.integers(0, len(before) + 1)], *[-1] * len(after)]
    kept = np.array(wanted, dtype=np.int64)
    draw.shuffle(kept)
    more = iter(after)
    texts = [before[row] if row >= 0 else next(more) for row in kept]
    changed, fresh = Postings.of(before).renewed(kept, iter(after)), Postings.of(texts)
    assert set(changed.terms) == set(fresh.terms)
    rows = np.arange(len(texts))
    asked = [dict.fromkeys(WORDS, 1.0), {"malm": 0.4, "unknown": 1.0}]
    assert changed.of_rows(rows, asked) == pytest.approx(fresh.of_rows(rows, asked))
    for term in fresh.terms:
        for one, other in zip(changed.of_term(term), fresh.of_term(term), strict=True):
            assert np.array_equal(one, other)


def _inode(index: PassageIndex, number: int) -> int:
    file = index.encoded.sentences.files[number]
    assert isinstance(file, np.memmap)
    return Path(str(file.filename)).stat().st_ino
