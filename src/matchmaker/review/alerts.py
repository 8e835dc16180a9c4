"""Alerts of new challenges by mail: asked for on a group's page, confirmed by the address, stopped by one click.

An alert tells of public challenges whose first approved list was sent after the address was confirmed, and of each at
most once; an address gets at most one letter a day. Both hold however often, and by how many at once, letters are
written: what a letter tells of is noted in the transaction that queues it.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import quote

from matchmaker.db import alerts as stored
from matchmaker.db.alerts import Alert, letters_of
from matchmaker.db.group_lists import find_group, group_names
from matchmaker.db.published import Published, list_published
from matchmaker.db.session import Database, Session
from matchmaker.domain.curation import GroupState
from matchmaker.domain.days import local_day
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError, mark
from matchmaker.domain.links import link_digest, new_token
from matchmaker.domain.ranking import RankedCollaborator
from matchmaker.notify.alert_letters import Told, alert_letter, confirming_letter
from matchmaker.notify.mail import InvalidMailError, queue_mail, read_address
from matchmaker.notify.worker import CONFIRMING
from matchmaker.pipeline import Matcher
from matchmaker.review.identity.mailbox import mailbox_of
from matchmaker.review.published import NEAR, rank_groups

MOST_ADDRESSES = 20
"""Of a group. Each is sent a letter before it has said yes, so that a link is no means to write to many strangers."""

Ranked = Mapping[str, Mapping[str, RankedCollaborator]]


class Asked(StrEnum):
    """What came of asking for alerts."""

    ASKED = "asked"
    """A letter asks the address."""
    WAITING = "waiting"
    """One has already; there is no second."""
    CHANGED = "changed"
    """The address had said yes before, and follows what is chosen now."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to be told, as it was typed."""

    address: str
    areas: tuple[str, ...]
    near: bool
    language: str


def check_takes_part(database: Database, collection: str, group: str) -> None:
    """That alerts can be asked for in a group's name.

    Raises:
        NotFoundError: there is no such group.
        InvalidChallengeError: it takes no part.
    """
    with database.reading() as session:
        if find_group(session, collection, group).state is not GroupState.ACTIVE:
            raise InvalidChallengeError("address", mark("There are no alerts while the group takes no part."))


def ask_for_alerts(
    database: Database,
    collection: str,
    group: str,
    wish: Wish,
    make_link: Callable[[str], str],
    now: datetime | None = None,
) -> Asked:
    """Ask an address whether it wants alerts; ``make_link`` makes the whole address of a token.

    Raises:
        InvalidChallengeError: the address is none, nothing is followed, or the group has many addresses already.
    """
    now = now or datetime.now(UTC)
    address, mailbox = _read(wish.address)
    if not wish.areas and not wish.near:
        raise InvalidChallengeError("areas", mark("Choose at least one area, or challenges near the group's work."))
    token = new_token()
    with database.transaction() as session:
        stored.forget_unconfirmed(session, now - CONFIRMING)
        known = stored.find_alert(session, collection, group, mailbox)
        if known:
            stored.change_alert(session, known.id, wish.areas, near=wish.near)
            return Asked.CHANGED if known.confirmed_at else Asked.WAITING
        if stored.count_alerts(session, collection, group) >= MOST_ADDRESSES:
            raise InvalidChallengeError(
                "address", mark("Alerts for this group go to {most} addresses already."), most=MOST_ADDRESSES
            )
        alert = Alert(
            id=stored.new_alert_id(),
            collection=collection,
            group=group,
            address=address,
            mailbox=mailbox,
            language=wish.language,
            areas=wish.areas,
            near=wish.near,
            asked_at=now,
            confirmed_at=None,
        )
        stored.add_alert(session, alert, link_digest(token))
        letter = confirming_letter(
            address, _group_name(session, alert), make_link(token), CONFIRMING.days, wish.language
        )
        queue_mail(session, letter, f"alert-asked:{alert.id}", good_until=now + CONFIRMING, group=letters_of(alert.id))
    return Asked.ASKED


def find_asked(database: Database, token: str, now: datetime | None = None) -> Alert:
    """The alert that a link confirms; looking confirms nothing, since mail scanners look too.

    Raises:
        NotFoundError: there is none, or nobody said yes in time.
    """
    with database.reading() as session:
        return _asked(session, token, now or datetime.now(UTC))


