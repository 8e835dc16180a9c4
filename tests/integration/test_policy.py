"""Who may use which route: every route with every role. What is another municipality's is not there."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.routing import Mount
from starlette.testclient import TestClient

from matchmaker.curation.researchers import make_link
from matchmaker.db.case_records import ParticipantRole
from matchmaker.domain.access import Scope
from matchmaker.review.drafts import start_draft
from matchmaker.review.joining import join
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from matchmaker_api.security.policy import PAGES, ROUTES, find_rule
from tests.e2e.keys import bearing, new_key
from tests.integration.cases import CHOICES, TYPED, let_in, send
from tests.integration.route_needs import (
    BODIES,
    GROUP_LINK_NEEDS,
    LINK,
    LINK_BODIES,
    LINK_NEEDS,
    NEEDS,
    OPEN,
    TOKEN_NEEDS,
)

OWN, OTHERS = "2580", "2514"


@dataclass(frozen=True)
class Found:
    """A route of the application: its methods, path, and the function behind it."""

    methods: frozenset[str]
    path: str
    module: str
    function: str

    @property
    def is_desk(self) -> bool:
        """Whether it is for staff: the advisers' desk, or the catalogue of its stewards."""
        return self.path.partition("/")[2].partition("/")[0] in {"desk", "catalogue"}

    @property
    def needs_session(self) -> bool:
        """Whether it is for those who have signed in, wherever they are; who of them: test_identity_policy.py."""
        return self.path.partition("/")[2].partition("/")[0] in {"account", "my"}


def routes(app: FastAPI) -> list[Found]:
    found = []
    for context in iter_route_contexts(app.routes):
        route = context.original_route if hasattr(context, "original_route") else context
        if isinstance(route, APIRoute):
            methods = frozenset(context.methods or ())
            found.append(Found(methods, context.path, route.endpoint.__module__, route.endpoint.__name__))
    return found


@pytest.fixture(scope="module")
def app(workspace: Workspace) -> FastAPI:
    settings = workspace.settings.model_copy(update={"api_rate": "100000/minute", "match_rate": "100000/minute"})
    return create_app(settings)


@pytest.fixture(scope="module")
def here(app: FastAPI) -> Iterator[TestClient]:
    """Somebody at the machine."""
    with TestClient(
        app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000), headers={"Origin": "http://127.0.0.1"}
    ) as opened:
        yield opened


@pytest.fixture(scope="module")
def away(app: FastAPI, here: TestClient) -> TestClient:
    """Somebody on the network; the application runs already."""
    del here
    return TestClient(
        app, base_url="http://matchmaker.example", client=("203.0.113.9", 5000),
        headers={"Origin": "http://matchmaker.example"},
    )  # fmt: skip


@pytest.fixture(scope="module")
def challenges(workspace: Workspace) -> dict[str, str]:
    """A challenge of each municipality; those of others are the bait."""
    return {code: send(workspace, municipality=code, visibility="internal")[1].id for code in (OWN, OTHERS)}


def filled(path: str, challenge: str = "nowhere") -> str:
    values = {"challenge_id": challenge, "number": "1", "code": "sv", "role": "follower", "revision": "1"}
    parts = [part[1:-1].split(":")[0] if part.startswith("{") else None for part in path.split("/")]
    return "/".join(
        part if name is None else values.get(name, "nowhere") for part, name in zip(path.split("/"), parts, strict=True)
    )


def test_every_route_has_a_rule_and_every_rule_a_route(app: FastAPI) -> None:
    found = routes(app)
    assert len(found) > 50
    assert [one for one in found if find_rule(one.module, one.function) is None] == []
    named = {f"{one.module.rpartition('.')[2]}.{one.function}" for one in found}
    assert set(ROUTES) - named == {"applications.openapi", "static"}
    files = {one.module.rpartition(".")[2] for one in found if ".pages." in one.module}
    assert {one for one in PAGES if not any(file.startswith(one) for file in files)} == set()
    others = [
        route for route in app.routes if isinstance(route, Mount) or getattr(route, "path", "") == "/openapi.json"
    ]
    assert {route.path for route in others} == {"/static", "/openapi.json"}, "what passes no dependency is known"


def test_the_desk_and_the_catalogue_and_no_other_pages_are_for_staff(app: FastAPI) -> None:
    files = ("matchmaker_api.pages.desk_", "matchmaker_api.pages.catalogue_")
    desk = {one.path for one in routes(app) if one.module.startswith(files)}
    assert {one.path for one in routes(app) if one.is_desk} == desk


