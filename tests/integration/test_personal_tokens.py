"""Personal tokens: every route with every role, and when a token is worth nothing any more."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from matchmaker.db import identity
from matchmaker.db import personal_tokens as stored
from matchmaker.domain.access import ExpiredKeyError, KeyRefusedError, Role
from matchmaker.domain.account import Account
from matchmaker.domain.errors import InvalidChallengeError
from matchmaker.review.identity import accounts, personal_tokens, sessions
from matchmaker.review.identity.secrets import digest
from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing, new_key
from tests.identity_place import OTHER_PASSWORD, PASSWORD, form_token, sign_in
from tests.integration.route_needs import GROUPS, TOKEN_NEEDS
from tests.integration.sign_in_place import app, browse, place, quick_hashes
from tests.integration.test_policy import filled

__all__ = ["app", "browse", "place", "quick_hashes"]

LIST = GROUPS


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="https://matchmaker.example", client=("203.0.113.9", 5000)) as opened:
        yield opened


@pytest.fixture
def steward(place: Workspace) -> Account:
    return accounts.add_local(place.database, place.settings, Role.STEWARD, PASSWORD)


def token_of(place: Workspace, account: Account, *roles: Role) -> str:
    return personal_tokens.make_token(place.database, account, roles or account.roles, 30)[1]


@pytest.mark.parametrize("role", [Role.ADVISER, Role.STEWARD, Role.ADMINISTRATOR])
def test_a_token_opens_the_routes_of_its_role_and_no_others(
    client: TestClient,
    place: Workspace,
    role: Role,
) -> None:
    token = token_of(place, accounts.add_local(place.database, place.settings, role, PASSWORD))
    for operation, roles in TOKEN_NEEDS.items():
        method, path = operation.split(" ")
        answer = client.request(method, filled(path), headers=bearing(token))
        if role in roles:
            assert answer.status_code not in {401, 403, 500}, operation
            assert "ratelimit" in answer.headers
        else:
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden"), operation


def test_a_portals_key_and_a_session_open_none_of_them_and_a_token_none_of_the_portals(
    client: TestClient,
    place: Workspace,
    steward: Account,
) -> None:
    assert client.get(LIST, headers=bearing(new_key(place, municipalities=None))).status_code == 401
    assert client.get("/api/v1/challenges", headers=bearing(token_of(place, steward))).status_code == 401
    value = sessions.begin(place.database, place.settings, steward)
    client.cookies.set("__Host-session", value)
    client.cookies.set("session", value)
    assert client.get(LIST).status_code == 401
    client.cookies.clear()
    assert (
        client.get("/catalogue", headers=bearing(token_of(place, steward)), follow_redirects=False).status_code == 303
    )


def test_a_token_has_no_more_than_its_account_and_at_most_a_quarter(place: Workspace, steward: Account) -> None:
    for roles, days in (([Role.ADMINISTRATOR], 30), ([], 30), ([Role.STEWARD], 0), ([Role.STEWARD], 91)):
        with pytest.raises(InvalidChallengeError):
            personal_tokens.make_token(place.database, steward, roles, days)


def test_a_token_loses_the_role_that_its_account_loses(
    client: TestClient,
    place: Workspace,
    steward: Account,
) -> None:
    token = token_of(place, steward)
    with place.database.transaction() as session:
        identity.set_roles(session, steward.id, [Role.ADVISER])
    answer = client.get(LIST, headers=bearing(token))
    assert (answer.status_code, answer.json()["type"]) == (403, "/problems/forbidden")


def test_it_ends_with_its_account_its_password_its_sessions_and_its_time(
    client: TestClient,
    place: Workspace,
    steward: Account,
) -> None:
    def is_refused(token: str) -> bool:
        answer = client.get(LIST, headers=bearing(token))
        return answer.status_code == 401 and answer.json()["type"] == "/problems/revoked-key"

    token = token_of(place, steward)
    assert not is_refused(token)
    sessions.end_all(place.database, steward.id)
    assert is_refused(token)
    token = token_of(place, steward)
    accounts.set_password(place.database, place.settings, steward.label, OTHER_PASSWORD)
    assert is_refused(token)
    token = token_of(place, steward)
    accounts.end_account(place.database, steward.label)
    assert is_refused(token)
    accounts.take_up_account(place.database, steward.label)
    assert is_refused(token), "who comes back makes new ones"
    old = personal_tokens.make_token(place.database, steward, steward.roles, 1, datetime.now(UTC) - timedelta(days=2))
    with pytest.raises(ExpiredKeyError):
        personal_tokens.bearer_of(place.database, place.settings, old[1])
    assert client.get(LIST, headers=bearing(old[1])).json()["type"] == "/problems/expired-key"


def test_only_the_whole_secret_counts_and_only_its_digest_is_kept(place: Workspace, steward: Account) -> None:
    token = token_of(place, steward)
    for wrong in (token[:-1], token[:-1] + ("A" if token[-1] != "A" else "B"), token.replace("mmp_", "mm_"), ""):
        with pytest.raises(KeyRefusedError):
            personal_tokens.bearer_of(place.database, place.settings, wrong)
    with place.database.reading() as session:
        found = stored.find_token(session, token.split("_")[1])
    assert found and found[2] == digest(token.split("_", 2)[2])


def test_it_is_made_on_ones_own_page_shown_once_and_taken_back_there(
    browse, place: Workspace, steward: Account
) -> None:
    mine, other = browse(), browse()
    sign_in(mine, steward.label)
    page = mine.get("/account/tokens").text
    wrong = mine.post("/account/tokens", data={"form_token": form_token(page), "days": "1000", "roles": "steward"})
    assert wrong.status_code == 422 and "90" in wrong.text and 'value="1000"' in wrong.text
    made = mine.post("/account/tokens", data={"form_token": form_token(page), "days": "7", "roles": "steward"}).text
    token = html.unescape(re.search(r'value="(mmp_[^"]+)"', made).group(1))  # type: ignore[union-attr]
    assert mine.get(LIST, headers=bearing(token)).status_code == 200
    listed = mine.get("/account/tokens").text
    prefix = "_".join(token.split("_")[:2])
    assert prefix in listed and token not in listed
    identifier = prefix.removeprefix("mmp_")
    second = accounts.add_local(place.database, place.settings, Role.STEWARD, PASSWORD)
    sign_in(other, second.label)
    theirs = other.get("/account/tokens").text
    refused = other.post(f"/account/tokens/{identifier}/revoke", data={"form_token": form_token(theirs)})
    assert refused.status_code == 404 and mine.get(LIST, headers=bearing(token)).status_code == 200
    mine.post(f"/account/tokens/{identifier}/revoke", data={"form_token": form_token(listed)})
    assert mine.get(LIST, headers=bearing(token)).json()["type"] == "/problems/revoked-key"
