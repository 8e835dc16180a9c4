"""The catalogue over the API, as its stewards' pages do it: by the same rules, and nothing is lost."""

from collections.abc import Iterator

import httpx2
import pytest
from starlette.testclient import TestClient

from matchmaker.curation import groups
from matchmaker.db import work_links
from matchmaker.db.work_lists import find_unlinked
from matchmaker.domain.access import Role
from matchmaker.domain.work import LinkBasis, LinkState
from matchmaker.review.identity import accounts, personal_tokens
from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing, new_key
from tests.identity_place import PASSWORD
from tests.integration.imports import COLLECTION, Shelf, record
from tests.integration.steward import GROUP, OTHER, TABLE, app, pages, place, shelf, work_on

__all__ = ["app", "pages", "place", "shelf"]

API = "/api/v1/catalogue"
OWN = f"{API}/groups/{GROUP}"


@pytest.fixture(scope="module")
def token(place: Workspace) -> str:
    account = accounts.add_local(place.database, place.settings, Role.STEWARD, PASSWORD)
    return personal_tokens.make_token(place.database, account, account.roles, 30)[1]


@pytest.fixture
def client(pages: TestClient, token: str) -> Iterator[TestClient]:
    pages.headers["Authorization"] = f"Bearer {token}"
    yield pages
    del pages.headers["Authorization"]


def works(client: TestClient) -> dict[str, dict[str, object]]:
    return {one["texts"][0]["title"]: one for one in client.get(f"{OWN}/works").json()["items"]}


def test_a_list_is_gone_through_by_its_cursor(client: TestClient) -> None:
    found, path = [], f"{API}/groups?limit=40"
    while path:
        page = client.get(path).json()
        found += [one["id"] for one in page["items"]]
        path = page["next"]
    assert found == sorted(set(found)) and {GROUP, OTHER} <= set(found)
    thin = client.get(f"{API}/groups?thin=true&limit=100").json()["items"]
    assert thin and all(one["is_thin"] for one in thin)
    assert client.get(f"{API}/groups?state=gone").status_code == 422


@pytest.mark.usefixtures("shelf")
def test_a_correction_needs_the_version_that_it_is_of(client: TestClient) -> None:
    read = client.get(OWN)
    texts = {**read.json()["texts"], "summary_en": "Corrected."}
    assert client.put(f"{OWN}/texts", json=texts).status_code == 428
    first = client.put(f"{OWN}/texts", json=texts, headers={"If-Match": read.headers["etag"]})
    assert first.json()["corrected"] == ["summary_en"] and first.json()["imported"] == read.json()["texts"]
    late = client.put(f"{OWN}/texts", json=texts, headers={"If-Match": read.headers["etag"]})
    assert (late.status_code, late.json()["type"]) == (412, "/problems/precondition-failed")
    wrong = client.put(f"{OWN}/texts", json={**texts, "name_sv": " ", "areas": ["no"]}, headers={"If-Match": "*"})
    assert wrong.status_code == 422
    assert [one["pointer"] for one in wrong.json()["errors"]] == ["/name_sv", "/areas"]
    assert client.delete(f"{OWN}/texts").json()["corrected"] == []
    history = client.get(f"{OWN}/history").json()["items"]
    assert history[0]["by"] == "steward"


@pytest.mark.usefixtures("shelf")
def test_evidence_is_hidden_pinned_added_and_taken_away(client: TestClient) -> None:
    one = str(works(client)["Biogas av slam"]["id"])
    for act, field in (("hidden-works", "is_hidden"), ("pinned-works", "is_pinned")):
        assert client.put(f"{OWN}/{act}/{one}").status_code == 204
        assert works(client)["Biogas av slam"][field] is True
        assert client.delete(f"{OWN}/{act}/{one}").status_code == 204
        assert works(client)["Biogas av slam"][field] is False
        assert client.put(f"{API}/groups/{OTHER}/{act}/{one}").status_code == 404, "it is not that group's"
    new = client.post(f"{OWN}/works", json={"title": "Spillvärme i växthus", "year": 2024})
    assert new.status_code == 201 and "Spillvärme i växthus" in works(client)
    nothing = client.post(f"{OWN}/works", json={})
    assert nothing.json()["errors"][0]["pointer"] == "/title"
    assert client.delete(f"{OWN}/works/{new.json()['id']}").status_code == 204
    assert "Spillvärme i växthus" not in works(client)