def test_the_table_of_the_api_is_whole(app: FastAPI) -> None:
    api = {f"{method} {one.path}" for one in routes(app) if one.path.startswith("/api/") for method in one.methods}
    assert api == set(NEEDS) | set(TOKEN_NEEDS) | LINK_NEEDS | GROUP_LINK_NEEDS | OPEN
    tables = (NEEDS, TOKEN_NEEDS, LINK_NEEDS, GROUP_LINK_NEEDS, OPEN)
    assert len(api) == sum(len(one) for one in tables), "each in one table"


def test_a_route_without_a_rule_is_refused(workspace: Workspace) -> None:
    app = create_app(workspace.settings)

    @app.get("/api/v1/forgotten")
    def forgotten() -> str:
        raise HTTPException(500, "was reached")

    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000)) as client:
        assert client.get("/api/v1/forgotten", headers=bearing(new_key(workspace))).status_code == 403


def test_the_api_needs_a_key(here: TestClient, challenges: dict[str, str]) -> None:
    for operation in (*NEEDS, *TOKEN_NEEDS, *LINK_NEEDS, *GROUP_LINK_NEEDS):
        method, path = operation.split(" ")
        for headers in ({}, {"Authorization": "Basic bW06bW0="}, bearing("mm_000000000000_" + "A" * 43)):
            answer = here.request(method, filled(path, challenges[OWN]), json=BODIES.get(operation), headers=headers)
            assert answer.status_code == 401, operation
            assert answer.headers["www-authenticate"].startswith('Bearer realm="matchmaker"')
            assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("scope", list(Scope))
def test_a_scope_opens_its_routes_and_no_other(
    here: TestClient, workspace: Workspace, challenges: dict[str, str], scope: Scope
) -> None:
    headers = bearing(new_key(workspace, [scope], [OWN]))
    for operation, needed in NEEDS.items():
        method, path = operation.split(" ")
        if operation.endswith("/withdrawal") and scope is needed:
            continue  # the other routes still need the challenge
        answer = here.request(method, filled(path, challenges[OWN]), json=BODIES.get(operation), headers=headers)
        if scope is needed:
            assert answer.status_code not in {401, 403, 500}, operation
        else:
            assert (answer.status_code, answer.json()["type"]) == (403, "/problems/missing-scope"), operation
            assert f'scope="{needed}"' in answer.headers["www-authenticate"]


def test_what_is_another_municipalitys_is_not_there(
    here: TestClient, workspace: Workspace, challenges: dict[str, str]
) -> None:
    headers = bearing(new_key(workspace, municipalities=[OWN]))
    for operation in NEEDS:
        method, path = operation.split(" ")
        if "{challenge_id}" not in path:
            continue
        bait, nothing = (
            here.request(method, filled(path, one), json=BODIES.get(operation), headers=headers)
            for one in (challenges[OTHERS], "0b7d2f0e-7c1b-4b0e-9d37-3a5d3f0a9f11")
        )
        assert bait.status_code == nothing.status_code == 404, operation
        assert bait.json()["type"] == nothing.json()["type"] == "/problems/not-found"
        assert len(bait.json()["detail"]) == len(nothing.json()["detail"]), "the words do not tell them apart"
    lists = (
        "/api/v1/challenges?limit=100",
        f"/api/v1/challenges?municipality={OTHERS}",
        "/api/v1/public-challenges?limit=100",
    )
    for path in (*lists, "/api/v1/events?limit=100"):
        assert challenges[OTHERS] not in here.get(path, headers=headers).text, path


def test_a_co_owner_reads_but_does_not_change_and_a_follower_does_neither(
    here: TestClient, workspace: Workspace
) -> None:
    for role, status in ((ParticipantRole.CO_OWNER, 200), (ParticipantRole.FOLLOWER, 404)):
        _, case = send(workspace, municipality=OWN, visibility="public")
        token = start_draft(workspace.database, "main", {**TYPED, "municipality": OTHERS})
        join(workspace.database, token, case.id, role, CHOICES)
        headers = bearing(new_key(workspace, municipalities=[OTHERS]))
        assert here.get(f"/api/v1/challenges/{case.id}", headers=headers).status_code == 404, "it has only asked"
        let_in(workspace.database, case.id)
        headers = bearing(new_key(workspace, municipalities=[OTHERS]))
        path = f"/api/v1/challenges/{case.id}"
        seen = here.get(path, headers=headers)
        assert seen.status_code == status
        assert TYPED["contact_email"] not in seen.text and TYPED["case_number"] not in seen.text
        changed = here.put(path, json={"text": "Vägen bullrar."}, headers={**headers, "If-Match": "*"})
        assert changed.status_code == here.post(f"{path}/withdrawal", headers=headers).status_code == 404
        public = here.get(f"/api/v1/public-challenges/{case.id}", headers=headers)
        assert public.status_code == 200
        assert TYPED["contact_email"] not in public.text and TYPED["case_number"] not in public.text


