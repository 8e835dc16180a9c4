"""Letters about a challenge: who gets which, when, with what in them, and what they lead to. By a real mail server."""

import io
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from matchmaker.db.case_records import ParticipantRole
from matchmaker.db.cases import get_case, save_case
from matchmaker.db.notify_models import OutboxRow
from matchmaker.db.outbox import Job, JobKind
from matchmaker.db.session import Database
from matchmaker.domain.case import Case, ClosingReason, Route, step
from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.event import OFFICER, EventKind
from matchmaker.domain.letter import LetterKind, LetterState
from matchmaker.domain.workflow import Act, Party
from matchmaker.notify.letter_sender import GOOD_FOR, LetterSender, site_address
from matchmaker.notify.smtp import ConsoleSender
from matchmaker.notify.worker import LEASE, Sender, SendingError, run_due, tidy
from matchmaker.review import approval, drafts
from matchmaker.review.desk import Desk
from matchmaker.review.drafts import open_link
from matchmaker.review.letters import open_stop_link, set_letters
from matchmaker.review.status import withdraw
from matchmaker.settings import Settings
from tests.integration.cases import CHOICES, TYPED
from tests.integration.letter_cases import (
    BEFORE,
    CO_OWNER,
    FOLLOWER,
    NOW,
    OTHERS_WORDS,
    OWNER,
    RELEASE,
    SITE,
    Read,
    answer,
    approve,
    became,
    body,
    case,
    desk,
    joined,
    letters,
    link_in,
    mailer,
    match,
    post,
    read,
    stop_in,
    submit,
)
from tests.integration.mail_server import Inbox, authority, configured, inbox, serve, trusting

__all__ = ["authority", "case", "desk", "inbox", "mailer", "read", "serve", "trusting"]  # fixtures

pytestmark = pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")


def test_every_letter_of_a_case_by_a_real_mail_server(
    database: Database, desk: Desk, mailer: Sender, read: Read
) -> None:
    """From the receipt to the closing, to the owner, a co-owner and a follower; and each link lets its reader in."""
    _, case = submit(database)
    match(database, case.id)
    joined(database, case, ParticipantRole.CO_OWNER, CO_OWNER, "2582")
    joined(database, case, ParticipantRole.FOLLOWER, FOLLOWER, "2514")
    now = datetime.now(UTC)
    assert post(database, mailer, now) == 3
    found = {str(one["To"]): one for one in read()}
    assert "has joined" in str(found[CO_OWNER]["Subject"]) and "has joined" in str(found[FOLLOWER]["Subject"])
    assert case.promised_on is not None and case.promised_on.isoformat() in body(found[OWNER])
    for address, message in found.items():
        linked, participant = open_link(database, link_in(body(message)))
        assert linked.id == case.id
        assert (participant.contact_email if participant else OWNER) == address
        assert TYPED["title"] in str(message["Subject"])

    case = desk.ask(case.id, current(database, case).revision, "Finns det mätdata om skyfall?")
    post(database, mailer, datetime.now(UTC))
    [question] = read()
    assert question["To"] == OWNER, "what is asked stays between the adviser and the owner"
    answer(database, case.id)

    case = approve(desk, current(database, case))
    assert post(database, mailer, BEFORE) == 0
    post(database, mailer, RELEASE)
    lists = read()
    assert sorted(str(one["To"]) for one in lists) == sorted([OWNER, CO_OWNER, FOLLOWER])

    desk.close(case.id, case.revision, ClosingReason.NOBODY_FOUND, Route.NOT_FOR_US)
    post(database, mailer, RELEASE + timedelta(days=1))
    closed = read()
    assert sorted(str(one["To"]) for one in closed) == sorted([OWNER, CO_OWNER, FOLLOWER])
    english = next(one for one in closed if one["To"] == FOLLOWER)
    assert "Nobody at the university works on this." in body(english)

    for message in [*found.values(), question, *lists, *closed]:
        said = body(message) + str(message["Subject"])
        assert not [word for word in (*OTHERS_WORDS, "mätdata", "regionen", "KS 2026") if word in said]
        assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert message["List-Unsubscribe"] == f"<{SITE}/letters/{stop_in(body(message))}>"
    kinds = {kind for kind, state in became(database, case) if state is LetterState.SENT}
    assert kinds == set(LetterKind) - {LetterKind.WITHDRAWN}


