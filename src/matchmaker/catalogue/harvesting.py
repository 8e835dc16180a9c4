"""Live harvests over OAI-PMH into a folder of pages: all there is the first time, then only what has changed.

A harvest may be killed at any moment; the next one goes on behind the last page that came. Which records the folder
holds, each in its newest form, the importer reads from the pages (``importers/mods.py``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from filelock import FileLock, Timeout

from matchmaker.catalogue.harvest_dates import check_dates, complete_until, since_last
from matchmaker.catalogue.harvest_folder import Harvest, HarvestFolder, HarvestState
from matchmaker.catalogue.oai_client import OaiClient, Tell, check_address
from matchmaker.catalogue.oai_page import HarvestError, MalformedPageError, Page, read_page
from matchmaker.catalogue.text_file import file_error
from matchmaker.domain.errors import mark

RESTARTS = 3
"""How often a harvest begins anew because the server has forgotten where it was."""

_ERRORS = {
    "badArgument": mark("The server does not accept the set, the format or the dates: {message}"),
    "cannotDisseminateFormat": mark("The server does not have the format {prefix}."),
    "noSetHierarchy": mark("The server has no sets. Harvest without one."),
}


@dataclass(frozen=True, slots=True)
class HarvestRequest:
    """What to harvest. Dates are ``2026-01-31`` or ``2026-01-31T12:00:00Z``; without, all that has changed."""

    url: str
    prefix: str
    set: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True, slots=True)
class HarvestResult:
    """What a run did. ``pages`` are those of the whole harvest, ``records`` those that came in this run."""

    pages: int
    records: int
    since: str | None
    was_resumed: bool
    complete_until: datetime


def harvest(
    request: HarvestRequest, folder: Path, *, tell: Tell, make_client: Callable[..., OaiClient] = OaiClient
) -> HarvestResult:
    """Harvest into ``folder``, or go on with the harvest that was broken off there.

    Raises:
        HarvestError: it cannot be done, or not go on just now; the message says what to do.
        InvalidFileError: the folder cannot be written, or what it says of earlier harvests is damaged.
    """
    url = str(check_address(request.url))
    wanted = HarvestState(url=url, prefix=request.prefix, set=request.set or None)
    check_dates(request.since, request.until)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / "harvest.lock", timeout=0):
            client = make_client(url, tell=tell)
            try:
                return _Run(HarvestFolder(folder), client, request, wanted, tell).run()
            finally:
                client.close()
    except Timeout as error:
        raise HarvestError(mark("Another harvest into {folder} is running."), folder=folder) from error
    except OSError as error:
        raise file_error(folder, error) from error


class _Run:
    def __init__(
        self, folder: HarvestFolder, client: OaiClient, request: HarvestRequest, wanted: HarvestState, tell: Tell
    ) -> None:
        self._folder = folder
        self._client = client
        self._request = request
        self._wanted = wanted
        self._tell = tell
        self._records = 0

    def run(self) -> HarvestResult:
        state = self._folder.read_state() or self._wanted
        if not state.is_of(self._wanted):
            template = mark("{folder} holds a harvest of something else: {url}. Choose another folder.")
            raise HarvestError(template, folder=self._folder.folder, url=state.url)
        was_resumed = state.under_way is not None
        current = state.under_way or self._begin(state)
        if was_resumed:
            self._check_same(current)
            self._tell(mark("Going on with the harvest that was broken off."))
        state = state.model_copy(update={"under_way": current})
        self._folder.write_state(state)
        responded = self._fetch_all(current)
        reached = complete_until(state.complete_until, current.since, current.until, responded)
        done = {"under_way": None, "finished": current.number, "complete_until": reached}
        self._folder.write_state(state.model_copy(update=done))
        pages = len(self._folder.pages(current))
        return HarvestResult(pages, self._records, current.since, was_resumed, reached)

    def _begin(self, state: HarvestState) -> Harvest:
        """A new harvest: since the day before the last one, or of all."""
        number = state.finished + 1
        blank = Harvest(number=number, since=None, until=self._request.until)
        part = self._folder.part(blank)
        identity = self._client.ask({"verb": "Identify"}, part)
        part.unlink(missing_ok=True)
        if identity.error:
            raise self._error(identity)
        if not identity.keeps_deleted:
            self._tell(
                mark(
                    "This server does not tell which records were deleted. "
                    "Now and then, harvest everything into a new folder."
                )
            )
        since = self._request.since
        if since is None and state.complete_until:
            since = since_last(state.complete_until, self._request.until, has_seconds=identity.has_seconds)
        return blank.model_copy(update={"since": since})

    def _check_same(self, current: Harvest) -> None:
        asked = (self._request.since or current.since, self._request.until or current.until)
        if asked != (current.since, current.until):
            template = mark("A harvest was broken off in {folder}. Finish it first: run the command without dates.")
            raise HarvestError(template, folder=self._folder.folder)

    def _fetch_all(self, current: Harvest) -> datetime:
        """Fetch the pages that are missing; returns when the server answered for the first time."""
        for _ in range(RESTARTS + 1):
            responded = self._fetch_rest(current)
            if responded:
                return responded
            self._tell(mark("The server has forgotten where the harvest was. It begins anew."))
            self._folder.discard(current)
        raise HarvestError(mark("The server forgot {count} times where the harvest was."), count=RESTARTS + 1)

    def _fetch_rest(self, current: Harvest) -> datetime | None:
        """Fetch from behind the last page that is there to the end; None where the server does not know that page."""
        first, page = self._stored(current)
        while page is None or page.token:
            token = page.token if page else None
            page = self._fetch(current, token)
            if page.error == "badResumptionToken" and token:
                return None
            if page.error == "noRecordsMatch" and not token:
                return page.responded
            if page.error:
                raise self._error(page)
            if page.token and page.token == token:
                raise HarvestError(mark("The server gives the same page again and again."))
            first = first or page
        return (first or page).responded

    def _stored(self, current: Harvest) -> tuple[Page | None, Page | None]:
        """The first and the last page that are there already."""
        pages = self._folder.pages(current)
        if not pages:
            return None, None
        try:
            return read_page(pages[0]), read_page(pages[-1])
        except MalformedPageError as error:
            # Nobody but a person or a failing disk can have changed a page; what else they changed is not known.
            template = mark("A page in {folder} is damaged. Delete this folder, and run the command again.")
            raise HarvestError(template, folder=pages[0].parent) from error

    def _fetch(self, current: Harvest, token: str | None) -> Page:
        arguments = {"verb": "ListRecords"}
        if token:
            arguments["resumptionToken"] = token
        else:
            limits = {"set": self._wanted.set, "from": current.since, "until": current.until}
            arguments |= {"metadataPrefix": self._wanted.prefix}
            arguments |= {name: value for name, value in limits.items() if value}
        part = self._folder.part(current)
        page = self._client.ask(arguments, part)
        if page.error:
            part.unlink(missing_ok=True)
            return page
        number = len(self._folder.pages(current)) + 1
        self._folder.keep(current, part, number)
        self._records += page.records
        self._tell(
            mark("Page {number}: {records} records of {announced}"),
            number=number,
            records=page.records,
            announced=page.announced or "?",
        )
        return page

    def _error(self, page: Page) -> HarvestError:
        template = _ERRORS.get(page.error or "", mark("The server answers with the error {code}: {message}"))
        return HarvestError(template, code=page.error, message=page.message or "–", prefix=self._wanted.prefix)
