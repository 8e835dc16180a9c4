"""The API as a portal sees it, over a real connection."""

import json

import pytest
from httpx2 import Client, Response

from matchmaker.domain.case import Decision, Route
from matchmaker.review import approval
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from matchmaker_api.schemas.challenge import EXAMPLE
from tests.e2e.keys import approve
from tests.integration.cases import read

CHALLENGE = {
    "title": "Källare översvämmas",
    "text": "Vid skyfall och snösmältning tränger vatten in i källarna i våra äldre bostadsområden.",
    "language": "sv",
    "municipality": "2580",
}


def test_a_challenge_is_sent_read_amended_and_withdrawn(portal: Client) -> None:
    created = portal.post("/api/v1/challenges", json=CHALLENGE)
    assert created.status_code == 201
    location = created.headers["location"]
    assert location == f"/api/v1/challenges/{created.json()['id']}"
    read = portal.get(location)
    assert (read.status_code, read.json()) == (200, created.json())
    assert read.headers["etag"] == created.headers["etag"]
    assert {key: read.json()[key] for key in CHALLENGE} == CHALLENGE
    changed = {**CHALLENGE, "offers": "Mätvärden."}
    assert portal.put(location, json=changed).status_code == 428
    headers = {"If-Match": read.headers["etag"]}
    amended = portal.put(location, json=changed, headers=headers)
    assert (amended.status_code, amended.json()["version"], amended.json()["offers"]) == (200, 2, "Mätvärden.")
    stale = portal.put(location, json=changed, headers=headers)
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/precondition-failed")
    assert portal.post(f"{location}/withdrawal").json()["state"] == "withdrawn"
    assert portal.post(f"{location}/withdrawal").json()["state"] == "withdrawn"
    late = portal.put(location, json=changed, headers={"If-Match": "*"})
    assert (late.status_code, late.json()["type"]) == (409, "/problems/illegal-act")


def test_all_fields_of_the_form_are_kept(portal: Client) -> None:
    created = portal.post("/api/v1/challenges", json=EXAMPLE)
    assert created.status_code == 201
    assert {key: created.json()[key] for key in EXAMPLE} == EXAMPLE


def test_a_shortlist_is_read_once_an_adviser_has_sent_it_in_the_readers_words(
    portal: Client, workspace: Workspace
) -> None:
    created = portal.post("/api/v1/challenges", json=CHALLENGE)
    location = created.headers["location"]
    early = portal.get(f"{location}/shortlist", headers={"Accept-Language": "en"})
    assert (early.status_code, early.json()["type"]) == (404, "/problems/not-approved-yet")
    assert "No adviser has approved" in early.json()["detail"]
    approve(workspace, created.json()["id"])
    told = portal.get(location).json()
    assert (told["state"], told["shortlist"]) == ("approved", f"{location}/shortlist")
    swedish = portal.get(told["shortlist"]).json()
    english = portal.get(told["shortlist"], headers={"Accept-Language": "en-GB"}).json()
    first = swedish["suggestions"][0]
    assert (swedish["state"], swedish["route"]) == ("approved", "research_group")
    assert (first["rank"], first["collaborator"], first["confidence"]) == (1, "urban-water-engineering", "strong")
    assert first["confidence_word"] == "stark träff"
    assert english["suggestions"][0]["confidence_word"] == "strong match"
    assert first["reasons"][0].startswith("Gemensamma ord: ")
    profile = next(one for one in first["evidence"] if ":profile:" in one["document"])
    assert profile["sentence"] in profile["text"]
    assert len(swedish["suggestions"]) == 2


def test_what_an_adviser_has_not_sent_is_nowhere_to_be_read(portal: Client, workspace: Workspace) -> None:
    created = portal.post("/api/v1/challenges", json=CHALLENGE)
    case = read(workspace, created.json()["id"])
    desk = Desk(workspace.database, "adviser-1")
    noted = desk.note(case.id, "Hemlig anteckning.")
    case = desk.decide(case.id, noted.revision, case.candidates[0].id, Decision.ACCEPTED, comment="Hemlig kommentar.")
    case = desk.set_route(case.id, case.revision, Route.RESEARCH_GROUP)
    approval.approve(desk, case.id, case.revision, "Hemligt svar.", 60)
    location = created.headers["location"]
    answers = [portal.get(path) for path in (location, f"{location}/shortlist", f"{location}/similar")]
    answers += _pages(portal, "/api/v1/challenges") + _pages(portal, "/api/v1/events")
    assert answers[0].json()["state"] == "in_review"
    assert portal.get("/api/v1/challenges?state=approved&limit=100").text.count(case.id) == 0
    assert not [one for one in answers if "emlig" in one.text or "urban-water-engineering" in one.text]


