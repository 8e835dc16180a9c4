"""What was done about who may do what, as administrators read it."""

from matchmaker.db import access_record as stored
from matchmaker.db.session import Database
from matchmaker.domain.access_event import SETTINGS, AccessAct, AccessEvent
from matchmaker.review.identity.domains import checked_domains
from matchmaker.settings import Settings

LISTED = 100


def list_acts(database: Database, limit: int = LISTED, before: int | None = None) -> list[AccessEvent]:
    """The latest acts, the newest first; from below a number of the record."""
    with database.reading() as session:
        return stored.list_acts(session, limit, before=before)


def note_domains(database: Database, settings: Settings) -> None:
    """Write down the mail domains that let officers in, where they are others than those that were noted last."""
    told = ",".join(sorted(f"{one.municipality}={one.domain}" for one in checked_domains(settings)))
    told = told[: stored.LONGEST_DETAILS]
    with database.transaction() as session:
        last = stored.list_acts(session, 1, AccessAct.DOMAINS_CHANGED)
        if not last or last[0].details != told:
            stored.note_act(session, SETTINGS, AccessAct.DOMAINS_CHANGED, "", told)
