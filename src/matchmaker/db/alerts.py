"""Who wants to be told of new challenges, in the database. An address is kept for this alone, and goes with it."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.orm import Session

from matchmaker.db import outbox
from matchmaker.db.models import CollaboratorRow
from matchmaker.db.researcher_models import AlertRow, AlertSeenRow, AlertStopRow
from matchmaker.domain.curation import GroupState


@dataclass(frozen=True, slots=True)
class Alert:
    """What an address wants to be told: of challenges in ``areas``, and where ``near`` of those near the group's work.

    Before ``confirmed_at`` nobody knows whether the address is that of the one who typed it.
    """

    id: str
    collection: str
    group: str
    address: str
    mailbox: str
    language: str
    areas: tuple[str, ...]
    near: bool
    asked_at: datetime
    confirmed_at: datetime | None


def letters_of(alert_id: str) -> str:
    """By what the letters to an alert's address are called off together."""
    return f"alert:{alert_id}"


def add_alert(session: Session, alert: Alert, confirm_digest: str) -> None:
    """A wish that waits for the reader's word."""
    session.add(
        AlertRow(
            id=alert.id,
            collection=alert.collection,
            collaborator_id=alert.group,
            address=alert.address,
            mailbox=alert.mailbox,
            language=alert.language,
            areas=list(alert.areas),
            near=alert.near,
            asked_at=alert.asked_at,
            confirm_digest=confirm_digest,
        )
    )


def new_alert_id() -> str:
    return str(uuid.uuid4())


def find_alert(session: Session, collection: str, group: str, mailbox: str) -> Alert | None:
    """The alert of a group for a mailbox."""
    row = session.scalars(_of_group(collection, group).where(AlertRow.mailbox == mailbox)).first()
    return _alert(row) if row else None


def count_alerts(session: Session, collection: str, group: str) -> int:
    """How many addresses a group's alerts go to, those among them that have not said yes yet."""
    return int(session.scalar(select(func.count()).select_from(_of_group(collection, group).subquery())) or 0)


def change_alert(session: Session, alert_id: str, areas: Sequence[str], *, near: bool) -> None:
    """Follow something else from now on."""
    session.execute(update(AlertRow).where(AlertRow.id == alert_id).values(areas=list(areas), near=near))


def find_by_confirm_link(session: Session, digest: str) -> Alert | None:
    """The alert that a link confirms."""
    row = session.scalars(select(AlertRow).where(AlertRow.confirm_digest == digest)).first()
    return _alert(row) if row else None


def confirm_alert(session: Session, alert_id: str, now: datetime) -> None:
    """Note that the address is the reader's own. The link stays, so that who opens it again is told the same."""
    row = session.get_one(AlertRow, alert_id)
    row.confirmed_at = row.confirmed_at or now


def add_stop_link(session: Session, alert_id: str, digest: str) -> None:
    """A letter's own link to stop; those of earlier letters stay good."""
    session.add(AlertStopRow(digest=digest, alert_id=alert_id))


def find_by_stop_link(session: Session, digest: str) -> Alert | None:
    """The alert that a letter's link stops."""
    row = session.get(AlertStopRow, digest)
    return _alert(session.get_one(AlertRow, row.alert_id)) if row else None


def list_confirmed(session: Session, collection: str) -> list[Alert]:
    """The alerts that letters may go to, of groups that take part; who has waited longest for a letter comes first."""
    active = (
        (CollaboratorRow.collection == AlertRow.collection)
        & (CollaboratorRow.id == AlertRow.collaborator_id)
        & (CollaboratorRow.state == GroupState.ACTIVE)
    )
    wanted = select(AlertRow).join(CollaboratorRow, active)
    wanted = wanted.where(AlertRow.collection == collection, AlertRow.confirmed_at.is_not(None))
    order = (AlertRow.told_at.is_not(None), AlertRow.told_at, AlertRow.id)
    return [_alert(row) for row in session.scalars(wanted.order_by(*order))]


def is_there(session: Session, alert_id: str) -> bool:
    """Whether nobody has stopped it."""
    return session.get(AlertRow, alert_id) is not None


def seen_by(session: Session, alert_id: str) -> frozenset[str]:
    """The challenges that an alert has been tried with."""
    return frozenset(session.scalars(select(AlertSeenRow.challenge_id).where(AlertSeenRow.alert_id == alert_id)))


def note_seen(session: Session, alert_id: str, challenges: Collection[str]) -> None:
    """Remember which challenges an alert has been tried with."""
    session.add_all(AlertSeenRow(alert_id=alert_id, challenge_id=one) for one in challenges)


def note_told(session: Session, alert_id: str, now: datetime) -> None:
    """Remember that a letter was written."""
    session.execute(update(AlertRow).where(AlertRow.id == alert_id).values(told_at=now))


def delete_alert(session: Session, alert_id: str) -> None:
    """Forget an address, with the letters to it that wait or were sent."""
    outbox.delete_group(session, letters_of(alert_id))
    session.execute(delete(AlertRow).where(AlertRow.id == alert_id))


def delete_group_alerts(session: Session, collection: str, group: str) -> None:
    """Forget all of a group's addresses."""
    for row in session.scalars(_of_group(collection, group)).all():
        delete_alert(session, row.id)


def forget_unconfirmed(session: Session, before: datetime) -> None:
    """Forget the addresses that were asked before a moment, and from which no yes came."""
    old = select(AlertRow.id).where(AlertRow.confirmed_at.is_(None), AlertRow.asked_at < before)
    for alert_id in session.scalars(old).all():
        delete_alert(session, alert_id)


def _of_group(collection: str, group: str) -> Select[AlertRow]:
    return select(AlertRow).where(AlertRow.collection == collection, AlertRow.collaborator_id == group)


def _alert(row: AlertRow) -> Alert:
    return Alert(
        id=row.id,
        collection=row.collection,
        group=row.collaborator_id,
        address=row.address,
        mailbox=row.mailbox,
        language=row.language,
        areas=tuple(row.areas),
        near=row.near,
        asked_at=row.asked_at,
        confirmed_at=row.confirmed_at,
    )
