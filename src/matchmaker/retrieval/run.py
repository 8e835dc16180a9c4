"""What a channel returns: passages and their scores."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.int64]
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ChannelRun:
    """One channel's answer to one query: passages by row of the index, unordered, each row once.

    ``floor`` is the score of every passage that is not among them (the channel's least, or what it gives a passage
    that shares nothing with the query).
    """

    rows: Rows
    scores: Scores
    floor: float

    def all_scores(self, passage_count: int) -> Scores:
        """The scores of all passages by row, shape (passage_count,)."""
        scores = np.full(passage_count, self.floor, dtype=np.float32)
        scores[self.rows] = self.scores
        return scores
