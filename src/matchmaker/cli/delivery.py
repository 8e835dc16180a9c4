"""``matchmaker deliver``."""

import signal
import threading
from datetime import timedelta
from typing import Annotated

import typer

from matchmaker.cli import app, console, interface_translator
from matchmaker.cli.logs import write_log
from matchmaker.domain.errors import mark


@app.command()
def deliver(
    once: Annotated[bool, typer.Option("--once", help="Send what is due now, then end.")] = False,
) -> None:
    """Send the mail and webhook messages that are due, until stopped. A running server does so by itself."""
    from matchmaker.db.session import open_database
    from matchmaker.notify.senders import deliverer, make_senders
    from matchmaker.notify.smtp import mail_is_configured
    from matchmaker.notify.worker import run_due, tidy
    from matchmaker.settings import read_settings

    write_log()
    settings = read_settings()
    say = interface_translator()
    database = open_database(settings.database)
    if not mail_is_configured(settings):
        console.print(say.say(mark("No mail server is set (MATCHMAKER_SMTP_URL): mail is printed here.")))
    if once:
        tried = run_due(database, make_senders(settings, database))
        tidy(database, drafts_kept=timedelta(days=settings.draft_days))
        console.print(say.say(mark("Messages tried: {count}."), count=tried))
        return
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    with deliverer(lambda: database, settings):
        console.print(say.say(mark("Sending what is due. Stop with Ctrl-C.")))
        stopping.wait()