@pytest.mark.usefixtures("shelf")
def test_who_opts_out_is_gone_for_portals_at_once(client: TestClient, place: Workspace) -> None:
    portal = bearing(new_key(place))
    assert client.put(f"{OWN}/opt-out").json()["state"] == "opted_out"
    assert client.get(f"/api/v1/collaborators/{GROUP}", headers=portal).status_code == 404
    assert client.delete(f"{OWN}/opt-out").json()["state"] == "active"
    assert client.put(f"{OWN}/retirement").json()["state"] == "retired"
    assert client.delete(f"{OWN}/retirement").json()["state"] == "active"
    room = {"project": True, "thesis": False, "consulting": True, "cap": 2, "paused_until": "2099-05-31"}
    assert client.put(f"{OWN}/availability", json=room).json()["availability"] == room


@pytest.mark.usefixtures("shelf")
def test_groups_become_one_and_two(client: TestClient, place: Workspace) -> None:
    one = works(client)["Biogas av slam"]["id"]
    assert client.post(f"{OWN}/merger", json={"into": GROUP}).json()["errors"][0]["pointer"] == "/into"
    assert client.post(f"{OWN}/merger", json={"into": "nobody"}).status_code == 404
    merged = client.post(f"{OWN}/merger", json={"into": OTHER}).json()
    assert (merged["state"], merged["merged_into"]) == ("retired", OTHER)
    assert client.delete(f"{OWN}/retirement").json()["merged_into"] is None
    new = {"name_sv": "Biogas", "summary_sv": "Rötning.", "works": [one]}
    assert client.post(f"{OWN}/split", json={**new, "summary_sv": " "}).json()["errors"][0]["pointer"] == "/summary_sv"
    assert client.post(f"{OWN}/split", json={**new, "works": ["another's"]}).status_code == 404
    made = client.post(f"{OWN}/split", json=new)
    assert made.status_code == 201 and made.json()["works"] == 1
    assert client.get(made.headers["location"]).json()["texts"]["name_sv"] == "Biogas"
    assert "Biogas av slam" not in works(client)
    groups.retire_group(place.database, COLLECTION, made.json()["id"], "steward")


def test_suggested_links_are_answered_all_or_none(
    client: TestClient,
    place: Workspace,
    shelf: Shelf,
) -> None:
    loaded = shelf.load(record("n1", "Nobody's first"), record("n2", "Nobody's second"))
    with place.database.transaction() as session:
        ids = nobodys_works(place)
        work_links.set_links(session, COLLECTION, ids, GROUP, LinkState.SUGGESTED, LinkBasis.SUGGESTION, 0.8)
    waiting = client.get(f"{API}/links?group={GROUP}").json()["items"]
    assert len(waiting) == 2
    links = [{"work": one["id"], "group": GROUP} for one in waiting]
    stray = client.post(f"{API}/links/answers", json={"accept": True, "links": [*links, {"work": "x", "group": GROUP}]})
    assert stray.json()["errors"][0]["pointer"] == "/links/2"
    assert len(client.get(f"{API}/links?group={GROUP}").json()["items"]) == 2, "nothing was decided"
    links[1]["instead"] = OTHER
    assert client.post(f"{API}/links/answers", json={"accept": True, "links": links}).status_code == 204
    assert client.get(f"{API}/links?group={GROUP}").json()["items"] == []
    assert waiting[0]["id"] in {one["id"] for one in client.get(f"{OWN}/works").json()["items"]}
    other = client.get(f"{API}/groups/{OTHER}/works").json()["items"]
    assert waiting[1]["id"] in {one["id"] for one in other}
    shelf.undo(loaded)


def nobodys_works(place: Workspace) -> list[str]:
    with place.database.reading() as session:
        return [one.id for one in find_unlinked(session, COLLECTION, "", 100)]


