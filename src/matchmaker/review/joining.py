"""Challenges that others have made public: joining one as co-owner, or following it, in place of asking again."""

from datetime import UTC, datetime

from matchmaker.db.case_records import (
    MessageKind,
    ParticipantRole,
    add_message,
    add_participant,
    find_participant,
    list_participants,
)
from matchmaker.db.cases import get_case, save_case
from matchmaker.db.drafts import delete_draft, find_by_link
from matchmaker.db.letters import write_joined_letter
from matchmaker.db.queue import PublicChallenge, find_public_challenge, list_public_challenges
from matchmaker.db.session import Database
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.description import InvalidDescriptionError, find_problems
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError, mark
from matchmaker.domain.event import Actor, EventKind
from matchmaker.domain.language import Language
from matchmaker.domain.links import joined_token, link_digest
from matchmaker.domain.workflow import FINISHED, IllegalActError, Party
from matchmaker.review.drafts import Choices, draft_challenge
from matchmaker.review.intake import Matchers
from matchmaker.review.similar import similar_challenges

COMPARED = 2_000
"""The newest public challenges are compared with; their vectors are cached, but each must be read."""

_KINDS = {ParticipantRole.CO_OWNER: EventKind.JOIN, ParticipantRole.FOLLOWER: EventKind.FOLLOW}


def find_similar(
    database: Database, challenge_id: str, challenge: Challenge, matchers: Matchers, collection: str
) -> list[PublicChallenge]:
    """Public challenges much like this one, the most alike first; never the challenge itself.

    Raises:
        SetupError: the index or encoder cannot be used.
    """
    with database.reading() as session:
        others = list_public_challenges(session, but=challenge_id, newest=COMPARED)
    by_id = {one.id: one for one in others}
    candidates = [Challenge(one.id, one.text, one.title, Language.of(one.language)) for one in others]
    if not candidates:
        return []
    try:
        return [by_id[one.id] for one in similar_challenges(matchers(collection), challenge, candidates)]
    except InvalidChallengeError:
        return []  # nothing has been written yet that could be compared


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
    """Join a public challenge with what the draft says of municipality and contact; the draft's words go along.

    The draft is thrown away, since it is not asked for again; returns the token of the new private link. Who has joined
    with the same draft already gets the same link again. Letters are in ``language``, or (None) in all.

    Raises:
        NotFoundError: the link opens no draft, or there is no such public challenge.
        InvalidDescriptionError: municipality or contact are missing or wrong.
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
        today = datetime.now(UTC).date()
        problems = find_problems(linked.draft, choices.municipalities, choices.areas, today, wanted)
        if problems:
            raise InvalidDescriptionError(problems)
        case = get_case(session, challenge_id)
        if case.state in FINISHED:
            raise IllegalActError(mark("This cannot be done now: the case is in another state."), state=case.state)
        municipality, contact_role, contact_email = (str(linked.draft[name]).strip() for name in wanted)
        participant_id = add_participant(
            session,
            challenge_id,
            role,
            municipality=municipality,
            contact_role=contact_role,
            contact_email=contact_email,
            link_digest=link_digest(new),
            letter_language=language,
        )
        words = draft_challenge(linked.id, linked.draft)
        text = "\n\n".join(one for one in (words.title, words.text) if one)
        if text:
            add_message(session, challenge_id, MessageKind.CONTRIBUTION, municipality, text)
        actor = Actor(Party.OFFICER, municipality)
        save_case(session, case, case, actor, _KINDS[role], details={"municipality": municipality})
        write_joined_letter(session, challenge_id, participant_id)
        delete_draft(session, linked.id)
    return new


def co_owners(database: Database, case_id: str) -> list[str]:
    """The municipalities that own a challenge beside its first one."""
    with database.reading() as session:
        participants = list_participants(session, case_id)
    return [one.municipality for one in participants if one.role is ParticipantRole.CO_OWNER]
