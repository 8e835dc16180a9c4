"""Mail's last step: to a mail server over TLS, or, where none is set, to the operator's console.

The standard library's client, not aiosmtplib: the worker is a thread that sends one message at a time, and an event
loop in it would add a dependency and save nothing.
"""

import base64
import smtplib
import ssl
import sys
from contextlib import suppress
from email.message import EmailMessage
from typing import TextIO

from matchmaker.db.outbox import Job
from matchmaker.notify.mail import InvalidMailError, read_mail, to_message
from matchmaker.notify.worker import Sender, SendingError
from matchmaker.settings import MailServer, Settings

TIMEOUT_SECONDS = 15.0
"""For each answer of the mail server; a message takes about nine of them, well within a lease."""


def mail_is_configured(settings: Settings) -> bool:
    """Whether mail leaves the machine; otherwise it is printed to the operator's console."""
    return settings.mail_server is not None


def mail_sender(settings: Settings) -> Sender:
    """What sends mail by the settings."""
    server = settings.mail_server
    if server is None or settings.mail_from is None:
        return ConsoleSender()
    return SmtpSender(server, settings.mail_from)


class SmtpSender:
    """Sends by SMTP: with TLS from the start (smtps) or by STARTTLS (smtp), never without, but to this machine itself.

    RFC 8314 prefers TLS from the start. The certificate is verified either way; ``context`` says by which authorities.
    """

    def __init__(self, server: MailServer, sender: str, context: ssl.SSLContext | None = None) -> None:
        self._server = server
        self._sender = sender
        self._context = context or ssl.create_default_context()

    def __call__(self, job: Job) -> None:
        try:
            message = to_message(read_mail(job), self._sender, job.id, job.created_at)
        except InvalidMailError as error:
            raise SendingError(str(error), final=True) from error
        try:
            client = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            raise SendingError(f"No connection to the mail server: {_told(error)}") from None
        try:
            self._deliver(client, message)
        finally:
            client.close()

    def _connect(self) -> smtplib.SMTP:
        host, port = self._server.host, self._server.port
        if self._server.tls_from_start:
            return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=self._context)
        return smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)

    def _deliver(self, client: smtplib.SMTP, message: EmailMessage) -> None:
        try:
            self._secure(client)
            client.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise SendingError(f"The recipient is refused ({codes[0]}).", final=codes[0] >= 500) from None
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            refused = f"The message is refused ({error.smtp_code})."
            raise SendingError(refused, final=error.smtp_code >= 500) from None
        except (OSError, smtplib.SMTPException) as error:
            raise SendingError(_told(error)) from None
        with suppress(OSError, smtplib.SMTPException):
            client.quit()  # it has been taken over; a bad farewell must not make it a failure, and send it twice

    def _secure(self, client: smtplib.SMTP) -> None:
        client.ehlo()
        if not self._server.tls_from_start and (client.has_extn("starttls") or not self._server.is_this_machine):
            client.starttls(context=self._context)
            client.ehlo()
        if self._server.user:
            _sign_in(client, self._server.user, self._server.password.get_secret_value())


def _sign_in(client: smtplib.SMTP, user: str, password: str) -> None:
    """Sign in; the standard library refuses letters beyond ASCII, which PLAIN sends as UTF-8 (RFC 4616)."""
    if (user + password).isascii():
        client.login(user, password)
        return
    plain = base64.b64encode(f"\0{user}\0{password}".encode()).decode()
    code, answer = client.docmd("AUTH", f"PLAIN {plain}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


class ConsoleSender:
    """Prints mail for the operator, where no mail server is set."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def __call__(self, job: Job) -> None:
        mail = read_mail(job)
        lines = [f"To: {mail.to}", f"Subject: {mail.subject}", "", mail.text.rstrip()]
        text = "\n".join(["", "--- mail, printed since no mail server is set ---", *lines, "---", ""])
        stream = self._stream or sys.stderr
        # Printed to a terminal: an escape sequence in somebody's title must not reach it.
        stream.write("".join(one if one.isprintable() or one == "\n" else "\N{REPLACEMENT CHARACTER}" for one in text))
        stream.flush()


def _told(error: Exception) -> str:
    """What went wrong, by kind and code only: a server's words may repeat an address or what it was sent."""
    match error:
        case smtplib.SMTPResponseException():
            return f"{type(error).__name__} ({error.smtp_code})"
        case ssl.SSLCertVerificationError():
            return f"The certificate is not valid: {error.verify_message}"
        case smtplib.SMTPException():
            return type(error).__name__
        case OSError() if error.strerror:
            return f"{type(error).__name__}: {error.strerror}"
        case _:
            return type(error).__name__
