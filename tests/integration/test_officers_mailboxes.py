"""Whose an officer's address is, and for how long what it opened stays open."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from matchmaker.db.case_records import ParticipantRole, add_participant
from matchmaker.db.cases import get_case, save_case
from matchmaker.db.outbox import Job, JobKind
from matchmaker.domain.case import Case
from matchmaker.domain.event import OFFICER, EventKind
from matchmaker.notify.mail import InvalidMailError
from matchmaker.notify.worker import SendingError, run_due
from matchmaker.review.identity.accounts import end_account, list_accounts
from matchmaker.review.identity.mail_links import request_link
from matchmaker.review.identity.mailbox import mailbox_of
from matchmaker.workspace import Workspace
from tests.identity_place import form_token
from tests.integration.cases import send
from tests.integration.sign_in_place import Browse, app, browse, place, quick_hashes
from tests.integration.test_sign_in_officer import link_of, officer

__all__ = ["app", "browse", "place", "quick_hashes"]  # fixtures

SPELLINGS = ("VA@Lulea.se", "va+2@lulea.se", '"va"@lulea.se', "(a)va@lulea.se", '"va+x"@lulea.se')


def test_a_mailbox_has_one_name_however_it_is_spelled() -> None:
    assert {mailbox_of(one) for one in SPELLINGS} == {"va@lulea.se"}
    assert mailbox_of("+va@lulea.se") == "+va@lulea.se", "nothing stands before the plus"
    assert mailbox_of("vb@lulea.se") != mailbox_of("va@lulea.se") != mailbox_of("va@boden.se")
    for wrong in ("lulea.se", "a" * 250 + "@lulea.se", "(" * 5000 + "@lulea.se"):
        with pytest.raises(InvalidMailError):
            mailbox_of(wrong)


def test_who_was_ended_stays_out_by_every_spelling(browse: Browse, place: Workspace) -> None:
    officer(browse, place, "va@lulea.se")
    end_account(place.database, "officer-1")
    for spelling in SPELLINGS:
        browse().post("/sign-in/link", data={"address": spelling})
        assert browse().post(link_of(place)).status_code == 422, spelling
    assert len(list_accounts(place.database)) == 1


def test_links_are_counted_by_the_mailbox(browse: Browse) -> None:
    def ask(address: str) -> int:
        return browse(address="198.51.100.1").post("/sign-in/link", data={"address": address}).status_code

    assert [ask(one) for one in SPELLINGS * 2] == [200] * 10
    assert ask("va+new@lulea.se") == 429
    assert ask("another@lulea.se") == 200


def test_a_sign_in_mail_is_not_sent_when_its_link_is_no_longer_good(place: Workspace) -> None:
    tried: list[str] = []

    def refusing(job: Job) -> None:
        tried.append(job.id)
        raise SendingError("The mail server is away.")

    request_link(place.database, place.settings, "a@lulea.se", lambda token: token)
    begun = datetime.now(UTC)
    for minutes in (1, 3, 15, 60, 600):
        moment = begun + timedelta(minutes=minutes)
        run_due(place.database, {JobKind.MAIL: refusing}, lambda moment=moment: moment)
    assert len(tried) == 2, "the third would come when the link is no longer good"
    with place.database.engine.connect() as connection:
        [row] = connection.exec_driver_sql("SELECT payload, gave_up_at FROM outbox WHERE kind = 'mail'").fetchall()
    assert row[0] == "{}" and row[1], "neither address nor link is kept of a mail that was given up"


def moved(place: Workspace, case: Case, municipality: str) -> None:
    """The challenge given to another municipality, as by a key that is for both."""
    described = replace(case.description, municipality=municipality)
    with place.database.transaction() as session:
        before = get_case(session, case.id)
        after = replace(before, version=before.version + 1, description=described)
        save_case(session, before, after, OFFICER, EventKind.AMEND)


def test_a_challenge_that_moved_is_closed_to_the_officers_of_the_municipality_before(
    browse: Browse, place: Workspace
) -> None:
    _, own = send(place)
    client = officer(browse, place)
    path = client.get(f"/my/{own.id}").url.path
    moved(place, own, "2584")
    assert client.get(path).status_code == 404
    token = form_token(client.get("/my").text)
    assert client.post(f"{path}/withdraw", data={"form_token": token}).status_code == 404
    assert client.get(f"/my/{own.id}").status_code == 404
    with place.database.transaction() as session:
        contact = {"contact_role": "VA-ingenjör", "contact_email": "andra@kommun.example", "link_digest": "1" * 64}
        add_participant(session, own.id, ParticipantRole.CO_OWNER, municipality="2580", **contact)
    page = client.get(f"/my/{own.id}")
    assert page.status_code == 200 and "You are a co-owner" in page.text
    assert f"{path}/withdraw" not in page.text, "what it was before is over"


def test_officers_are_out_when_their_domain_lets_nobody_in_any_more(browse: Browse, place: Workspace) -> None:
    client = officer(browse, place)
    assert client.get("/my").status_code == 200
    place.settings.mail_domains = "2582=boden.se"
    assert client.get("/my", follow_redirects=False).status_code == 303
