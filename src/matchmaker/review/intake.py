"""Taking in a challenge: stored first, so that nothing typed is lost, then matched, the shortlist frozen beside it."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter

from matchmaker.db.challenges import (
    StoredChallenge,
    StoredShortlist,
    add_challenge,
    add_shortlist,
    find_latest_shortlist,
    get_challenge,
)
from matchmaker.db.session import Database
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.language import Language
from matchmaker.domain.shortlist import Shortlist
from matchmaker.pipeline import Matcher
from matchmaker.text.query import read_query

Matchers = Callable[[str], Matcher]
"""The matcher of a collection by its name."""

_SHORTLIST = TypeAdapter(Shortlist)


def submit_challenge(
    database: Database,
    *,
    text: str,
    title: str | None,
    language: str | None,
    municipality: str | None,
    collection: str,
) -> StoredChallenge:
    """Store a challenge; it is committed when this returns.

    Raises:
        InvalidChallengeError: it cannot be matched as it is; nothing is stored.
    """
    stored = StoredChallenge(str(uuid.uuid4()), title, text, language, municipality, collection, datetime.now(UTC))
    read_query(_challenge(stored))
    with database.transaction() as session:
        add_challenge(session, stored)
    return stored


def challenge_shortlist(database: Database, challenge_id: str, matchers: Matchers) -> tuple[StoredShortlist, Shortlist]:
    """The frozen shortlist of a challenge, made now if there is none yet.

    Raises:
        NotFoundError: there is no such challenge.
        SetupError: there is no shortlist, and the index or encoder to make one cannot be used.
    """
    with database.reading() as session:
        challenge = get_challenge(session, challenge_id)
        stored = find_latest_shortlist(session, challenge_id)
    if stored is None:
        shortlist = matchers(challenge.collection).match(_challenge(challenge))
        stored = StoredShortlist(str(uuid.uuid4()), challenge_id, datetime.now(UTC), shortlist_content(shortlist))
        with database.transaction() as session:
            # Two first readers may both have matched; the one that is written first is the shortlist.
            existing = find_latest_shortlist(session, challenge_id)
            if existing is None:
                add_shortlist(session, stored)
            stored = existing or stored
    return stored, _SHORTLIST.validate_python(stored.content)


def shortlist_content(shortlist: Shortlist) -> dict[str, Any]:
    """A shortlist in the JSON form in which it is frozen."""
    content: dict[str, Any] = _SHORTLIST.dump_python(shortlist, mode="json")
    return content


def _challenge(stored: StoredChallenge) -> Challenge:
    return Challenge(stored.id, stored.text, stored.title, Language.of(stored.language))
