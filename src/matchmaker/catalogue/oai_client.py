"""Asking an OAI-PMH server, with the patience that these need.

Own code on httpx2 rather than oaipmh-scythe (0.16): that hands out parsed records of an answer held in memory, where a
harvest here is files that were checked and survive being killed. It has no limit to an answer's size, does not ask
again for a malformed page, follows no redirect, and waits as long as a server wishes, by itself.
"""

import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Protocol

import httpx2

from matchmaker.catalogue.importers.field_text import shown
from matchmaker.catalogue.oai_page import HarvestError, MalformedPageError, Page, read_page
from matchmaker.domain.errors import mark

LARGEST_PAGE = 64 * 1024**2
"""Bytes that an answer may have, unpacked."""

ATTEMPTS = 8
"""How often an answer is asked for while the server is busy or cannot be reached; ten minutes in all."""

MALFORMED_ATTEMPTS = 3
FIRST_WAIT = 5.0
LONGEST_OWN_WAIT = 300.0
LONGEST_WAIT = 3600.0
"""Seconds that a server may make us wait; if it wants more, somebody runs the command again later."""

_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_FORGOTTEN = frozenset({400, 404, 410, 422})
"""What some servers answer to a token that they no longer know, instead of the protocol's error."""

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_REDIRECTS = 5
_READ_SECONDS = 120.0
_AGENT = "matchmaker-norrbotten (OAI-PMH harvester)"

Pause = Callable[[float], None]


class Tell(Protocol):
    """Takes what is told on the way: a marked template and its values."""

    def __call__(self, template: str, /, **values: object) -> None: ...


class _BusyError(Exception):
    """An answer did not come; ``wait`` is how many seconds the server asks for."""

    def __init__(self, reason: str, wait: float | None = None) -> None:
        super().__init__(reason)
        self.wait = wait


class OaiClient:
    """One server's OAI-PMH address. To be closed."""

    def __init__(
        self, url: str, *, tell: Tell, pause: Pause = time.sleep, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self.url = check_address(url)
        self._tell = tell
        self._pause = pause
        headers = {"user-agent": _AGENT, "accept": "text/xml, application/xml"}
        self._http = httpx2.Client(headers=headers, timeout=_READ_SECONDS, transport=transport)

    def close(self) -> None:
        self._http.close()

    def ask(self, arguments: Mapping[str, str], target: Path) -> Page:
        """Write the answer into a file, whole and safely on the disk, and say what it says.

        Raises:
            HarvestError: no answer came in spite of all patience, or one that cannot be used.
        """
        busy = malformed = 0
        while True:
            try:
                return self._try(arguments, target)
            except _BusyError as error:
                busy += 1
                if busy == ATTEMPTS:
                    template = mark("The server does not answer: {reason}. Run the command again later to go on.")
                    raise HarvestError(template, reason=str(error)) from error
                self._wait(error.wait, busy, str(error))
            except MalformedPageError as error:
                malformed += 1
                if malformed == MALFORMED_ATTEMPTS:
                    template = mark("{count} times the server sent an answer that is not whole OAI-PMH: {reason}")
                    raise HarvestError(template, count=malformed, reason=shown(str(error))) from error
                self._wait(None, malformed, shown(str(error)))

    def _wait(self, wished: float | None, attempt: int, reason: str) -> None:
        """Wait as long as the server wishes, else twice as long as the last time."""
        seconds = min(FIRST_WAIT * 2 ** (attempt - 1), LONGEST_OWN_WAIT) if wished is None else wished
        if seconds > LONGEST_WAIT:
            template = mark("The server asks us to wait for {minutes} minutes. Run the command again then to go on.")
            raise HarvestError(template, minutes=round(seconds / 60))
        self._tell(mark("Asking again in {seconds} seconds: {reason}"), seconds=round(seconds), reason=reason)
        self._pause(seconds)

    def _try(self, arguments: Mapping[str, str], target: Path) -> Page:
        try:
            status = self._download(self.url.copy_merge_params(dict(arguments)), target)
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            raise _BusyError(shown(str(error)) or type(error).__name__) from error
        if status < 400:
            return read_page(target)
        # Some servers tell an error of the protocol with a status that tells of one as well.
        with suppress(MalformedPageError):
            page = read_page(target)
            if page.error:
                return page
        if "resumptionToken" in arguments and status in _FORGOTTEN:
            return Page(datetime.now(UTC), error="badResumptionToken")
        raise HarvestError(mark("The server answers with the status {status}. Is the address right?"), status=status)

    def _download(self, url: httpx2.URL, target: Path) -> int:
        for _ in range(_MOST_REDIRECTS + 1):
            with self._http.stream("GET", url) as response:
                if response.status_code in _REDIRECTS:
                    url = _same_host(url, response.headers.get("location", ""))
                    continue
                if response.status_code in _BUSY:
                    raise _BusyError(f"HTTP {response.status_code}", _retry_after(response))
                _write(response, target)
                return response.status_code
        raise HarvestError(mark("The server redirects again and again."))


def check_address(url: str) -> httpx2.URL:
    """The address, parsed.

    Raises:
        HarvestError: it is not one of the web, or has a password in it, which would be stored with the harvest.
    """
    try:
        parsed = httpx2.URL(url.strip())
    except httpx2.InvalidURL as error:
        raise HarvestError(mark("{url} is not an address that begins with https:// or http://."), url=url) from error
    if parsed.scheme not in ("http", "https") or not parsed.host:
        raise HarvestError(mark("{url} is not an address that begins with https:// or http://."), url=url)
    if parsed.userinfo:
        raise HarvestError(mark("The address has a user name or a password in it. Give it without."))
    return parsed.copy_with(fragment=None)


def _same_host(url: httpx2.URL, location: str) -> httpx2.URL:
    """Where a redirect leads, if that is the same server, and no less safe."""
    try:
        target = url.join(location)
    except httpx2.InvalidURL as error:
        raise HarvestError(mark("The server redirects to no address: {location}"), location=shown(location)) from error
    is_safe = target.scheme == url.scheme or (url.scheme, target.scheme) == ("http", "https")
    if target.host != url.host or not is_safe or target.userinfo:
        template = mark("The server redirects to {location}, which is not followed. Give that address if you trust it.")
        raise HarvestError(template, location=shown(str(target)))
    return target


def _write(response: httpx2.Response, target: Path) -> None:
    written = 0
    with target.open("wb") as stream:
        for part in response.iter_bytes():
            written += len(part)
            if written > LARGEST_PAGE:
                raise HarvestError(mark("An answer of the server is larger than {limit} bytes."), limit=LARGEST_PAGE)
            stream.write(part)
        stream.flush()
        os.fsync(stream.fileno())


def _retry_after(response: httpx2.Response) -> float | None:
    """Seconds, from a number or a date (RFC 9110, 10.2.3)."""
    wished = response.headers.get("retry-after", "").strip()
    if wished.isascii() and wished.isdigit():
        return float(wished[:9])
    try:
        moment = parsedate_to_datetime(wished)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
