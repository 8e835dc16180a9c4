import math

import pytest

from matchmaker.domain.errors import InvalidFileError
from matchmaker.domain.ranking import RankedCollaborator
from matchmaker.domain.shortlist import Confidence
from matchmaker.evaluation.judged import read_qrels
from matchmaker.evaluation.measures import (
    ConfidenceBand,
    ReliabilityBin,
    calibration_error,
    confidence_bands,
    correlation,
    estimate,
    overlap,
    per_challenge,
    reliability,
    separation,
)
from matchmaker.evaluation.robustness import read_paraphrases, read_scope
from tests.conftest import ROOT

EVALUATION = ROOT / "data" / "evaluation"

QRELS = {"q": {"a": 3, "b": 2, "c": 0, "d": 1}, "none": {"a": 0}, "unanswered": {"a": 1}}


def run(*identifiers: str) -> list[RankedCollaborator]:
    # equal scores on purpose: the rank counts, not the score
    return [RankedCollaborator(one, rank, 0.5, 0.5, Confidence.STRONG) for rank, one in enumerate(identifiers, start=1)]


def test_a_worked_example() -> None:
    # linear gain, discount log2(rank + 1): Järvelin and Kekäläinen, 2002
    values = per_challenge(QRELS, {"q": run("c", "a", "x", "d")})
    gained = 3 / math.log2(3) + 1 / math.log2(5)
    ideal = 3 + 2 / math.log2(3) + 1 / math.log2(4)
    assert values["nDCG@10"]["q"] == pytest.approx(gained / ideal)
    assert values["recall@5"]["q"] == pytest.approx(2 / 3)
    assert values["MRR"]["q"] == pytest.approx(1 / 2)
    assert values["judged@10"]["q"] == pytest.approx(3 / 4)  # of the four that were ranked


def test_unanswered_counts_nothing_and_unanswerable_is_not_counted() -> None:
    values = per_challenge(QRELS, {"q": run("a")})["nDCG@10"]
    assert set(values) == {"q", "unanswered"}
    assert values["unanswered"] == 0.0


def test_confidence_bands_by_hand() -> None:
    strong, weak = Confidence.STRONG, Confidence.WEAK
    ranking = [
        RankedCollaborator("a", 1, 0.9, 0.9, strong),
        RankedCollaborator("d", 2, 0.9, 0.9, strong),
        RankedCollaborator("x", 3, -0.5, 0.1, weak),
    ]
    bands = confidence_bands(QRELS, {"q": ranking})
    assert bands == {"strong": ConfidenceBand(2, 0.5, 1.0), "weak": ConfidenceBand(1, 0.0, 0.0)}


def test_an_interval_holds_the_mean_and_is_the_same_again() -> None:
    sample = [0.0, 0.5, 1.0, 1.0, 0.25]
    first = estimate(sample)
    assert first == estimate(sample)
    assert first.mean == pytest.approx(0.55)
    assert first.low < first.mean < first.high


def test_bad_judgments_are_all_named(tmp_path) -> None:
    path = tmp_path / "qrels.txt"
    path.write_text("a 0 x 3\nb 0 x\n\nc 0 x many\nd 0 x 9\ne 0 x -1\nf 0 x --3\n", encoding="utf-8")
    with pytest.raises(InvalidFileError) as raised:
        read_qrels(path)
    assert [one.line for one in raised.value.problems] == [2, 4, 5, 7]


def test_reliability_and_its_error_by_hand() -> None:
    ranking = [
        RankedCollaborator(one, 1, 0.0, probability, Confidence.WEAK)
        for one, probability in (("a", 0.95), ("b", 0.91), ("x", 0.93), ("c", 0.05))
    ]
    bins = reliability(QRELS, {"q": ranking})
    assert bins == [ReliabilityBin(1, 0.05, 0.0), ReliabilityBin(3, pytest.approx(0.93), pytest.approx(2 / 3))]
    assert calibration_error(bins) == pytest.approx((0.05 + 3 * (0.93 - 2 / 3)) / 4)
    assert calibration_error([]) == 0


def test_overlap_is_the_mean_over_pairs() -> None:
    assert overlap([["a", "b"], ["b", "a"], ["a", "x"]], depth=2) == pytest.approx((1 + 0.5 + 0.5) / 3)


def test_separation_counts_pairs_in_the_right_order_and_ties_half() -> None:
    found = separation([0.9, 0.5], [0.5, 0.1])
    assert found.mean == pytest.approx(3.5 / 4)
    assert found.low <= found.mean <= found.high
    assert separation([1.0, 1.0], [0.0]).mean == 1.0


def test_correlation_is_of_ranks() -> None:
    assert correlation([1, 2, 3, 400], [10, 20, 30, 31]).mean == pytest.approx(1)
    assert correlation([1, 2, 3, 4], [4, 3, 2, 1]).mean == pytest.approx(-1)
    assert correlation([1, 1, 1], [1, 2, 3]).mean == 0


def test_the_shipped_sets_of_wordings_and_of_scope_have_their_sizes() -> None:
    for paraphrases in read_paraphrases(EVALUATION / "paraphrases.jsonl"):
        assert len(paraphrases.needs) == 30
        assert len({one.text for one in paraphrases.challenges}) == 90
    for scope in read_scope(EVALUATION / "scope.jsonl"):
        assert sorted(scope.served.values()) == [False] * 40 + [True] * 40


def test_a_set_of_another_form_is_refused(tmp_path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text('{"id": "a"}\n', encoding="utf-8")
    for read in (read_paraphrases, read_scope):
        with pytest.raises(InvalidFileError, match="form"):
            read(path)
