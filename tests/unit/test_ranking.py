import math

import numpy as np
import pytest

from matchmaker.domain.shortlist import Confidence
from matchmaker.ranking.aggregation import log_mean_exp
from matchmaker.ranking.assembly import choose_experts, choose_routes
from matchmaker.ranking.explanation import ScoredPassage, choose_evidence, telling_words
from matchmaker.ranking.scorer import (
    NO_EVIDENCE_SCORE,
    POSSIBLE_SCORE,
    STRONG_SCORE,
    Channel,
    best_first,
    collaborator_scores,
    confidence_of,
)

STARTS, ROWS = np.array([0, 2, 2, 3]), np.array([0, 1, 2])


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float32)


def test_log_mean_exp_by_hand() -> None:
    # temperature 1: log((e^1 + e^3) / 2) for the first, nothing for the second, its only score for the third
    result = log_mean_exp(floats(1, 3, 0.5), STARTS, ROWS, 1.0)
    assert result[0] == pytest.approx(math.log((math.e + math.e**3) / 2))
    assert result[1] == -math.inf
    assert result[2] == pytest.approx(0.5)


def test_a_collaborator_without_evidence_scores_below_every_other() -> None:
    scores = collaborator_scores(floats(-1, -1, -1), floats(0, 0, 0), STARTS, ROWS).score
    assert scores[1] == NO_EVIDENCE_SCORE
    assert scores[1] < min(scores[0], scores[2])
    assert confidence_of(float(scores[1])) is Confidence.NONE


def test_channels_can_be_left_out() -> None:
    dense, lexical = floats(0.3, 0.3, 0.1), floats(0, 0, 2)
    by_meaning = collaborator_scores(dense, lexical, STARTS, ROWS, frozenset({Channel.DENSE})).score
    by_words = collaborator_scores(dense, lexical, STARTS, ROWS, frozenset({Channel.LEXICAL})).score
    assert by_meaning[0] > by_meaning[2]
    assert by_words[2] > by_words[0]


def test_equal_scores_are_ordered_by_id() -> None:
    assert best_first(floats(0.1, 0.2, 0.2), ("a", "c", "b")) == [2, 1, 0]


@pytest.mark.parametrize(
    ("score", "word"),
    [(STRONG_SCORE, Confidence.STRONG), (POSSIBLE_SCORE, Confidence.POSSIBLE), (0.0, Confidence.WEAK)],
)
def test_confidence_words(score: float, word: Confidence) -> None:
    assert confidence_of(score) is word


def flags(*positions: int) -> np.ndarray:
    return np.isin(np.arange(10), positions)


def test_experts_and_routes_are_kept_apart_and_the_entrance_is_always_there() -> None:
    ranked, is_route, is_entrance = [0, 1, 2, 3, 4, 9], flags(1, 3, 4, 9), flags(9)
    assert choose_experts(ranked, is_route, 1) == [0]
    assert choose_experts(ranked, is_route, 5) == [0, 2]
    assert choose_routes(ranked, is_route, is_entrance) == [1, 3, 9]


def test_an_entrance_that_matches_keeps_its_place() -> None:
    assert choose_routes([0, 1], flags(0, 1), flags(0)) == [0, 1]


def test_a_text_and_its_translation_are_one_piece_of_evidence() -> None:
    passages = [ScoredPassage(row, 1.0 - row / 10, 0.0, 0.0) for row in range(5)]
    works = {0: "a", 1: "a", 2: "b", 4: "c"}  # row 3 cannot be shown
    assert [one.row for one in choose_evidence(passages, works, 2)] == [0, 2]


def test_rare_words_come_first() -> None:
    words = {"vatten": frozenset({"v"}), "spillvatten": frozenset({"s", "v"})}
    assert telling_words(words, {"v": 1.0, "s": 3.0}.__getitem__) == ("spillvatten", "vatten")
