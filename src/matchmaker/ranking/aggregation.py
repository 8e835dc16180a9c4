"""Many passages of a collaborator to one score, so that neither much evidence nor one lucky passage decides."""

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
Positions = npt.NDArray[np.int64]


def log_mean_exp(scores: Scores, starts: Positions, rows: Positions, temperature: float) -> Scores:
    """A smooth maximum of each collaborator's passage scores that does not grow with their number.

    ``temperature * log(mean(exp(score / temperature)))``: near 0 it is the best passage, large the plain mean. Shape
    (collaborators,); minus infinity for a collaborator without passages. As in multiple-instance learning: Pinheiro
    and Collobert, "From Image-level to Pixel-level Labeling with Convolutional Networks", CVPR 2015.

    Args:
        scores: of all passages, shape (passages,).
        starts: where each collaborator's passages begin in ``rows``, and their end, shape (collaborators + 1,).
        rows: the passages of one collaborator after the other.
        temperature: above 0, in the unit of the scores.
    """
    counts = np.diff(starts)
    result = np.full(len(counts), -np.inf, dtype=np.float32)
    filled = counts > 0
    if not filled.any():
        return result
    own = scores[rows].astype(np.float64)
    begins = starts[:-1][filled]
    best = np.maximum.reduceat(own, begins)
    shifted = np.exp((own - np.repeat(best, counts[filled])) / temperature)
    means = np.add.reduceat(shifted, begins) / counts[filled]
    result[filled] = (best + temperature * np.log(means)).astype(np.float32)
    return result