def current(database: Database, case: Case) -> Case:
    with database.reading() as session:
        return get_case(session, case.id)


def test_the_address_in_the_header_is_whole_on_the_wire(database: Database, mailer: Sender, inbox: Inbox) -> None:
    """However long the site's own address is: broken or encoded, no mail program would find it."""
    submit(database)
    post(database, mailer, datetime.now(UTC))
    [envelope] = inbox.envelopes
    assert isinstance(envelope.content, bytes)
    [line] = [one for one in envelope.content.split(b"\r\n") if one.startswith(b"List-Unsubscribe:")]
    assert re.fullmatch(rf"List-Unsubscribe: <{re.escape(SITE)}/letters/[\w-]{{32}}>".encode(), line)


@pytest.mark.parametrize(("language", "begins"), [("sv", "Er utmaning"), ("en", "Your challenge"), (None, "Er ")])
def test_a_letter_is_in_the_language_that_was_read_when_it_was_sent(
    database: Database, language: str | None, begins: str
) -> None:
    submit(database, language)
    [job] = letters(database, datetime.now(UTC))
    written = job.payload["text"]
    assert job.payload["languages"] == ((language,) if language else ("sv", "en"))
    assert written.startswith(begins)
    assert written.count("/challenges/mail.") == len(job.payload["languages"])


def test_a_change_that_fails_is_not_told(database: Database, case: Case) -> None:
    with pytest.raises(ZeroDivisionError), database.transaction() as session:
        current = get_case(session, case.id)
        save_case(session, current, step(current, Act.ASK, Party.ADVISER), OFFICER, EventKind.ASK)
        raise ZeroDivisionError
    assert letters(database, RELEASE) == []


def test_a_list_is_not_told_of_before_its_release_and_then_once(database: Database, desk: Desk, case: Case) -> None:
    approve(desk, case)
    assert letters(database, BEFORE) == []
    assert [one.payload["to"] for one in letters(database, RELEASE)] == [OWNER]
    assert letters(database, RELEASE + timedelta(days=9)) == []


def test_a_list_that_is_taken_back_is_not_told_of_and_approved_again_once(
    database: Database, desk: Desk, case: Case
) -> None:
    taken = approval.take_back(desk, case.id, approve(desk, case).revision, NOW)
    assert (LetterKind.LIST, LetterState.WAITING) not in became(database, case)
    assert letters(database, RELEASE + timedelta(days=1)) == []
    approve(desk, taken)
    assert len(letters(database, RELEASE + timedelta(days=1))) == 1


def test_a_list_that_is_sent_at_once_is_told_of_at_once(database: Database, desk: Desk, case: Case) -> None:
    approved = approve(desk, case)
    approval.release(desk, approved.id, approved.revision)
    assert len(letters(database, datetime.now(UTC))) == 1
    assert letters(database, RELEASE) == []


def test_what_is_no_longer_so_when_it_would_be_sent_is_not_sent(database: Database, desk: Desk, case: Case) -> None:
    """Somebody has answered before the question was mailed, or withdrawn before the list was."""
    asked = desk.ask(case.id, case.revision, "Finns det mätdata?")
    answered = answer(database, asked.id)
    assert letters(database, RELEASE) == []
    assert (LetterKind.QUESTION, LetterState.WAITING) not in became(database, case)
    approve(desk, answered)
    withdraw(database, case.id)
    assert letters(database, RELEASE) == []


def test_those_who_joined_are_told_when_it_is_withdrawn(database: Database, case: Case) -> None:
    joined(database, case, ParticipantRole.FOLLOWER, FOLLOWER, "2514")
    letters(database, datetime.now(UTC))
    withdraw(database, case.id)
    [job] = letters(database, RELEASE)
    assert (job.payload["to"], "has been withdrawn" in job.payload["text"]) == (FOLLOWER, True)


