import json
import math
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from matchmaker.domain.errors import SetupError
from matchmaker.domain.shortlist import Confidence
from matchmaker.ranking.aggregation import log_mean_exp
from matchmaker.ranking.assembly import choose_experts, choose_routes, cover_parts
from matchmaker.ranking.explanation import ScoredPassage, choose_evidence, telling_words
from matchmaker.ranking.parts import MAXIMUM_PARTS, divide
from matchmaker.ranking.scorer import NO_EVIDENCE_SCORE, Channel, Scorer, best_first
from tests.conftest import ROOT

WEIGHTS = ROOT / "models" / "ranking" / "weights.json"
SCORER = Scorer.read(WEIGHTS)

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
    scores = SCORER.collaborator_scores(floats(-1, -1, -1), floats(0, 0, 0), STARTS, ROWS).score
    assert scores[1] == NO_EVIDENCE_SCORE
    assert scores[1] < min(scores[0], scores[2])
    assert SCORER.confidence_of(float(SCORER.probabilities(scores, 20, 0.0)[1])) is Confidence.NONE


def test_channels_can_be_left_out() -> None:
    dense, lexical = floats(0.3, 0.3, 0.1), floats(0, 0, 2)
    by_meaning = SCORER.collaborator_scores(dense, lexical, STARTS, ROWS, frozenset({Channel.DENSE})).score
    by_words = SCORER.collaborator_scores(dense, lexical, STARTS, ROWS, frozenset({Channel.LEXICAL})).score
    assert by_meaning[0] > by_meaning[2]
    assert by_words[2] > by_words[0]


def test_equal_scores_are_ordered_by_id() -> None:
    assert best_first(floats(0.1, 0.2, 0.2), np.array([0, 2, 1])) == [2, 1, 0]


def test_confidence_words_begin_at_their_probabilities() -> None:
    assert SCORER.confidence_of(SCORER.strong) is Confidence.STRONG
    assert SCORER.confidence_of(SCORER.strong - 1e-9) is Confidence.POSSIBLE
    assert SCORER.confidence_of(SCORER.possible) is Confidence.POSSIBLE
    assert SCORER.confidence_of(SCORER.possible - 1e-9) is Confidence.WEAK


def test_a_probability_by_hand_and_rising_with_the_score() -> None:
    scorer = replace(SCORER, score_slope=2.0, length_slope=1.0, expertise_slope=0.5, intercept=-3.0)
    expected = 1 / (1 + math.exp(-(1 + math.log(20) + 2 - 3)))
    assert scorer.probabilities(floats(0.5), 20, 4.0) == pytest.approx([expected])
    rising = SCORER.probabilities(np.linspace(-1, 1, 21, dtype=np.float32), 30, 0.0)
    assert (np.diff(rising) > 0).all()
    assert ((rising > 0) & (rising < 1)).all()


def test_expertise_lies_in_the_learned_direction_and_is_unknown_for_another_encoder() -> None:
    scorer = replace(SCORER, expertise_direction=(1.0, -2.0), expertise_intercept=0.5, expertise_encoder="ours")
    assert scorer.expertise(floats(0.6, 0.8), "ours.int8-1") == pytest.approx(0.6 - 1.6 + 0.5)
    assert scorer.expertise(floats(0.6, 0.8, 0.0), "ours.int8-1") == 0.0
    assert scorer.expertise(floats(0.6, 0.8), "theirs") == 0.0


def test_weights_that_would_turn_the_order_round_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    for change in ({"score_slope": -1.0}, {"lexical_weight": -0.1}, {"possible": 0.9, "strong": 0.5}, {"more": 1}):
        path.write_text(json.dumps({**asdict(SCORER), **change}), encoding="utf-8")
        with pytest.raises(SetupError, match="weights"):
            Scorer.read(path)
    with pytest.raises(SetupError, match="weights"):
        Scorer.read(tmp_path / "missing.json")


def test_weights_survive_being_written(tmp_path: Path) -> None:
    SCORER.write(tmp_path / "weights.json")
    assert Scorer.read(tmp_path / "weights.json") == SCORER


def answered(*experts: int, count: int = 12) -> np.ndarray:
    """Sentences' scores, each answered by one expert alone."""
    return np.eye(count, dtype=np.float32)[list(experts)]


def test_a_text_is_cut_where_others_begin_to_answer() -> None:
    assert divide(answered(3, 3, 7, 7), [9] * 4, 0.8) == [range(2), range(2, 4)]
    assert divide(answered(3, 7, 9), [9] * 3, 0.8) == [range(1), range(1, 2), range(2, 3)]


def test_sentences_that_the_same_experts_answer_are_one_part() -> None:
    assert divide(answered(3, 3, 3), [9] * 3, 0.8) == [range(3)]
    assert divide(answered(3), [9], 0.8) == [range(1)]
    assert divide(np.zeros((0, 12), dtype=np.float32), [], 0.8) == [range(0)]


def test_with_few_experts_or_none_that_stands_out_nothing_is_cut() -> None:
    assert divide(np.eye(3, dtype=np.float32), [9] * 3, 0.8) == [range(3)]
    assert divide(np.ones((3, 12), dtype=np.float32), [9] * 3, 0.8) == [range(3)]
    assert divide(np.zeros((3, 0), dtype=np.float32), [9] * 3, 0.8) == [range(3)]


def test_a_few_words_are_no_part() -> None:
    assert divide(answered(3, 3, 7), [20, 20, 2], 0.8) == [range(3)]


def test_there_are_never_more_parts_than_are_shown() -> None:
    parts = divide(answered(*range(8)), [9] * 8, 0.2)
    assert len(parts) == MAXIMUM_PARTS
    assert [one for part in parts for one in part] == list(range(8))


def test_whoever_alone_answers_a_part_comes_onto_a_full_list_and_into_the_order() -> None:
    ranked = [0, 1, 2, 3, 4]
    assert cover_parts([0, 1, 2], ranked, [[0, 1], [4]], 3) == [0, 1, 4]
    assert cover_parts([0], ranked, [[4]], 1) == [0], "the best stays, whatever it answers"
    assert cover_parts([0, 1, 2], ranked, [[0], [4], [2]], 3) == [0, 2, 4]


def test_covering_takes_free_places_first_and_never_the_only_answer_to_another_part() -> None:
    ranked = [0, 1, 2, 3, 4]
    assert cover_parts([0], ranked, [[0], [3]], 3) == [0, 3]
    assert cover_parts([0, 1], ranked, [[0], [1], [4]], 2) == [0, 1]
    assert cover_parts([0, 1], ranked, [[], [1]], 2) == [0, 1]
    assert cover_parts([2, 3], ranked, [], 2) == [2, 3]


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
