"""Mail: plain text, in one language or several, checked when it is queued and sent by a worker."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from email.errors import HeaderParseError, MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import format_datetime

from matchmaker.db import outbox
from matchmaker.db.outbox import GOOD_UNTIL, Job, JobKind
from matchmaker.db.session import Session
from matchmaker.domain.errors import MatchmakerError, mark
from matchmaker.messages import translator

BETWEEN_LANGUAGES = "\n\n* * *\n\n"


STOP_HEADER = "List-Unsubscribe"


class _WirePolicy(EmailPolicy):
    """As mail goes over the wire; the address in one header stays whole, which would else be encoded as a long word."""

    def fold(self, name: str, value: str) -> str:
        return f"{name}: {value}{self.linesep}" if name == STOP_HEADER else super().fold(name, value)

    def fold_binary(self, name: str, value: str) -> bytes:
        return self.fold(name, value).encode("ascii") if name == STOP_HEADER else super().fold_binary(name, value)


WIRE = _WirePolicy(linesep="\r\n")


class InvalidMailError(MatchmakerError):
    """A message that cannot be sent as it is."""

    code = "invalid-mail"


@dataclass(frozen=True, slots=True)
class Mail:
    """A message to one address. ``languages`` are those of its text, in their order.

    ``stop_link`` is where the reader says that no more of the kind are wanted; without one there is nothing to stop.
    """

    to: str
    subject: str
    text: str
    languages: tuple[str, ...] = ("sv",)
    stop_link: str = ""


def compose(
    to: str, subject: str, paragraphs: Sequence[str], languages: Sequence[str] = ("sv",), **values: object
) -> Mail:
    """A message from marked templates, whole in each of the languages; the subject is in the first.

    Values are filled into every paragraph, and may be of any length: a subject becomes one line of them.
    """
    says = [translator(language) for language in languages]
    texts = ["\n\n".join(say.say(one, **values) for one in paragraphs) for say in says]
    line = " ".join(says[0].say(subject, **values).split())
    return Mail(to, line, BETWEEN_LANGUAGES.join(texts) + "\n", tuple(say.language for say in says))


def queue_mail(
    session: Session,
    mail: Mail,
    dedup_key: str,
    run_at: datetime | None = None,
    good_until: datetime | None = None,
    group: str | None = None,
) -> bool:
    """Have a message sent once the session's transaction is committed; False when one with this key was queued before.

    What it says is good until then, after which it is not sent any more. ``group`` is by what it can be called off.

    Raises:
        InvalidMailError: the address is none, or a header would not be one line.
    """
    to_message(mail, "matchmaker@example.com")
    payload = {**asdict(mail), **({GOOD_UNTIL: good_until.isoformat()} if good_until else {})}
    return outbox.add(session, JobKind.MAIL, payload, f"mail:{dedup_key}", run_at=run_at, group=group)


def read_mail(job: Job) -> Mail:
    """The message of a job."""
    payload = job.payload
    languages = tuple(payload["languages"])
    return Mail(payload["to"], payload["subject"], payload["text"], languages, payload.get("stop_link", ""))


def to_message(
    mail: Mail, sender: str, identifier: str | None = None, written_at: datetime | None = None
) -> EmailMessage:
    """A message as it goes over the wire (RFC 5322), marked as a program's (RFC 3834) so that none answers it.

    What can be stopped is stopped by the reader's mail program, too, with one click (RFC 8058).
    The Message-ID is made from ``identifier``, so that a message sent twice is the same message.

    Raises:
        InvalidMailError: the address is none, or a header would not be one line.
    """
    message = EmailMessage(policy=WIRE)
    try:
        message["From"] = sender
        message["To"] = read_address(mail.to)
        message["Subject"] = mail.subject
        message["Content-Language"] = ", ".join(mail.languages)
    except (ValueError, MessageError) as error:
        if isinstance(error, MatchmakerError):
            raise
        raise InvalidMailError(mark("The message has a header that cannot be sent.")) from None
    message["Auto-Submitted"] = "auto-generated"
    if mail.stop_link:
        message[STOP_HEADER] = f"<{mail.stop_link}>"
        message[f"{STOP_HEADER}-Post"] = "List-Unsubscribe=One-Click"
    if written_at:
        message["Date"] = format_datetime(written_at)
    if identifier:
        message["Message-ID"] = f"<{identifier}@{message['From'].addresses[0].domain}>"
    message.set_content(mail.text, cte="quoted-printable")
    return message


def read_address(text: str) -> Address:
    """One address; never several, nor one with a name or a line of its own.

    Raises:
        InvalidMailError: it is none. What was given is not repeated: it may be anything.
    """
    try:
        local, at, domain = text.strip().rpartition("@")
        if not at or any(character.isspace() or not character.isprintable() for character in text.strip()):
            raise InvalidMailError(mark("That is no e-mail address."))
        return Address(addr_spec=f"{local}@{domain.encode('idna').decode()}")
    except (ValueError, IndexError, HeaderParseError):
        raise InvalidMailError(mark("That is no e-mail address.")) from None