def test_a_question_is_answered(portal: Client, workspace: Workspace) -> None:
    created = portal.post("/api/v1/challenges", json=CHALLENGE)
    location = created.headers["location"]
    assert portal.post(f"{location}/answer", json={"question": "1", "text": "Ja."}).status_code == 409
    case = read(workspace, created.json()["id"])
    Desk(workspace.database, "adviser-1").ask(case.id, case.revision, "Gäller det dagvatten?")
    question = portal.get(location).json()["question"]
    assert question["text"] == "Gäller det dagvatten?"
    answer = {"question": question["id"], "text": "Ja."}
    assert portal.post(f"{location}/answer", json={**answer, "text": " "}).json()["errors"][0]["pointer"] == "/text"
    headers = {"Idempotency-Key": f"answer-{case.id}"}
    answered = portal.post(f"{location}/answer", json=answer, headers=headers)
    again = portal.post(f"{location}/answer", json=answer, headers=headers)
    assert (answered.status_code, answered.json()["question"]) == (200, None)
    assert (again.status_code, again.json(), again.headers["idempotent-replayed"]) == (200, answered.json(), "true")


def test_lists_come_in_pages_whose_order_is_stable(portal: Client) -> None:
    ids = [portal.post("/api/v1/challenges", json=CHALLENGE).json()["id"] for _ in range(3)]
    pages = _pages(portal, "/api/v1/challenges?limit=2&municipality=2580")
    seen = [one["id"] for page in pages for one in page.json()["items"]]
    assert seen[:3] == ids[::-1]
    assert len(set(seen)) == len(seen)
    portal.post("/api/v1/challenges", json=CHALLENGE)  # what comes in meanwhile moves nothing
    second = portal.get(pages[0].json()["next"]).json()["items"]
    assert [one["id"] for one in second] == seen[2:4]
    assert pages[0].headers["link"] == f'<{pages[0].json()["next"]}>; rel="next"'


def test_events_go_on_where_the_reader_stopped(portal: Client) -> None:
    _pages(portal, "/api/v1/events?limit=100")
    place = _pages(portal, "/api/v1/events")[-1].json()["next"]
    created = portal.post("/api/v1/challenges", json=CHALLENGE)
    portal.post(created.headers["location"] + "/withdrawal")
    feed = portal.get(place).json()
    told = [(one["kind"], one["challenge"]) for one in feed["items"] if one["kind"] != "release"]
    assert told == [("submit", created.json()["id"]), ("withdraw", created.json()["id"])]
    assert not [one for one in portal.get(feed["next"]).json()["items"] if one["kind"] != "release"]


def test_collaborators_are_found_in_both_languages(portal: Client) -> None:
    (swedish,) = portal.get("/api/v1/collaborators", params={"q": "va-teknik"}).json()["items"]
    (english,) = portal.get("/api/v1/collaborators", params={"q": "urban water"}).json()["items"]
    assert swedish == english == portal.get(f"/api/v1/collaborators/{swedish['id']}").json()
    assert swedish["profile"]["sv"] and swedish["profile"]["en"]
    assert portal.get("/api/v1/collaborators/nobody").status_code == 404


def test_a_text_is_matched_without_being_stored_and_marked_as_unreviewed(portal: Client) -> None:
    before = portal.get("/api/v1/challenges").json()["items"][:1]
    found = portal.post(
        "/api/v1/match", json={"text": CHALLENGE["text"], "experts": 3}, headers={"Accept-Language": "en"}
    )
    assert found.json()["state"] == "unreviewed"
    assert "no human has reviewed" in found.json()["warning"]
    assert found.json()["experts"][0]["collaborator"] == "urban-water-engineering"
    assert len(found.json()["experts"]) <= 3
    assert portal.get("/api/v1/challenges").json()["items"][:1] == before


