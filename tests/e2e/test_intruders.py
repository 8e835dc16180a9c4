"""Whoever tries what they should not, over a real connection: keys, ids, bodies, headers, paths, methods."""

import json
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx2
import pytest
from httpx2 import Client

from matchmaker.domain.access import Scope
from matchmaker.review.access import list_keys, revoke_key
from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing, client_with, new_key

CHALLENGES = "/api/v1/challenges"


@pytest.fixture
def stranger(server: str, workspace: Workspace) -> Iterator[Client]:
    """Has a good key with all scopes, of another municipality."""
    with client_with(server, new_key(workspace, municipalities=["2514"], client="stranger")) as opened:
        yield opened


def problem(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["type"].removeprefix("/problems/")


def test_keys_that_are_not_whole_or_not_ours(client: Client, workspace: Workspace) -> None:
    key = new_key(workspace)
    _, identifier, secret = key.split("_", 2)
    other = new_key(workspace).split("_", 2)
    for wrong in (
        key[:-1], key + "A", key.upper(), f"mm_{identifier}_", f"mm_{identifier}_{other[2]}", f"mm_{other[1]}_{secret}",
        f"mm_{identifier}_{'A' * 43}", "mm_' OR 1=1 --_x", "mm_%00_x", identifier, secret, "x" * 7_000,
    ):  # fmt: skip
        assert problem(client.get(CHALLENGES, headers=bearing(wrong))) == (401, "invalid-key"), wrong[:60]


def test_keys_in_other_places_do_not_count(client: Client, workspace: Workspace) -> None:
    key = new_key(workspace)
    for headers in (
        {},
        {"Authorization": key},
        {"Authorization": f"Basic {key}"},
        {"X-Api-Key": key},
        {"Cookie": f"key={key}"},
    ):
        assert problem(client.get(CHALLENGES, headers=headers)) == (401, "no-key")
    assert problem(client.get(CHALLENGES, params={"key": key, "access_token": key})) == (401, "no-key")
    twice = [("Authorization", f"Bearer {key}"), ("Authorization", "Bearer mm_x")]
    assert problem(client.get(CHALLENGES, headers=twice)) == (401, "no-key")


def test_expired_and_revoked_keys(client: Client, workspace: Workspace) -> None:
    then = datetime.now(UTC) - timedelta(days=2)
    old = new_key(workspace, valid_for=timedelta(days=1), now=then)
    assert problem(client.get(CHALLENGES, headers=bearing(old))) == (401, "expired-key")
    taken = new_key(workspace)
    assert client.get(CHALLENGES, headers=bearing(taken)).status_code == 200
    revoke_key(workspace.database, taken.split("_")[1])
    assert problem(client.get(CHALLENGES, headers=bearing(taken))) == (401, "revoked-key")


def test_no_answer_and_no_log_has_a_secret(portal: Client, workspace: Workspace) -> None:
    key = str(portal.headers["authorization"]).removeprefix("Bearer ")
    answer = portal.get(f"{CHALLENGES}/{key}")
    assert problem(answer) == (404, "not-found")
    assert key.rsplit("_", 1)[-1] not in "".join(str(one) for one in list_keys(workspace.database))


def test_another_municipalitys_ids(portal: Client, stranger: Client) -> None:
    location = portal.post(CHALLENGES, json={"text": "Vägen bullrar."}).headers["location"]
    tag = portal.get(location).headers["etag"]
    body = {"text": "Vägen bullrar inte."}
    tried = [
        stranger.get(location), stranger.get(f"{location}/shortlist"), stranger.get(f"{location}/similar"),
        stranger.put(location, json=body, headers={"If-Match": tag}), stranger.post(f"{location}/withdrawal"),
        stranger.put(location, json={**body, "municipality": "2514"}, headers={"If-Match": "*"}),
        stranger.post(f"{location}/answer", json={"question": "1", "text": "Ja."}),
        stranger.get(location.replace("challenges", "public-challenges")),
    ]  # fmt: skip
    assert {problem(one) for one in tried} == {(404, "not-found")}
    assert problem(stranger.post(CHALLENGES, json={**body, "municipality": "2580"})) == (403, "other-municipality")
    assert portal.get(location).json()["state"] == "submitted"
    assert portal.get(location).headers["etag"] == tag


def test_an_idempotency_key_of_another_client_gives_nothing(portal: Client, stranger: Client) -> None:
    headers = {"Idempotency-Key": "the-same"}
    mine = portal.post(CHALLENGES, json={"text": "Vägen bullrar."}, headers=headers).json()
    others = stranger.post(CHALLENGES, json={"text": "Vägen bullrar."}, headers=headers).json()
    assert (mine["municipality"], others["municipality"]) == ("2580", "2514")
    assert problem(portal.post(CHALLENGES, json={"text": "Annat."}, headers={"Idempotency-Key": "\x7f" * 3}))[0] == 422


def test_large_and_deep_bodies(portal: Client) -> None:
    headers = {"Content-Type": "application/json"}
    large = json.dumps({"text": "x" * 1_100_000})
    assert problem(portal.post(CHALLENGES, content=large, headers=headers)) == (413, "content-too-large")
    streamed = portal.post(CHALLENGES, content=(b"x" * 100_000 for _ in range(12)), headers=headers)
    assert problem(streamed) == (413, "content-too-large")
    for deep in ("[" * 100_000, '{"a":' * 33 + "1" + "}" * 33, '{"text":"' + "[" * 40 + '","x":' + "[" * 33):
        assert problem(portal.post(CHALLENGES, content=deep, headers=headers)) == (400, "too-deep")
    brackets = portal.post(CHALLENGES, content=json.dumps({"text": "Buller " + "[{" * 100}), headers=headers)
    assert brackets.status_code == 201, "brackets in a text are no levels"
    assert problem(portal.post(CHALLENGES, content=b"\xff\xfe{", headers=headers)) == (400, "invalid-json")
    typed = {"Content-Type": "text/plain"}
    assert problem(portal.post(CHALLENGES, content=b"text=x", headers=typed)) == (415, "unsupported-media-type")
    assert (
        portal.post(
            "/challenges/new", content=b"x" * 1_100_000, headers={"Origin": str(portal.base_url).rstrip("/")}
        ).status_code
        == 413
    )


def test_a_request_that_lies_about_its_length(server: str, portal: Client) -> None:
    head = f"POST {CHALLENGES} HTTP/1.1\r\nHost: x\r\nAuthorization: {portal.headers['authorization']}\r\n"
    for length in ("99999999999999999999", "9999999", "-1", "1e3", "5\r\nContent-Length: 6"):
        answer = raw(server, f"{head}Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{{}}")
        assert answer.split(" ")[1] in {"400", "413"}, length
    both = f"{head}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
    assert raw(server, both).split(" ")[1] in {"400", "422"}
    assert portal.get("/healthz").status_code == 204, "it still answers"


def test_headers_that_claim_another_place(portal: Client, client: Client) -> None:
    body = {"text": "Vägen bullrar."}
    for headers in (
        {"Host": "elsewhere.example"}, {"X-Forwarded-Host": "elsewhere.example"}, {"X-Forwarded-Prefix": "/other"},
        {"Forwarded": "host=elsewhere.example"}, {"X-Original-URL": "/desk"}, {"X-Rewrite-URL": "/desk"},
    ):  # fmt: skip
        created = portal.post(CHALLENGES, json=body, headers=headers)
        assert created.headers["location"].startswith(f"{CHALLENGES}/")
        listed = portal.get(CHALLENGES, params={"limit": 1}, headers=headers)
        assert listed.json()["next"].startswith(f"{CHALLENGES}?")
        assert "elsewhere" not in created.text + listed.text + str(created.headers) + str(listed.headers)
    for headers in ({"X-Forwarded-For": "127.0.0.1"}, {"Host": "elsewhere.example"}, {"Forwarded": "for=127.0.0.1"}):
        assert client.get("/desk", headers=headers).status_code == 403
        assert client.get(CHALLENGES, headers=headers).status_code == 401


def test_methods_in_headers_and_methods_that_are_none(portal: Client) -> None:
    location = portal.post(CHALLENGES, json={"text": "Vägen bullrar."}).headers["location"]
    assert portal.get(f"{location}/withdrawal", headers={"X-HTTP-Method-Override": "POST"}).status_code == 405
    assert portal.get(location, params={"_method": "DELETE"}).json()["state"] == "submitted"
    for method in ("DELETE", "PATCH", "TRACE", "CONNECT", "OPTIONS", "BREW"):
        answer = portal.request(method, location)
        assert answer.status_code in {400, 405}, method
    assert portal.get(location).json()["state"] == "submitted"


def test_paths_with_tricks(server: str, portal: Client) -> None:
    head = (
        f" HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nAuthorization: {portal.headers['authorization']}\r\n\r\n"
    )
    for path in (
        "/api/v1/../../desk", "/api/v1/%2e%2e/%2e%2e/desk", "//desk", "/desk%00", "/DESK", "/problems/../desk",
        "/static/..%2f..%2fapp.py", "/static/../app.py", "/static/%2e%2e/app.py", "/api/v1/challenges/%2e%2e",
        "/api/v1/challenges/../../desk", "/problems/..%2f..%2fetc%2fpasswd",
        "/api/v1/challenges/%ff", "/api/v1/challenges/;/shortlist",
    ):  # fmt: skip
        answer = raw(server, f"GET {path}{head}")
        assert answer.split(" ")[1] in {"307", "400", "404"}, path


def test_request_ids_cannot_carry_anything(portal: Client) -> None:
    assert portal.get(CHALLENGES, headers={"X-Request-ID": "portal-17.a_b"}).headers["x-request-id"] == "portal-17.a_b"
    for wrong in ("x" * 65, "<script>", "a b", "a,b", ""):
        given = portal.get(CHALLENGES, headers={"X-Request-ID": wrong}).headers["x-request-id"]
        assert given != wrong and len(given) == 36


def test_other_sites_may_not_read(portal: Client) -> None:
    answer = portal.get(CHALLENGES, headers={"Origin": "https://elsewhere.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    asked = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "POST"}
    assert portal.options(CHALLENGES, headers=asked).status_code == 405


def test_queries_with_tricks(portal: Client, workspace: Workspace) -> None:
    for query in (
        "after=WyJ4Il0",
        "after=%00",
        "after=WzEsbnVsbF0",
        "limit=0",
        "limit=101",
        "state=matched",
        "state=draft",
        "limit=x",
    ):
        assert portal.get(f"{CHALLENGES}?{query}").status_code == 422, query
    for after in ("Wy0xLG51bGxd", "WzFlOTk5LG51bGxd", "W3RydWUsbnVsbF0x", "bnVsbA", "Ww"):
        assert problem(portal.get("/api/v1/events", params={"after": after})) == (422, "invalid-cursor"), after
    for municipality in ("' OR 1=1 --", "%", "2514"):
        assert portal.get(CHALLENGES, params={"municipality": municipality}).json()["items"] == []
    assert portal.get("/api/v1/collaborators", params={"q": "% _ ' \""}).json()["items"] == []
    assert set(Scope) and portal.get(CHALLENGES, params={"area": '%"'}).json()["items"] == []


def raw(server: str, request: str) -> str:
    """What the server answers to bytes that no client would send; "" where it hangs up."""
    address = urlsplit(server)
    with socket.create_connection((address.hostname or "", address.port or 0), timeout=10) as connection:
        connection.sendall(request.encode("latin-1"))
        try:
            return connection.recv(65_536).decode("latin-1")
        except ConnectionError:
            return ""
