"""API keys as administrators make them, on their page or by a program with their personal token.

What a token makes is worth no more than the token: the key ends with it, at its time or when it is taken back.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from matchmaker.db import access as stored
from matchmaker.db import personal_tokens
from matchmaker.db.session import Database
from matchmaker.domain.access import ApiKey, Scope
from matchmaker.domain.errors import InvalidChallengeError, InvalidNameError, NotFoundError, mark
from matchmaker.review.access import create_key

LONGEST_DAYS = 1095


@dataclass(frozen=True, slots=True)
class WantedKey:
    """What a key is to be like. ``municipalities`` is None for all of them; ``days`` is how long it is good."""

    client: str
    scopes: Collection[Scope]
    municipalities: Collection[str] | None
    days: int


def make_key(
    database: Database,
    wanted: WantedKey,
    known: Collection[str],
    by: str,
    token: str = "",
    now: datetime | None = None,
) -> tuple[ApiKey, str]:
    """A new key and, this once, its whole text. ``known`` are the codes of the municipalities that there are.

    ``by`` is who makes it, for the record, and ``token`` the id of the personal token by which, if by one.

    Raises:
        InvalidChallengeError: it cannot be like that; the field is named.
    """
    _check(wanted, known)
    now = now or datetime.now(UTC)
    valid_for = timedelta(days=wanted.days)
    if token:
        valid_for = min(valid_for, _end_of(database, token) - now)
    whose = None if wanted.municipalities is None else frozenset(wanted.municipalities)
    try:
        return create_key(
            database, wanted.client, frozenset(wanted.scopes), whose, valid_for, now, by, made_with=token or None
        )
    except InvalidNameError as error:
        raise InvalidChallengeError("client", error.template, **error.values) from error


def get_key(database: Database, key_id: str) -> ApiKey:
    """One key, without its secret.

    Raises:
        NotFoundError: there is no such key.
    """
    with database.reading() as session:
        found = stored.find_key(session, key_id)
    if found is None:
        raise NotFoundError(mark("There is no API key with the id {id}."), id=key_id)
    return found[0]


def _check(wanted: WantedKey, known: Collection[str]) -> None:
    if not wanted.scopes:
        raise InvalidChallengeError("scopes", mark("Choose what the key is for."))
    if wanted.municipalities is not None and not wanted.municipalities:
        raise InvalidChallengeError("municipalities", mark("Choose whom the key is for, or all of them."))
    for code in wanted.municipalities or ():
        if code not in known:
            raise InvalidChallengeError(
                "municipalities",
                mark("{code} is not the code of a municipality in Norrbotten. They are: {codes}."),
                code=code,
                codes=", ".join(sorted(known)),
            )
    if not 1 <= wanted.days <= LONGEST_DAYS:
        raise InvalidChallengeError("days", mark("Write a number of days from 1 to {most}."), most=LONGEST_DAYS)


def _end_of(database: Database, token: str) -> datetime:
    with database.reading() as session:
        found = personal_tokens.find_token(session, token)
    assert found is not None, "somebody has just come in by it"
    return found[0].expires_at
