"""``matchmaker harvest``."""

from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli import app, console, interface_translator
from matchmaker.domain.errors import mark

FORMAT = "swepub_mods"


@app.command()
def harvest(
    url: Annotated[str, typer.Argument(help="The OAI-PMH address, such as https://ltu.diva-portal.org/dice/oai.")],
    into: Annotated[Path, typer.Option("--into", help="The folder for the pages; later harvests go there too.")],
    set_: Annotated[str, typer.Option("--set", help="A set of the server, such as SwePub-ltu.")] = "",
    prefix: Annotated[str, typer.Option("--prefix", help="The metadata format.")] = FORMAT,
    from_: Annotated[str, typer.Option("--from", help="First day, 2026-01-31; else the last harvest's end.")] = "",
    until: Annotated[str, typer.Option("--until", help="Last day, 2026-12-31; else today.")] = "",
) -> None:
    """Fetch publications over OAI-PMH: all, then what has changed. Broken off, the same command goes on."""
    from matchmaker.catalogue.harvesting import HarvestRequest
    from matchmaker.catalogue.harvesting import harvest as fetch

    say = interface_translator()

    def tell(template: str, /, **values: object) -> None:
        # What a server says is shown as it is: square brackets are no markup.
        console.print(say.say(template, **values), markup=False)

    request = HarvestRequest(url, prefix, set_ or None, from_ or None, until or None)
    result = fetch(request, into, tell=tell)
    if not result.pages and result.since:
        tell(mark("Nothing has changed on the server since {date}."), date=result.since)
        return
    if not result.pages:
        tell(mark("The server has no such records."))
        return
    template = mark("Done: {records} records in this run, {pages} pages. Import the folder {folder} to use them.")
    tell(template, records=result.records, pages=result.pages, folder=into)
