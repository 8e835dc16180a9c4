"""Mail: through a real mail server with TLS and sign-in, and what is never sent or told."""

import io
import smtplib
import ssl
from datetime import UTC, datetime
from email import message_from_bytes, policy
from typing import Any

import pytest

from matchmaker.db import outbox
from matchmaker.db.notify_models import OutboxRow
from matchmaker.db.outbox import JobKind
from matchmaker.db.session import Database
from matchmaker.domain.errors import SetupError
from matchmaker.notify.mail import InvalidMailError, Mail, compose, queue_mail
from matchmaker.notify.senders import make_senders
from matchmaker.notify.smtp import ConsoleSender, SmtpSender, mail_is_configured
from matchmaker.notify.worker import run_due
from matchmaker.settings import MailServer, Settings, read_settings
from tests.integration.mail_server import (
    URL,
    Inbox,
    Serve,
    authority,
    configured,
    inbox,
    over,
    serve,
    trusting,
)

__all__ = ["authority", "inbox", "serve", "trusting"]  # fixtures

# The test's server does not see that its connection is encrypted when it is so from the start.
pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")

MAIL = Mail("va@kommun.example", "Älvens vattenstånd", "Hej!\n.\nEn punkt på en rad för sig.\n")


def send(database: Database, sender: object, mail: Mail = MAIL) -> OutboxRow:
    with database.transaction() as session:
        queue_mail(session, mail, "one")
    run_due(database, {JobKind.MAIL: sender})  # type: ignore[dict-item]  # a sender
    with database.reading() as session:
        return session.query(OutboxRow).one()


def test_a_message_arrives_over_tls_whole_and_signed_in(
    database: Database, serve: Serve, inbox: Inbox, trusting: ssl.SSLContext
) -> None:
    row = send(database, over(configured(URL.format(port=serve(auth_required=True))), trusting))
    assert row.done_at is not None
    [envelope] = inbox.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("matchmaker@example.com", [MAIL.to])
    assert isinstance(envelope.content, bytes)
    message = message_from_bytes(envelope.content, policy=policy.default)
    assert message["Subject"] == MAIL.subject
    assert message["To"] == MAIL.to
    assert message["Message-ID"] == f"<{row.id}@example.com>", "a double can be told"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().replace("\r\n", "\n") == MAIL.text


def test_a_message_arrives_by_starttls(
    database: Database, serve: Serve, inbox: Inbox, trusting: ssl.SSLContext
) -> None:
    url = URL.format(port=serve(tls_from_start=False, auth_required=True)).replace("smtps", "smtp")
    assert send(database, over(configured(url), trusting)).done_at is not None
    assert len(inbox.envelopes) == 1


def test_a_certificate_of_nobody_known_or_of_another_gets_no_password(
    database: Database, serve: Serve, inbox: Inbox, trusting: ssl.SSLContext
) -> None:
    stranger = over(configured(URL.format(port=serve())), ssl.create_default_context())
    row = send(database, stranger)
    assert (row.done_at, row.gave_up_at) == (None, None)
    assert "certificate" in (row.last_error or "")
    other = over(configured(URL.format(port=serve("mail.example.com"))), trusting)
    with database.transaction() as session:
        outbox.forget(session, datetime.max.replace(tzinfo=UTC))
        queue_mail(session, MAIL, "two")
    run_due(database, {JobKind.MAIL: other})
    assert inbox.envelopes == []


def test_a_server_elsewhere_without_tls_gets_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    server = configured("smtp://officer:secret@mail.example.com").mail_server
    assert server is not None
    assert not server.is_this_machine
    said: list[str] = []
    client = smtplib.SMTP()
    monkeypatch.setattr(client, "ehlo", lambda: None)
    monkeypatch.setattr(client, "ehlo_or_helo_if_needed", lambda: None)
    monkeypatch.setattr(client, "send_message", lambda *_: said.append("message"))
    monkeypatch.setattr(client, "login", lambda *_: said.append("password"))
    with pytest.raises(Exception, match="SMTPNotSupportedError"):
        SmtpSender(server, "a@example.com")._deliver(client, None)  # type: ignore[arg-type]  # never gets so far
    assert said == []