def test_a_worker_that_dies_after_the_server_took_the_letter_sends_it_again_as_the_same(
    database: Database, mailer: Sender, read: Read
) -> None:
    _, case = submit(database)

    class DiedError(BaseException):
        """As a process dies: nothing is written down afterwards."""

    def taken_and_dead(job: Job) -> None:
        mailer(job)
        raise DiedError

    now = datetime.now(UTC)
    with pytest.raises(DiedError):
        post(database, taken_and_dead, now)
    assert post(database, mailer, now + LEASE) == 0
    assert post(database, mailer, now + LEASE + timedelta(seconds=1)) == 1
    first, second = read()
    assert first["Message-ID"] == second["Message-ID"]
    for one in (first, second):
        assert open_link(database, link_in(body(one)))[0].id == case.id, "whichever is kept lets its reader in"
    assert became(database, case) == [(LetterKind.RECEIVED, LetterState.SENT)]


def test_a_letter_that_is_tried_again_leaves_the_earlier_link_good(database: Database) -> None:
    _, case = submit(database)
    written: list[str] = []

    def unsure(job: Job) -> None:
        written.append(job.payload["text"])
        raise SendingError("The connection broke after the last line.")

    post(database, unsure, datetime.now(UTC))
    assert became(database, case) == [(LetterKind.RECEIVED, LetterState.DELAYED)]
    [again] = letters(database, RELEASE)
    for one in (*written, again.payload["text"]):
        assert open_link(database, link_in(one))[0].id == case.id


@pytest.mark.parametrize(
    ("answer", "state"), [("554 no such mailbox", LetterState.FAILED), ("451 later", LetterState.DELAYED)]
)
def test_what_the_mail_server_refuses_is_seen(
    database: Database, mailer: Sender, inbox: Inbox, answer: str, state: LetterState
) -> None:
    _, case = submit(database)
    inbox.answer = answer
    post(database, mailer, datetime.now(UTC))
    assert became(database, case) == [(LetterKind.RECEIVED, state)]


def test_neither_address_nor_link_lies_in_the_outbox_and_of_links_only_digests(database: Database) -> None:
    submit(database)
    [job] = letters(database, datetime.now(UTC))
    with database.reading() as session:
        assert [row.payload for row in session.query(OutboxRow)] == [{}]
        links = " ".join(str(row) for row in session.execute(text("SELECT * FROM letter_link")))
        stored = session.execute(text("SELECT * FROM letter")).all()
    assert OWNER not in str(stored)
    for token in (link_in(job.payload["text"]), stop_in(job.payload["text"])):
        assert token not in links
    assert len(re.findall(r"[0-9a-f]{64}", links)) == 2


def test_a_link_ends_and_says_so(database: Database) -> None:
    submit(database)
    sent_at = datetime.now(UTC) - GOOD_FOR
    with database.transaction() as session:
        session.execute(text("UPDATE outbox SET run_at = '2020-01-01 00:00:00.000000'"))
    [job] = letters(database, sent_at)
    link = link_in(job.payload["text"])
    with pytest.raises(NotFoundError, match="link has ended"):
        open_link(database, link)
    tidy(database)
    with pytest.raises(NotFoundError, match="link has ended"):
        open_link(database, link)
    with pytest.raises(NotFoundError):
        open_stop_link(database, stop_in(job.payload["text"]))


def test_another_address_ends_the_links_to_the_old_one_and_gets_its_own(database: Database) -> None:
    token, case = submit(database)
    [old] = letters(database, datetime.now(UTC))
    reader, _ = open_stop_link(database, stop_in(old.payload["text"]))
    set_letters(database, reader, wanted=False)
    drafts.start_amending(database, token)
    drafts.keep(database, token, {"contact_email": "ratt@kommun.example"})
    drafts.send(database, token, CHOICES, 10, "sv")
    [new] = letters(database, datetime.now(UTC))
    assert new.payload["to"] == "ratt@kommun.example", "who has it has stopped nothing"
    assert open_link(database, link_in(new.payload["text"]))[0].id == case.id
    assert open_link(database, token)[0].id == case.id
    with pytest.raises(NotFoundError, match="another address"):
        open_link(database, link_in(old.payload["text"]))
    drafts.start_amending(database, token)
    drafts.send(database, token, CHOICES, 10, "sv")
    assert letters(database, datetime.now(UTC)) == [], "the same address is not welcomed twice"


