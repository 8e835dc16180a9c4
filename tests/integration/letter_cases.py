"""What tests of letters share: a case with those who joined it, what is mailed by a moment, and what came of it."""

import re
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from matchmaker.db.case_records import ParticipantRole
from matchmaker.db.cases import get_case, save_case
from matchmaker.db.correspondence import list_letters
from matchmaker.db.outbox import Job, JobKind
from matchmaker.db.session import Database
from matchmaker.domain.case import Case, Route, step
from matchmaker.domain.event import SYSTEM, EventKind
from matchmaker.domain.letter import LetterKind, LetterState
from matchmaker.domain.workflow import Act, Party
from matchmaker.notify.letter_sender import LetterSender
from matchmaker.notify.worker import Sender, run_due
from matchmaker.review import approval, drafts
from matchmaker.review.desk import Desk
from matchmaker.review.joining import join
from matchmaker.review.status import answer_question, read_status
from tests.integration.cases import CHOICES, TYPED, let_in
from tests.integration.mail_server import URL, Inbox, Serve, configured, over

SITE = "https://matchmaker.kommunernas-gemensamma-forvaltning.norrbotten.example/en/lang/adress"
NOW = datetime.now(UTC)
UNDO = 24 * 60
RELEASE = NOW + timedelta(minutes=UNDO)
BEFORE = RELEASE - timedelta(seconds=1)

OWNER, CO_OWNER, FOLLOWER = "va@kommun.example", "teknik@annan.example", "vard@tredje.example"
OTHERS_WORDS = ("0920", "skyfall", "Piteå", "2582", "annan.example", "tredje.example")


def submit(database: Database, language: str | None = "sv", **other: object) -> tuple[str, Case]:
    token = drafts.start_draft(database, "main", {**TYPED, **other})
    return token, drafts.send(database, token, CHOICES, 10, language)


def match(database: Database, case_id: str) -> Case:
    with database.transaction() as session:
        current = get_case(session, case_id)
        return save_case(session, current, step(current, Act.MATCH, Party.SYSTEM), SYSTEM, EventKind.MATCH)


def joined(database: Database, case: Case, role: ParticipantRole, address: str, code: str) -> str:
    typed = {"municipality": code, "contact_role": "Chef", "contact_email": address, "title": "Ring 0920"}
    token = join(database, drafts.start_draft(database, "main", typed), case.id, role, CHOICES, "en")
    let_in(database, case.id)
    return token


def approve(desk: Desk, case: Case) -> Case:
    case = desk.set_route(case.id, case.revision, Route.NOT_FOR_US)
    return approval.approve(desk, case.id, case.revision, "Inget passar, hör med regionen.", UNDO, NOW)


@pytest.fixture
def desk(database: Database) -> Desk:
    return Desk(database, "adviser-1")


@pytest.fixture
def case(database: Database) -> Case:
    """A case whose receipt has been mailed, matched."""
    _, sent = submit(database)
    letters(database, NOW + timedelta(hours=2))
    return match(database, sent.id)


def letters(database: Database, now: datetime) -> list[Job]:
    """What is mailed by a moment, without a mail server."""
    sent: list[Job] = []
    post(database, sent.append, now)
    return sent


def post(database: Database, deliver: Sender, now: datetime) -> int:
    return run_due(database, {JobKind.LETTER: LetterSender(database, SITE, deliver, lambda: now)}, lambda: now)


def told(sent: list[Job]) -> list[tuple[str, str]]:
    return sorted((one.payload["to"], one.payload["subject"]) for one in sent)


def answer(database: Database, case_id: str) -> Case:
    """The question that waits, answered."""
    question = read_status(database, case_id).question
    assert question
    return answer_question(database, case_id, str(question.id), "Ja.")


def became(database: Database, case: Case) -> list[tuple[LetterKind, LetterState]]:
    with database.reading() as session:
        return [(one.kind, one.state) for one in list_letters(session, case.id)]


def link_in(written: str) -> str:
    found = re.search(r"/challenges/(mail\.[\w-]{32})\n", written)
    assert found
    return found.group(1)


def stop_in(written: str) -> str:
    found = re.search(r"/letters/([\w-]{32})\n", written)
    assert found
    return found.group(1)


Read = Callable[[], list[EmailMessage]]


@pytest.fixture
def mailer(serve: Serve, trusting: ssl.SSLContext) -> Sender:
    return over(configured(URL.format(port=serve(auth_required=True))), trusting)


@pytest.fixture
def read(inbox: Inbox) -> Read:
    """What the mail server has taken over, and has not been read yet."""

    def one() -> list[EmailMessage]:
        taken, inbox.envelopes = inbox.envelopes, []
        contents = [envelope.content for envelope in taken]
        return [message_from_bytes(it, policy=policy.default) for it in contents if isinstance(it, bytes)]

    return one


def body(message: EmailMessage) -> str:
    return str(message.get_content()).replace("\r\n", "\n")
