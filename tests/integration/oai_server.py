"""A small OAI-PMH server with generated records: a real one, on a port of the system's choice, that fails on demand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import parse_qsl, urlsplit

END_SECONDS = 60
FIRST_DAY = "2026-01-01T00:00:00Z"


@dataclass
class Item:
    """One record: when it changed last, whether it is still there, and its title."""

    title: str
    changed: str = FIRST_DAY
    is_deleted: bool = False


@dataclass
class OaiServer:
    """``faults`` are spent one at a time on the page that begins at an offset: a status, or how the page is spoiled.

    At the offset ``hold_at`` half a page is sent, and no more before ``release`` is set.
    """

    items: dict[int, Item]
    page_size: int = 100
    now: str = "2026-03-01T12:00:00Z"
    granularity: str = "YYYY-MM-DDThh:mm:ssZ"
    deleted_record: str = "persistent"
    port: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    faults: dict[int, list[int | str]] = field(default_factory=dict)
    requests: list[dict[str, str]] = field(default_factory=list)
    hold_at: int | None = None
    reached: threading.Event = field(default_factory=threading.Event)
    release: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/oai"

    @property
    def offsets(self) -> list[int]:
        """Where the pages that were asked for begin, in the order of the requests."""
        return [_offset(one) for one in self.requests if one["verb"] == "ListRecords"]

    def answer(self, arguments: dict[str, str]) -> str:
        """The protocol's answer to a request."""
        if arguments["verb"] == "Identify":
            named = f"<granularity>{self.granularity}</granularity><deletedRecord>{self.deleted_record}</deletedRecord>"
            return self._whole(f"<Identify><repositoryName>Invented</repositoryName>{named}</Identify>")
        limits = arguments.get("resumptionToken", "").split("|")[1:] or [
            arguments.get("from", ""),
            arguments.get("until", ""),
        ]
        if arguments.get("set") == "nowhere":
            return self._whole('<error code="badArgument">There is no set [nowhere].</error>')
        found = [(number, item) for number, item in sorted(self.items.items()) if _is_in(item.changed, *limits)]
        if not found:
            return self._whole('<error code="noRecordsMatch"/>')
        offset = _offset(arguments)
        page = found[offset : offset + self.page_size]
        after = offset + self.page_size
        token = "|".join([str(after), *limits]) if after < len(found) else ""
        written = "".join(_record(number, item) for number, item in page)
        end = f'<resumptionToken completeListSize="{len(found)}">{token}</resumptionToken>'
        return self._whole(f"<ListRecords>{written}{end}</ListRecords>")

    def _whole(self, inner: str) -> str:
        root = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
        return f"{root}<responseDate>{self.now}</responseDate>{inner}</OAI-PMH>"


def _offset(arguments: dict[str, str]) -> int:
    return int(arguments.get("resumptionToken", "0").split("|")[0])


def _is_in(changed: str, since: str, until: str) -> bool:
    return changed >= since and (not until or changed[: len(until)] <= until)


def _record(number: int, item: Item) -> str:
    identifier = f"<identifier>oai:DiVA.org:nord-{number}</identifier><datestamp>{item.changed}</datestamp>"
    if item.is_deleted:
        return f'<record><header status="deleted">{identifier}</header></record>'
    mods = f'<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>{item.title}</title></titleInfo></mods>'
    return f"<record><header>{identifier}</header><metadata>{mods}</metadata></record>"


class Handler(BaseHTTPRequestHandler):
    """Answers as its server says."""

    oai: ClassVar[OaiServer]

    def do_GET(self) -> None:
        arguments = dict(parse_qsl(urlsplit(self.path).query))
        self.oai.requests.append(arguments)
        offset = _offset(arguments) if arguments["verb"] == "ListRecords" else -1
        faults = self.oai.faults.get(offset, [])
        fault = faults.pop(0) if faults else None
        body = self.oai.answer(arguments).encode()
        if fault == "cut":
            body = body[: len(body) // 2]
        elif fault == "forgotten":
            root = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-03-01</responseDate>'
            body = f'{root}<error code="badResumptionToken"/></OAI-PMH>'.encode()
        self.send_response(fault if isinstance(fault, int) else 200)
        for name, value in self.oai.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        with suppress(OSError):  # whoever asked may have been killed
            if offset == self.oai.hold_at:
                self.wfile.write(body[: len(body) // 2])
                self.wfile.flush()
                self.oai.hold_at, body = None, body[len(body) // 2 :]
                self.oai.reached.set()
                self.oai.release.wait(END_SECONDS)
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
        pass


@contextmanager
def serving(count: int, page_size: int = 100) -> Iterator[OaiServer]:
    """A running server with ``count`` records."""
    oai = OaiServer({number: Item(f"Work {number}") for number in range(count)}, page_size)
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("ItsHandler", (Handler,), {"oai": oai}))
    server.daemon_threads = True
    oai.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield oai
    finally:
        oai.release.set()
        server.shutdown()
        server.server_close()
        thread.join(END_SECONDS)
