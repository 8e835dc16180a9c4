"""Accounts in the database. Their sessions are in identity_sessions.py."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.case_models import EventRow
from matchmaker.db.cases import aware
from matchmaker.db.identity_models import AccountRow
from matchmaker.domain.access import Role
from matchmaker.domain.account import Account, AccountKind
from matchmaker.domain.workflow import Party


def add_account(
    session: Session,
    kind: AccountKind,
    roles: Iterable[Role],
    label_prefix: str,
    now: datetime,
    *,
    municipality: str | None = None,
    subject_digest: str | None = None,
    password_hash: str | None = None,
) -> Account:
    """A new account, labelled with the next number that nobody ever had."""
    row = AccountRow(
        id=str(uuid.uuid4()),
        label=f"{label_prefix}-{_next_number(session, label_prefix)}",
        kind=kind,
        roles=sorted(one.value for one in roles),
        municipality=municipality,
        subject_digest=subject_digest,
        password_hash=password_hash,
        created_at=now,
    )
    session.add(row)
    session.flush()
    return read_account(row)


def find_account(session: Session, account_id: str) -> Account | None:
    row = session.get(AccountRow, account_id)
    return read_account(row) if row else None


def find_by_subject(session: Session, subject_digest: str) -> Account | None:
    row = session.scalars(select(AccountRow).where(AccountRow.subject_digest == subject_digest)).first()
    return read_account(row) if row else None


def find_by_label(session: Session, label: str) -> tuple[Account, str | None] | None:
    """The account of a label, and the hash of its password."""
    row = session.scalars(select(AccountRow).where(AccountRow.label == label)).first()
    return (read_account(row), row.password_hash) if row else None


def list_accounts(session: Session, kinds: Iterable[AccountKind] = tuple(AccountKind)) -> list[Account]:
    """All accounts of the kinds, ended ones too, in the order in which they were made."""
    query = select(AccountRow).where(AccountRow.kind.in_([one.value for one in kinds]))
    return [read_account(row) for row in session.scalars(query.order_by(AccountRow.created_at, AccountRow.label))]


def has_accounts(session: Session, kind: AccountKind) -> bool:
    """Whether there is or was an account of a kind: one that was ended counts, so that ending it opens nothing."""
    return session.scalar(select(AccountRow.id).where(AccountRow.kind == kind).limit(1)) is not None


def set_roles(session: Session, account_id: str, roles: Iterable[Role]) -> None:
    session.get_one(AccountRow, account_id).roles = sorted(one.value for one in roles)


def set_municipality(session: Session, account_id: str, municipality: str) -> None:
    session.get_one(AccountRow, account_id).municipality = municipality


def set_password_hash(session: Session, account_id: str, password_hash: str) -> None:
    session.get_one(AccountRow, account_id).password_hash = password_hash


def note_sign_in(session: Session, account_id: str, now: datetime) -> None:
    session.get_one(AccountRow, account_id).last_sign_in_at = now


def set_ended(session: Session, account_id: str, ended_at: datetime | None) -> None:
    session.get_one(AccountRow, account_id).ended_at = ended_at


def read_account(row: AccountRow) -> Account:
    return Account(
        id=row.id,
        label=row.label,
        kind=AccountKind(row.kind),
        roles=frozenset(Role(one) for one in row.roles),
        municipality=row.municipality,
        created_at=aware(row.created_at),
        last_sign_in_at=aware(row.last_sign_in_at) if row.last_sign_in_at else None,
        ended_at=aware(row.ended_at) if row.ended_at else None,
    )


def _next_number(session: Session, prefix: str) -> int:
    """Numbers in the history count too: what was done before anybody signed in is not to be a new account's doing."""
    labels = list(session.scalars(select(AccountRow.label).where(AccountRow.label.startswith(f"{prefix}-"))))
    acted = select(EventRow.actor).where(EventRow.party == Party.ADVISER, EventRow.actor.startswith(f"{prefix}-"))
    labels += session.scalars(acted.distinct())
    numbers = [int(number) for number in (one.rpartition("-")[2] for one in labels) if number.isdecimal()]
    return max(numbers, default=0) + 1
