"""The officer's pages without a browser: what is kept, who sees what, and what happens when something fails."""

import re
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from matchmaker.db.case_records import ParticipantRole
from matchmaker.domain.case import Case
from matchmaker.domain.errors import SetupError, StorageError
from matchmaker.domain.workflow import State
from matchmaker.review import drafts, joining
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from tests.integration.cases import CHOICES, TYPED, amend_elsewhere, approved, let_in, read, send

WITHOUT_PLACE = {name: value for name, value in TYPED.items() if name not in {"municipality", "contact_email"}}


@pytest.fixture
def client(workspace: Workspace) -> Iterator[TestClient]:
    headers = {"Sec-Fetch-Site": "same-origin", "Accept-Language": "en"}
    with TestClient(create_app(workspace.settings), headers=headers, follow_redirects=False) as opened:
        yield opened


def draft(workspace: Workspace, **typed: object) -> str:
    return drafts.start_draft(workspace.database, "main", {**TYPED, **typed})


def kept(workspace: Workspace, token: str) -> dict[str, object]:
    linked, _ = drafts.open_link(workspace.database, token)
    return dict(linked.draft or {})


def hidden(page: str, name: str) -> str:
    """The value of a form's hidden field."""
    found = re.search(f'<input type="hidden"[^>]* name="{name}" value="([^"]*)"', page)
    assert found, name
    return found.group(1)


def refuse(monkeypatch: pytest.MonkeyPatch, problem: str) -> None:
    def save(*_: object, **__: object) -> None:
        raise OperationalError("UPDATE challenge", {}, sqlite3.OperationalError(problem))

    monkeypatch.setattr(drafts, "save_draft", save)
    monkeypatch.setattr(drafts, "add_draft", save)
    monkeypatch.setattr(drafts, "end_draft", save)


def test_a_visit_leaves_nothing_behind_and_the_first_post_begins_a_draft(
    client: TestClient, workspace: Workspace
) -> None:
    assert client.get("/challenges/new").status_code == 200
    answer = client.post(
        "/challenges/new", data={"municipality": "2580", "title": "Buller", "areas": ["infrastructure"]}
    )
    assert answer.status_code == 303
    token = answer.headers["location"].split("/")[2]
    assert answer.headers["location"] == f"/challenges/{token}/form/2?begun=1"
    assert kept(workspace, token) == {"municipality": "2580", "title": "Buller", "areas": ["infrastructure"]}
    page = client.get(answer.headers["location"]).text
    assert f'value="http://testserver/challenges/{token}"' in page
    assert f"body=http%3A//testserver/challenges/{token}" in page


def test_the_first_post_keeps_what_is_wrong_too(client: TestClient, workspace: Workspace) -> None:
    answer = client.post("/challenges/new", data={"municipality": "9999", "title": "x" * 301})
    page = client.get(answer.headers["location"])
    assert page.status_code == 422
    assert page.text.count("Choose your municipality.") == 2
    assert kept(workspace, answer.headers["location"].split("/")[2])["title"] == "x" * 301


@pytest.mark.parametrize("path", ["", "/form/1", "/form/6", "/saved", "/throw-away", "/receipt"])
def test_private_pages_are_kept_from_search_engines_and_caches(
    client: TestClient, workspace: Workspace, path: str
) -> None:
    answer = client.get(f"/challenges/{draft(workspace)}{path}")
    assert answer.headers["x-robots-tag"] == "noindex, nofollow"
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "same-origin"


def test_a_link_that_opens_nothing_says_what_to_check(client: TestClient) -> None:
    for path in ("/challenges/nothing", "/challenges/nothing/form/2", "/challenges/nothing/receipt"):
        answer = client.get(path)
        assert answer.status_code == 404
        assert "This link opens nothing." in answer.text


def test_a_draft_is_gone_on_with_where_it_is_not_complete(client: TestClient, workspace: Workspace) -> None:
    for typed, step in (
        ({"title": ""}, 1),
        ({"problem": ""}, 2),
        ({"by_when": "soon"}, 3),
        ({"contact_role": ""}, 4),
        ({}, 5),
    ):
        token = draft(workspace, **typed)
        assert client.get(f"/challenges/{token}").headers["location"] == f"/challenges/{token}/form/{step}"


