"""``matchmaker forget-vectors``."""

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
