import math

import pytest

from matchmaker.domain.errors import InvalidFileError
from matchmaker.domain.ranking import RankedCollaborator
from matchmaker.evaluation.judged import read_qrels
from matchmaker.evaluation.measures import ConfidenceBand, confidence_bands, estimate, per_challenge

QRELS = {"q": {"a": 3, "b": 2, "c": 0, "d": 1}, "none": {"a": 0}, "unanswered": {"a": 1}}


def run(*identifiers: str) -> list[RankedCollaborator]:
    # equal scores on purpose: the rank counts, not the score
    return [RankedCollaborator(one, rank, 0.5) for rank, one in enumerate(identifiers, start=1)]


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
    ranking = [RankedCollaborator("a", 1, 0.9), RankedCollaborator("d", 2, 0.9), RankedCollaborator("x", 3, -0.5)]
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