@pytest.mark.parametrize(("answer", "is_final"), [("554 no such text", True), ("451 later", False)])
def test_a_refusal_for_good_is_not_tried_again(
    database: Database, serve: Serve, inbox: Inbox, trusting: ssl.SSLContext, answer: str, is_final: bool
) -> None:
    inbox.answer = answer
    row = send(database, over(configured(URL.format(port=serve())), trusting))
    assert (row.gave_up_at is not None) is is_final
    assert row.done_at is None
    assert answer[:3] in (row.last_error or "")
    assert "such" not in (row.last_error or ""), "a server's words may repeat what they answer"


@pytest.mark.parametrize("password", ["hush-hush", "hush-hüsh"])
def test_a_wrong_password_is_told_without_it(
    database: Database, serve: Serve, trusting: ssl.SSLContext, caplog: pytest.LogCaptureFixture, password: str
) -> None:
    settings = configured(f"smtps://officer:{password}@127.0.0.1:{serve(auth_required=True)}")
    row = send(database, over(settings, trusting))
    assert row.gave_up_at is None, "the operator can mend it"
    assert "535" in (row.last_error or "")
    told = " ".join([repr(settings), repr(settings.mail_server), str(row.last_error), caplog.text])
    assert "hush" not in told


@pytest.mark.parametrize(
    "url", ["http://user:hush@host", "smtps://", "smtps://user:hush@host:99999", "hush", "smtps://[hush"]
)
def test_a_wrong_setting_is_told_without_what_is_in_it(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("MATCHMAKER_MAIL_FROM", "a@example.com")
    monkeypatch.setenv("MATCHMAKER_SMTP_URL", url)
    with pytest.raises(SetupError, match="MATCHMAKER_SMTP_URL") as raised:
        read_settings()
    assert "hush" not in f"{raised.value} {raised.value.__cause__}"


def test_a_mail_server_needs_a_sender(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_SMTP_URL", "smtps://host")
    with pytest.raises(SetupError, match="MATCHMAKER_MAIL_FROM"):
        read_settings()


@pytest.mark.parametrize(
    "to",
    ["", "x", "a@example.com, b@example.com", "a@example.com\nBcc: b@example.com", "<a@example.com>", "@x.se", "a@"],
)
def test_what_is_not_one_address_is_refused_before_it_is_queued(database: Database, to: str) -> None:
    with pytest.raises(InvalidMailError), database.transaction() as session:
        queue_mail(session, Mail(to, "s", "t"), "one")


def test_no_header_can_be_put_in(database: Database) -> None:
    for subject in ("Hej\r\nBcc: b@example.com", "Hej\nX: y"):
        with pytest.raises(InvalidMailError), database.transaction() as session:
            queue_mail(session, Mail("a@example.com", subject, "t"), "one")
    mail = compose("a@example.com", "{title}", ["{title}"], title="Hej\r\nBcc: {b}@example.com")
    assert mail.subject == "Hej Bcc: {b}@example.com"


def test_a_domain_with_letters_beyond_ascii_is_written_as_mail_has_it(database: Database, capsys: Any) -> None:
    with database.transaction() as session:
        assert queue_mail(session, Mail("info@älvsbyn.example", "s", "t"), "one")
        assert not queue_mail(session, Mail("info@älvsbyn.example", "s", "t"), "one"), "the same is queued once"


def test_without_a_mail_server_the_operator_reads_it(database: Database, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(smtp_url=None)
    assert not mail_is_configured(settings)
    assert mail_is_configured(configured("smtps://host"))
    with database.transaction() as session:
        queue_mail(session, Mail("a@example.com", "s", "Läs: \x1b[2J\n"), "one")
    run_due(database, make_senders(settings, database))
    printed = capsys.readouterr().err
    assert "To: a@example.com" in printed
    assert "Läs:" in printed
    assert "\x1b" not in printed
    stream = io.StringIO()
    assert send(database, ConsoleSender(stream)).done_at is not None


def test_a_server_on_this_machine_is_told_from_others() -> None:
    def server(host: str) -> MailServer:
        found = configured(f"smtp://{host}").mail_server
        assert found is not None
        return found

    assert all(server(one).is_this_machine for one in ("localhost", "127.0.0.1", "[::1]"))
    assert not any(server(one).is_this_machine for one in ("192.0.2.1", "mail.example.com"))
    assert (server("x").port, configured("smtps://x").mail_server.port) == (587, 465)  # type: ignore[union-attr]
