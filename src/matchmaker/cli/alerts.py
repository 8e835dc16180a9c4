"""``matchmaker alerts``."""

from contextlib import ExitStack

import typer

from matchmaker.cli import EXIT_INPUT, app, console, interface_translator
from matchmaker.cli.opening import open_workspace
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.errors import mark


@app.command()
def alerts() -> None:
    """Write the alerts of new challenges that are due, one a day for an address. A running server does so by itself."""
    from matchmaker.notify.letter_sender import site_address
    from matchmaker.review.alerts import write_alerts

    say = interface_translator()
    with ExitStack() as stack:
        workspace = open_workspace(stack)
        site = site_address(workspace.settings)
        if site is None:
            message = mark("The pages' address is not set (MATCHMAKER_PUBLIC_URL), so that no alerts can be sent.")
            console.print(say.say(message))
            raise typer.Exit(EXIT_INPUT)
        written = write_alerts(workspace.database, MAIN_COLLECTION, workspace.matcher, site)
    console.print(say.say_plural("{count} alert was written.", "{count} alerts were written.", written))
