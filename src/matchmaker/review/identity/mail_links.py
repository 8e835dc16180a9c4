"""Sign-in by a link that is mailed to an officer's address at the municipality.

What is stored is neither the address nor the link, but their digests. The mail lies in the outbox until it was sent.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from matchmaker.db import identity_sessions as stored
from matchmaker.db.session import Database
from matchmaker.domain.account import Account, SignInRefusedError
from matchmaker.domain.errors import mark
from matchmaker.notify.mail import queue_mail, read_address
from matchmaker.notify.sign_in_letter import sign_in_letter
from matchmaker.review.identity.accounts import officer_account
from matchmaker.review.identity.domains import checked_domains, municipality_of
from matchmaker.review.identity.mailbox import mailbox_of
from matchmaker.review.identity.secrets import digest, installation_key, keyed_digest, new_token
from matchmaker.settings import Settings

GOOD_FOR = timedelta(minutes=10)
"""As long as OWASP's ASVS 5.0, 6.5.5, allows a secret that comes by another way; late mail is asked for again."""

USED_UP = mark("This link is no longer good: it has been used, or is older than {minutes} minutes. Ask for a new one.")


def request_link(
    database: Database,
    settings: Settings,
    address: str,
    make_link: Callable[[str], str],
    now: datetime | None = None,
) -> None:
    """Mail a link, if the address is at a municipality. Nothing tells the one who asks whether it is.

    Links that were mailed before stay good for their time: anybody can ask for one to somebody's address.

    Raises:
        InvalidMailError: that is no address at all.
    """
    now = now or datetime.now(UTC)
    subject = officer_digest(settings, address)
    to = read_address(address).addr_spec
    municipality = municipality_of(settings, to)
    if municipality is None:
        return
    token = new_token()
    with database.transaction() as session:
        stored.forget_expired(session, now)
        stored.add_link(session, digest(token), subject, municipality, now + GOOD_FOR)
        letter = sign_in_letter(to, make_link(token), int(GOOD_FOR.total_seconds() // 60))
        queue_mail(session, letter, f"sign-in:{digest(token)}", good_until=now + GOOD_FOR)


def is_good(database: Database, token: str, now: datetime | None = None) -> bool:
    """Whether a link would let somebody in; looking does not use it up, since mail scanners look too."""
    with database.reading() as session:
        found = stored.find_link(session, digest(token))
    return found is not None and found.expires_at > (now or datetime.now(UTC))


def use_link(database: Database, settings: Settings, token: str, now: datetime | None = None) -> Account:
    """The officer whom a link lets in, once.

    Raises:
        SignInRefusedError: it was used, is too old or none of ours, or the domain or account is no longer let in.
    """
    now = now or datetime.now(UTC)
    minutes = int(GOOD_FOR.total_seconds() // 60)
    known = {one.municipality for one in checked_domains(settings)}
    with database.transaction() as session:
        found = stored.find_link(session, digest(token))
        if found is None or found.expires_at <= now or found.municipality not in known:
            raise SignInRefusedError(USED_UP, minutes=minutes)
        stored.delete_links(session, found.subject_digest)
        return officer_account(session, found.subject_digest, found.municipality)


def officer_digest(settings: Settings, address: str) -> str:
    """By what an officer's address is known; other spellings of the same mailbox are the same officer."""
    return keyed_digest(installation_key(settings), "officer", mailbox_of(address))