def test_an_import_is_looked_at_made_and_taken_back(client: TestClient, place: Workspace) -> None:
    text = TABLE + f"w1;{GROUP};Vätgas i norr;Elektrolys.;2023\nw2;{GROUP};;;2023\n"
    sent = client.post(
        f"{API}/imports", data={"source": "table"}, files={"file": ("works.csv", text.encode(), "text/csv")}
    )
    assert (sent.status_code, sent.json()["state"]) == (201, "waiting"), sent.text
    job = sent.headers["location"]
    assert client.post(f"{job}/approval", json={"leave_out_wrong": True}).json()["type"] == "/problems/import-state"
    work_on(place)
    ready = client.get(job).json()
    assert (ready["state"], ready["counts"], ready["can"]) == ("ready", {"new": 1, "rejected": 1}, ["approve"])
    new = client.get(f"{job}/lines?verdict=new").json()["items"]
    assert [(one["before"], one["after"]["texts"][0]["title"]) for one in new] == [(None, "Vätgas i norr")]
    (wrong,) = client.get(f"{job}/lines?verdict=rejected").json()["items"]
    assert wrong["problem"] and wrong["after"] is None
    assert client.post(f"{job}/approval", json={"leave_out_wrong": False}).status_code == 409
    assert client.post(f"{job}/approval", json={"leave_out_wrong": True}).json()["state"] == "approved"
    work_on(place)
    assert "Vätgas i norr" in works(client)
    client.post(f"{job}/undoing")
    work_on(place)
    assert client.get(job).json()["state"] == "undone" and "Vätgas i norr" not in works(client)
    for fields, file, pointer in (
        ({"source": "no"}, "a.csv", "/source"),
        ({"source": "table"}, "a.pdf", "/file"),
    ):
        answer = client.post(f"{API}/imports", data=fields, files={"file": (file, b"x", "text/csv")})
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert client.post(f"{API}/imports").status_code == 422


def all_of(client: TestClient, path: str) -> list[dict[str, object]]:
    """A whole list, by its cursors."""
    found: list[dict[str, object]] = []
    while path:
        answer = client.get(path)
        found += answer.json()["items"]
        path = answer.json()["next"]
        assert (answer.headers.get("link") == f'<{path}>; rel="next"') == bool(path)
    return found


def test_works_and_links_are_gone_through_by_cursors_none_twice_none_left_out(
    client: TestClient, place: Workspace, shelf: Shelf
) -> None:
    whole = client.get(f"{OWN}/works?limit=100").json()["items"]
    last = whole[-1]["id"]
    client.put(f"{OWN}/pinned-works/{last}")
    paged = [one["id"] for one in all_of(client, f"{OWN}/works?limit=1")]
    assert paged == [last, *(one["id"] for one in whole[:-1])], "a pinned one comes first, once"
    client.delete(f"{OWN}/pinned-works/{last}")
    loaded = shelf.load(*(record(f"m{number}", f"Nobody's {number}") for number in range(3)))
    with place.database.transaction() as session:
        ids = nobodys_works(place)
        for group, likely in ((OTHER, 0.5), (GROUP, None)):
            work_links.set_links(session, COLLECTION, ids, group, LinkState.SUGGESTED, LinkBasis.SUGGESTION, likely)
    pairs = [(one["id"], one["group"]) for one in client.get(f"{API}/links?limit=100").json()["items"]]
    assert [(one["id"], one["group"]) for one in all_of(client, f"{API}/links?limit=1")] == pairs
    assert len(set(pairs)) == len(pairs) >= 6, "also where several are as likely, or nobody knows how likely"
    for path in (f"{OWN}/works", f"{API}/links"):
        for cursor in ("no", "WzFd", "W3RydWUsIngiXQ"):
            assert client.get(f"{path}?after={cursor}").json()["type"] == "/problems/invalid-cursor"
    shelf.undo(loaded)


@pytest.mark.usefixtures("shelf")
def test_what_creates_is_done_once_under_one_key(client: TestClient, place: Workspace) -> None:
    def twice(path: str, body: dict[str, object], other: dict[str, object]) -> dict[str, object]:
        headers = {"Idempotency-Key": path}
        first, again = (client.post(path, json=body, headers=headers) for _ in range(2))
        assert first.status_code in {200, 201} and first.json() == again.json(), first.text
        assert first.headers.get("etag") == again.headers.get("etag")
        assert first.headers.get("location") == again.headers.get("location")
        assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
        reused = client.post(path, json=other, headers=headers)
        assert (reused.status_code, reused.json()["type"]) == (422, "/problems/idempotency-key-reused")
        return dict(first.json())

    body = {"title": "Spillvärme en gång", "year": 2024}
    before = len(works(client))
    added = twice(f"{OWN}/works", body, {**body, "year": 2023})
    assert len(works(client)) == before + 1
    split = {"name_sv": "Delad", "summary_sv": "En gång.", "works": [added["id"]]}
    new = twice(f"{OWN}/split", split, {**split, "name_sv": "Annan"})
    assert new["works"] == 1 and new["texts"]["name_sv"] == "Delad"
    merged = twice(f"{API}/groups/{new['id']}/merger", {"into": OTHER}, {"into": GROUP})
    assert merged["merged_into"] == OTHER
    history = client.get(f"{API}/groups/{OTHER}/history").json()["items"]
    assert [one["detail"] for one in history if one["kind"] == "took_in"].count({"group": new["id"]}) == 1


