"""API keys: made, shown once, taken back; who a key speaks for, and whose a challenge is."""

import logging
import re
import secrets
from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from matchmaker.db import access as stored
from matchmaker.db import access_record
from matchmaker.db.cases import get_case
from matchmaker.db.portal import is_co_owner
from matchmaker.db.session import Database
from matchmaker.domain.access import (
    ApiKey,
    ExpiredKeyError,
    KeyRefusedError,
    OtherMunicipalityError,
    Principal,
    RevokedKeyError,
    Scope,
)
from matchmaker.domain.access_event import OPERATOR, AccessAct
from matchmaker.domain.errors import InvalidNameError, NotFoundError, StorageError, mark
from matchmaker.review.identity.secrets import digest, is_of

SECRET_BYTES = 32
ID_BYTES = 6

USE_NOTED_EVERY = timedelta(minutes=1)
"""When a key was last used is written at most so often: a row for each request would be a cost without a use."""

_FORM = re.compile(r"mm_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_CLIENT = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")

log = logging.getLogger(__name__)


def create_key(
    database: Database,
    client: str,
    scopes: Collection[Scope],
    municipalities: Collection[str] | None,
    valid_for: timedelta,
    now: datetime | None = None,
    by: str = OPERATOR,
    made_with: str | None = None,
) -> tuple[ApiKey, str]:
    """A new key and, this once, its whole text ``mm_<id>_<secret>``. ``municipalities`` is None for all of them.

    ``by`` is who makes it, for the record; ``made_with`` is the id of the personal token by which, if by one.

    Raises:
        InvalidNameError: the client's name cannot be one.
    """
    if not _CLIENT.fullmatch(client):
        raise InvalidNameError(
            mark("«{name}» cannot name a client: use small letters a-z, digits and -, at most 64."), name=client
        )
    now = now or datetime.now(UTC)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    key = ApiKey(
        id=secrets.token_hex(ID_BYTES),
        client=client,
        scopes=frozenset(scopes),
        municipalities=None if municipalities is None else frozenset(municipalities),
        created_at=now,
        expires_at=now + valid_for,
        made_with=made_with,
    )
    with database.transaction() as session:
        stored.add_key(session, key, digest(secret))
        access_record.note_act(session, by, AccessAct.KEY_MADE, key.prefix, _described(key), now)
    return key, f"{key.prefix}_{secret}"


def list_keys(database: Database) -> list[ApiKey]:
    with database.reading() as session:
        return stored.list_keys(session)


def revoke_key(database: Database, key_id: str, now: datetime | None = None, by: str = OPERATOR) -> None:
    """Take a key back; the next request with it is refused.

    Raises:
        NotFoundError: there is no such key.
    """
    with database.transaction() as session:
        if not stored.revoke_key(session, key_id, now or datetime.now(UTC)):
            raise NotFoundError(mark("There is no API key with the id {id}."), id=key_id)
        access_record.note_act(session, by, AccessAct.KEY_REVOKED, f"mm_{key_id}", now=now)


def authenticate(database: Database, presented: str, now: datetime | None = None) -> Principal:
    """For whom a key speaks.

    That a key is expired or revoked is only told to who knows its secret.

    Raises:
        KeyRefusedError: it is not a key of ours, expired or revoked.
    """
    now = now or datetime.now(UTC)
    form = _FORM.fullmatch(presented)
    found = None
    if form:
        with database.reading() as session:
            found = stored.find_key(session, form.group(1))
    if not is_of(form.group(2) if form else "", found[1] if found else None) or found is None:
        raise KeyRefusedError(mark("The API key is not known. Check that the whole of it was sent."))
    key = found[0]
    if key.revoked_at is not None:
        raise RevokedKeyError(mark("The API key has been revoked. Ask the one who runs Matchmaker for a new one."))
    if key.expires_at <= now:
        raise ExpiredKeyError(mark("The API key has expired. Ask the one who runs Matchmaker for a new one."))
    _note_use(database, key, now)
    return key.principal


def check_own_challenge(database: Database, principal: Principal, challenge_id: str) -> None:
    """That a challenge is one of the municipalities that a client acts for.

    Raises:
        NotFoundError: it is not, or there is none: which of the two is not told.
    """
    with database.reading() as session:
        municipality = get_case(session, challenge_id).description.municipality
    if not principal.acts_for(municipality):
        raise NotFoundError(mark("There is no challenge with the id {id}."), id=challenge_id)


def check_readable_challenge(database: Database, principal: Principal, challenge_id: str) -> None:
    """That a challenge is a municipality's own, or one that it owns with another.

    Raises:
        NotFoundError: it is not, or there is none: which of the two is not told.
    """
    with database.reading() as session:
        municipality = get_case(session, challenge_id).description.municipality
        readable = principal.acts_for(municipality) or is_co_owner(session, challenge_id, principal.municipalities)
    if not readable:
        raise NotFoundError(mark("There is no challenge with the id {id}."), id=challenge_id)


def own_municipality(principal: Principal, code: str | None) -> str | None:
    """The municipality of what a client sends: the one named, else the only one that its key is for.

    Raises:
        OtherMunicipalityError: the key is not for the one that is named, or for several and none is named.
    """
    if code is None and principal.municipalities is not None and len(principal.municipalities) == 1:
        return next(iter(principal.municipalities))
    if not principal.acts_for(code):
        codes = ", ".join(sorted(principal.municipalities or ()))
        raise OtherMunicipalityError(mark("Name a municipality that the API key is for: {codes}."), codes=codes)
    return code


def _note_use(database: Database, key: ApiKey, now: datetime) -> None:
    if key.last_used_at is not None and now - key.last_used_at < USE_NOTED_EVERY:
        return
    try:
        with database.transaction() as session:
            stored.note_use(session, key.id, now, now - USE_NOTED_EVERY)
    except StorageError:
        log.warning("The use of the API key %s could not be noted", key.id)  # no reason to refuse the request


def _described(key: ApiKey) -> str:
    """For whom and for what a key is, and by which personal token it was made, in codes."""
    whose = "all" if key.municipalities is None else ",".join(sorted(key.municipalities))
    by_token = f" mmp_{key.made_with}" if key.made_with else ""
    return f"{key.client} {whose} {','.join(sorted(key.scopes))}{by_token}"
