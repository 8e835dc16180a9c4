"""Once sign-in is set up: every page with every role, from anywhere."""

from collections.abc import Iterator
from contextlib import nullcontext

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from matchmaker.domain.access import Role
from matchmaker.review.identity import accounts, sessions
from matchmaker.review.identity.mail_links import officer_digest
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from matchmaker_api.identity.cookies import SESSION
from tests.identity_place import PASSWORD, copied
from tests.integration.cases import send
from tests.integration.test_policy import Found, filled, routes

HERE = "http://127.0.0.1"
SIGNED_IN = {Role.ADVISER, Role.STEWARD, Role.ADMINISTRATOR, Role.OFFICER}


def may(page: Found) -> set[Role]:
    """Who may open a page, written down a second time."""
    if page.path.startswith("/desk/access"):
        return {Role.ADMINISTRATOR}
    if page.path in {"/catalogue", "/catalogue/coverage", "/catalogue/groups/{group_id:path}"}:
        return {Role.ADVISER, Role.STEWARD, Role.ADMINISTRATOR}
    if page.path.startswith("/catalogue"):
        return {Role.STEWARD, Role.ADMINISTRATOR}
    if page.is_desk:
        return {Role.ADVISER, Role.ADMINISTRATOR}
    own = {"/account": SIGNED_IN, "/my": {Role.OFFICER}}
    return next((roles for path, roles in own.items() if page.path.startswith(path)), SIGNED_IN | {Role.PUBLIC})


@pytest.fixture(scope="module")
def place(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return copied(workspace, tmp_path_factory.mktemp("policy"))


@pytest.fixture(scope="module")
def app(place: Workspace) -> Iterator[FastAPI]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matchmaker_api.app.deliverer", lambda *_: nullcontext())
        made = create_app(place.settings)
        with TestClient(made, base_url=HERE, client=("127.0.0.1", 5000)):
            yield made


@pytest.fixture(scope="module")
def tokens(place: Workspace) -> dict[Role, str]:
    """A session of each role, by its cookie's value."""
    found = {
        role: accounts.add_local(place.database, place.settings, role, PASSWORD)
        for role in (Role.ADVISER, Role.STEWARD, Role.ADMINISTRATOR)
    }
    with place.database.transaction() as session:
        known = officer_digest(place.settings, "a@lulea.se")
        found[Role.OFFICER] = accounts.officer_account(session, known, "2580")
    return {role: sessions.begin(place.database, place.settings, one) for role, one in found.items()}


@pytest.mark.parametrize("role", [Role.PUBLIC, *sorted(SIGNED_IN)])
def test_every_page_with_every_role(app: FastAPI, place: Workspace, tokens: dict[Role, str], role: Role) -> None:
    _, case = send(place)
    client = TestClient(app, base_url=HERE, client=("127.0.0.1", 5000), headers={"Origin": HERE})
    pages = [one for one in routes(app) if not one.path.startswith(("/api/", "/healthz", "/readyz"))]
    assert len(pages) > 60
    for page in pages:
        path = filled(page.path, case.id)
        for method in page.methods:
            client.cookies.clear()
            if role in tokens:
                client.cookies.set(SESSION, tokens[role])
            answer = client.request(method, path, follow_redirects=False)
            where = f"{role} {method} {page.path}"
            needs_session = Role.PUBLIC not in may(page)
            if role is Role.PUBLIC and needs_session:
                is_read = method in {"GET", "HEAD"}
                turned_away = answer.status_code == 303 and answer.headers["location"].startswith("/sign-in?next=")
                assert turned_away or answer.status_code == (204 if is_read else 401), where
            elif role not in may(page) or (method == "POST" and needs_session):
                assert answer.status_code == 403, f"{where}: the role, or the form's token, is wrong"
            else:
                assert answer.status_code not in {401, 403, 500}, where


def test_a_session_is_no_key(app: FastAPI, tokens: dict[Role, str]) -> None:
    client = TestClient(app, base_url=HERE, client=("127.0.0.1", 5000))
    client.cookies.set(SESSION, tokens[Role.ADMINISTRATOR])
    assert client.get("/api/v1/challenges").status_code == 401
    assert client.get("/desk").status_code == 200


def test_the_cookie_counts_by_its_guarded_name_only_where_there_is_tls(app: FastAPI, tokens: dict[Role, str]) -> None:
    client = TestClient(app, base_url="https://matchmaker.example", client=("203.0.113.9", 5000))
    client.cookies.set(SESSION, tokens[Role.ADVISER])
    assert client.get("/desk", follow_redirects=False).status_code == 303
    client.cookies.set(f"__Host-{SESSION}", tokens[Role.ADVISER])
    assert client.get("/desk").status_code == 200
