"""The catalogue over the API, as its stewards' pages do it: by the same rules, and nothing is lost."""

from collections.abc import Iterator

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