def confirm(database: Database, token: str, now: datetime | None = None) -> None:
    """Begin to send alerts to the address that a link was mailed to.

    Raises:
        NotFoundError: there is none, or nobody said yes in time.
    """
    now = now or datetime.now(UTC)
    with database.transaction() as session:
        stored.confirm_alert(session, _asked(session, token, now).id, now)


def stop(database: Database, token: str) -> None:
    """Stop alerts and forget the address, by a letter's link; done already, it stays done."""
    with database.transaction() as session:
        alert = stored.find_by_stop_link(session, link_digest(token))
        if alert:
            stored.delete_alert(session, alert.id)


def write_alerts(
    database: Database,
    collection: str,
    open_matcher: Callable[[], Matcher],
    site: str,
    now: datetime | None = None,
) -> int:
    """Write the letters that are due to the outbox; returns how many. ``site`` is the pages' address in letters.

    Raises:
        MatchmakerError: there is no matcher just now to say what is near; nothing has been written.
    """
    now = now or datetime.now(UTC)
    with database.reading() as session:
        alerts = stored.list_confirmed(session, collection)
        waiting = {one.id: one for alert in alerts for one in _new_to(session, alert, now)}
    if not waiting:
        return 0
    # Before the transactions: ranking encodes, and keeps what it encoded in the same database.
    near_wanted = any(alert.near for alert in alerts)
    ranked = rank_groups(open_matcher(), list(waiting.values())) if near_wanted else {}
    return sum(_write(database, alert, ranked, site, now) for alert in alerts)


def _write(database: Database, alert: Alert, ranked: Ranked, site: str, now: datetime) -> bool:
    """One alert's letter, if there is something to tell and its address has had none today."""
    stop_token = new_token()
    with database.transaction() as session:
        if not stored.is_there(session, alert.id):
            return False
        # Read again: what was withdrawn, or told by another, since the ranking began is left out.
        fresh = [one for one in _new_to(session, alert, now) if one.id in ranked or not alert.near]
        near = [one for one in fresh if alert.near and _is_near(ranked[one.id].get(alert.group))]
        followed = [one for one in fresh if one not in near and set(one.description.areas) & set(alert.areas)]
        if near or followed:
            link = f"{site}/letters/alerts/{quote(stop_token)}"
            letter = alert_letter(
                alert.address, _group_name(session, alert), _told(near), _told(followed), link, alert.language
            )
            if not queue_mail(session, letter, _once_a_day(alert, now), group=letters_of(alert.id)):
                return False
            stored.add_stop_link(session, alert.id, link_digest(stop_token))
            stored.note_told(session, alert.id, now)
        stored.note_seen(session, alert.id, [one.id for one in fresh])
    return bool(near or followed)


def _new_to(session: Session, alert: Alert, now: datetime) -> list[Published]:
    """The open challenges that were published since an alert was confirmed and that it has not been tried with."""
    seen, since = stored.seen_by(session, alert.id), alert.confirmed_at
    published = list_published(session, alert.collection, now)
    return [one for one in published if one.is_open and since and one.first_released_at > since and one.id not in seen]


def _is_near(ranked: RankedCollaborator | None) -> bool:
    return ranked is not None and ranked.confidence in NEAR


def _told(challenges: Sequence[Published]) -> list[Told]:
    return [Told(one.description.title, one.description.problem) for one in challenges]


def _once_a_day(alert: Alert, now: datetime) -> str:
    """The same for all letters to a mailbox on one day; what waits in the outbox names it by a digest."""
    mailbox = hashlib.sha256(alert.mailbox.encode()).hexdigest()
    return f"alert:{mailbox}:{local_day(now).isoformat()}"


def _group_name(session: Session, alert: Alert) -> str:
    names = group_names(session, alert.collection, [alert.group])
    return names[alert.group].in_language(alert.language) if alert.group in names else alert.group


def _asked(session: Session, token: str, now: datetime) -> Alert:
    alert = stored.find_by_confirm_link(session, link_digest(token))
    if alert is None or (alert.confirmed_at is None and alert.asked_at + CONFIRMING <= now):
        raise NotFoundError(mark("This link confirms no alerts any more. Ask for them again on the group's page."))
    return alert


def _read(address: str) -> tuple[str, str]:
    """An address as mail goes to it, and the mailbox that it leads to."""
    try:
        return read_address(address).addr_spec, mailbox_of(address)
    except InvalidMailError:
        raise InvalidChallengeError("address", mark("That is no e-mail address.")) from None
