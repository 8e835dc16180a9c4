"""Personal tokens of accounts in the database."""

from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from matchmaker.db.access import revoke_made_with
from matchmaker.db.cases import aware
from matchmaker.db.identity import find_account
from matchmaker.db.identity_models import PersonalTokenRow
from matchmaker.domain.access import Role
from matchmaker.domain.account import Account
from matchmaker.domain.personal_token import PersonalToken


def add_token(session: Session, token: PersonalToken, secret_digest: str) -> None:
    session.add(
        PersonalTokenRow(
            id=token.id,
            account_id=token.account_id,
            secret_digest=secret_digest,
            roles=sorted(one.value for one in token.roles),
            created_at=token.created_at,
            expires_at=token.expires_at,
        )
    )


def find_token(session: Session, token_id: str) -> tuple[PersonalToken, Account, str] | None:
    """The token of an id, its account as it is now, and the digest of its secret."""
    row = session.get(PersonalTokenRow, token_id)
    account = find_account(session, row.account_id) if row else None
    return (_token(row), account, row.secret_digest) if row and account else None


def list_tokens(session: Session, account_id: str) -> list[PersonalToken]:
    """The tokens of an account, also expired and revoked ones, the newest first."""
    query = select(PersonalTokenRow).where(PersonalTokenRow.account_id == account_id)
    return [_token(row) for row in session.scalars(query.order_by(PersonalTokenRow.created_at.desc()))]


def revoke_token(session: Session, account_id: str, token_id: str, now: datetime) -> bool:
    """Take a token of an account back with the API keys that it made; whether there is one of the id.

    One that was taken back keeps its time.
    """
    row = session.get(PersonalTokenRow, token_id)
    if row is None or row.account_id != account_id:
        return False
    row.revoked_at = row.revoked_at or now
    revoke_made_with(session, [token_id], now)
    return True


def revoke_all(session: Session, account_id: str, now: datetime) -> None:
    """Take all tokens of an account back, with the API keys that they made."""
    own = session.scalars(select(PersonalTokenRow.id).where(PersonalTokenRow.account_id == account_id))
    revoke_made_with(session, own, now)
    query = update(PersonalTokenRow).where(PersonalTokenRow.account_id == account_id)
    session.execute(query.where(PersonalTokenRow.revoked_at.is_(None)).values(revoked_at=now))


def note_use(session: Session, token_id: str, now: datetime, unless_after: datetime) -> None:
    """Remember that a token was used now, unless that is known of a moment after ``unless_after``."""
    session.execute(
        update(PersonalTokenRow)
        .where(PersonalTokenRow.id == token_id)
        .where(or_(PersonalTokenRow.last_used_at.is_(None), PersonalTokenRow.last_used_at <= unless_after))
        .values(last_used_at=now)
    )


def _token(row: PersonalTokenRow) -> PersonalToken:
    return PersonalToken(
        id=row.id,
        account_id=row.account_id,
        roles=frozenset(Role(one) for one in row.roles),
        created_at=aware(row.created_at),
        expires_at=aware(row.expires_at),
        last_used_at=aware(row.last_used_at) if row.last_used_at else None,
        revoked_at=aware(row.revoked_at) if row.revoked_at else None,
    )
