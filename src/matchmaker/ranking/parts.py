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


def divide(
    scores: Floats, words: Sequence[int], distance: float, counts: Floats | None = None, maximum: int = MAXIMUM_PARTS
) -> list[range]:
    """Cut a text into stretches of sentences; one stretch where all are answered alike.

    ``scores`` are what each sentence gives each expert, shape (sentences, experts); ``words`` how many words each
    sentence has; ``counts`` how many experts each stands for, itself alone unless given, shape (experts,). Stretches
    are cut apart whose answers differ by ``distance`` or more: 0 is the same experts in the same measure, 1 others
    altogether.
    """
    parts = [range(len(words))]
    if scores.shape[1] < MINIMUM_EXPERTS:
        return parts
    weights = np.array(words, dtype=np.float32)
    counts = np.ones(scores.shape[1], dtype=np.float32) if counts is None else counts
    while len(parts) < maximum:
        cuts = [
            (*_best_cut(scores, weights, counts, part), number) for number, part in enumerate(parts) if len(part) > 1
        ]
        difference, cut, number = max(cuts, default=(0.0, 0, 0))
        if difference < distance:
            break
        part = parts[number]
        parts[number : number + 1] = [range(part.start, cut), range(cut, part.stop)]
    return parts


def _best_cut(scores: Floats, weights: Floats, counts: Floats, part: range) -> tuple[float, int]:
    """How much the answers differ on both sides of the best cut, and where it is."""
    total = float(weights[part.start : part.stop].sum())
    best = (0.0, part.start)
    for cut in range(part.start + 1, part.stop):
        before, after = slice(part.start, cut), slice(cut, part.stop)
        smaller = min(float(weights[before].sum()), float(weights[after].sum())) / max(total, 1.0)
        first, second = (_answers(scores[side], weights[side], counts) for side in (before, after))
        if first.any() and second.any():  # where nobody stands out, nothing tells the stretches apart
            best = max(best, ((1 - float(first @ second)) * min(1.0, smaller / BALANCED_SHARE), cut))
    return best


def _answers(scores: Floats, weights: Floats, counts: Floats) -> Floats:
    """Who answers a stretch, in what measure: a unit vector over the experts who stand out from the average.

    Whoever stands for several counts in the average and in the vector's length and products as if they were there.
    """
    mean = (scores * weights[:, None]).sum(axis=0) / max(float(weights.sum()), 1.0)
    average = float((mean * counts).sum() / counts.sum())
    spread = float(np.sqrt((np.square(mean - average) * counts).sum() / counts.sum()))
    standing_out = np.square(np.maximum((mean - average) / max(spread, 1e-9), 0)) * np.sqrt(counts)
    unit: Floats = standing_out / max(float(np.linalg.norm(standing_out)), 1e-9)
    return unit
