"""``matchmaker forget-vectors`` and ``matchmaker forget-closed``."""

from matchmaker.cli import app, console, interface_translator
from matchmaker.domain.errors import mark


@app.command("forget-vectors")
def forget_vectors() -> None:
    """Forget the cached vectors of challenges at once, instead of after 30 days; they are made anew when needed."""
    from matchmaker.db.session import open_database
    from matchmaker.db.vector_cache import forget_queries
    from matchmaker.notify.worker import utc_now
    from matchmaker.settings import read_settings

    with open_database(read_settings().database).transaction() as session:
        count = forget_queries(session, utc_now())
    console.print(interface_translator().say(mark("Vectors forgotten: {count}."), count=count))


@app.command("forget-closed")
def forget_closed() -> None:
    """Erase at once what has had its time: contacts of closed challenges, and what else the settings say.

    A running server or 'matchmaker deliver' does it every hour; this tells how much it was.
    """
    from matchmaker.db.retention import erase_finished
    from matchmaker.db.session import open_database
    from matchmaker.notify.worker import utc_now
    from matchmaker.settings import read_settings

    settings = read_settings()
    with open_database(settings.database).transaction() as session:
        erased, deleted = erase_finished(session, settings.retention, utc_now())
    say = interface_translator()
    console.print(say.say(mark("Challenges whose contacts were erased: {count}."), count=erased))
    console.print(say.say(mark("Challenges deleted: {count}."), count=deleted))
