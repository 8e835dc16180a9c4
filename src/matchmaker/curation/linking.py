"""Whose a work is: by tables of hints, and, where nothing tells, by what the matcher suggests to the steward."""

from collections.abc import Callable, Iterable, Mapping, Sequence

from matchmaker.curation.records import Pseudonym, stored_hint
from matchmaker.db import hints, work_lists
from matchmaker.db.catalogue import touch_collection
from matchmaker.db.session import Database, Turn
from matchmaker.db.work_links import refresh_works, set_links
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind
from matchmaker.domain.errors import InvalidChallengeError
from matchmaker.domain.shortlist import Confidence
from matchmaker.domain.work import Hint, HintScheme, LinkBasis, LinkState, Work
from matchmaker.pipeline import Matcher
from matchmaker.text.query import read_query

CATALOGUE, STEWARD = "catalogue", "steward"
"""Origins of hints: the groups' own names, and tables that a steward gave."""

BATCH = 100
MOST_WORDS = 150
"""Of a work's text that is asked with: its beginning says what it is about."""

Progress = Callable[[int], None]


OWN_REGISTER = "ltu"
"""The register of research subjects (a DiVA portal's code) whose names the shipped catalogue's groups bear."""


def name_hints(collaborators: Iterable[Collaborator]) -> list[tuple[Hint, str]]:
    """A research group's names are names of the university's research subjects, in both languages."""
    return [
        (Hint(HintScheme.SUBJECT, f"{OWN_REGISTER}:{name}"), one.id)
        for one in collaborators
        if one.kind is CollaboratorKind.RESEARCH_GROUP
        for name in (one.name.sv, one.name.en)
        if name
    ]


def save_hints(
    database: Database, collection: str, origin: str, pairs: Sequence[tuple[Hint, str]], pseudonym: Pseudonym
) -> bool:
    """Have these be the hints of an origin, each with the collaborator that it tells of; whether that is new.

    Works that are there already are not linked anew: see ``relink``.
    """
    stored = {(hint, one) for pair, one in pairs if (hint := stored_hint(pair, pseudonym)).value}
    with database.transaction(Turn.CATALOGUE) as session:
        return hints.replace_hints(session, collection, origin, stored)


def relink(database: Database, collection: str, progress: Progress | None = None) -> None:
    """Link all works by the hints as they are now; what people decided holds."""
    changed, after = False, ""
    while True:
        with database.transaction(Turn.CATALOGUE) as session:
            batch = work_lists.next_work_ids(session, collection, after, BATCH)
            if not batch:
                break
            changed |= refresh_works(session, collection, batch)
        after = batch[-1]
        if progress:
            progress(len(batch))
        database.let_others_write()
    if changed:
        with database.transaction(Turn.CATALOGUE) as session:
            touch_collection(session, collection)


def suggest_groups(database: Database, collection: str, matcher: Matcher, progress: Progress | None = None) -> int:
    """Suggest a group for works that are nobody's, where the matcher finds one near; returns for how many.

    A suggestion counts for nothing until a steward has confirmed it. What has been suggested or decided before is
    not asked again.
    """
    made, after = 0, ""
    while True:
        with database.reading() as session:
            works = work_lists.find_unlinked(session, collection, after, BATCH)
        if not works:
            return made
        after = works[-1].id
        for work, (group, probability) in _nearest(matcher, works).items():
            with database.transaction(Turn.CATALOGUE) as session:
                set_links(session, collection, [work], group, LinkState.SUGGESTED, LinkBasis.SUGGESTION, probability)
            made += 1
        if progress:
            progress(len(works))


def _nearest(matcher: Matcher, works: Sequence[Work]) -> Mapping[str, tuple[str, float]]:
    """The nearest expert of each work that has one near, with the probability."""
    challenges = [challenge for work in works if (challenge := _as_challenge(work))]
    found: dict[str, tuple[str, float]] = {}
    for challenge, ranked in matcher.rank(challenges, top_k=5):
        experts = matcher.collection.find_collaborators([one.collaborator_id for one in ranked])
        for one in ranked:
            known = experts.get(one.collaborator_id)
            if known and known.kind is CollaboratorKind.RESEARCH_GROUP:
                if one.confidence is not Confidence.WEAK:
                    found[challenge.id] = (one.collaborator_id, one.probability)
                break
    return found


def _as_challenge(work: Work) -> Challenge | None:
    """What a work is about, asked like a need; None for one that says too little."""
    text = max(work.texts, key=lambda one: len(one.text))
    words = " ".join([*text.text.split()[:MOST_WORDS], *text.keywords])
    challenge = Challenge(work.id, words or text.title, text.title, text.language)
    try:
        read_query(challenge)
    except InvalidChallengeError:
        return None
    return challenge
