"""Somebody's own password, changed by who knows the present one."""

from matchmaker.db import access_record, identity_sessions
from matchmaker.db import identity as stored
from matchmaker.db.session import Database
from matchmaker.domain.access_event import AccessAct
from matchmaker.domain.account import Account, AccountKind, InvalidPasswordError, SignedIn, SignInRefusedError
from matchmaker.domain.errors import mark
from matchmaker.review.identity.passwords import check_sign_in, hash_password
from matchmaker.settings import Settings

WRONG_PRESENT = mark("This is not your present password.")


def has_own_password(settings: Settings, account: Account) -> bool:
    """Whether an account is one with a password, where passwords are of use."""
    return account.kind is AccountKind.LOCAL and not settings.oidc_is_configured


def change_own_password(database: Database, settings: Settings, signed_in: SignedIn, present: str, fresh: str) -> None:
    """Give somebody's account another password, and end its sessions at other browsers.

    Raises:
        SignInRefusedError: the present password is another one.
        InvalidPasswordError: nobody should have the new one, or it is the present one.
    """
    account = signed_in.account
    if check_sign_in(database, settings, account.label, present) is None:
        raise SignInRefusedError(WRONG_PRESENT)
    if fresh == present:
        raise InvalidPasswordError(mark("The new password is the present one. Choose another one."))
    hashed = hash_password(fresh)
    with database.transaction() as session:
        stored.set_password_hash(session, account.id, hashed)
        identity_sessions.delete_sessions(session, account.id, but=signed_in.id)
        access_record.note_act(session, account.label, AccessAct.PASSWORD_CHANGED, account.label)
