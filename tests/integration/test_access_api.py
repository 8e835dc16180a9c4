"""Keys, accounts, sessions and webhooks for administrators' programs: as on their page, and nobody outlives a token."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from matchmaker.db import identity, identity_sessions, outbox
from matchmaker.db.outbox import JobKind
from matchmaker.db.outbox_state import read_outbox_state
from matchmaker.db.personal_tokens import find_token
from matchmaker.domain.access import Role
from matchmaker.domain.access_event import AccessAct
from matchmaker.domain.account import Account
from matchmaker.review.access_record import list_acts
from matchmaker.review.identity import accounts, personal_tokens, sessions
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from tests.e2e.keys import bearing, new_key
from tests.identity_place import OTHER_PASSWORD, PASSWORD, cheap_hashes, copied

API = "/api/v1/access"
NEW = {"client": "portal-lulea", "scopes": ["challenges:read"], "municipalities": ["2580"], "days": 7}


@pytest.fixture(scope="module")
def place(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return copied(workspace, tmp_path_factory.mktemp("access"), api_rate="100000/minute")


@pytest.fixture(scope="module")
def opened(place: Workspace) -> Iterator[TestClient]:
    """A program elsewhere on the network; the server sends nothing by itself."""
    with pytest.MonkeyPatch.context() as patch:
        cheap_hashes(patch)
        patch.setattr("matchmaker_api.app.deliverer", lambda *_: nullcontext())
        app = create_app(place.settings)
        with TestClient(app, base_url="https://matchmaker.example", client=("203.0.113.9", 5000)) as client:
            yield client


@pytest.fixture
def administrator(place: Workspace, opened: TestClient) -> Account:
    """One for each test; ``opened`` makes hashing quick."""
    del opened
    return accounts.add_local(place.database, place.settings, Role.ADMINISTRATOR, PASSWORD)


@pytest.fixture
def token(place: Workspace, administrator: Account) -> str:
    return personal_tokens.make_token(place.database, administrator, administrator.roles, 30)[1]


@pytest.fixture
def client(opened: TestClient, token: str) -> TestClient:
    opened.headers.update({**bearing(token), "Accept-Language": "en"})
    return opened


def keys(client: TestClient) -> dict[str, dict[str, object]]:
    return {str(one["id"]): one for one in client.get(f"{API}/keys").json()["items"]}


def is_good(client: TestClient, key: str) -> bool:
    answer = client.get("/api/v1/challenges", headers=bearing(key))
    assert answer.status_code == 200 or answer.json()["type"] == "/problems/revoked-key"
    return bool(answer.status_code == 200)


def test_a_key_is_made_shown_once_listed_and_taken_back_at_once(
    client: TestClient, place: Workspace, administrator: Account
) -> None:
    made = client.post(f"{API}/keys", json=NEW)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    text, key = made.json()["secret"], made.json()["key"]
    assert text.startswith(f"{key['prefix']}_") and is_good(client, text)
    listed = keys(client)[key["id"]]
    assert listed["last_used_at"] and {**listed, "last_used_at": None} == key
    assert client.get(made.headers["location"]).json() == listed
    assert text not in client.get(f"{API}/keys").text
    for _ in range(2):
        assert client.post(f"{made.headers['location']}/revocation").json()["state"] == "revoked"
    assert not is_good(client, text)
    assert client.get(made.headers["location"]).json()["state"] == "revoked"
    acts = [(one.by, one.act, one.about) for one in list_acts(place.database)]
    assert (administrator.label, AccessAct.KEY_MADE, key["prefix"]) in acts
    assert (administrator.label, AccessAct.KEY_REVOKED, key["prefix"]) in acts
    told = next(one.details for one in list_acts(place.database) if one.act is AccessAct.KEY_MADE)
    assert told == f"portal-lulea 2580 challenges:read {key['made_with']}", "what a stolen token made is found"


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"client": "Our portal"}, "/client"),
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["all"]}, "/scopes/0"),
        ({"municipalities": []}, "/municipalities"),
        ({"municipalities": ["0180"]}, "/municipalities"),
        ({"days": 0}, "/days"),
        ({"days": 1096}, "/days"),
        ({"roles": ["administrator"]}, "/roles"),
    ],
)
def test_what_is_wrong_with_a_key_is_pointed_at_and_nothing_is_made(
    client: TestClient, wrong: dict[str, object], pointer: str
) -> None:
    before = keys(client)
    answer = client.post(f"{API}/keys", json={**NEW, **wrong})
    assert (answer.status_code, answer.json()["errors"][0]["pointer"].startswith(pointer)) == (422, True), answer.text
    assert keys(client) == before


def test_whom_a_key_is_for_is_never_left_to_be_guessed(client: TestClient) -> None:
    without = {name: value for name, value in NEW.items() if name != "municipalities"}
    assert client.post(f"{API}/keys", json=without).json()["errors"][0]["pointer"] == "/municipalities"
    for_all = client.post(f"{API}/keys", json={**NEW, "municipalities": None})
    assert (for_all.status_code, for_all.json()["key"]["municipalities"]) == (201, None)


def test_a_key_that_a_token_made_is_good_no_longer_than_the_token(
    client: TestClient, place: Workspace, token: str
) -> None:
    made = client.post(f"{API}/keys", json={**NEW, "days": 1095}).json()
    with place.database.reading() as session:
        found = find_token(session, token.split("_")[1])
    assert found and datetime.fromisoformat(made["key"]["expires_at"]) == found[0].expires_at


@pytest.mark.parametrize("way", ["token", "everywhere", "password", "account", "roles"])
def test_whatever_ends_a_token_ends_the_keys_that_it_made_and_no_others(
    client: TestClient, place: Workspace, administrator: Account, token: str, way: str
) -> None:
    text = client.post(f"{API}/keys", json=NEW).json()["secret"]
    other = accounts.add_local(place.database, place.settings, Role.ADMINISTRATOR, PASSWORD)
    others = personal_tokens.make_token(place.database, other, other.roles, 30)[1]
    kept = [
        client.post(f"{API}/keys", json=NEW, headers=bearing(others)).json()["secret"],
        new_key(place),
    ]
    assert is_good(client, text)
    match way:
        case "token":
            personal_tokens.revoke_token(place.database, administrator, token.split("_")[1])
        case "everywhere":
            sessions.end_all(place.database, administrator.id)
        case "password":
            accounts.set_password(place.database, place.settings, administrator.label, OTHER_PASSWORD)
        case "account":
            client.put(f"{API}/accounts/{administrator.label}/ending", headers=bearing(others))
        case "roles":
            with place.database.transaction() as session:
                identity.set_roles(session, administrator.id, [Role.ADVISER])
                identity_sessions.delete_sessions(session, administrator.id)
    assert not is_good(client, text)
    assert all(is_good(client, one) for one in kept)
    client.headers.update(bearing(others))
    states = [keys(client)[one.split("_")[1]]["state"] for one in (text, *kept)]
    assert states == ["revoked", "good", "good"]


def test_there_is_no_way_from_a_token_or_a_key_to_another_token(client: TestClient) -> None:
    assert not [one for one in client.get("/openapi.json").json()["paths"] if "token" in one]
    key = client.post(f"{API}/keys", json={**NEW, "municipalities": None}).json()["secret"]
    for path in (f"{API}/keys", f"{API}/accounts", f"{API}/record"):
        assert client.get(path, headers=bearing(key)).status_code == 401


def test_an_account_is_ended_and_let_in_again_but_never_ones_own(
    client: TestClient, place: Workspace, administrator: Account
) -> None:
    steward = accounts.add_local(place.database, place.settings, Role.STEWARD, PASSWORD)
    sessions.begin(place.database, place.settings, steward)
    path = f"{API}/accounts/{steward.label}/ending"
    ended = client.put(path).json()
    assert ended["ended_at"] and ended["roles"] == ["steward"]
    assert client.put(path).json()["ended_at"] == ended["ended_at"], "the first time counts"
    assert steward.label not in {one["account"] for one in client.get(f"{API}/sessions").json()["items"]}
    assert client.delete(path).json()["ended_at"] is None
    own = client.put(f"{API}/accounts/{administrator.label}/ending")
    assert (own.status_code, own.json()["type"]) == (409, "/problems/own-account")
    assert client.put(f"{API}/accounts/steward-99/ending").status_code == 404
    labels = [one["label"] for one in client.get(f"{API}/accounts").json()["items"]]
    assert labels[-2:] == [administrator.label, steward.label], "in the order in which they were made"


def test_a_session_is_ended_at_its_browser(client: TestClient, place: Workspace, administrator: Account) -> None:
    sessions.begin(place.database, place.settings, administrator)
    (live,) = client.get(f"{API}/sessions").json()["items"]
    assert live["account"] == administrator.label
    for _ in range(2):
        assert client.delete(f"{API}/sessions/{live['id']}").status_code == 204
    assert client.get(f"{API}/sessions").json()["items"] == []
    assert client.get("/api/v1/access/keys").status_code == 200, "a session is no token"


def test_the_record_is_gone_through_by_its_cursor_and_has_no_secret(client: TestClient) -> None:
    texts = [client.post(f"{API}/keys", json=NEW).json()["secret"] for _ in range(4)]
    found, path = [], f"{API}/record?limit=2"
    while path and len(found) < 8:
        page = client.get(path)
        assert not [one for one in texts if one.split("_", 2)[2] in page.text]
        found += [(one["act"], one["about"]) for one in page.json()["items"]]
        path = page.json()["next"]
    made = [about for act, about in found if act == "key-made"][:4]
    assert made == ["_".join(one.split("_")[:2]) for one in reversed(texts)], "none twice, none left out"
    assert client.get(f"{API}/record?after=no").status_code == 422


def test_mail_domains_are_told_with_whether_they_let_anybody_in(client: TestClient, place: Workspace) -> None:
    found = client.get(f"{API}/mail-domains").json()["items"]
    assert {one["municipality"] for one in found} >= {"2580", "2514"}
    place.settings.mail_domains = "2580=kommun.example"
    told = client.get(f"{API}/mail-domains").json()["items"]
    place.settings.mail_domains = ""
    assert told == [{"municipality": "2580", "domain": "kommun.example", "is_checked": True}]


def test_a_clients_endpoint_is_read_sent_to_again_and_switched_off_and_its_secret_never_shown(
    client: TestClient, place: Workspace, administrator: Account
) -> None:
    portal = bearing(new_key(place, client="listening"))
    made = client.post("/api/v1/webhooks", json={"url": "https://192.88.98.1/hook"}, headers=portal).json()
    other = client.post("/api/v1/webhooks", json={"url": "https://192.88.98.1/other"}, headers=portal).json()
    client.post("/api/v1/challenges", json={"text": "Vägen bullrar."}, headers=portal)
    path = f"{API}/webhooks/{made['endpoint']['id']}"
    assert client.get(path).json() == {**made["endpoint"], "client": "listening"}
    (delivery,) = client.get(f"{path}/deliveries").json()["items"]
    again = f"/deliveries/{delivery['id']}/replay"
    waits = client.post(f"{path}{again}")
    assert (waits.status_code, waits.json()["type"]) == (409, "/problems/cannot-replay")
    now = datetime.now(UTC)
    with place.database.transaction() as session:
        for job in outbox.claim(session, [JobKind.WEBHOOK], now, now + timedelta(minutes=1), limit=9):
            outbox.give_up(session, job, now, "unreachable")
    stray = client.post(f"{API}/webhooks/{other['endpoint']['id']}{again}")
    assert stray.status_code == 404, "it did not go there"
    assert client.post(f"{path}{again}").status_code == 202
    assert client.get(f"{path}/deliveries").json()["items"][0]["next_attempt_at"]
    for _ in range(2):
        assert client.post(f"{path}/deactivation").json()["is_active"] is False
    whole = client.get(f"{API}/webhooks")
    active = {one["id"]: one["is_active"] for one in whole.json()["items"]}
    assert [active[one["endpoint"]["id"]] for one in (made, other)] == [False, True]
    assert made["secret"] not in whole.text
    acts = [(one.act, one.about, one.details) for one in list_acts(place.database) if one.by == administrator.label]
    endpoint = made["endpoint"]["id"]
    assert acts[:2] == [
        (AccessAct.ENDPOINT_DEACTIVATED, endpoint, ""),
        (AccessAct.MESSAGE_REPLAYED, endpoint, delivery["id"]),
    ], "switched off once, and the stray one is not told of"


def test_the_outbox_is_told_in_numbers(client: TestClient, place: Workspace) -> None:
    def numbers() -> tuple[int, int, int, int]:
        one = next(one for one in client.get(f"{API}/outbox").json()["items"] if one["kind"] == "mail")
        return one["scheduled"], one["due"], one["failing"], one["given_up"]

    before, now = numbers(), datetime.now(UTC)
    with place.database.transaction() as session:
        for number, later in enumerate((0, 0, 0, 60)):
            due = now - timedelta(hours=1) + timedelta(days=later)
            outbox.add(session, JobKind.MAIL, {"to": "va@kommun.example"}, f"told-{number}", run_at=due)
        first, second = outbox.claim(session, [JobKind.MAIL], now, now + timedelta(minutes=1), limit=2)
        outbox.give_up(session, first, now, "no such mailbox")
        outbox.retry(session, second, now - timedelta(minutes=1), "busy")
    assert [after - was for after, was in zip(numbers(), before, strict=True)] == [1, 2, 1, 1]
    assert "kommun.example" not in client.get(f"{API}/outbox").text
    with place.database.reading() as session:
        mail = next(one for one in read_outbox_state(session, now) if one.kind is JobKind.MAIL)
    assert mail.oldest_due_at is not None and mail.oldest_due_at < now
