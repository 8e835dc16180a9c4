"""A group's own page over the API, by its private link: by the same rules as the page, as the group and nobody else."""

import pytest
from starlette.testclient import TestClient

from matchmaker.curation.researchers import make_link, revoke_link
from matchmaker.db import alerts
from matchmaker.db.group_links import list_group_links
from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing
from tests.integration.imports import COLLECTION, Shelf
from tests.integration.researcher import GROUP, OTHER, answer_without, app, client, place, publish, shelf, suggest

__all__ = ["app", "client", "place", "shelf"]

API = "/api/v1/by-group-link"


@pytest.fixture
def own(place: Workspace) -> dict[str, str]:
    """The headers of who holds a link to the group's page."""
    return bearing(make_link(place.database, COLLECTION, GROUP, "steward"))


def works(client: TestClient, own: dict[str, str]) -> dict[str, dict[str, object]]:
    return {one["texts"][0]["title"]: one for one in client.get(f"{API}/works", headers=own).json()["items"]}


@pytest.mark.usefixtures("shelf")
def test_a_group_corrects_its_summary_having_seen_it_and_nothing_that_is_the_stewards(
    client: TestClient, own: dict[str, str]
) -> None:
    read = client.get(API, headers=own)
    names = ("summary_sv", "summary_en", "keywords_sv", "keywords_en")
    texts = {**{name: read.json()["texts"][name] for name in names}, "summary_en": "Heat and storage."}
    assert client.put(f"{API}/texts", json=texts, headers=own).status_code == 428
    matching = {**own, "If-Match": read.headers["etag"]}
    corrected = client.put(f"{API}/texts", json=texts, headers=matching)
    assert corrected.json()["corrected"] == ["summary_en"]
    assert client.put(f"{API}/texts", json=texts, headers=matching).status_code == 412
    more = client.put(f"{API}/texts", json={**texts, "name_sv": "Annat"}, headers={**own, "If-Match": "*"})
    assert more.json()["errors"][0]["pointer"] == "/name_sv"
    wrong = client.put(f"{API}/texts", json={**texts, "summary_sv": " "}, headers={**own, "If-Match": "*"})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/summary_sv")
    newest = client.get(f"{API}/history", headers=own).json()["items"][0]
    assert newest["by"] == "researcher"


def test_it_decides_about_its_own_evidence_and_no_others(client: TestClient, own: dict[str, str], shelf: Shelf) -> None:
    del shelf
    mine = works(client, own)["Biogas av slam"]["id"]
    other = client.get(f"{API}/works", headers=bearing(make_link_of(client, OTHER))).json()["items"]
    theirs = next(one["id"] for one in other if one["texts"][0]["title"] == "Vård i hemmet")
    for act, field in (("hidden-works", "is_hidden"), ("pinned-works", "is_pinned")):
        assert client.put(f"{API}/{act}/{mine}", headers=own).status_code == 204
        assert works(client, own)["Biogas av slam"][field] is True
        assert client.delete(f"{API}/{act}/{mine}", headers=own).status_code == 204
        assert works(client, own)["Biogas av slam"][field] is False
        for method in ("PUT", "DELETE"):
            assert client.request(method, f"{API}/{act}/{theirs}", headers=own).status_code == 404
    new = client.post(f"{API}/works", json={"title": "Värmelager i berg", "year": 2024}, headers=own)
    assert new.status_code == 201 and works(client, own)["Värmelager i berg"]["basis"] == "researcher"
    nothing = client.post(f"{API}/works", json={}, headers=own)
    assert nothing.json()["errors"][0]["pointer"] == "/title"


def make_link_of(client: TestClient, group: str) -> str:
    return make_link(client.app.state.workspace.database, COLLECTION, group, "steward")


@pytest.mark.usefixtures("shelf")
def test_it_says_what_it_has_room_for_and_takes_itself_out_and_in(client: TestClient, own: dict[str, str]) -> None:
    room = {"project": True, "thesis": False, "consulting": True, "cap": 2, "paused_until": "2099-05-31"}
    assert client.put(f"{API}/availability", json=room, headers=own).json()["availability"] == room
    for _ in range(2):
        assert client.put(f"{API}/opt-out", headers=own).json()["state"] == "opted_out"
    refused = client.post(f"{API}/alerts", json={"address": "forskare@ltu.se", "near": True}, headers=own)
    assert refused.json()["errors"][0]["pointer"] == "/address"
    assert client.get(f"{API}/near", headers=own).json()["items"] == []
    for _ in range(2):
        assert client.delete(f"{API}/opt-out", headers=own).json()["state"] == "active"


@pytest.mark.usefixtures("shelf")
def test_it_is_told_of_challenges_that_are_public_approved_and_sent_and_of_no_others(
    client: TestClient, own: dict[str, str], place: Workspace
) -> None:
    def titles() -> list[str]:
        told = client.get(f"{API}/suggested", headers=own)
        assert "va@kommun.example" not in told.text and "KS 2026/77" not in told.text
        return [one["challenge"]["title"] for one in told.json()["items"]]

    unsent = suggest(place, title="Opublicerat")
    publish(place, suggest(place, title="Internt", visibility="internal"))
    publish(place, suggest(place, title="Publicerat"))
    assert titles() == ["Publicerat"]
    answer_without(place, "Utan gruppen")
    near = client.get(f"{API}/near", headers=own).json()["items"]
    assert [one["challenge"]["title"] for one in near] == ["Utan gruppen"], "where it was suggested is told above"
    publish(place, unsent)
    assert sorted(titles()) == ["Opublicerat", "Publicerat"]
    (first, *_) = client.get(f"{API}/suggested", headers={**own, "Accept-Language": "sv"}).json()["items"]
    assert first["evidence"] and first["confidence_word"].endswith("träff")


def test_an_address_is_asked_before_it_gets_anything(client: TestClient, own: dict[str, str], place: Workspace) -> None:
    body = {"address": "grupp@universitet.example", "areas": ["infrastructure", "nothing"], "near": False}
    asked = [client.post(f"{API}/alerts", json=body, headers=own).json()["outcome"] for _ in range(2)]
    assert asked == ["asked", "waiting"]
    none = client.post(f"{API}/alerts", json={**body, "areas": ["nothing"]}, headers=own)
    assert none.json()["errors"][0]["pointer"] == "/areas"
    with place.database.reading() as session:
        assert alerts.count_alerts(session, COLLECTION, GROUP) == 1


def test_a_link_that_was_ended_opens_nothing(client: TestClient, own: dict[str, str], place: Workspace) -> None:
    assert client.get(API, headers=own).status_code == 200
    with place.database.reading() as session:
        links = list_group_links(session, COLLECTION, GROUP)
    for one in links:
        revoke_link(place.database, COLLECTION, GROUP, one.id, "steward")
    refused = client.get(API, headers=own)
    assert (refused.status_code, refused.json()["type"]) == (401, "/problems/invalid-link")
