"""A real mail server on this machine, with TLS and sign-in, for the tests of what is mailed."""

import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope

from matchmaker.notify.smtp import SmtpSender
from matchmaker.settings import Settings

PASSWORD = "p:ä@ss/wörd"
URL = "smtps://officer:p%3A%C3%A4%40ss%2Fw%C3%B6rd@127.0.0.1:{port}"


class Inbox:
    """What the server takes; ``answer`` is what it says after a message."""

    def __init__(self) -> None:
        self.envelopes: list[Envelope] = []
        self.answer = "250 OK"

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        self.envelopes.append(envelope)
        return self.answer


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def trusting(authority: trustme.CA) -> ssl.SSLContext:
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


Serve = Callable[..., int]


@pytest.fixture
def serve(inbox: Inbox, authority: trustme.CA) -> Iterator[Serve]:
    """Starts a mail server on this machine; returns its port."""
    running: list[Controller] = []

    def authenticate(server: object, session: object, envelope: object, mechanism: str, data: Any) -> AuthResult:
        right = (data.login, data.password) == (b"officer", PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    def start(name: str = "127.0.0.1", *, tls_from_start: bool = True, **other: Any) -> int:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name).configure_cert(context)
        tls = {"ssl_context": context} if tls_from_start else {"tls_context": context, "require_starttls": True}
        options = {**tls, "authenticator": authenticate, "auth_require_tls": not tls_from_start}
        options |= other
        controller = Controller(inbox, hostname="127.0.0.1", port=0, **options)
        controller.port = _free_port()
        controller.start()
        running.append(controller)
        return controller.port

    yield start
    for controller in running:
        controller.stop()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def configured(url: str) -> Settings:
    return Settings(mail_from="Matchmaker <matchmaker@example.com>", smtp_url=url)


def over(settings: Settings, context: ssl.SSLContext) -> SmtpSender:
    assert settings.mail_server is not None
    assert settings.mail_from is not None
    return SmtpSender(settings.mail_server, settings.mail_from, context)
