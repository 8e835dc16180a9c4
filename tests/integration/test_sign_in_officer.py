"""Officers sign in by mail, and see and do what their municipality may."""

import re

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from matchmaker.db.case_records import ParticipantRole, add_participant
from matchmaker.db.cases import get_case
from matchmaker.workspace import Workspace
from tests.identity_place import form_token
from tests.integration.cases import send
from tests.integration.sign_in_place import Browse, app, browse, mails, place, quick_hashes

__all__ = ["app", "browse", "place", "quick_hashes"]  # fixtures


def link_of(place: Workspace) -> str:
    [mail] = mails(place)
    return link_in(mail)


def link_in(mail: dict[str, object]) -> str:
    found = re.search(r"https://matchmaker\.example(/sign-in/link/[\w-]{43})\n", str(mail["text"]))
    assert found
    return found.group(1)


def test_an_officer_signs_in_by_mail_once(browse: Browse, place: Workspace) -> None:
    client = browse()
    answer = client.post("/sign-in/link", data={"address": "Funktion@Lulea.se"})
    assert answer.status_code == 200 and "printed where Matchmaker runs" in answer.text
    link = link_of(place)
    for _ in range(2):
        assert browse().get(link).status_code == 200, "a mail scanner that looks uses nothing up"
    answer = client.post(link, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/my")
    assert client.get("/my").status_code == 200
    assert browse().post(link).status_code == 422
    assert client.get("/desk", follow_redirects=False).status_code == 403


def test_the_answer_does_not_tell_who_may(browse: Browse, place: Workspace) -> None:
    texts = []
    for address in ("a@lulea.se", "a@lulea.example"):
        answer = browse().post("/sign-in/link", data={"address": address})
        assert answer.status_code == 200
        texts.append(answer.text.replace(address, "…"))
    assert texts[0] == texts[1]
    assert [one["to"] for one in mails(place)] == ["a@lulea.se"]


@pytest.mark.parametrize(
    "address",
    ["a@mail.lulea.se", "a@lulea.se.evil.example", "a@evillulea.se", "lulea.se", "a@lulea.se, b@evil.example",
     "a@lulea.se\r\nBcc: b@evil.example", '"a@lulea.se"@evil.example', "a@evil.example\x00@lulea.se"],
)  # fmt: skip
def test_addresses_that_only_look_like_a_municipalitys_get_nothing(
    browse: Browse, place: Workspace, address: str
) -> None:
    assert browse().post("/sign-in/link", data={"address": address}).status_code in {200, 422}
    assert mails(place) == []


def test_asking_again_leaves_the_link_good_that_was_mailed_and_using_one_ends_them_all(
    browse: Browse, place: Workspace
) -> None:
    browse().post("/sign-in/link", data={"address": "a@lulea.se"})
    first = link_of(place)
    for stranger in range(5):
        browse(address=f"198.51.100.{stranger}").post("/sign-in/link", data={"address": "a@lulea.se"})
    others = [link_in(one) for one in mails(place)]
    assert len(others) == 5
    assert {browse().get(one).status_code for one in (first, *others)} == {200}
    assert browse().post(first, follow_redirects=False).headers["location"] == "/my"
    assert {browse().get(one).status_code for one in (first, *others)} == {422}


def test_the_mailed_link_leads_to_the_operators_address_whatever_the_request_says(
    app: FastAPI, place: Workspace, browse: Browse
) -> None:
    evil = browse("https://evil.example")
    evil.post("/sign-in/link", data={"address": "a@lulea.se"})
    assert link_of(place)
    app.state.workspace.settings.public_url = None
    assert evil.post("/sign-in/link", data={"address": "a@lulea.se"}).status_code == 422
    assert mails(place) == []


def officer(browse: Browse, place: Workspace, address: str = "funktion@lulea.se") -> TestClient:
    client = browse()
    client.post("/sign-in/link", data={"address": address})
    client.post(link_of(place))
    return client


def test_an_officer_sees_all_challenges_of_the_municipality_and_no_others(browse: Browse, place: Workspace) -> None:
    token, own = send(place, title="Egen utmaning", visibility="internal")
    _, others = send(place, municipality="2582", title="Grannens utmaning", visibility="internal")
    client = officer(browse, place)
    listed = client.get("/my").text
    assert "Egen utmaning" in listed and "Grannens utmaning" not in listed
    opened = client.get(f"/my/{own.id}")
    path = opened.url.path
    assert opened.status_code == 200 and "Egen utmaning" in opened.text and path.startswith("/challenges/my.")
    assert client.get(f"/my/{others.id}").status_code == client.get("/my/nowhere").status_code == 404
    assert token not in opened.text, "the private link of who sent it stays theirs"
    assert browse().get(path, follow_redirects=False).status_code == 303, "the address opens nothing by itself"
    assert officer(browse, place, "b@pitea.se").get(path).status_code == 404
    assert officer(browse, place, "c@lulea.se").get(path).status_code == 404, "nor in a colleague's session"


def test_a_co_owner_sees_what_a_co_owner_may(browse: Browse, place: Workspace) -> None:
    _, own = send(place, municipality="2582", title="Grannens utmaning")
    with place.database.transaction() as session:
        contact = {"contact_role": "VA-ingenjör", "contact_email": "andra@kommun.example", "link_digest": "0" * 64}
        add_participant(session, own.id, ParticipantRole.CO_OWNER, municipality="2580", **contact)
    client = officer(browse, place)
    assert "together with another municipality" in client.get("/my").text
    page = client.get(f"/my/{own.id}")
    assert page.status_code == 200 and "You are a co-owner" in page.text
    assert "va@kommun.example" not in page.text and f"{page.url.path}/withdraw" not in page.text
    client.post(f"{page.url.path}/withdraw", data={"form_token": form_token(client.get("/my").text)})
    with place.database.reading() as session:
        assert get_case(session, own.id).state != "withdrawn"


def test_an_officer_acts_on_a_challenge_as_behind_its_link(browse: Browse, place: Workspace) -> None:
    _, own = send(place)
    client = officer(browse, place)
    page = client.get(f"/my/{own.id}")
    path = page.url.path
    assert client.post(f"{path}/withdraw").status_code == 403, "not without the session's token"
    token = form_token(page.text)
    assert client.post(f"{path}/amend", data={"form_token": token}).url.path == f"{path}/form/1"
    client.post(f"{path}/withdraw", data={"form_token": token})
    with place.database.reading() as session:
        assert get_case(session, own.id).state == "withdrawn"
    client.post("/account/sign-out", data={"form_token": token})
    assert client.get(path, follow_redirects=False).status_code == 303


def test_an_officer_begins_a_challenge_with_the_municipality_filled_in(browse: Browse, place: Workspace) -> None:
    client = officer(browse, place)
    answer = client.post("/my/new", data={"form_token": form_token(client.get("/my").text)})
    assert re.fullmatch(r"/challenges/[\w-]{32}/form/1", answer.url.path)
    assert '<option value="2580" selected>' in answer.text
