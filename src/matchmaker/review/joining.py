"""Challenges that others have made public: asking to own one too, or to follow it, in place of asking again.

Nothing proves whom a form comes from. So whoever asks sees no more than anybody may until the one that asked first, or
an adviser, lets them in (``review/participants.py``).
"""

from matchmaker.db.case_records import (
    MessageKind,
    ParticipantRole,
    Standing,
    add_message,
    add_participant,
    find_participant,
    list_participants,
)
from matchmaker.db.cases import get_case, save_case
from matchmaker.db.drafts import delete_draft, find_by_link
from matchmaker.db.queue import PublicChallenge, find_public_challenge, list_public_challenges
from matchmaker.db.session import Database, Session
from matchmaker.domain.case import Case
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.days import local_day
from matchmaker.domain.description import FieldProblem, InvalidDescriptionError, find_problems
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.event import Actor, EventKind
from matchmaker.domain.language import Language
from matchmaker.domain.links import joined_token, link_digest
from matchmaker.domain.workflow import FINISHED, IllegalActError, Party
from matchmaker.review.drafts import Choices, draft_challenge
from matchmaker.review.intake import Matchers
from matchmaker.review.similar import is_comparable, similar_challenges

COMPARED = 2_000
"""The newest public challenges are compared with; their vectors are cached, but each must be read."""

OWN = mark("This challenge is your own municipality's. Ask your colleague for its link, or go on with your own.")
JOINED_ALREADY = mark("Your municipality has joined this challenge already. Ask your colleague for the link.")


def find_similar(
    database: Database,
    challenge_id: str,
    challenge: Challenge,
    matchers: Matchers,
    collection: str,
    *,
    to_join: str | None = None,
) -> list[PublicChallenge] | None:
    """Public challenges much like this one, the most alike first; never the challenge itself.

    None where it cannot be compared: nothing is written yet, or in neither Swedish nor English. ``to_join``: only those
    that this municipality could join, which are others' and not finished.

    Raises:
        SetupError: the index or encoder cannot be used.
    """
    if not is_comparable(challenge):
        return None
    with database.reading() as session:
        others = list_public_challenges(session, but=challenge_id, newest=COMPARED, to_join=to_join)
    by_id = {one.id: one for one in others}
    candidates = [Challenge(one.id, one.text, one.title, Language.of(one.language)) for one in others]
    if not candidates:
        return []
    return [by_id[one.id] for one in similar_challenges(matchers(collection), challenge, candidates)]


def get_public_challenge(database: Database, challenge_id: str) -> PublicChallenge:
    """A challenge that any municipality may see, and join.

    Raises:
        NotFoundError: there is no such public challenge.
    """
    with database.reading() as session:
        found = find_public_challenge(session, challenge_id)
    if found is None:
        raise NotFoundError(mark("There is no public challenge with the id {id}."), id=challenge_id)
    return found


def join(
    database: Database,
    token: str,
    challenge_id: str,
    role: ParticipantRole,
    choices: Choices,
    language: str | None = None,
) -> str:
    """Ask to join a public challenge with what the draft says of municipality and contact; its words go along.

    The draft is thrown away, since it is not asked for again; returns the token of the new private link. Who has asked
    with the same draft already gets the same link again. Letters are in ``language``, or (None) in all.

    Raises:
        NotFoundError: the link opens no draft, or there is no such public challenge.
        InvalidDescriptionError: municipality or contact are missing or wrong, or it is the municipality's own
            challenge, or one that it has joined already in this role.
        IllegalActError: the challenge is closed.
    """
    new = joined_token(token, challenge_id)
    with database.transaction() as session:
        if find_participant(session, link_digest(new)):
            return new
        linked = find_by_link(session, link_digest(token))
        if linked is None or linked.draft is None or linked.is_sent:
            raise NotFoundError(mark("This link opens no draft."))
        if find_public_challenge(session, challenge_id) is None:
            raise NotFoundError(mark("There is no public challenge with the id {id}."), id=challenge_id)
        wanted = ("municipality", "contact_role", "contact_email")
        problems = find_problems(linked.draft, choices.municipalities, choices.areas, local_day(), wanted)
        if problems:
            raise InvalidDescriptionError(problems)
        case = get_case(session, challenge_id)
        if case.state in FINISHED:
            raise IllegalActError(mark("This cannot be done now: the case is in another state."), state=case.state)
        municipality, contact_role, contact_email = (str(linked.draft[name]).strip() for name in wanted)
        _check_new(session, case, municipality, role)
        participant_id = add_participant(
            session,
            challenge_id,
            role,
            municipality=municipality,
            contact_role=contact_role,
            contact_email=contact_email,
            link_digest=link_digest(new),
            letter_language=language,
            standing=Standing.ASKED,
        )
        words = draft_challenge(linked.id, linked.draft)
        text = "\n\n".join(one for one in (words.title, words.text) if one)
        if text:
            add_message(session, challenge_id, MessageKind.CONTRIBUTION, municipality, text)
        actor = Actor(Party.OFFICER, municipality)
        details = {"municipality": municipality, "participant": participant_id, "role": role.value}
        save_case(session, case, case, actor, EventKind.ASK_TO_JOIN, details=details)
        delete_draft(session, linked.id)
    return new


def _check_new(session: Session, case: Case, municipality: str, role: ParticipantRole) -> None:
    """That a municipality is not on a case already.

    Raises:
        InvalidDescriptionError: it is the owner's, or has asked or been let in in this role.
    """
    if municipality == case.description.municipality:
        raise InvalidDescriptionError([FieldProblem("municipality", OWN)])
    there = [one for one in list_participants(session, case.id) if one.standing is not Standing.REFUSED]
    if any((one.municipality, one.role) == (municipality, role) for one in there):
        raise InvalidDescriptionError([FieldProblem("municipality", JOINED_ALREADY)])
