"""A web server that takes webhooks, as a municipality's would: a real one, on a port of the system's choice."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

from standardwebhooks import Webhook

END_SECONDS = 20


@dataclass
class Receiver:
    """``answers`` are given in turn, the last one for ever: a status, or how the answer is spoiled."""

    port: int = 0
    answers: list[int | str] = field(default_factory=lambda: [204])
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    received: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _, headers, _ in self.received]

    def verified(self, secret: str, number: int = -1) -> Any:
        """A message, its signature checked with the specification's own library."""
        _, headers, body = self.received[number]
        return Webhook(secret).verify(body, headers)


class Handler(BaseHTTPRequestHandler):
    """Answers as its receiver says."""

    receiver: ClassVar[Receiver]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.receiver.received.append((self.path, headers, body))
        answers = self.receiver.answers
        match answers[min(len(self.receiver.received), len(answers)) - 1]:
            case int(status):
                self._answer(status)
            case "slow":
                self.receiver.over.wait(END_SECONDS)
            case "trickle":
                self._trickle()

    def do_GET(self) -> None:
        self.receiver.received.append((self.path, {}, b""))
        self._answer(204)

    def _answer(self, status: int) -> None:
        self.send_response(status)
        for name, value in self.receiver.headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(self.receiver.body)))
        self.end_headers()
        self.wfile.write(self.receiver.body)

    def _trickle(self) -> None:
        """Always in time for a timeout of each read, and never done."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\n")
        with suppress(OSError):
            while not self.receiver.over.wait(0.02):
                self.wfile.write(b"x")

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name there
        pass


class Server(ThreadingHTTPServer):
    """Quiet about senders that go away: that is what is tested."""

    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A running receiver, with TLS where a context is given."""
    receiver = Receiver()
    server = Server(("127.0.0.1", 0), type("ItsHandler", (Handler,), {"receiver": receiver}))
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    receiver.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        receiver.over.set()
        server.shutdown()
        server.server_close()
        thread.join(END_SECONDS)
