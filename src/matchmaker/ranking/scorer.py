"""The score of a collaborator from the channels' evidence, and how sure it is that a reviewer would agree."""

import hashlib
import json
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from matchmaker.domain.errors import SetupError, mark
from matchmaker.domain.shortlist import Confidence
from matchmaker.ranking.aggregation import Positions, Scores, log_mean_exp

NO_EVIDENCE_SCORE = -10.0
"""The score of a collaborator without evidence, below every score that evidence can give (at least -1)."""


class Channel(StrEnum):
    """A way of finding passages."""

    DENSE = "dense"
    LEXICAL = "lexical"


ALL_CHANNELS = frozenset(Channel)


@dataclass(frozen=True, slots=True)
class CollaboratorScores:
    """Scores of all collaborators by position, shape (collaborators,); each part as it enters the sum."""

    score: Scores
    dense: Scores
    lexical: Scores

    def spread(self, positions: Positions, count: int) -> Self:
        """Scores of some collaborators, at ``positions``, among ``count``: of the others there is no evidence."""
        score = np.full(count, NO_EVIDENCE_SCORE, dtype=np.float32)
        dense, lexical = np.full((2, count), -np.inf, dtype=np.float32)
        score[positions], dense[positions], lexical[positions] = self.score, self.dense, self.lexical
        return type(self)(score, dense, lexical)


@dataclass(frozen=True, slots=True)
class Scorer:
    """Channels to a score, and a score to a probability.

    A score is the dense channel's sum over a collaborator's passages plus ``lexical_weight`` times the lexical one's;
    the temperatures are those of the sums, each in its channel's unit. The probability (learned: ``matchmaker
    calibrate``) is a logistic function of the score, of the challenge's length, since the same score says more of a
    long text than of a short one, and of how far the challenge asks for expertise at all and not for a repair or a
    form. It rises with the score, so that order and probability never contradict each other.
    """

    dense_temperature: float
    lexical_temperature: float
    lexical_weight: float
    score_slope: float
    length_slope: float
    expertise_slope: float
    intercept: float
    expertise_direction: tuple[float, ...]
    """The direction in which the default encoder's vectors of needs for expertise lie; shape (dimension,)."""
    expertise_intercept: float
    expertise_encoder: str
    """What the fingerprint of the encoder begins with whose vectors the direction was learned from."""
    part_distance: float
    """How differently stretches of a challenge must be answered to be parts of their own, from 0 to 1."""
    strong: float
    possible: float
    """Probabilities from which a suggestion is called strong, and possible."""

    @property
    def version(self) -> str:
        """Changes whenever a number does."""
        return hashlib.sha256(repr(asdict(self)).encode()).hexdigest()[:12]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the weights.

        Raises:
            SetupError: the file is missing or damaged.
        """
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
            content["expertise_direction"] = tuple(content["expertise_direction"])
            scorer = cls(**content)
            if not (scorer.score_slope > 0 and scorer.lexical_weight >= 0 and scorer.possible <= scorer.strong):
                raise ValueError("a weight has the wrong sign")
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise SetupError(
                mark("The ranking's weights in {path} are missing or damaged ({problem})."),
                remedy="git checkout -- models/ranking",
                path=path,
                problem=str(error)[:200],
            ) from error
        return scorer

    def write(self, path: Path) -> None:
        lines = [f"  {json.dumps(name)}: {json.dumps(value)}" for name, value in asdict(self).items()]
        path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")

    def passage_scores(self, dense: Scores, lexical: Scores) -> Scores:
        """How well each passage by itself meets the query: orders a collaborator's evidence."""
        scores: Scores = dense + np.float32(self.lexical_weight) * lexical
        return scores

    def collaborator_scores(
        self,
        dense: Scores,
        lexical: Scores,
        starts: Positions,
        rows: Positions,
        channels: frozenset[Channel] = ALL_CHANNELS,
    ) -> CollaboratorScores:
        """Aggregate each channel over a collaborator's passages and add them up.

        ``dense`` and ``lexical`` are passage scores, shape (passages,); ``starts`` and ``rows`` as in ``log_mean_exp``.
        """
        nothing = np.zeros(len(starts) - 1, dtype=np.float32)
        dense_part, lexical_part = nothing, nothing
        if Channel.DENSE in channels:
            dense_part = log_mean_exp(dense, starts, rows, self.dense_temperature)
        if Channel.LEXICAL in channels:
            weight = np.float32(self.lexical_weight)
            lexical_part = weight * log_mean_exp(lexical, starts, rows, self.lexical_temperature)
        has_evidence = np.diff(starts) > 0
        score = np.where(has_evidence, dense_part + lexical_part, np.float32(NO_EVIDENCE_SCORE)).astype(np.float32)
        return CollaboratorScores(score, dense_part, lexical_part)

    def expertise(self, vector: npt.NDArray[np.float32], encoder: str) -> float:
        """How far a challenge asks for expertise, from its corrected vector: above 0 more than not.

        ``encoder`` is the fingerprint of the one that made the vector; of another encoder's nothing was learned: 0.
        """
        if not encoder.startswith(self.expertise_encoder) or len(vector) != len(self.expertise_direction):
            return 0.0
        return float(vector @ np.array(self.expertise_direction, dtype=np.float32)) + self.expertise_intercept

    def probabilities(self, score: Scores, words: int, expertise: float) -> npt.NDArray[np.float64]:
        """How likely a reviewer would find each suggestion relevant (grade 2 or 3), from 0 to 1, shape of ``score``.

        ``words`` is the challenge's length, ``expertise`` what the function of that name gives for it. Platt,
        "Probabilistic Outputs for Support Vector Machines", 1999.
        """
        logit = (
            self.score_slope * score.astype(np.float64)
            + self.length_slope * float(np.log(max(words, 1)))
            + self.expertise_slope * expertise
            + self.intercept
        )
        found: npt.NDArray[np.float64] = np.where(score <= NO_EVIDENCE_SCORE, 0.0, 1 / (1 + np.exp(-logit)))
        return found

    def confidence_of(self, probability: float) -> Confidence:
        """The word for a probability; 0 is that of a collaborator without evidence."""
        if probability <= 0:
            return Confidence.NONE
        if probability >= self.strong:
            return Confidence.STRONG
        return Confidence.POSSIBLE if probability >= self.possible else Confidence.WEAK


def best_first(score: npt.NDArray[np.float32], tie_order: Positions, top: int = 0) -> list[int]:
    """Positions by falling score; equal scores by ``tie_order`` (collaborators by id), the same everywhere.

    The best ``top`` only, unless it is 0: of many collaborators the others are not put in order.
    """
    if 0 < top < len(score):
        worst = np.partition(score, len(score) - top)[len(score) - top]
        chosen = np.flatnonzero(score >= worst)
        best: list[int] = chosen[np.lexsort((tie_order[chosen], -score[chosen]))][:top].tolist()
        return best
    order: list[int] = np.lexsort((tie_order, -score)).tolist()
    return order
