"""A whole ranking, as batch runs and the evaluation read it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RankedCollaborator:
    """A collaborator's place, from 1, and score in the ranking for one challenge."""

    collaborator_id: str
    rank: int
    score: float