@pytest.mark.parametrize(("problem", "status"), [("database or disk is full", 507), ("database is locked", 503)])
def test_nothing_typed_is_lost_when_nothing_can_be_saved(
    client: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch, problem: str, status: int
) -> None:
    token = draft(workspace)
    refuse(monkeypatch, problem)
    answer = client.post(
        f"/challenges/{token}/form/2", data={"problem": "Nytt om källarna", "tried": "Inget", "go": "next"}
    )
    assert answer.status_code == status
    assert "Nytt om källarna</textarea>" in answer.text and "Inget</textarea>" in answer.text
    assert "could not be saved" in answer.text and "autofocus" in answer.text
    answer = client.post("/challenges/new", data={"title": "Buller vid skolan", "areas": ["infrastructure"]})
    assert answer.status_code == status
    assert 'value="Buller vid skolan"' in answer.text and 'value="infrastructure" checked' in answer.text
    answer = client.post(f"/challenges/{token}/autosave/2", data={"problem": "Mer"})
    assert answer.status_code == status and "could not be saved" in answer.text
    assert client.post(f"/challenges/{token}/form/6", data={"go": "send"}).status_code == status
    monkeypatch.undo()
    assert kept(workspace, token)["problem"] == TYPED["problem"]


def test_a_fault_of_the_program_is_not_told_as_a_full_disk(workspace: Workspace) -> None:
    with pytest.raises(OperationalError), workspace.database.transaction() as session:
        raise OperationalError("SELECT", {}, sqlite3.OperationalError("no such table: x"))
    with pytest.raises(StorageError) as raised, workspace.database.transaction() as session:
        assert session
        raise OperationalError("INSERT", {}, sqlite3.OperationalError("database or disk is full"))
    assert raised.value.is_full


def test_a_challenge_is_sent_once_however_often_the_button_is_pressed(client: TestClient, workspace: Workspace) -> None:
    token = draft(workspace)
    for _ in range(2):
        answer = client.post(f"/challenges/{token}/form/6", data={"go": "send"})
        assert (answer.status_code, answer.headers["location"]) == (303, f"/challenges/{token}/receipt")
    linked, _ = drafts.open_link(workspace.database, token)
    case = read(workspace, linked.id)
    assert (case.state, case.version) == (State.MATCHED, 1)
    page = client.get(f"/challenges/{token}/receipt").text
    assert f"{case.id[:4]}-{case.id[4:8]}".upper() in page


