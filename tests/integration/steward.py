"""What the tests of the steward's pages share: a place of its own, a browser at the machine, works of a group."""

import html
import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from matchmaker.catalogue.importers import find_source
from matchmaker.curation import groups
from matchmaker.curation.worker import run_waiting
from matchmaker.db import import_jobs as jobs
from matchmaker.db.group_lists import find_group
from matchmaker.db.session import Database
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.curation import GroupState
from matchmaker.domain.import_job import ImportJob
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from tests.identity_place import copied
from tests.integration.imports import COLLECTION, Shelf, record

GROUP, OTHER = "energy-engineering", "nursing"
TABLE = "Id;Grupp-id:n;Titel (svenska);Text (svenska);År\n"
HERE = "http://127.0.0.1"


@pytest.fixture(scope="module")
def place(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return copied(workspace, tmp_path_factory.mktemp("catalogue"), upload_megabytes=1)


@pytest.fixture(scope="module")
def app(place: Workspace) -> FastAPI:
    return create_app(place.settings)


@pytest.fixture(scope="module")
def pages(app: FastAPI) -> Iterator[TestClient]:
    """A steward at the machine; what imports wait for is done by the tests themselves, when they say so."""
    headers = {"Origin": HERE, "Accept-Language": "en"}
    with (
        pytest.MonkeyPatch.context() as patch,
        TestClient(app, base_url=HERE, client=("127.0.0.1", 5000), headers=headers) as client,
    ):
        patch.setattr("matchmaker.curation.worker.run_waiting", lambda *_: 0)
        yield client


@pytest.fixture
def shelf(place: Workspace) -> Iterator[Shelf]:
    """Two works of a group; what a test has done to the catalogue is taken back when it is over."""
    shelf = Shelf(place.database)
    loaded = shelf.load(
        record("a1", "Biogas av slam", GROUP, text="Rötning av slam vid låg temperatur.", doi="10.1000/a1", year=2019),
        record("a2", "Spillvärme i fjärrvärme", GROUP, text="Värme från industri.", year=2021),
    )
    yield shelf
    for act in (groups.undo_edit, groups.reinstate_group):
        act(place.database, COLLECTION, GROUP, "steward")
    groups.opt_in(place.database, place.settings.opt_outs, COLLECTION, GROUP, "steward")
    shelf.undo(loaded)


def group_of(place: Workspace, group: str = GROUP) -> Collaborator:
    with place.database.reading() as session:
        return find_group(session, COLLECTION, group).now


def state_of(place: Workspace, group: str = GROUP) -> GroupState:
    with place.database.reading() as session:
        return find_group(session, COLLECTION, group).state


def do(pages: TestClient, act: str, **typed: object) -> str:
    answer = pages.post(f"/catalogue/act/{GROUP}", data={"act": act, **typed})
    assert answer.status_code == 200, answer.text
    return answer.text


def fields(page: str) -> dict[str, object]:
    """What a browser would send of the form to correct a group, untouched."""
    found: dict[str, object] = dict(re.findall(r'name="(seen)" value="([^"]*)"', page))
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r' name="([^"]*)"', tag), re.search(r' value="([^"]*)"', tag)
        if name and value and 'type="text"' in tag:
            found[name.group(1)] = value.group(1)
    found |= dict(re.findall(r'<textarea[^>]* name="([^"]*)"[^>]*>\n(.*?)</textarea>', page, re.DOTALL))
    found["areas"] = [
        re.search(r' value="([^"]*)"', tag).group(1)  # type: ignore[union-attr]
        for tag in re.findall(r'<input[^>]* name="areas"[^>]*>', page)
        if " checked" in tag
    ]
    chosen = re.search(r'name="department".*?</select>', page, re.DOTALL)
    assert chosen
    found["department"] = "".join(re.findall(r'value="([^"]*)" selected', chosen.group()))
    return {name: html.unescape(value) if isinstance(value, str) else value for name, value in found.items()}


def upload(pages: TestClient, text: str, name: str = "works.csv", source: str = "table", **other: str) -> str:
    """Send a file; returns where that leads, or the page that says what is wrong."""
    files = {"file": (name, text.encode(), "text/csv")}
    answer = pages.post("/catalogue/imports", data={"source": source, **other}, files=files, follow_redirects=False)
    return answer.headers["location"] if answer.status_code == 303 else answer.text


def work_on(place: Workspace) -> None:
    """Do what waits for the program, as the server's thread does."""
    run_waiting(place.database, find_source, place.pseudonym)


def job_at(database: Database, address: str) -> ImportJob:
    with database.reading() as session:
        return jobs.get_job(session, address.rpartition("/")[2])
