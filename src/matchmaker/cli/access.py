"""``matchmaker api-key``: keys for municipalities' portals."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.cli import app, console, interface_translator
from matchmaker.domain.access import ApiKey, Scope
from matchmaker.domain.errors import InvalidNameError, mark

if TYPE_CHECKING:
    from matchmaker.db.session import Database
    from matchmaker.settings import Settings

keys = typer.Typer(help="Keys by which municipalities' portals use the API.", no_args_is_help=True)
app.add_typer(keys, name="api-key")

ALL = "all"


@keys.command("create")
def create(
    client: Annotated[str, typer.Argument(help="The client's name, of a system and not of a person.")],
    scope: Annotated[list[Scope], typer.Option(help="What the key is for; repeat it for several.")],
    municipality: Annotated[list[str], typer.Option(help="A municipality's code, or 'all'; repeat it for several.")],
    days: Annotated[int, typer.Option(min=1, max=1095, help="How long the key is good.")] = 365,
) -> None:
    """Make a key. It is shown this once, and cannot be shown again."""
    from matchmaker.review.access import create_key
    from matchmaker.settings import read_settings

    settings = read_settings()
    say = interface_translator()
    codes = _codes(municipality, settings)
    made, text = create_key(_database(settings), client, scope, codes, timedelta(days=days))
    console.print(
        say.say(
            mark("Key {id} for {client}, good until {day}. It is shown only now:"),
            id=made.id,
            client=made.client,
            day=made.expires_at.date(),
        )
    )
    print(text)


@keys.command("list")
def show() -> None:
    """List the keys, without their secrets."""
    from matchmaker.review.access import list_keys
    from matchmaker.settings import read_settings

    for key in list_keys(_database(read_settings())):
        print(_line(key))


@keys.command("revoke")
def revoke(key_id: Annotated[str, typer.Argument(help="The key's id: its second part, between mm_ and _.")]) -> None:
    """Take a key back at once."""
    from matchmaker.review.access import revoke_key
    from matchmaker.settings import read_settings

    revoke_key(_database(read_settings()), key_id)
    console.print(interface_translator().say(mark("The key {id} is revoked."), id=key_id))


def _database(settings: Settings) -> Database:
    from matchmaker.db.session import open_database

    return open_database(settings.database)


def _codes(given: list[str], settings: Settings) -> list[str] | None:
    """The codes that were given; None for all.

    Raises:
        InvalidNameError: one is not the code of a municipality.
    """
    from matchmaker.catalogue.seed import read_municipalities

    if given == [ALL]:
        return None
    known = {one.code for one in read_municipalities(settings.catalogue_folder)}
    for code in given:
        if code not in known:
            raise InvalidNameError(
                mark("{code} is not the code of a municipality in Norrbotten. They are: {codes}."),
                code=code,
                codes=", ".join(sorted(known)),
            )
    return given


def _line(key: ApiKey) -> str:
    whose = ALL if key.municipalities is None else ",".join(sorted(key.municipalities))
    scopes = ",".join(sorted(one.value for one in key.scopes))
    ends = f"revoked {_minute(key.revoked_at)}" if key.revoked_at else f"until {_minute(key.expires_at)}"
    used = _minute(key.last_used_at) if key.last_used_at else "-"
    return f"{key.id}\t{key.client}\t{whose}\t{scopes}\t{ends}\tused {used}"


def _minute(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M")