def test_webhook_endpoints_are_managed(portal: Client) -> None:
    inside = portal.post("/api/v1/webhooks", json={"url": "https://127.0.0.1/hook"})
    assert (inside.status_code, inside.json()["type"]) == (422, "/problems/refused-target")
    made = portal.post("/api/v1/webhooks", json={"url": "https://192.88.98.1/hook"})
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    endpoint = made.json()["endpoint"]
    assert made.json()["secret"] not in portal.get("/api/v1/webhooks").text
    rotated = portal.post(f"/api/v1/webhooks/{endpoint['id']}/secret").json()["secret"]
    assert rotated != made.json()["secret"]
    assert portal.get(f"/api/v1/webhooks/{endpoint['id']}/deliveries").json() == {"items": [], "next": None}
    assert portal.delete(f"/api/v1/webhooks/{endpoint['id']}").status_code == 204
    assert [one["is_active"] for one in portal.get("/api/v1/webhooks").json()["items"]] == [False]
    assert portal.post("/api/v1/webhooks/deliveries/nowhere/replay").status_code == 404


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({"text": "😀"}, "/text", "inga ord"),
        ({"text": ""}, "/text", "inga ord"),
        ({"text": "", "tried": "Vi har spolat ledningarna."}, "/text", "inga ord"),
        ({"text": "?", "title": "Källare översvämmas"}, "/text", "inga ord"),
        ({"text": "ord " * 50_000}, "/text", "200000 tecken"),
        ({"text": "Buller \ud800"}, "/text", "halva tecken"),
        ({}, "/text", "saknas"),
        ({"text": 5}, "/text", "ska det stå text"),
        ({"text": "Buller", "language": "fi"}, "/language", "'sv', 'en'."),
        ({"text": "Buller", "municipality": "0180"}, "/municipality", "2580 Luleå"),
        ({"text": "Buller", "colour": "red"}, "/colour", "okänt"),
        ({"text": "Buller", "title": "t" * 400}, "/title", "400 tecken"),
        ({"text": "Buller", "offers": "t" * 7_000}, "/offers", "7000"),
        ({"text": "Buller", "contact_email": "va"}, "/contact_email", "@"),
        ({"text": "Buller", "by_when": "2020-01-01"}, "/by_when", ""),
        ({"text": "Buller", "areas": ["gardening"]}, "/areas", ""),
        ({"text": "Buller", "case_number": "\ud800"}, "/case_number", ""),
    ],
)
def test_what_is_wrong_is_told_in_swedish_with_its_place(
    portal: Client, body: dict[str, object], pointer: str, words: str
) -> None:
    # json.dumps escapes what is no text, which the client would refuse to send
    headers = {"Content-Type": "application/json"}
    answer = portal.post("/api/v1/challenges", content=json.dumps(body), headers=headers)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 422
    assert problem["title"] == "Begäran kan inte tas emot som den är."
    assert [one["pointer"] for one in problem["errors"]] == [pointer]
    assert words in problem["errors"][0]["detail"]


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "kind"),
    [
        ("POST", "/api/v1/challenges", b"{", 400, "invalid-json"),
        ("GET", "/api/v1/challenges/nowhere", None, 404, "not-found"),
        ("GET", "/api/v1/challenges/nowhere/shortlist", None, 404, "not-found"),
        ("GET", "/api/v1/nothing", None, 404, "not-found"),
        ("DELETE", "/api/v1/challenges", None, 405, "method-not-allowed"),
    ],
)
def test_other_errors_are_problem_documents_too(
    portal: Client, method: str, path: str, content: bytes | None, status: int, kind: str
) -> None:
    headers = {"Accept-Language": "en", "Content-Type": "application/json"}
    answer = portal.request(method, path, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "en"
    assert answer.json()["type"] == f"/problems/{kind}"


@pytest.mark.parametrize(
    "text",
    [
        "<p>Källare <script>alert(1)</script> översvämmas vid skyfall</p>",
        "Hemtjänsten 🚑 kör långa sträckor \x00\x1b mellan byarna",
        "Kellarit tulvivat rankkasateella ja lumen sulaessa",
        "مياه الأمطار تغمر الأقبية",
        "snö",
    ],
)
def test_unusual_texts_are_answered_and_kept_as_typed(portal: Client, workspace: Workspace, text: str) -> None:
    created = portal.post("/api/v1/challenges", json={"text": text})
    assert created.status_code == 201
    assert created.json()["text"] == text
    assert read(workspace, created.json()["id"]).candidates


def test_the_service_says_what_answers(client: Client) -> None:
    ready = client.get("/readyz").json()
    assert ready["encoder"].startswith("matchmaker-e5-small")
    assert ready["passages"] == 368


def test_every_operation_is_described_with_an_example(client: Client) -> None:
    document = client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    assert schemas["NewChallenge"]["examples"] and schemas["Challenge"]["examples"]
    assert schemas["Suggested"]["properties"]["reasons"]["examples"]
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert operation["description"]


def _pages(client: Client, path: str | None) -> list[Response]:
    """All pages of a list; of the feed those with events."""
    pages = []
    while path:
        pages.append(client.get(path))
        path = pages[-1].json()["next"] if pages[-1].json()["items"] else None
    return pages
