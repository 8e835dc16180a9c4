"""How often and from where the API may be used, what is logged, and the pages about its problems."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from matchmaker.domain.access import Scope
from matchmaker.messages import LANGUAGES
from matchmaker.settings import Settings
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from matchmaker_api.problem_catalogue import PROBLEMS
from matchmaker_api.security.bodies import TooDeepError, check_depth
from tests.e2e.keys import bearing, new_key

CHALLENGES = "/api/v1/challenges"


@contextmanager
def serving(workspace: Workspace, **other: str) -> Iterator[TestClient]:
    app: FastAPI = create_app(workspace.settings.model_copy(update=other))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        yield client


def test_a_client_that_asks_too_often_is_told_when_to_come_back(workspace: Workspace) -> None:
    with serving(workspace, api_rate="3/minute", match_rate="1/minute") as client:
        first, second = (bearing(new_key(workspace, client="often")) for _ in range(2))
        answers = [client.get(CHALLENGES, headers=headers) for headers in (first, second, first, second)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429], "the keys of one client count together"
        assert [one.headers["ratelimit"].split(";")[1] for one in answers] == ["r=2", "r=1", "r=0", "r=0"]
        assert {one.headers["ratelimit-policy"] for one in answers} == {'"default";q=3;w=60'}
        assert 0 < int(answers[-1].headers["retry-after"]) <= 60
        assert answers[-1].json()["type"] == "/problems/too-many-requests"
        assert client.post("/api/v1/match", json={"text": "Buller"}, headers=first).status_code == 200
        assert client.post("/api/v1/match", json={"text": "Buller"}, headers=first).status_code == 429
        assert client.get(CHALLENGES, headers=bearing(new_key(workspace, client="seldom"))).status_code == 200


def test_a_network_that_begins_too_many_challenges_keeps_what_it_typed(workspace: Workspace) -> None:
    with serving(workspace, draft_rate="1/hour") as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        typed = {"municipality": "2580", "title": "Halka på cykelvägar"}
        assert client.post("/challenges/new", data=typed, follow_redirects=False).status_code == 303
        refused = client.post("/challenges/new", data=typed, follow_redirects=False)
        assert refused.status_code == 429
        assert 'value="Halka på cykelvägar"' in refused.text


def test_a_network_that_has_too_many_texts_understood_is_told_when_and_what_it_typed_is_kept(
    workspace: Workspace,
) -> None:
    with serving(workspace, preview_rate="1/hour") as client:
        client.headers["Sec-Fetch-Site"] = "same-origin"
        client.headers["Accept-Language"] = "en"
        draft = client.post("/challenges/new", data={"title": "Halka"}).url.path.removesuffix("/form/1")
        first, second = (
            client.post(f"{draft}/autosave/2", data={"problem": f"Snö och is på cykelvägar, vinter {number}."})
            for number in (1, 2)
        )
        assert "mm-meter" in first.text and "mm-meter" not in second.text
        assert second.status_code == 200 and "Many texts come from your network" in second.text
        assert "vinter 2." in client.get(f"{draft}/form/2").text


def test_refusals_count_too(workspace: Workspace) -> None:
    with serving(workspace, api_rate="2/minute") as client:
        headers = bearing(new_key(workspace, [Scope.EVENTS_READ], client="curious"))
        assert [client.get(CHALLENGES, headers=headers).status_code for _ in range(3)] == [403, 403, 429]


def test_only_sites_that_are_named_may_read_the_api_and_never_a_page(workspace: Workspace) -> None:
    with serving(workspace, cors_origins="https://portal.example, https://other.example") as client:
        headers = bearing(new_key(workspace))
        for origin, allowed in (("https://portal.example", True), ("https://elsewhere.example", False)):
            answer = client.get(CHALLENGES, headers={**headers, "Origin": origin})
            assert (answer.headers.get("access-control-allow-origin") == origin) == allowed
            assert "access-control-allow-credentials" not in answer.headers
            if allowed:
                exposed = set(answer.headers["access-control-expose-headers"].split(", "))
                assert exposed >= {"Idempotent-Replayed", "Content-Language", "Deprecation", "Sunset"}
                assert exposed >= {"WWW-Authenticate", "ETag", "Link", "RateLimit", "Retry-After", "X-Request-ID"}
            assert "access-control-allow-origin" not in client.get("/", headers={"Origin": origin}).headers
        asked = {"Origin": "https://portal.example", "Access-Control-Request-Method": "PUT"}
        assert client.options(CHALLENGES, headers=asked).status_code == 200


def test_a_rate_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="api_rate"):
        Settings(api_rate="often")


def test_a_fault_is_logged_with_the_requests_id(workspace: Workspace, caplog: pytest.LogCaptureFixture) -> None:
    with serving(workspace) as client, caplog.at_level(logging.ERROR, "matchmaker_api"):
        client.app.state.rates = None  # type: ignore[attr-defined]  # a fault of the program's
        headers = {**bearing(new_key(workspace)), "X-Request-ID": "portal-17"}
        answer = client.get(CHALLENGES, headers=headers)
    assert (answer.status_code, answer.json()["type"]) == (500, "/problems/fault")
    assert answer.headers["x-request-id"] == "portal-17"
    assert "[portal-17] GET /api/v1/challenges failed" in caplog.text
    assert headers["Authorization"] not in caplog.text


def test_every_problem_has_a_page(workspace: Workspace) -> None:
    with serving(workspace) as client:
        for language in LANGUAGES:
            asked = {"Accept-Language": language}
            listed = client.get("/problems", headers=asked).text
            for code in PROBLEMS:
                assert f'href="/problems/{code}"' in listed
                page = client.get(f"/problems/{code}", headers=asked)
                assert (page.status_code, f'<html lang="{language}">' in page.text) == (200, True)
        assert client.get("/problems/nothing").status_code == 404


@pytest.mark.parametrize(("body", "refused"), [
    (b"[" * 33, True), (b"[" * 32 + b"]" * 32, False), (b"[]" * 100, False), (b'"' + b"[" * 99 + b'"', False),
    (b'"\\"' + b"[" * 99 + b'"', False), (b'"\\\\"' + b"[" * 99, True), (b'"' + b"{" * 99, True), (b'{"a":' * 40, True),
])  # fmt: skip
def test_only_levels_count_as_depth(body: bytes, refused: bool) -> None:
    if refused:
        with pytest.raises(TooDeepError):
            check_depth(body)
    else:
        check_depth(body)
