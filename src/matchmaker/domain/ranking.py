"""A whole ranking, as batch runs and the evaluation read it."""

from dataclasses import dataclass

from matchmaker.domain.shortlist import Confidence


@dataclass(frozen=True, slots=True)
class RankedCollaborator:
    """A collaborator's place, from 1, and score in the ranking for one challenge.

    ``probability`` is how likely a reviewer would find the suggestion relevant, from 0 to 1; ``confidence`` its word.
    """

    collaborator_id: str
    rank: int
    score: float
    probability: float
    confidence: Confidence
