"""The API as a portal sees it, over a real connection."""

import json

import pytest
import schemathesis
from httpx2 import Client
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

CHALLENGE = {
    "title": "Källare översvämmas",
    "text": "Vid skyfall och snösmältning tränger vatten in i källarna i våra äldre bostadsområden.",
    "language": "sv",
    "municipality": "2580",
}


def test_a_challenge_is_stored_matched_and_read_back(client: Client) -> None:
    created = client.post("/api/v1/challenges", json=CHALLENGE)
    assert created.status_code == 201
    location = created.headers["location"]
    assert location == f"/api/v1/challenges/{created.json()['id']}"
    read = client.get(location)
    assert read.status_code == 200
    assert read.json() == created.json()
    assert {key: read.json()[key] for key in CHALLENGE} == CHALLENGE
    shortlist = client.get(read.json()["shortlist"]).json()
    assert (shortlist["state"], shortlist["language"], shortlist["language_detected"]) == ("draft", "sv", False)
    first = shortlist["experts"][0]
    assert (first["rank"], first["collaborator"], first["confidence"]) == (1, "urban-water-engineering", "strong")
    assert first["confidence_word"] == "stark träff"
    assert first["reasons"][0].startswith("Gemensamma ord: ")
    profile = next(one for one in first["evidence"] if ":profile:" in one["document"])
    assert profile["sentence"] in profile["text"]
    assert profile["matched_words"]
    assert [one["collaborator"] for one in shortlist["routes"]]


def test_a_shortlist_is_the_same_each_time_in_the_readers_words(client: Client) -> None:
    location = client.post("/api/v1/challenges", json=CHALLENGE).headers["location"] + "/shortlist"
    swedish = client.get(location).json()
    english = client.get(location, headers={"Accept-Language": "en-GB"}).json()
    assert client.get(location).json() == swedish
    assert english["id"] == swedish["id"]
    assert english["experts"][0]["confidence_word"] == "strong match"
    assert [one["collaborator"] for one in english["experts"]] == [one["collaborator"] for one in swedish["experts"]]


@pytest.mark.parametrize(
    ("body", "pointer", "words"),
    [
        ({"text": "😀"}, "/text", "inga ord"),
        ({"text": ""}, "/text", "inga ord"),
        ({"text": "ord " * 50_000}, "/text", "200000 tecken"),
        ({"text": "Buller \ud800"}, "/text", "halva tecken"),
        ({}, "/text", "saknas"),
        ({"text": 5}, "/text", "ska det stå text"),
        ({"text": "Buller", "language": "fi"}, "/language", "'sv' or 'en'"),
        ({"text": "Buller", "municipality": "0180"}, "/municipality", "2580 Luleå"),
        ({"text": "Buller", "colour": "red"}, "/colour", "okänt"),
        ({"text": "Buller", "title": "t" * 400}, "/title", "400 tecken"),
    ],
)
def test_what_is_wrong_is_told_in_swedish_with_its_place(
    client: Client, body: dict[str, object], pointer: str, words: str
) -> None:
    # json.dumps escapes what is no text, which the client would refuse to send
    headers = {"Content-Type": "application/json"}
    answer = client.post("/api/v1/challenges", content=json.dumps(body), headers=headers)
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
        ("GET", "/nothing", None, 404, "not-found"),
        ("DELETE", "/api/v1/challenges", None, 405, "method-not-allowed"),
    ],
)
def test_other_errors_are_problem_documents_too(
    client: Client, method: str, path: str, content: bytes | None, status: int, kind: str
) -> None:
    headers = {"Accept-Language": "en", "Content-Type": "application/json"}
    answer = client.request(method, path, content=content, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["content-language"] == "en"
    assert answer.json()["type"] == f"urn:matchmaker:problem:{kind}"


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
def test_unusual_texts_are_answered_and_kept_as_typed(client: Client, text: str) -> None:
    created = client.post("/api/v1/challenges", json={"text": text})
    assert created.status_code == 201
    assert created.json()["text"] == text
    shortlist = client.get(created.json()["shortlist"]).json()
    assert shortlist["experts"]
    if text != "Hemtjänsten 🚑 kör långa sträckor \x00\x1b mellan byarna":
        assert shortlist["notices"]


def test_the_service_says_what_answers(client: Client) -> None:
    ready = client.get("/readyz").json()
    assert ready["encoder"].startswith("matchmaker-e5-small")
    assert ready["passages"] == 368


def test_every_operation_is_described_with_an_example(client: Client) -> None:
    document = client.get("/openapi.json").json()
    assert {
        "/api/v1/challenges",
        "/api/v1/challenges/{challenge_id}",
        "/api/v1/challenges/{challenge_id}/shortlist",
    } <= set(document["paths"])
    schemas = document["components"]["schemas"]
    assert schemas["NewChallenge"]["examples"] and schemas["Challenge"]["examples"]
    assert schemas["Suggested"]["properties"]["reasons"]["examples"]
    for path in document["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert operation["description"]


def test_the_description_holds_for_made_up_requests(server: str) -> None:
    schema = schemathesis.openapi.from_url(f"{server}/openapi.json")
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) == 5
    # That a text has words, and a code is a municipality's, no schema can say: such requests are rightly refused.
    for operation in operations:

        @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def holds(case: schemathesis.Case) -> None:
            case.call_and_validate(excluded_checks=[positive_data_acceptance])

        holds()
