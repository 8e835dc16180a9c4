"""What the tests of a group's own page share: a link to it, a browser anywhere, challenges that were published."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from matchmaker.curation import groups
from matchmaker.curation.researchers import make_link
from matchmaker.domain.case import Case, Decision, Route
from matchmaker.review import approval
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from tests.identity_place import copied
from tests.integration.cases import read, send
from tests.integration.imports import COLLECTION, Shelf, record

GROUP, OTHER = "energy-engineering", "nursing"
ENERGY = {
    "title": "Spillvärme till fjärrvärmen",
    "problem": "Vi vill ta vara på spillvärme från industrin i fjärrvärmenätet och lagra energi över vintern.",
    "areas": ["infrastructure"],
}
HERE = "http://matchmaker.example"


@pytest.fixture(scope="module")
def place(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return copied(workspace, tmp_path_factory.mktemp("researcher"))


@pytest.fixture(scope="module")
def app(place: Workspace) -> FastAPI:
    return create_app(place.settings)


@pytest.fixture(scope="module")
def client(app: FastAPI) -> Iterator[TestClient]:
    """A researcher's browser somewhere; the server sends nothing by itself."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("matchmaker_api.app.deliverer", lambda *_: nullcontext())
        headers = {"Origin": HERE, "Accept-Language": "en"}
        with TestClient(app, base_url=HERE, client=("203.0.113.9", 5000), headers=headers) as opened:
            yield opened


@pytest.fixture
def shelf(place: Workspace) -> Iterator[Shelf]:
    """Works of two groups; what a test has done to the catalogue is taken back when it is over."""
    shelf = Shelf(place.database)
    loaded = shelf.load(
        record("r1", "Biogas av slam", GROUP, text="Rötning av slam vid låg temperatur.", doi="10.1000/r1", year=2019),
        record("r2", "Spillvärme i nät", GROUP, text="Värme från industri i fjärrvärmenät.", year=2021),
        record("r3", "Vård i hemmet", OTHER, text="Hemsjukvård i glesbygd.", doi="10.1000/r3", year=2022),
    )
    yield shelf
    groups.undo_edit(place.database, COLLECTION, GROUP, "steward")
    groups.reinstate_group(place.database, COLLECTION, GROUP, "steward")
    groups.opt_in(place.database, place.settings.opt_outs, COLLECTION, GROUP, "steward")
    shelf.undo(loaded)


@pytest.fixture
def link(place: Workspace) -> str:
    return f"/groups/{make_link(place.database, COLLECTION, GROUP, 'steward')}"


def suggest(place: Workspace, group: str = GROUP, **other: object) -> Case:
    """A challenge whose list has the group on it and waits to be approved."""
    _, case = send(place, **{**ENERGY, **other})
    desk = Desk(place.database, "adviser-1")
    assert group in {one.id for one in case.candidates}, "the matcher does not find the group"
    case = desk.decide(case.id, case.revision, group, Decision.ACCEPTED)
    return desk.set_route(case.id, case.revision, Route.RESEARCH_GROUP)


def publish(place: Workspace, case: Case, at: datetime | None = None, undo_minutes: int = 0) -> Case:
    """The list approved, and sent at a moment: now, if none is given."""
    desk = Desk(place.database, "adviser-1")
    case = read(place, case.id)
    return approval.approve(desk, case.id, case.revision, "Svar.", undo_minutes, at or datetime.now(UTC))


def answer_without(place: Workspace, title: str) -> None:
    """A challenge within the group's work, answered with a list that the group is not on."""
    _, case = send(place, **{**ENERGY, "title": title})
    case = Desk(place.database, "adviser-1").set_route(case.id, case.revision, Route.NOT_FOR_US)
    publish(place, case)