def test_what_is_anothers_webhook_is_not_there(here: TestClient, workspace: Workspace) -> None:
    mine, other = (bearing(new_key(workspace, client=one)) for one in ("mine", "other"))
    elsewhere = bearing(new_key(workspace, client="other", municipalities=[OTHERS]))
    made = here.post("/api/v1/webhooks", json={"url": "https://192.88.98.1/hook"}, headers=other).json()["endpoint"]
    for headers in (mine, elsewhere):
        assert here.get("/api/v1/webhooks", headers=headers).json()["items"] == []
        for method, path in (("POST", "/secret"), ("DELETE", ""), ("GET", "/deliveries")):
            answer = here.request(method, f"/api/v1/webhooks/{made['id']}{path}", headers=headers)
            assert (answer.status_code, "secret" in answer.text) == (404, False), (method, path)
    assert here.get("/api/v1/webhooks", headers=other).json()["items"] == [made]


def test_a_links_secret_opens_what_is_for_it_and_nothing_else_does(here: TestClient, workspace: Workspace) -> None:
    secret, _ = send(workspace, municipality=OWN)
    key = new_key(workspace, municipalities=None)
    for operation in LINK_NEEDS - {f"POST {LINK}/withdrawal", f"POST {LINK}/replacement"}:
        method, path = operation.split(" ")
        answer = here.request(method, filled(path), json=LINK_BODIES.get(operation), headers=bearing(secret))
        assert answer.status_code not in {401, 403, 500} and "ratelimit" in answer.headers, operation
        refused = here.request(method, filled(path), json=LINK_BODIES.get(operation), headers=bearing(key))
        assert (refused.status_code, refused.json()["type"]) == (401, "/problems/invalid-link"), operation
    for operation in (*NEEDS, *TOKEN_NEEDS, *GROUP_LINK_NEEDS):
        method, path = operation.split(" ")
        answer = here.request(method, filled(path), json=BODIES.get(operation), headers=bearing(secret))
        assert answer.status_code == 401, operation


def test_a_groups_links_secret_opens_its_groups_page_and_nothing_else(here: TestClient, workspace: Workspace) -> None:
    secret = make_link(workspace.database, "main", "energy-engineering", "steward")
    for operation in GROUP_LINK_NEEDS:
        method, path = operation.split(" ")
        if path.endswith("/opt-out"):
            continue  # the others still need the group
        answer = here.request(method, filled(path), headers=bearing(secret))
        assert answer.status_code not in {401, 403, 500} and "ratelimit" in answer.headers, operation
    key = new_key(workspace, municipalities=None)
    link = send(workspace, municipality=OWN)[0]
    for operation in (*NEEDS, *TOKEN_NEEDS, *LINK_NEEDS):
        method, path = operation.split(" ")
        assert here.request(method, filled(path), headers=bearing(secret)).status_code == 401, operation
    for operation in GROUP_LINK_NEEDS:
        method, path = operation.split(" ")
        for other in (key, link):
            assert here.request(method, filled(path), headers=bearing(other)).status_code == 401, operation


def test_a_private_link_opens_its_own_challenge_to_whoever_holds_it(away: TestClient, workspace: Workspace) -> None:
    token, case = send(workspace)
    assert away.get(f"/challenges/{token}").status_code == 200
    assert away.get(f"/challenges/{token[:-1]}").status_code == 404
    assert away.get(f"/challenges/{case.id}").status_code == 404, "an id is no link"


def test_pages_are_for_everybody_and_the_desk_for_who_sits_at_the_machine(
    app: FastAPI, here: TestClient, away: TestClient, challenges: dict[str, str]
) -> None:
    pages = [one for one in routes(app) if not one.path.startswith(("/api/", "/healthz", "/readyz"))]
    assert len(pages) > 30
    for one in pages:
        for method in one.methods:
            answer = away.request(method, filled(one.path, challenges[OWN]), follow_redirects=False)
            if one.is_desk:
                assert answer.status_code == 403, f"{method} {one.path}"
            elif one.needs_session:
                assert answer.status_code == (303 if method in {"GET", "HEAD"} else 401), f"{method} {one.path}"
            else:
                assert answer.status_code not in {401, 403, 500}, f"{method} {one.path}"
        if one.is_desk and "GET" in one.methods:
            answer = here.get(filled(one.path, challenges[OWN]), follow_redirects=False)
            assert answer.status_code not in {401, 403, 500}, one.path


def test_a_key_opens_no_page(away: TestClient, workspace: Workspace) -> None:
    assert away.get("/desk", headers=bearing(new_key(workspace, municipalities=None))).status_code == 403