def test_a_matching_that_fails_is_not_the_officers_trouble(
    client: TestClient, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_matcher(*_: object) -> None:
        raise SetupError("no index", remedy="matchmaker prepare")

    send(workspace, municipality="2514")  # there is something public to compare with
    token = draft(workspace)
    monkeypatch.setattr(Workspace, "matcher", no_matcher)
    assert client.get(f"/challenges/{token}/form/2").status_code == 200
    assert "cannot be looked for just now" in client.get(f"/challenges/{token}/form/5").text
    assert client.post(f"/challenges/{token}/form/6", data={"go": "send"}).status_code == 303
    linked, _ = drafts.open_link(workspace.database, token)
    assert read(workspace, linked.id).state is State.SUBMITTED
    assert "Received" in client.get(f"/challenges/{token}").text


def test_what_stood_open_while_it_was_sent_begins_the_next_version(client: TestClient, workspace: Workspace) -> None:
    token, _ = send(workspace)
    answer = client.post(f"/challenges/{token}/form/2", data={"problem": "Ett tillägg", "go": "next"})
    assert answer.headers["location"] == f"/challenges/{token}/form/3"
    assert kept(workspace, token)["problem"] == "Ett tillägg"
    assert client.post(f"/challenges/{token}/autosave/2", data={"problem": "Sent"}).status_code == 200


def test_what_was_typed_into_a_draft_that_was_thrown_away_is_kept_anew(
    client: TestClient, workspace: Workspace
) -> None:
    token = draft(workspace)
    drafts.throw_away(workspace.database, token)
    assert client.post(f"/challenges/{token}/autosave/2", data={"problem": "Mer"}).status_code == 404
    answer = client.post(f"/challenges/{token}/form/2", data={"problem": "Ett långt svar", "go": "next"})
    other = answer.headers["location"].split("/")[2]
    assert other != token and kept(workspace, other)["problem"] == "Ett långt svar"


def test_typed_text_that_can_no_longer_be_sent_is_shown_again(client: TestClient, workspace: Workspace) -> None:
    token, case = send(workspace)
    drafts_page = client.post(f"/challenges/{token}/withdraw")
    assert drafts_page.headers["location"] == f"/challenges/{token}?done=withdraw"
    answer = client.post(f"/challenges/{token}/form/2", data={"problem": "För sent", "go": "next"})
    assert answer.status_code == 409 and "För sent</textarea>" in answer.text
    assert client.get(f"/challenges/{token}/withdraw").status_code == 303
    assert read(workspace, case.id).state is State.WITHDRAWN


def test_personal_data_is_warned_of_and_sent_only_when_it_was_looked_at(
    client: TestClient, workspace: Workspace
) -> None:
    token = draft(workspace, problem="Brukaren Anna Andersson har ringt om källaren i tre veckor.")
    page = client.get(f"/challenges/{token}/form/2").text
    assert "<mark>Anna Andersson</mark>" in page
    answer = client.post(f"/challenges/{token}/form/6", data={"go": "send"})
    assert answer.status_code == 422 and 'href="#field-checked"' in answer.text
    assert client.post(f"/challenges/{token}/form/6", data={"go": "send", "checked": "yes"}).status_code == 303


def test_the_preview_names_no_group(client: TestClient, workspace: Workspace) -> None:
    page = client.get(f"/challenges/{draft(workspace)}/form/2").text
    assert "can be matched" in page
    for name in ("Urban Water Engineering", "VA-teknik"):
        assert name not in page


def test_joining_asks_for_who_joins_and_gives_the_same_link_twice(client: TestClient, workspace: Workspace) -> None:
    roads = (
        "Hemtjänstens personal kör långa sträckor på hala vägar i fjällbyarna, och turerna planeras för hand varje dag."
    )
    _, other = send(workspace, title="Hemtjänstens resor", problem=roads)
    token = drafts.start_draft(
        workspace.database, "main", {**WITHOUT_PLACE, "title": "Resor i hemtjänsten", "problem": roads}
    )
    path = f"/challenges/{token}/join/{other.id}/co_owner"
    assert f'href="{path}"' in client.get(f"/challenges/{token}/form/5").text
    answer = client.post(path, data={"municipality": "", "contact_role": "VA-chef", "contact_email": "x"})
    assert answer.status_code == 422 and answer.text.count("Choose your municipality.") == 2
    assert kept(workspace, token)["contact_role"] == "VA-chef"
    whole = {"municipality": "2582", "contact_role": "VA-chef", "contact_email": "va@boden.example"}
    first, second = (client.post(path, data=whole).headers["location"] for _ in range(2))
    assert first == second
    asked = client.get(first).text
    assert "You have asked to join" in asked and "You get an answer by" not in asked
    let_in(workspace.database, other.id)
    assert "You are now a co-owner" in client.get(first).text
    status = client.get(first.removesuffix("/receipt")).text
    assert "va@kommun.example" not in status and "Withdraw the challenge" not in status
    assert "VA-ingenjör" not in status and "KS 2026/77" not in status


def participant(workspace: Workspace, other: Case) -> str:
    own = draft(workspace, municipality="2582")
    token = joining.join(workspace.database, own, other.id, ParticipantRole.FOLLOWER, CHOICES)
    let_in(workspace.database, other.id)
    return token


@pytest.mark.parametrize(
    ("path", "data"), [("", {"answer": "x"}), ("/amend", {}), ("/withdraw", {}), ("/throw-away", {})]
)
def test_a_follower_can_change_nothing(
    client: TestClient, workspace: Workspace, desk: Desk, path: str, data: dict[str, str]
) -> None:
    _, other = send(workspace)
    token = participant(workspace, other)
    other = desk.ask(other.id, read(workspace, other.id).revision, "Vilka gator?")
    assert "Vilka gator?" not in client.get(f"/challenges/{token}").text
    assert client.post(f"/challenges/{token}{path}", data=data).status_code == 303
    assert read(workspace, other.id) == other


def test_the_officer_sees_nothing_before_the_list_is_sent_and_then_only_the_approved(
    client: TestClient, workspace: Workspace, desk: Desk
) -> None:
    token, case = send(workspace)
    names = [one.suggestion.name.in_language("en") for one in case.candidates]
    now = datetime.now(UTC)
    approved(workspace, desk, case, now)
    page = client.get(f"/challenges/{token}").text
    assert not [name for name in names if name in page] and "With an adviser" in page
    token, case = send(workspace, title="Källare igen")
    approved(workspace, desk, case, now - timedelta(hours=1))
    page = client.get(f"/challenges/{token}").text
    assert "Börja med den första." in page and "A research group" in page
    assert f"1. {names[1]}" in page and f"2. {names[0]}" in page
    assert f". {names[2]}" not in page


def test_an_answer_is_kept_when_it_is_wrong_comes_twice_or_too_late(
    client: TestClient, workspace: Workspace, desk: Desk
) -> None:
    token, case = send(workspace)
    case = desk.ask(case.id, case.revision, "Vilka gator?")
    page = client.get(f"/challenges/{token}").text
    assert "Vilka gator?" in page and "Waiting for your answer" in page
    question = hidden(page, "question")
    answer = client.post(f"/challenges/{token}", data={"answer": "x" * 6001, "question": question})
    assert answer.status_code == 422 and "x" * 6001 in answer.text
    for _ in range(2):
        assert (
            client.post(f"/challenges/{token}", data={"answer": "Storgatan", "question": question}).status_code == 303
        )
    late = client.post(f"/challenges/{token}", data={"answer": "Också Lillgatan", "question": question})
    assert late.status_code == 409 and "Också Lillgatan</textarea>" in late.text


def test_an_answer_to_an_earlier_question_is_not_sent_and_not_lost(
    client: TestClient, workspace: Workspace, desk: Desk
) -> None:
    token, case = send(workspace)
    case = desk.ask(case.id, case.revision, "Vilka gator?")
    earlier = hidden(client.get(f"/challenges/{token}").text, "question")
    case = desk.resume(case.id, case.revision)
    desk.ask(case.id, case.revision, "Vilken entreprenör?")
    late = client.post(f"/challenges/{token}", data={"answer": "Storgatan", "question": earlier})
    assert late.status_code == 409
    assert "Storgatan</textarea>" in late.text and "Vilken entreprenör?" in late.text
    asked_now = hidden(late.text, "question")
    assert client.post(f"/challenges/{token}", data={"answer": "Ingen", "question": asked_now}).status_code == 303


def test_what_was_sent_while_another_version_was_written_is_shown_before_it_is_replaced(
    client: TestClient, workspace: Workspace
) -> None:
    token, case = send(workspace)
    client.post(f"/challenges/{token}/amend")
    page = client.get(f"/challenges/{token}/form/2").text
    assert "was changed while you were writing" not in page
    client.post(f"/challenges/{token}/form/2", data={"problem": "Min text om källarna.", "begun_from": "1"})
    amend_elsewhere(workspace, case.id, "Portalens text om källarna.")
    late = client.post(f"/challenges/{token}/form/6", data={"go": "send", "begun_from": "1"})
    assert late.status_code == 409
    assert "Portalens text om källarna." in late.text and "Min text om källarna." in late.text
    assert (read(workspace, case.id).version, kept(workspace, token)["problem"]) == (2, "Min text om källarna.")
    assert "Portalens text om källarna." in client.get(f"/challenges/{token}/form/2").text
    assert hidden(late.text, "seen") == "2"
    sent = client.post(f"/challenges/{token}/form/6", data={"go": "send", "begun_from": "1", "seen": "2"})
    assert sent.headers["location"] == f"/challenges/{token}/receipt"
    now = read(workspace, case.id)
    assert (now.version, now.description.problem) == (3, "Min text om källarna.")


def test_a_version_that_came_after_the_one_that_was_shown_is_shown_too(
    client: TestClient, workspace: Workspace
) -> None:
    token, case = send(workspace)
    client.post(f"/challenges/{token}/amend")
    for number in (2, 3):
        amend_elsewhere(workspace, case.id, f"Portalens text, version {number}.")
    late = client.post(f"/challenges/{token}/form/6", data={"go": "send", "seen": "2"})
    assert late.status_code == 409 and "Portalens text, version 3." in late.text
    assert read(workspace, case.id).version == 3


def test_a_form_that_stood_open_while_the_challenge_was_sent_elsewhere_replaces_nothing_unseen(
    client: TestClient, workspace: Workspace
) -> None:
    token, case = send(workspace)
    client.post(f"/challenges/{token}/amend")
    open_in_another_tab = hidden(client.get(f"/challenges/{token}/form/2").text, "begun_from")
    client.post(f"/challenges/{token}/form/2", data={"problem": "Den enas text.", "begun_from": "1"})
    assert client.post(f"/challenges/{token}/form/6", data={"go": "send", "begun_from": "1"}).status_code == 303
    typed = {"problem": "Den andras text.", "begun_from": open_in_another_tab}
    client.post(f"/challenges/{token}/form/2", data=typed)
    late = client.post(f"/challenges/{token}/form/6", data={"go": "send", "begun_from": "1"})
    assert late.status_code == 409
    assert "Den enas text." in late.text and "Den andras text." in late.text
    assert read(workspace, case.id).description.problem == "Den enas text."


def test_an_autosave_from_an_older_page_is_kept_and_known_to_be_older(client: TestClient, workspace: Workspace) -> None:
    token, case = send(workspace)
    amend_elsewhere(workspace, case.id, "Portalens text.")
    client.post(f"/challenges/{token}/amend")
    client.post(f"/challenges/{token}/autosave/2", data={"problem": "Äldre text.", "begun_from": "1"})
    late = client.post(f"/challenges/{token}/form/6", data={"go": "send"})
    assert late.status_code == 409 and "Portalens text." in late.text


def test_a_form_that_is_too_large_is_refused(client: TestClient, workspace: Workspace) -> None:
    answer = client.post(f"/challenges/{draft(workspace)}/form/2", data={"problem": "x" * 500_000})
    assert answer.status_code == 413
