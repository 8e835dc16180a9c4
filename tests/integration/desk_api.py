"""What the tests of the desk's API share: a place with two advisers and a steward, each with a token of their own."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from matchmaker.domain.access import Role
from matchmaker.domain.case import Case
from matchmaker.review.identity import accounts, personal_tokens
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from tests.e2e.keys import bearing
from tests.identity_place import PASSWORD, cheap_hashes, copied
from tests.integration.cases import send

API = "/api/v1/desk"


@pytest.fixture(scope="module")
def place(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return copied(workspace, tmp_path_factory.mktemp("desk"), api_rate="100000/minute")


@dataclass(frozen=True)
class Adviser:
    """A program of an adviser's."""

    http: TestClient
    token: str
    label: str

    def ask(self, method: str, path: str, body: object = None, **headers: str) -> Response:
        given = {**bearing(self.token), "Accept-Language": "en", **headers}
        return self.http.request(method, path if path.startswith("/") else f"{API}/{path}", json=body, headers=given)

    def read(self, case_id: str) -> "Seen":
        answer = self.ask("GET", f"cases/{case_id}")
        assert answer.status_code == 200, answer.text
        return Seen(self, case_id, answer.headers["etag"], answer.json())


@dataclass(frozen=True)
class Seen:
    """A case as an adviser has read it."""

    adviser: Adviser
    id: str
    etag: str
    case: dict[str, Any]

    @property
    def names(self) -> list[str]:
        return [one["collaborator"] for one in self.case["candidates"]]

    def act(self, method: str, path: str, body: object = None, **headers: str) -> Response:
        """Do something on the case as it was seen."""
        return self.adviser.ask(method, f"cases/{self.id}/{path}", body, **{"If-Match": self.etag, **headers})

    def done(self, method: str, path: str, body: object = None) -> "Seen":
        """Do something, and see the case as it is then."""
        answer = self.act(method, path, body)
        assert answer.status_code == 200, answer.text
        return Seen(self.adviser, self.id, answer.headers["etag"], answer.json())


@pytest.fixture(scope="module")
def http(place: Workspace) -> Iterator[TestClient]:
    with TestClient(create_app(place.settings), base_url="http://127.0.0.1", client=("127.0.0.1", 5000)) as client:
        yield client


@pytest.fixture(scope="module")
def staff(place: Workspace, http: TestClient) -> dict[str, Adviser]:
    """By their labels: two advisers and a steward."""
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        cheap_hashes(patch)
        for role in (Role.ADVISER, Role.ADVISER, Role.STEWARD):
            account = accounts.add_local(place.database, place.settings, role, PASSWORD)
            token = personal_tokens.make_token(place.database, account, account.roles, 30)[1]
            found[account.label] = Adviser(http, token, account.label)
    return found


@pytest.fixture
def adviser(staff: dict[str, Adviser]) -> Adviser:
    return staff["adviser-1"]


@pytest.fixture
def other(staff: dict[str, Adviser]) -> Adviser:
    return staff["adviser-2"]


@pytest.fixture
def case(place: Workspace) -> Case:
    return send(place)[1]
