"""``matchmaker account``: accounts with passwords, for a machine without an organisation's sign-in."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from matchmaker.cli import app, console, interface_translator
from matchmaker.domain.access import Role
from matchmaker.domain.account import Account, InvalidPasswordError
from matchmaker.domain.errors import mark

if TYPE_CHECKING:
    from matchmaker.db.session import Database
    from matchmaker.settings import Settings

accounts = typer.Typer(help="Accounts of staff who sign in here with a password.", no_args_is_help=True)
app.add_typer(accounts, name="account")

Label = Annotated[str, typer.Argument(help="The account, such as adviser-1.")]


@accounts.command("add")
def add(
    role: Annotated[
        Literal["adviser", "steward", "administrator"], typer.Option(help="What the account is for.")
    ] = "administrator",
) -> None:
    """Make an account. The desk needs sign-in from then on."""
    from matchmaker.review.identity.accounts import add_local, check_local
    from matchmaker.settings import read_settings

    settings = read_settings()
    check_local(settings)  # before a password is asked for
    made = add_local(_database(settings), settings, Role(role), _ask_password())
    say = interface_translator()
    console.print(say.say(mark("The account is {label}. Sign in with it at /sign-in."), label=made.label))
    print(made.label)


@accounts.command("password")
def change_password(label: Label) -> None:
    """Give an account another password, and end its sessions."""
    from matchmaker.review.identity.accounts import check_local, set_password
    from matchmaker.settings import read_settings

    settings = read_settings()
    check_local(settings)
    set_password(_database(settings), settings, label, _ask_password())
    console.print(interface_translator().say(mark("The password of {label} is changed."), label=label))


@accounts.command("list")
def show() -> None:
    """List all accounts, also those that were made at the organisation's sign-in or by mail."""
    from matchmaker.review.identity.accounts import list_accounts
    from matchmaker.settings import read_settings

    for account in list_accounts(_database(read_settings())):
        print(_line(account))


@accounts.command("end")
def end(label: Label) -> None:
    """End an account with its sessions. What it did stays in the history."""
    from matchmaker.review.identity.accounts import end_account
    from matchmaker.settings import read_settings

    end_account(_database(read_settings()), label)
    console.print(interface_translator().say(mark("The account {label} is ended."), label=label))


def _ask_password() -> str:
    """A password, typed twice at a terminal, or the first line of standard input for scripts.

    Raises:
        InvalidPasswordError: nobody should have it, or the two are not the same.
    """
    from matchmaker.review.identity.passwords import check_password

    say = interface_translator()
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\r\n")
        check_password(password)
        return password
    password = getpass.getpass(say.say(mark("Password (at least 12 characters): ")))
    check_password(password)
    if getpass.getpass(say.say(mark("The same once more: "))) != password:
        raise InvalidPasswordError(mark("The two passwords are not the same. Nothing was changed."))
    return password


def _database(settings: Settings) -> Database:
    from matchmaker.db.session import open_database

    return open_database(settings.database)


def _line(account: Account) -> str:
    roles = ",".join(sorted(account.roles)) or "-"
    seen = account.last_sign_in_at.strftime("%Y-%m-%d %H:%M") if account.last_sign_in_at else "-"
    state = "ended" if account.ended_at else "open"
    return "\t".join((account.label, account.kind, roles, account.municipality or "-", state, f"signed in {seen}"))
