"""Laws that hold for any input."""

import unicodedata

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.ranking.aggregation import log_mean_exp
from matchmaker.retrieval.correction import LanguageCentres, language_centres
from matchmaker.retrieval.encoder import Role
from matchmaker.text.language import detect_language
from matchmaker.text.normalise import clean_text
from matchmaker.text.passages import split_passages
from matchmaker.text.sentences import split_sentences

scores = st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=30)
texts = st.text(max_size=400)
swedish = st.text(alphabet="abcdefgåäöéABÅÄÖ .,!?\n", max_size=300)


def aggregate(values: list[float], temperature: float = 0.05) -> float:
    rows = np.arange(len(values))
    starts = np.array([0, len(values)])
    return float(log_mean_exp(np.array(values, dtype=np.float32), starts, rows, temperature)[0])


@given(scores, st.randoms())
def test_aggregation_ignores_the_order_of_passages(values: list[float], random: object) -> None:
    shuffled = sorted(values, key=lambda _: random.random())  # type: ignore[attr-defined]
    assert np.isclose(aggregate(values), aggregate(shuffled), atol=1e-5)


@given(scores)
def test_aggregation_lies_between_the_mean_and_the_best(values: list[float]) -> None:
    assert np.mean(values) - 1e-5 <= aggregate(values) <= max(values) + 1e-5


@given(scores, st.integers(2, 5))
def test_the_same_evidence_several_times_over_changes_nothing(values: list[float], times: int) -> None:
    assert np.isclose(aggregate(values), aggregate(values * times), atol=1e-5)


@given(scores, st.integers(0, 29), st.floats(0.01, 0.5))
def test_a_better_passage_never_lowers_the_score(values: list[float], position: int, gain: float) -> None:
    better = list(values)
    better[position % len(values)] += gain
    assert aggregate(better) >= aggregate(values) - 1e-6


@given(texts)
def test_cleaning_twice_is_cleaning_once_unless_markup_was_hidden(raw: str) -> None:
    cleaned = clean_text(raw)
    again = clean_text(cleaned.text)
    assert again.markup_removed or again.text == cleaned.text


@given(swedish)
def test_composed_and_decomposed_letters_are_the_same_text(text: str) -> None:
    composed, decomposed = (clean_text(unicodedata.normalize(form, text)).text for form in ("NFC", "NFD"))
    assert composed == decomposed


@given(texts)
def test_no_text_breaks_detection(text: str) -> None:
    assert detect_language(text).code


@given(swedish)
def test_sentences_keep_every_word_in_order(text: str) -> None:
    assert " ".join(split_sentences(text)).split() == text.split()


@given(swedish, st.integers(1, 20))
def test_passages_keep_every_word_in_order_within_the_limit(text: str, limit: int) -> None:
    passages = split_passages(text, limit)
    assert " ".join(passages).split() == text.split()
    assert all(len(passage.split()) <= limit for passage in passages)


@given(st.integers(1, 20), st.integers(0, 2**32 - 1))
def test_corrected_vectors_have_length_one_and_a_languages_offset_is_gone(count: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    swedish_vectors = random.normal(size=(count, 8)).astype(np.float32)
    offset = 10 * random.normal(size=8).astype(np.float32)
    vectors = np.concatenate([swedish_vectors, swedish_vectors + offset])
    languages = ["sv"] * count + ["en"] * count
    zero = np.zeros(8, dtype=np.float32)
    reference = LanguageCentres({"sv": zero, "en": offset}, {})
    centres = language_centres(vectors, languages, reference)
    corrected = centres.correct(vectors, languages, Role.DOCUMENT)
    assert np.allclose(np.linalg.norm(corrected, axis=1), 1, atol=1e-4)
    assert np.allclose(corrected[:count], corrected[count:], atol=1e-3)
