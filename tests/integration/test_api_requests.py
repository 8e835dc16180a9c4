"""Requests to the API as careless and late clients send them: what is refused, with which words, and what is not."""

from collections.abc import Iterator
from datetime import datetime, timedelta, tzinfo
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from matchmaker.domain import days
from matchmaker.domain.days import local_day
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from matchmaker_api.errors import NOT_AS_DESCRIBED
from tests.e2e.keys import bearing, new_key
from tests.integration.cases import read

CHALLENGES = "/api/v1/challenges"
BODY = {"text": "Vid skyfall och snösmältning tränger vatten in i källarna i våra äldre bostadsområden."}


@pytest.fixture(scope="module")
def client(workspace: Workspace) -> Iterator[TestClient]:
    app = create_app(workspace.settings)
    headers = {**bearing(new_key(workspace, client="careless")), "Accept-Language": "en"}
    with TestClient(app, base_url="http://127.0.0.1", headers=headers, raise_server_exceptions=False) as opened:
        yield opened


def problem(answer: Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def details(answer: Response) -> dict[str, str]:
    return {one["pointer"]: one["detail"] for one in answer.json()["errors"]}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "latin-1"])
@pytest.mark.parametrize("text", ["[" * 300 + '"ä"' + "]" * 300, '{"text": "Vägen bullrar."}'])
def test_json_is_read_in_utf_8_only_so_that_its_levels_can_be_counted(
    client: TestClient, encoding: str, text: str
) -> None:
    answer = client.post(CHALLENGES, content=text.encode(encoding), headers={"Content-Type": "application/json"})
    assert problem(answer) == (400, "invalid-json")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_what_does_not_say_that_it_is_json_is_refused_as_such(client: TestClient, kind: str) -> None:
    answer = client.post(CHALLENGES, content=b'{"text": "Buller"}', headers={"Content-Type": kind})
    assert problem(answer) == (415, "unsupported-media-type")


@pytest.mark.parametrize(
    "kind", ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"]
)
def test_what_says_that_it_is_json_is_read(client: TestClient, kind: str) -> None:
    answer = client.post(CHALLENGES, content=b'{"nothing": 1}', headers={"Content-Type": kind})
    assert problem(answer) == (422, "invalid-request")


def test_what_is_wrong_is_said_in_words_of_our_own(client: TestClient) -> None:
    """None of the checking library's, which are English whatever the reader's language."""
    wrong = {"visibility": "some", "by_when": "soon", "areas": "all", "tried": 7, "language": "fi", "text": "x"}
    told = details(client.post(CHALLENGES, json=wrong))
    assert told == {
        "/visibility": "Allowed are: 'public', 'internal'.",
        "/by_when": "A day was expected, for example 2027-05-31.",
        "/areas": "A list was expected.",
        "/tried": "Text was expected.",
        "/language": "Allowed are: 'sv', 'en'.",
    }
    assert details(client.post(CHALLENGES, json=[1])) == {
        "/": "An object was expected, with the fields that are described."
    }
    assert list(details(client.get(f"{CHALLENGES}?limit=many")).values()) == ["A whole number was expected."]
    assert list(details(client.get(f"{CHALLENGES}?limit=0")).values()) == ["The number must be at least 1."]
    assert list(details(client.get(f"{CHALLENGES}?limit=101")).values()) == ["The number may be at most 100."]
    assert list(details(client.get(f"{CHALLENGES}?public=perhaps")).values()) == ["Allowed are: true, false."]


def test_for_what_has_no_words_of_its_own_there_are_general_ones(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker_api.errors._DETAILS", {})
    assert list(details(client.get(f"{CHALLENGES}?limit=many")).values()) == [NOT_AS_DESCRIBED]


class Tomorrow(datetime):
    """The clock of a request that is sent again after midnight."""

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> "Tomorrow":
        return super().now(tz) + timedelta(days=1)


def test_a_request_that_is_sent_again_after_midnight_gets_its_answer(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = local_day().isoformat()
    sent: dict[str, Any] = {"json": {**BODY, "by_when": today}, "headers": {"Idempotency-Key": "last-day"}}
    first = client.post(CHALLENGES, **sent)
    assert first.status_code == 201
    monkeypatch.setattr(days, "datetime", Tomorrow)
    again = client.post(CHALLENGES, **sent)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    new = client.post(CHALLENGES, json=sent["json"])
    assert (*problem(new), list(details(new))) == (422, "invalid-description", ["/by_when"])


def test_a_late_answer_does_not_go_to_the_next_question(client: TestClient, workspace: Workspace) -> None:
    sent = client.post(CHALLENGES, json=BODY)
    path, desk = sent.headers["location"], Desk(workspace.database, "adviser-1")
    case = desk.ask(sent.json()["id"], read(workspace, sent.json()["id"]).revision, "Vilka gator?")
    first = client.get(path).json()["question"]["id"]
    case = desk.resume(case.id, case.revision)
    desk.ask(case.id, case.revision, "Vilken entreprenör?")
    late = client.post(f"{path}/answer", json={"question": first, "text": "Storgatan"})
    assert problem(late) == (409, "other-question")
    waiting = client.get(path).json()
    assert (waiting["state"], waiting["question"]["text"]) == ("waiting_for_officer", "Vilken entreprenör?")
    answered = client.post(f"{path}/answer", json={"question": waiting["question"]["id"], "text": "Ingen"})
    assert (answered.status_code, answered.json()["question"]) == (200, None)


def test_the_deliveries_of_an_endpoint_come_in_pages(client: TestClient) -> None:
    made = client.post("/api/v1/webhooks", json={"url": "https://192.88.98.1/hook", "events": ["challenge.received"]})
    path = f"/api/v1/webhooks/{made.json()['endpoint']['id']}"
    for _ in range(3):
        client.post(CHALLENGES, json=BODY)
    client.delete(path)  # so that nothing is sent
    whole = [one["id"] for one in client.get(f"{path}/deliveries").json()["items"]]
    paged, page = [], f"{path}/deliveries?limit=2"
    while page:
        answer = client.get(page)
        paged += [one["id"] for one in answer.json()["items"]]
        page = answer.json()["next"]
        assert (answer.headers.get("link") == f'<{page}>; rel="next"') == bool(page)
    assert (len(set(paged)), paged) == (3, whole), "one for each challenge, and none twice"


def test_a_secret_that_has_got_out_is_replaced_at_once(client: TestClient) -> None:
    made = client.post("/api/v1/webhooks", json={"url": "https://192.88.98.1/hook"})
    path = f"/api/v1/webhooks/{made.json()['endpoint']['id']}"
    assert client.post(f"{path}/secret?overlap_hours=0").status_code == 200
    assert problem(client.post(f"{path}/secret?overlap_hours=25")) == (422, "invalid-request")
    assert client.delete(path).status_code == 204
    assert problem(client.post(f"{path}/secret")) == (409, "inactive-endpoint")