def test_who_has_stopped_gets_none_and_others_do(database: Database, desk: Desk, case: Case) -> None:
    joined(database, case, ParticipantRole.FOLLOWER, FOLLOWER, "2514")
    [welcome] = letters(database, datetime.now(UTC))
    approve(desk, current(database, case))
    reader, title = open_stop_link(database, stop_in(welcome.payload["text"]))
    assert title == TYPED["title"]
    set_letters(database, reader, wanted=False)
    assert [one.payload["to"] for one in letters(database, RELEASE)] == [OWNER]
    set_letters(database, reader, wanted=True)
    desk.close(case.id, current(database, case).revision, ClosingReason.DONE, Route.NOT_FOR_US)
    assert FOLLOWER in [one.payload["to"] for one in letters(database, RELEASE)]


def test_an_address_that_was_erased_gets_nothing(database: Database, desk: Desk, case: Case) -> None:
    approve(desk, case)
    with database.transaction() as session:
        session.execute(text("UPDATE challenge SET description = json_set(description, '$.contact_email', '')"))
    assert letters(database, RELEASE) == []


def test_a_link_that_stops_letters_opens_nothing(database: Database) -> None:
    submit(database)
    [job] = letters(database, datetime.now(UTC))
    for prefix in ("", "mail."):
        with pytest.raises(NotFoundError):
            open_link(database, prefix + stop_in(job.payload["text"]))
    with pytest.raises(NotFoundError):
        open_stop_link(database, link_in(job.payload["text"]))


def test_without_a_mail_server_the_letter_is_printed_with_a_link_to_this_machine(database: Database) -> None:
    submit(database)
    stream, now = io.StringIO(), datetime.now(UTC)
    sender = LetterSender(database, site_address(Settings(port=8123, public_url=None)), ConsoleSender(stream))
    run_due(database, {JobKind.LETTER: sender}, lambda: now)
    assert "\nhttp://127.0.0.1:8123/challenges/mail." in stream.getvalue()
    assert f"To: {OWNER}" in stream.getvalue()


def test_a_link_to_this_machine_is_not_mailed(database: Database) -> None:
    """The operator has set a mail server and forgotten the pages' address: nothing is lost until it is set."""
    server = configured("smtps://mail.example.com")
    assert site_address(server.model_copy(update={"public_url": None})) is None
    assert site_address(replace_url(server)) == "https://matchmaker.example"
    for host, address in (("0.0.0.0", "localhost"), ("::1", "[::1]"), ("10.1.2.3", "10.1.2.3")):
        assert site_address(Settings(host=host, port=80, public_url=None)) == f"http://{address}:80"
    _, case = submit(database)
    now = datetime.now(UTC)
    run_due(database, {JobKind.LETTER: LetterSender(database, None, lambda job: None)}, lambda: now)
    assert became(database, case) == [(LetterKind.RECEIVED, LetterState.DELAYED)]


def replace_url(settings: Settings) -> Settings:
    return settings.model_copy(update={"public_url": "https://matchmaker.example"})


def test_a_challenge_without_a_title_is_called_by_its_reference(database: Database, desk: Desk, case: Case) -> None:
    untitled = replace(case, description=replace(case.description, title=""))
    with database.transaction() as session:
        save_case(session, case, untitled, OFFICER, EventKind.NOTE)
    desk.ask(case.id, case.revision + 1, "Vad gäller det?")
    [job] = letters(database, RELEASE)
    assert f"{case.id[:4]}-{case.id[4:8]}".upper() in job.payload["subject"]
