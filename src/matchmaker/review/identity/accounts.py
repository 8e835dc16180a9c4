"""Accounts: made at the first sign-in with the organisation's provider or by mail, or by the operator for a machine."""

from collections.abc import Collection
from datetime import UTC, datetime

from matchmaker.db import access_record, identity_sessions
from matchmaker.db import identity as stored
from matchmaker.db.session import Database, Session
from matchmaker.domain.access import Role
from matchmaker.domain.access_event import OPERATOR, PROVIDER, AccessAct
from matchmaker.domain.account import AT_THE_DESK, STAFF, Account, AccountKind, OwnAccountError, SignInRefusedError
from matchmaker.domain.errors import NotFoundError, SetupError, mark
from matchmaker.review.identity.passwords import hash_password
from matchmaker.review.identity.secrets import installation_key, keyed_digest
from matchmaker.review.identity.sessions import counts
from matchmaker.settings import Settings

ENDED = mark("This account has been ended. Ask the one who runs Matchmaker at your organisation.")
NO_ROLE = mark(
    "You are signed in at your organisation, but you have no role in Matchmaker. "
    "Ask the one who runs Matchmaker at your organisation for one."
)


def sign_in_is_set_up(database: Database, settings: Settings) -> bool:
    """Whether the desk needs sign-in: as soon as there is a provider, or has ever been a local account."""
    if settings.oidc_is_configured:
        return True
    with database.reading() as session:
        return stored.has_accounts(session, AccountKind.LOCAL)


def provider_account(
    database: Database, settings: Settings, issuer: str, subject: str, roles: Collection[Role]
) -> Account:
    """The account of a provider's subject, with the roles that the provider gives today.

    Raises:
        SignInRefusedError: the subject has no role here (what an account had before is taken from it), or was ended.
    """
    known = keyed_digest(installation_key(settings), "subject", issuer, subject)
    with database.transaction() as session:
        account = stored.find_by_subject(session, known)
        if account is None and roles:
            account = _add(session, AccountKind.PROVIDER, roles, subject_digest=known)
        elif account is not None and account.roles != frozenset(roles):
            stored.set_roles(session, account.id, roles)
            access_record.note_act(session, PROVIDER, AccessAct.ROLES_CHANGED, account.label, ",".join(sorted(roles)))
            identity_sessions.delete_sessions(session, account.id)
            account = stored.find_account(session, account.id)
    if account is None or not roles:
        raise SignInRefusedError(NO_ROLE)
    if account.ended_at is not None:
        raise SignInRefusedError(ENDED)
    return account


def officer_account(session: Session, subject_digest: str, municipality: str) -> Account:
    """The account of an officer's address, within the transaction in which the link to it is used.

    Raises:
        SignInRefusedError: it was ended.
    """
    account = stored.find_by_subject(session, subject_digest)
    if account is None:
        return stored.add_account(
            session,
            AccountKind.OFFICER,
            [Role.OFFICER],
            Role.OFFICER.value,
            datetime.now(UTC),
            municipality=municipality,
            subject_digest=subject_digest,
        )
    if account.ended_at is not None:
        raise SignInRefusedError(ENDED)
    if account.municipality != municipality:  # the operator has given the domain to another one
        stored.set_municipality(session, account.id, municipality)
        identity_sessions.delete_sessions(session, account.id)
    return stored.find_account(session, account.id) or account


def add_local(database: Database, settings: Settings, role: Role, password: str, by: str = OPERATOR) -> Account:
    """An account with a password, for a machine without a provider.

    Raises:
        SetupError: staff sign in at a provider.
        InvalidPasswordError: nobody should have the password.
    """
    check_local(settings)
    hashed = hash_password(password)
    with database.transaction() as session:
        made = _add(session, AccountKind.LOCAL, [role], password_hash=hashed)
        access_record.note_act(session, by, AccessAct.ACCOUNT_MADE, made.label)
        return made


def set_password(database: Database, settings: Settings, label: str, password: str, by: str = OPERATOR) -> None:
    """Give a local account another password, take it up again if it was ended, and end its sessions.

    Raises:
        SetupError: staff sign in at a provider.
        NotFoundError: there is no such local account.
        InvalidPasswordError: nobody should have the password.
    """
    check_local(settings)
    hashed = hash_password(password)
    with database.transaction() as session:
        found = stored.find_by_label(session, label)
        if found is None or found[0].kind is not AccountKind.LOCAL:
            raise NotFoundError(mark("There is no account {label} with a password."), label=label)
        stored.set_password_hash(session, found[0].id, hashed)
        stored.set_ended(session, found[0].id, None)
        identity_sessions.delete_sessions(session, found[0].id)
        access_record.note_act(session, by, AccessAct.PASSWORD_CHANGED, label)


def check_local(settings: Settings) -> None:
    """That accounts with passwords are of use.

    Raises:
        SetupError: staff sign in at a provider.
    """
    if settings.oidc_is_configured:
        raise SetupError(
            mark("Staff sign in at {issuer}: accounts with passwords are off."),
            remedy="unset MATCHMAKER_OIDC_ISSUER MATCHMAKER_OIDC_CLIENT_ID MATCHMAKER_OIDC_CLIENT_SECRET",
            issuer=settings.oidc_issuer,
        )


def list_accounts(database: Database) -> list[Account]:
    with database.reading() as session:
        return stored.list_accounts(session)


def get_account(database: Database, label: str) -> Account:
    """One account.

    Raises:
        NotFoundError: there is no such account.
    """
    with database.reading() as session:
        return _get(session, label)


def end_account(database: Database, label: str, now: datetime | None = None, by: str = OPERATOR) -> None:
    """End an account with all of its sessions. What it did stays in the history.

    Raises:
        NotFoundError: there is no such account.
        OwnAccountError: it is the account of who does it.
    """
    if label == by:
        raise OwnAccountError(mark("You cannot end your own account."))
    with database.transaction() as session:
        account = _get(session, label)
        stored.set_ended(session, account.id, account.ended_at or now or datetime.now(UTC))
        identity_sessions.delete_sessions(session, account.id)
        access_record.note_act(session, by, AccessAct.ACCOUNT_ENDED, label, now=now)


def take_up_account(database: Database, label: str, by: str = OPERATOR) -> None:
    """Let an ended account sign in again.

    Raises:
        NotFoundError: there is no such account.
    """
    with database.transaction() as session:
        stored.set_ended(session, _get(session, label).id, None)
        access_record.note_act(session, by, AccessAct.ACCOUNT_TAKEN_UP, label)


def desk_labels(database: Database, settings: Settings) -> list[str]:
    """The labels of those who can work at the desk, in the order of their accounts."""
    kind = AccountKind.PROVIDER if settings.oidc_is_configured else AccountKind.LOCAL
    with database.reading() as session:
        found = stored.list_accounts(session, [kind])
    return [one.label for one in found if counts(settings, one) and one.roles & AT_THE_DESK]


def _get(session: Session, label: str) -> Account:
    found = stored.find_by_label(session, label)
    if found is None:
        raise NotFoundError(mark("There is no account {label}."), label=label)
    return found[0]


def _add(
    session: Session,
    kind: AccountKind,
    roles: Collection[Role],
    *,
    subject_digest: str | None = None,
    password_hash: str | None = None,
) -> Account:
    prefix = next(one for one in STAFF if one in roles)
    return stored.add_account(
        session,
        kind,
        roles,
        prefix.value,
        datetime.now(UTC),
        subject_digest=subject_digest,
        password_hash=password_hash,
    )
