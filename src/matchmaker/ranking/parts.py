"""A need's parts: stretches of it that different people would answer, so that a shortlist can serve each.

Sentences that say different things about one matter are no parts, and their vectors alone could not tell them from
parts: in a trial on the needs written for training they gave two needs put together a higher distance than one need 65
to 70 % of the time, and whether the sentences are answered by the same experts 91 to 95 %. The text is cut where the
answers before and after differ most, as Hearst's TextTiling cuts where the words do (Computational Linguistics 1997).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

MAXIMUM_PARTS = 3
"""More are not shown: whoever asks for more than three things at once asks several questions."""

MINIMUM_EXPERTS = 5
"""With fewer to choose from, who answers what is chance."""

BALANCED_SHARE = 0.4
"""Share of the words from which a stretch counts in full; a shorter one must differ by as much more."""


def divide(scores: Floats, words: Sequence[int], distance: float, maximum: int = MAXIMUM_PARTS) -> list[range]:
    """Cut a text into stretches of sentences; one stretch where all are answered alike.

    ``scores`` are what each sentence gives each expert, shape (sentences, experts); ``words`` how many words each
    sentence has. Stretches are cut apart whose answers differ by ``distance`` or more: 0 is the same experts in the
    same measure, 1 others altogether.
    """
    parts = [range(len(words))]
    if scores.shape[1] < MINIMUM_EXPERTS:
        return parts
    weights = np.array(words, dtype=np.float32)
    while len(parts) < maximum:
        cuts = [(*_best_cut(scores, weights, part), number) for number, part in enumerate(parts) if len(part) > 1]
        difference, cut, number = max(cuts, default=(0.0, 0, 0))
        if difference < distance:
            break
        part = parts[number]
        parts[number : number + 1] = [range(part.start, cut), range(cut, part.stop)]
    return parts


def _best_cut(scores: Floats, weights: Floats, part: range) -> tuple[float, int]:
    """How much the answers differ on both sides of the best cut, and where it is."""
    total = float(weights[part.start : part.stop].sum())
    best = (0.0, part.start)
    for cut in range(part.start + 1, part.stop):
        before, after = slice(part.start, cut), slice(cut, part.stop)
        smaller = min(float(weights[before].sum()), float(weights[after].sum())) / max(total, 1.0)
        first, second = _answers(scores[before], weights[before]), _answers(scores[after], weights[after])
        if first.any() and second.any():  # where nobody stands out, nothing tells the stretches apart
            best = max(best, ((1 - float(first @ second)) * min(1.0, smaller / BALANCED_SHARE), cut))
    return best


def _answers(scores: Floats, weights: Floats) -> Floats:
    """Who answers a stretch, in what measure: a unit vector over the experts who stand out from the average."""
    mean = (scores * weights[:, None]).sum(axis=0) / max(float(weights.sum()), 1.0)
    standing_out = np.square(np.maximum((mean - mean.mean()) / max(float(mean.std()), 1e-9), 0))
    unit: Floats = standing_out / max(float(np.linalg.norm(standing_out)), 1e-9)
    return unit
