"""What a group may know of challenges: public ones whose list was approved and sent, and nothing else.

A group sees where it was suggested, on what evidence, and which challenges are near its work: the same matcher, read
the other way. A challenge's ranking says how likely the group is relevant for it; the challenges for which that
is likely enough to be suggested are shown, with the same words for how sure that is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from matchmaker.db.published import Published, list_published
from matchmaker.db.session import Database
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.language import Language
from matchmaker.domain.ranking import RankedCollaborator
from matchmaker.domain.shortlist import Confidence, Suggestion
from matchmaker.pipeline import Matcher
from matchmaker.review.status import ApprovedList

NEAR = (Confidence.STRONG, Confidence.POSSIBLE)
"""From which word on a challenge is called near a group's work: from which on the group would be suggested for it."""

NEWEST = 100
"""How many of the newest challenges are ranked when a page is opened; a ranking takes milliseconds."""

_APPROVED = TypeAdapter(ApprovedList)


@dataclass(frozen=True, slots=True)
class Suggested:
    """A challenge for which a group was suggested, as the municipality read it."""

    challenge: Published
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class Near:
    """A challenge near a group's work, and how sure that is."""

    challenge: Published
    confidence: Confidence
    probability: float


def suggested_where(database: Database, collection: str, group: str, now: datetime) -> list[Suggested]:
    """Where a group was suggested, the newest first."""
    with database.reading() as session:
        published = list_published(session, collection, now, mentioning=group)
    found = []
    for one in published:
        suggestions = _APPROVED.validate_python(one.content).suggestions
        found += [Suggested(one, own) for own in suggestions if own.collaborator_id == group]
    return found


def near_challenges(matcher: Matcher, published: Sequence[Published], group: str) -> list[Near]:
    """Which of the open challenges are near a group's work, the nearest first; none for a group that is not indexed.

    Where the group is on the list already it has been suggested, and is told so (``suggested_where``).
    """
    newest = [one for one in published if one.is_open and not one.mentions(group)][:NEWEST]
    ranked = rank_groups(matcher, newest)
    near = [
        Near(one, own.confidence, own.probability)
        for one in newest
        if (own := ranked[one.id].get(group)) and own.confidence in NEAR
    ]
    return sorted(near, key=lambda one: (-one.probability, one.challenge.id))


def rank_groups(matcher: Matcher, published: Sequence[Published]) -> Mapping[str, Mapping[str, RankedCollaborator]]:
    """By challenge, and then by collaborator, how near they are."""
    ranked = matcher.rank([_challenge(one) for one in published])
    return {challenge.id: {own.collaborator_id: own for own in ranking} for challenge, ranking in ranked}


def _challenge(one: Published) -> Challenge:
    described = one.description
    return Challenge(one.id, described.matched_text, described.title or None, Language.of(one.language))
