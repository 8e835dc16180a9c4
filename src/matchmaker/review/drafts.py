"""From the first letter typed to a challenge that is sent, and from there to its next version.

A draft is kept as it came from the form, right or wrong, behind a private link.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from matchmaker.db.case_records import Participant, find_participant
from matchmaker.db.cases import add_first_version, get_case, save_case
from matchmaker.db.correspondence import set_language
from matchmaker.db.drafts import (
    LinkedChallenge,
    add_draft,
    delete_draft,
    end_draft,
    find_by_link,
    note_version,
    save_draft,
)
from matchmaker.db.session import Database
from matchmaker.domain.case import Case, step
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.days import local_day
from matchmaker.domain.description import FIELDS, MATCHED, Description, read_description
from matchmaker.domain.errors import MatchmakerError, NotFoundError, mark
from matchmaker.domain.event import OFFICER, EventKind
from matchmaker.domain.links import LETTER_PREFIX, link_digest, new_token
from matchmaker.domain.open_page import Meeting, OpenPage, meet
from matchmaker.domain.workflow import Act, Party, State
from matchmaker.review.intake import answer_day, challenge_of
from matchmaker.review.letters import LINK_ENDED
from matchmaker.text.query import read_query


class OvertakenError(MatchmakerError):
    """Since the draft was begun, another version of its challenge has been sent, which the sender has not seen."""

    code = "stale-case"


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form's fields may be: codes of municipalities and of areas."""

    municipalities: Sequence[str]
    areas: Sequence[str]


def open_link(database: Database, token: str) -> tuple[LinkedChallenge, Participant | None]:
    """What a private link opens: a challenge, and for another municipality's link what that one is to it.

    Raises:
        NotFoundError: the link opens nothing.
    """
    digest = link_digest(token)
    with database.reading() as session:
        linked = find_by_link(session, digest)
        if linked:
            return linked, None
        participant = find_participant(session, digest)
        if participant:
            state = get_case(session, participant.case_id).state
            return LinkedChallenge(participant.case_id, state, None, None), participant
    if token.startswith(LETTER_PREFIX):
        raise NotFoundError(LINK_ENDED)
    raise NotFoundError(mark("This link opens nothing. It may be cut short, or the draft has been thrown away."))


def start_draft(database: Database, collection: str, typed: Mapping[str, Any]) -> str:
    """Begin a challenge with what was typed so far; returns the token of its private link."""
    token = new_token()
    with database.transaction() as session:
        add_draft(session, collection, link_digest(token), clean(typed))
    return token


def keep(
    database: Database,
    token: str,
    typed: Mapping[str, Any],
    page: OpenPage | None = None,
    expect: Callable[[LinkedChallenge], None] | None = None,
) -> Meeting:
    """Keep what was typed in some of the fields; the others stay.

    ``page`` is where it was typed: what has been changed there and in another window too is not kept, and is told.
    ``expect`` refuses, where the draft is not as the sender saw it.

    Raises:
        NotFoundError: the link opens no draft.
    """
    with database.transaction() as session:
        linked = find_by_link(session, link_digest(token))
        if linked is None or linked.draft is None:
            raise NotFoundError(mark("This link opens no draft."))
        if expect is not None:
            expect(linked)
        page = page or OpenPage()
        met = meet(linked.draft, linked.windows, clean(typed), page)
        save_draft(session, linked.id, met.whole, {**linked.windows, **dict.fromkeys(met.written, page.window)})
        if page.begun_from is not None:
            note_version(session, linked.id, page.begun_from)
    return met


def send(
    database: Database,
    token: str,
    choices: Choices,
    answer_days: int,
    language: str | None = None,
    seen: int | None = None,
) -> Case:
    """Send the draft: a new challenge, or the next version of one. It is committed when this returns.

    ``language`` is the one that the sender reads: letters are in it, or (None) in all of them. ``seen`` is the version
    that the sender was shown beside the draft, where it is a later one than that from which the draft began.

    Raises:
        NotFoundError: the link opens no draft.
        InvalidDescriptionError: fields are wrong; nothing is changed.
        InvalidChallengeError: the text cannot be matched; nothing is changed.
        IllegalActError: the challenge has been closed or withdrawn meanwhile.
        OvertakenError: another version was sent meanwhile; nothing is changed.
    """
    now = datetime.now(UTC)
    with database.transaction() as session:
        linked = find_by_link(session, link_digest(token))
        if linked is None or linked.draft is None:
            raise NotFoundError(mark("This link opens no draft."))
        described = read_description(linked.draft, choices.municipalities, choices.areas, local_day(now))
        promised = answer_day(local_day(now), answer_days)
        if linked.is_sent:
            before = get_case(session, linked.id)
            if linked.is_overtaken and seen != before.version:
                raise OvertakenError(mark("The challenge was changed while you were writing. Nothing was sent."))
            amended = replace(before, version=before.version + 1, description=described, promised_on=promised)
            after, kind = step(amended, Act.AMEND, Party.OFFICER), EventKind.AMEND
        else:
            before = add_first_version(session, linked.id, described, now, promised)
            after, kind = step(before, Act.SUBMIT, Party.OFFICER), EventKind.SUBMIT
        read_query(challenge_of(after))
        set_language(session, linked.id, language)
        sent = save_case(session, before, after, OFFICER, kind, details={"version": after.version})
        end_draft(session, linked.id)
    return sent


def start_amending(database: Database, token: str, begun_from: int | None = None) -> None:
    """Begin the next version with the present one; what is being typed already stays.

    ``begun_from`` is the version that whoever types has before them, where it may be an earlier one.

    Raises:
        NotFoundError: the link opens no challenge.
        IllegalActError: it is closed or withdrawn.
    """
    with database.transaction() as session:
        linked = find_by_link(session, link_digest(token))
        if linked is None or not linked.is_sent:
            raise NotFoundError(mark("This link opens nothing that was sent."))
        case = get_case(session, linked.id)
        step(case, Act.AMEND, Party.OFFICER)
        if linked.draft is None:
            version = case.version if begun_from is None else min(begun_from, case.version)
            save_draft(session, linked.id, typed_of(case.description))
            note_version(session, linked.id, version)


def throw_away(database: Database, token: str) -> None:
    """Throw away what is being typed; of a challenge that was sent only the changes.

    Raises:
        NotFoundError: the link opens no draft.
    """
    with database.transaction() as session:
        linked = find_by_link(session, link_digest(token))
        if linked is None:
            raise NotFoundError(mark("This link opens no draft."))
        if linked.state is State.DRAFT:
            delete_draft(session, linked.id)
        else:
            end_draft(session, linked.id)


def clean(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The known fields, without the characters that no database keeps."""
    return {name: _clean(value) for name, value in typed.items() if name in FIELDS}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "").replace("\r\n", "\n")
    return [_clean(one) for one in value]


def typed_of(described: Description) -> dict[str, Any]:
    """A description in the form in which the form sends it."""
    typed = asdict(described)
    typed["by_when"] = described.by_when.isoformat() if described.by_when else ""
    typed["visibility"] = described.visibility.value
    typed["areas"] = list(described.areas)
    typed["municipality"] = described.municipality or ""
    return typed


def draft_challenge(challenge_id: str, typed: Mapping[str, Any]) -> Challenge:
    """What of a draft would be matched, complete or not."""
    texts = [str(typed.get(name, "")).strip() for name in MATCHED]
    return Challenge(challenge_id, "\n\n".join(text for text in texts if text), str(typed.get("title", "")).strip())