def test_a_file_that_is_sent_again_is_one_import_and_lies_there_once(client: TestClient, place: Workspace) -> None:
    def send(text: str, key: str | None = "once") -> httpx2.Response:
        headers = {"Idempotency-Key": key} if key else {}
        files = {"file": ("works.csv", text.encode(), "text/csv")}
        return client.post(f"{API}/imports", data={"source": "table"}, files=files, headers=headers)

    text = TABLE + f"w1;{GROUP};Snö och el;Vindkraft.;2023\n"
    first, again = send(text), send(text)
    assert first.status_code == 201 and first.json() == again.json()
    assert again.headers["idempotent-replayed"] == "true" and again.headers["location"] == first.headers["location"]
    folders = {one.name for one in place.settings.uploads.iterdir()}
    assert first.json()["id"] in folders
    reused = send(text + f"w2;{GROUP};Mera;Text.;2023\n")
    assert (reused.status_code, reused.json()["type"]) == (422, "/problems/idempotency-key-reused")
    assert {one.name for one in place.settings.uploads.iterdir()} == folders, "what became no import is not kept"
    assert send(text, None).json()["id"] != first.json()["id"], "without a key it is another one"
    work_on(place)


def test_a_portal_of_the_same_name_gets_no_answer_of_staffs(client: TestClient, place: Workspace) -> None:
    """Names of portals are chosen, and may be like an account's label."""
    label = accounts.list_accounts(place.database)[-1].label
    body, headers = {"title": "Hemligt verk"}, {"Idempotency-Key": "same"}
    assert client.post(f"{OWN}/works", json=body, headers=headers).status_code == 201
    portal = bearing(new_key(place, client=label))
    sent = client.post("/api/v1/challenges", json={"text": "Vägen bullrar."}, headers={**portal, **headers})
    assert sent.status_code == 201, "not taken for a repeated request"


@pytest.mark.usefixtures("shelf")
def test_tables_are_taken_along_and_are_those_of_the_page(client: TestClient) -> None:
    for table in ("groups", "contacts", "evidence", "links"):
        for form, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK"), ("json", b"[")):
            got = client.get(f"{API}/tables/export/{table}/{form}")
            assert got.status_code == 200 and got.content.startswith(begins), (table, form, got.content[:20])
            assert got.headers["content-disposition"] == f'attachment; filename="{table}.{form}"'
    titles = [one for one in client.get(f"{API}/tables/export/evidence/json").json() if GROUP in str(one)]
    assert any("Biogas av slam" in str(one) for one in titles)
    assert client.get(f"{API}/tables/blank/evidence/xlsx").content.startswith(b"PK")
    for path in ("export/persons/csv", "export/groups/pdf", "blank/groups/json"):
        assert client.get(f"{API}/tables/{path}").status_code == 422


@pytest.mark.usefixtures("shelf")
def test_coverage_counts_what_speaks_for_whom(client: TestClient) -> None:
    told = client.get(f"{API}/coverage").json()
    numbers = [one["with_text"] for one in told["groups"]]
    assert numbers == sorted(numbers) and all(
        one["is_thin"] == (one["with_text"] < told["thin_below"]) for one in told["groups"]
    )
    own = next(one for one in told["groups"] if one["id"] == GROUP)
    shown = [one for one in works(client).values() if not one["is_hidden"]]
    assert own["works"] == len(shown)
    assert sum(one["groups"] for one in told["departments"]) == len(told["groups"])
    assert sum(one["works"] for one in told["departments"]) == sum(one["works"] for one in told["groups"])
    assert sum(told["years"].values()) == sum(sum(one["years"].values()) for one in told["groups"])
