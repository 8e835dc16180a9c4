"""Letters on the pages: stopping them by one click or a page, what became of them, and what a letter's link shows."""

import re
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from starlette.testclient import TestClient

from matchmaker.db.case_records import ParticipantRole
from matchmaker.db.outbox import Job
from matchmaker.domain.case import Case
from matchmaker.notify.worker import SendingError
from matchmaker.review.desk import Desk
from matchmaker.review.status import read_status
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from tests.integration.cases import TYPED, approved, send
from tests.integration.test_letters import FOLLOWER, joined, letters, link_in, post, stop_in

HERE = "http://127.0.0.1"
PROGRAM = {"content-type": "application/x-www-form-urlencoded"}
ONE_CLICK = "List-Unsubscribe=One-Click"


@pytest.fixture
def client(workspace: Workspace, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A browser at the machine, whose server sends nothing by itself."""
    monkeypatch.setattr("matchmaker_api.app.deliverer", lambda *_: nullcontext())
    headers = {"Origin": HERE, "Accept-Language": "en"}
    app = create_app(workspace.settings)
    with TestClient(app, base_url=HERE, client=("127.0.0.1", 5000), headers=headers) as opened:
        yield opened


@pytest.fixture
def program(client: TestClient) -> TestClient:
    """A mail program elsewhere: it says nothing of where its form comes from, and has no cookies (RFC 8058)."""
    return TestClient(client.app, base_url="https://matchmaker.example", client=("203.0.113.9", 5000))


def mailed(workspace: Workspace, case: Case) -> dict[str, str]:
    """The newest letter about a case to each address."""
    found = letters(workspace.database, datetime.now(UTC))
    assert found, f"nothing was mailed about {case.id}"
    return {str(one.payload["to"]): str(one.payload["text"]) for one in found}


@pytest.fixture
def sent(workspace: Workspace) -> tuple[str, Case]:
    letters(workspace.database, datetime.now(UTC))  # what other tests have left
    return send(workspace, contact_email="funktion@kommun.example")


def test_a_mail_program_stops_the_letters_with_one_click(
    client: TestClient, program: TestClient, workspace: Workspace, sent: tuple[str, Case]
) -> None:
    token, case = sent
    written = mailed(workspace, case)["funktion@kommun.example"]
    stop = f"/letters/{stop_in(written)}"
    assert "Stop the letters" in client.get(stop).text, "a mail scanner that looks stops nothing"
    assert "a letter goes to funktion@kommun.example" in client.get(f"/challenges/{token}").text
    for _ in range(2):
        answer = program.post(stop, content=ONE_CLICK, headers=PROGRAM, follow_redirects=False)
        assert answer.status_code == 200
    assert "You have stopped the letters to funktion@kommun.example" in client.get(f"/challenges/{token}").text
    Desk(workspace.database, "adviser-1").ask(case.id, case.revision, "Finns det mätdata?")
    assert letters(workspace.database, datetime.now(UTC)) == []
    assert "wants no letters" in client.get(f"/desk/cases/{case.id}").text


def test_other_pages_take_no_form_from_nowhere(program: TestClient, sent: tuple[str, Case]) -> None:
    token, _ = sent
    assert program.post(f"/challenges/{token}/letters", content="letters=stopped", headers=PROGRAM).status_code == 403
    assert program.post("/letters", content=ONE_CLICK, headers=PROGRAM).status_code in {403, 404}


def test_a_link_that_stops_nothing_says_so(client: TestClient, program: TestClient) -> None:
    for answer in (client.get("/letters/nothing"), client.post("/letters/nothing"), program.post("/letters/nothing")):
        assert answer.status_code == 404
    assert "This link stops no letters any more" in client.get("/letters/nothing").text


def test_the_pages_that_stop_letters_are_kept_from_search_engines_and_caches(
    client: TestClient, workspace: Workspace, sent: tuple[str, Case]
) -> None:
    written = mailed(workspace, sent[1])["funktion@kommun.example"]
    answer = client.get(f"/letters/{stop_in(written)}")
    assert (answer.headers["x-robots-tag"], answer.headers["cache-control"]) == ("noindex, nofollow", "no-store")


def test_letters_are_stopped_and_begun_again_on_the_challenges_page(
    client: TestClient, workspace: Workspace, sent: tuple[str, Case]
) -> None:
    token, case = sent
    page = client.post(f"/challenges/{token}/letters", data={"letters": "stopped"}).text
    assert "You have stopped the letters" in page
    page = client.post(f"/challenges/{token}/letters", data={"letters": "wanted"}).text
    assert "When something happens, a letter goes to" in page
    client.post(f"/challenges/{token}/letters", data={"letters": "nonsense"})
    assert "funktion@kommun.example" in mailed(workspace, case)


def test_a_letters_link_shows_its_end_and_acts_for_the_officer(
    client: TestClient, workspace: Workspace, sent: tuple[str, Case]
) -> None:
    _, case = sent
    desk = Desk(workspace.database, "adviser-1")
    desk.ask(case.id, case.revision, "Finns det mätdata?")
    link = link_in(mailed(workspace, case)["funktion@kommun.example"])
    page = client.get(f"/challenges/{link}")
    assert page.status_code == 200
    assert "You came by the link in a letter. It is good until" in page.text
    assert "data-private-link" not in page.text, "a link that ends is not one to keep"
    question = read_status(workspace.database, case.id).question
    assert question
    answer = client.post(f"/challenges/{link}", data={"answer": "Ja, sedan 2019.", "question": str(question.id)})
    assert "Your answer has been sent to the adviser." in answer.text
    assert "This link has ended" in client.get(f"/challenges/{link[:-1]}").text


def test_a_followers_link_shows_no_more_than_a_follower_sees(
    client: TestClient, workspace: Workspace, sent: tuple[str, Case]
) -> None:
    _, case = sent
    joined(workspace.database, case, ParticipantRole.FOLLOWER, FOLLOWER, "2514")
    page = client.get(f"/challenges/{link_in(mailed(workspace, case)[FOLLOWER])}").text
    assert "You follow this challenge." in page
    assert "funktion@kommun.example" not in page and "Withdraw the challenge" not in page
    assert f"a letter goes to {FOLLOWER}" in page


def test_what_became_of_a_letter_is_seen_by_the_officer_and_at_the_desk(
    client: TestClient, workspace: Workspace, sent: tuple[str, Case]
) -> None:
    token, case = sent

    def refused(job: Job) -> None:
        raise SendingError("The recipient is refused (550).", final=True)

    desk_page, page = f"/desk/cases/{case.id}", f"/challenges/{token}"
    assert "not due yet" in client.get(desk_page).text
    post(workspace.database, refused, datetime.now(UTC))
    assert "The last letter could not be delivered" in client.get(page).text
    assert "could not be delivered" in client.get(desk_page).text
    assert "550" not in client.get(page).text
    Desk(workspace.database, "adviser-1").ask(case.id, case.revision, "Finns det mätdata?")
    letters(workspace.database, datetime.now(UTC))
    shown = client.get(page).text
    assert re.search(r"Sent [^<]*: a question\.", shown) and "could not be delivered" not in shown
    assert "No mail server is set up here: letters are printed where Matchmaker runs" in shown


def test_a_list_that_waits_is_not_given_away_by_its_letter(
    client: TestClient, workspace: Workspace, sent: tuple[str, Case]
) -> None:
    token, case = sent
    letters(workspace.database, datetime.now(UTC))
    before = client.get(f"/challenges/{token}").text
    approved(workspace, Desk(workspace.database, "adviser-1"), case, datetime.now(UTC))
    assert "that there is an answer" not in client.get(f"/challenges/{token}").text
    assert before.count("<li>") == client.get(f"/challenges/{token}").text.count("<li>")
    assert "that there is an answer" in client.get(f"/desk/cases/{case.id}").text


def test_the_receipt_says_where_the_letter_goes(client: TestClient, workspace: Workspace) -> None:
    token, case = send(workspace)
    page = client.get(f"/challenges/{token}/receipt").text
    assert f"A letter goes to {TYPED['contact_email']}" in page
    assert "letters are printed where Matchmaker runs" in page
    link = link_in(mailed(workspace, case)[str(TYPED["contact_email"])])
    assert "data-private-link" not in client.get(f"/challenges/{link}/receipt").text
