"""Anyone of the catalogue, found by name or by what they work with, for an adviser who misses somebody on a list."""

from dataclasses import dataclass

from matchmaker.db.cases import get_case
from matchmaker.db.names import find_by_name
from matchmaker.db.session import Database
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.errors import InvalidChallengeError
from matchmaker.domain.ranking import RankedCollaborator
from matchmaker.domain.shortlist import Confidence
from matchmaker.pipeline import Matcher
from matchmaker.review.intake import Matchers

MOST_NAMED = 20
MOST_RANKED = 12
"""More than this is a catalogue, not an answer: the adviser writes other words instead."""


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody of the catalogue; ``confidence`` is how near the words are, None where the name was found."""

    collaborator: Collaborator
    confidence: Confidence | None


def find_anyone(database: Database, case_id: str, words: str, matchers: Matchers) -> list[Found]:
    """Those whose names have the words, in either language, then those who work with what the words say.

    Raises:
        NotFoundError: there is no such case.
        SetupError: the index or encoder cannot be used.
    """
    with database.reading() as session:
        case = get_case(session, case_id)
        named = find_by_name(session, case.collection, words, MOST_NAMED)
    matcher = matchers(case.collection)
    ranked = [one for one in _ranked(matcher, words) if one.collaborator_id not in set(named)]
    known = matcher.collection.find_collaborators([*named, *(one.collaborator_id for one in ranked)])
    found = [Found(known[one], None) for one in named if one in known]
    return found + [Found(known[one.collaborator_id], one.confidence) for one in ranked if one.collaborator_id in known]


def _ranked(matcher: Matcher, words: str) -> list[RankedCollaborator]:
    try:
        [(_, ranked)] = matcher.rank([Challenge("", words)], top_k=MOST_RANKED)
    except InvalidChallengeError:
        return []  # nothing that could be matched: a number, or signs
    return [one for one in ranked if one.confidence is not Confidence.NONE]
