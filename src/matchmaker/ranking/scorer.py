"""The score of a collaborator from the channels' evidence, and the word for how sure it is."""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from matchmaker.domain.shortlist import Confidence
from matchmaker.ranking.aggregation import Positions, Scores, log_mean_exp

VERSION = "2026-11-24"
"""Changes with any number below."""

DENSE_TEMPERATURE = 0.05
LEXICAL_TEMPERATURE = 0.2
"""Of the aggregation, in each channel's unit. Chosen in November 2026 on 150 SweCRIS leaders outside every reported
set, among .02, .05 and .1 for the dense channel; the lexical scores spread about four times as wide."""

LEXICAL_WEIGHT = 0.12
"""What a lexical score counts beside a cosine. Chosen with the temperatures and the development half of
data/evaluation, among .05, .1, .15 and .2; between .1 and .15 no figure moved by more than its interval."""

NO_EVIDENCE_SCORE = -10.0
"""The score of a collaborator without evidence, below every score that evidence can give (at least -1)."""

STRONG_SCORE = 0.26
POSSIBLE_SCORE = 0.16
"""From which score a suggestion is called strong, and possible. Set on the development half of data/evaluation (28
challenges in two languages, November 2026, default encoder), where 86 % of the strong ones among the best ten had grade
2 or 3, 27 % of the possible and 13 % of the weak. On the test half it is 73, 27 and 13 %: 'matchmaker evaluate'."""


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


def passage_scores(dense: Scores, lexical: Scores) -> Scores:
    """How well each passage by itself meets the query: orders a collaborator's evidence."""
    scores: Scores = dense + np.float32(LEXICAL_WEIGHT) * lexical
    return scores


def collaborator_scores(
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
        dense_part = log_mean_exp(dense, starts, rows, DENSE_TEMPERATURE)
    if Channel.LEXICAL in channels:
        lexical_part = np.float32(LEXICAL_WEIGHT) * log_mean_exp(lexical, starts, rows, LEXICAL_TEMPERATURE)
    has_evidence = np.diff(starts) > 0
    score = np.where(has_evidence, dense_part + lexical_part, np.float32(NO_EVIDENCE_SCORE)).astype(np.float32)
    return CollaboratorScores(score, dense_part, lexical_part)


def best_first(score: npt.NDArray[np.float32], collaborator_ids: tuple[str, ...]) -> list[int]:
    """Positions by falling score; equal scores by collaborator id, so that the order is the same everywhere."""
    return sorted(range(len(score)), key=lambda position: (-float(score[position]), collaborator_ids[position]))


def confidence_of(score: float) -> Confidence:
    """The word for a score."""
    if score <= NO_EVIDENCE_SCORE:
        return Confidence.NONE
    if score >= STRONG_SCORE:
        return Confidence.STRONG
    return Confidence.POSSIBLE if score >= POSSIBLE_SCORE else Confidence.WEAK
