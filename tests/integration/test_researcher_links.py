"""Private links to a group's page: shown once, kept as a digest, ended by time or the steward, of one group only."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from matchmaker.curation.researchers import GOOD_FOR, make_link, open_page, revoke_link
from matchmaker.db.decisions import find_events
from matchmaker.db.group_links import list_group_links
from matchmaker.domain.errors import NotFoundError
from matchmaker.notify.worker import tidy
from matchmaker.workspace import Workspace
from tests.integration.imports import COLLECTION, Shelf
from tests.integration.researcher import GROUP, OTHER, app, client, link, place, shelf

__all__ = ["app", "client", "link", "place", "shelf"]  # fixtures


def test_a_link_opens_its_groups_page_from_anywhere(client: TestClient, link: str) -> None:
    page = client.get(link)
    assert page.status_code == 200 and "Energy Engineering" in page.text
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["x-robots-tag"] == "noindex, nofollow"
    assert page.headers["referrer-policy"] == "same-origin", "no other site is told the address"


def test_what_is_no_link_opens_nothing_and_says_the_same(client: TestClient, link: str, place: Workspace) -> None:
    with place.database.reading() as session:
        newest = list_group_links(session, COLLECTION, GROUP)[0]
    words = set()
    for guess in (link[:-1], f"{link}A", "/groups/nothing", f"/groups/{GROUP}", f"/groups/{newest.id}"):
        for path in (guess, f"{guess}/texts", f"{guess}/taking-part"):
            answer = client.get(path)
            assert answer.status_code == 404, path
            words.add(re.sub(r'href="[^"]*"', "", answer.text))
        for path in ("act", "texts", "taking-part", "alerts"):
            assert client.post(f"{guess}/{path}", data={"act": "opt_out"}).status_code == 404
    assert len(words) == 1, "nobody learns which part of a link is right"


def test_a_link_ends_after_a_year(place: Workspace) -> None:
    now = datetime.now(UTC)
    token = make_link(place.database, COLLECTION, GROUP, "steward", now)
    assert open_page(place.database, COLLECTION, token, now + GOOD_FOR - timedelta(seconds=1)).group == GROUP
    with pytest.raises(NotFoundError):
        open_page(place.database, COLLECTION, token, now + GOOD_FOR)


def test_a_link_that_was_ended_opens_nothing_any_more(client: TestClient, place: Workspace, link: str) -> None:
    with place.database.reading() as session:
        newest = list_group_links(session, COLLECTION, GROUP)[0]
    revoke_link(place.database, COLLECTION, OTHER, newest.id, "steward")
    assert client.get(link).status_code == 200, "another group's page ends no link of this one"
    revoke_link(place.database, COLLECTION, GROUP, newest.id, "steward")
    assert client.get(link).status_code == 404


def test_only_the_digest_of_a_link_is_kept(place: Workspace, link: str) -> None:
    secret = link.rpartition("/")[2]
    with place.database.engine.connect() as connection:
        for table in connection.scalars(text("select name from sqlite_master where type = 'table'")).all():
            rows = connection.execute(text(f"select * from {table}")).all()  # a table's own name
            assert not any(secret in str(row) for row in rows), table


def test_the_last_use_is_noted_for_the_steward(place: Workspace, link: str) -> None:
    token, now = link.rpartition("/")[2], datetime.now(UTC)
    for later in (timedelta(), timedelta(minutes=5), timedelta(hours=2)):
        open_page(place.database, COLLECTION, token, now + later)
    with place.database.reading() as session:
        uses = {one.last_used_at for one in list_group_links(session, COLLECTION, GROUP)}
    assert now + timedelta(hours=2) in uses


def test_links_that_ended_long_ago_are_forgotten(place: Workspace) -> None:
    now = datetime.now(UTC)
    make_link(place.database, COLLECTION, OTHER, "steward", now - GOOD_FOR - timedelta(days=91))
    make_link(place.database, COLLECTION, OTHER, "steward", now - GOOD_FOR - timedelta(days=1))
    tidy(place.database, now)
    with place.database.reading() as session:
        assert len(list_group_links(session, COLLECTION, OTHER)) == 1


def test_the_steward_makes_a_link_sees_it_once_and_ends_it(app: object, client: TestClient, place: Workspace) -> None:
    steward = TestClient(
        client.app, base_url="http://127.0.0.1", client=("127.0.0.1", 5000),
        headers={"Origin": "http://127.0.0.1", "Accept-Language": "en"},
    )  # fmt: skip
    address = f"/catalogue/own-page/{OTHER}"
    made = steward.post(address).text
    found = re.search(r'value="http://127.0.0.1(/groups/[\w-]{32})"', made)
    assert found and client.get(found.group(1)).status_code == 200
    listed = steward.get(address).text
    assert found.group(1) not in listed
    ids = re.findall(r'name="end" value="([^"]+)"', listed)
    for one in ids:
        assert "The link was ended." in steward.post(address, data={"end": one}).text
    assert client.get(found.group(1)).status_code == 404
    with place.database.reading() as session:
        kinds = [one.kind for one in find_events(session, COLLECTION, OTHER)]
    assert {"link_made", "link_revoked"} <= set(kinds)
    assert client.get(address).status_code == client.post(address).status_code == 403, "links are the steward's to make"


def test_another_groups_works_are_not_there(client: TestClient, place: Workspace, shelf: Shelf, link: str) -> None:
    for act in ("hide", "show", "pin", "unpin"):
        for bait in ("diva:r3", "diva:none", ""):
            assert client.post(f"{link}/act", data={"act": act, "work": bait}).status_code == 404
    for act in ("unlink", "retire", "reinstate", "opt_out", "merge"):
        assert client.post(f"{link}/act", data={"act": act, "work": "diva:r3"}).status_code == 422
    assert "Hemsjukvård i glesbygd." in shelf.evidence()[OTHER]
    assert GROUP in shelf.evidence()
