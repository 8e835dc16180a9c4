"""Writes out letters when they are sent, each with links of its own, and hands them over as mail.

A link lies nowhere but in the letter: it is drawn here, and only its digest is stored, before the letter leaves. One
that is sent again, since nobody knows whether it arrived, has a new link; the link that was sent first stays good.
"""

from dataclasses import asdict, replace
from datetime import timedelta
from urllib.parse import quote

from matchmaker.db.correspondence import DueLetter, due_letter
from matchmaker.db.letter_links import add_link
from matchmaker.db.outbox import Job
from matchmaker.db.session import Database
from matchmaker.domain.links import LETTER_PREFIX, link_digest, new_token
from matchmaker.notify.letters import BOTH, Links, write_letter
from matchmaker.notify.mail import Mail
from matchmaker.notify.worker import Clock, NotNeededError, Sender, SendingError, utc_now
from matchmaker.settings import Settings

GOOD_FOR = timedelta(days=90)
"""A case is answered within weeks, and each letter brings a new link; a link in an old mailbox is not good for ever."""

WITHOUT_NAME = {"", "0.0.0.0", "::"}  # noqa: S104  # nothing is bound here: these are told from addresses
"""What a server listens on to be reached by any of the machine's addresses, and what none is reached by."""


class LetterSender:
    """Sends a job's letter by ``deliver``, which sends mail. ``site`` is the address that readers know the pages by.

    Without one nothing is sent: whoever runs the program can still set it while the letter is tried again.
    """

    def __init__(self, database: Database, site: str | None, deliver: Sender, now: Clock = utc_now) -> None:
        self._database = database
        self._site = site
        self._deliver = deliver
        self._now = now

    def __call__(self, job: Job) -> None:
        if self._site is None:
            raise SendingError("The pages' address is not set (MATCHMAKER_PUBLIC_URL), so that no link can be mailed.")
        mail = self._write(job, self._site)
        self._deliver(replace(job, payload=asdict(mail)))

    def _write(self, job: Job, site: str) -> Mail:
        token, stop, until = LETTER_PREFIX + new_token(), new_token(), self._now() + GOOD_FOR
        with self._database.transaction() as session:
            due = due_letter(session, job, self._now())
            if due is None:
                raise NotNeededError("The letter is no longer wanted, or no longer true.")
            add_link(session, due.reader, link_digest(token), link_digest(stop), until)
        links = Links(f"{site}/challenges/{quote(token)}", f"{site}/letters/{quote(stop)}", until.date().isoformat())
        return write_letter(due.kind, due.to, due.case, links, _languages(due))


def site_address(settings: Settings) -> str | None:
    """The pages' address in letters; at the operator's console it can be this machine's, which mail must not have."""
    if settings.public_url or settings.mail_server:
        return settings.public_url
    host = "localhost" if settings.host in WITHOUT_NAME else settings.host
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.port}"


def _languages(due: DueLetter) -> tuple[str, ...]:
    return (due.language,) if due.language else BOTH
