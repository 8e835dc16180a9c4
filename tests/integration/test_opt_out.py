"""Who opts out is gone from everywhere that readers and portals look, at once, and after a backup is restored."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from matchmaker.cli.storing import backup, restore
from matchmaker.curation import groups
from matchmaker.db.alerts import list_confirmed
from matchmaker.domain.case import Case, Decision, Route
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.errors import NotFoundError
from matchmaker.domain.workflow import State
from matchmaker.review.alerts import Wish, ask_for_alerts, confirm, write_alerts
from matchmaker.review.desk import Desk
from matchmaker.review.status import read_status
from matchmaker.settings import Settings
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from tests.e2e.keys import bearing, new_key
from tests.integration.cases import read, send
from tests.integration.researcher import publish
from tests.integration.steward import GROUP, HERE, app, pages, place

__all__ = ["app", "pages", "place"]

API = "/api/v1"
SITE = "https://matchmaker.example"
NEED = "Biomassa, förgasning och biobränslen: vi vill göra energi av skogens rester i vårt värmeverk."
NAME = "Energy Engineering"


@pytest.fixture(autouse=True)
def back_again(place: Workspace) -> Iterator[None]:
    yield
    groups.opt_in(place.database, place.settings.opt_outs, MAIN_COLLECTION, GROUP, "researcher")


def shown(pages: TestClient) -> dict[str, bool]:
    """Where the group is to be found: over the real routes, and on lists that are made now."""
    workspace: Workspace = pages.app.state.workspace  # type: ignore[attr-defined]
    key = bearing(new_key(workspace))
    _, other = send(workspace)
    at_desk = f"/desk/cases/{other.id}"
    assert GROUP not in {one.id for one in other.candidates}, "then it could not be looked for"
    found = {
        "match": pages.post(f"{API}/match", json={"text": NEED, "experts": 20}, headers=key),
        "search": pages.get(f"{API}/collaborators?q=energy&limit=100", headers=key),
        "catalogue": pages.get("/catalogue?q=Energy"),
        "coverage": pages.get("/catalogue/coverage"),
        "find by name": pages.get(f"{at_desk}/find?q=energy"),
        "find by words": pages.get(f"{at_desk}/find", params={"q": NEED}),
        "map": pages.get(f"{at_desk}/map"),
    }
    assert {answer.status_code for answer in found.values()} == {200}
    return {
        **{where: f'"{GROUP}"' in one.text or NAME in one.text for where, one in found.items()},
        "read": pages.get(f"{API}/collaborators/{GROUP}", headers=key).status_code == 200,
        "new shortlist": GROUP in {one.id for one in send(workspace, problem=NEED)[1].candidates},
        "add": _can_be_added(workspace, other),
    }


def _can_be_added(workspace: Workspace, case: Case) -> bool:
    try:
        Desk(workspace.database, "adviser-1").add(case.id, case.revision, GROUP, workspace.matcher)
    except NotFoundError:
        return False
    return True


def opt_out(place: Workspace) -> None:
    groups.opt_out(place.database, place.settings.opt_outs, MAIN_COLLECTION, GROUP, "researcher")


def test_who_opts_out_is_gone_at_once_while_the_old_index_still_serves(
    app: FastAPI, pages: TestClient, place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    served: Workspace = app.state.workspace
    before = shown(pages)
    assert all(before.values()), before
    monkeypatch.setattr("matchmaker.renewing.Renewals.begin", lambda *_: None)
    opt_out(place)
    assert GROUP in served.matcher().index.collaborators.ids, "otherwise this tells nothing"
    now = shown(pages)
    assert not any(now.values()), now


def test_the_steward_still_finds_who_has_opted_out(pages: TestClient, place: Workspace) -> None:
    opt_out(place)
    assert NAME in pages.get("/catalogue?q=Energy&state=opted_out").text


def test_no_list_leaves_with_somebody_who_has_opted_out_since(pages: TestClient, place: Workspace) -> None:
    _, case = send(place, problem=NEED)
    desk = Desk(place.database, "adviser-1")
    case = desk.decide(case.id, case.revision, GROUP, Decision.ACCEPTED)
    opt_out(place)
    told = "Takes no part in Matchmaker any more"
    assert told in pages.get(f"/desk/cases/{case.id}").text
    assert told in pages.get(f"/desk/cases/{case.id}/approve").text
    typed = {"act": "approve", "revision": case.revision, "route": Route.RESEARCH_GROUP.value, "message": "Svar."}
    refused = pages.post(f"/desk/cases/{case.id}/approve", data=typed)
    assert refused.status_code == 422 and "Somebody who is accepted takes no part any more." in refused.text
    case = desk.decide(case.id, read(place, case.id).revision, GROUP, Decision.PENDING)
    again = {**typed, "revision": case.revision}
    assert pages.post(f"/desk/cases/{case.id}/approve", data=again, follow_redirects=False).status_code == 303


def test_a_list_that_was_approved_and_not_sent_yet_is_taken_back_when_somebody_on_it_opts_out(place: Workspace) -> None:
    other = _approved(place, title="En annan", undo_minutes=10, group=None)
    waiting = _approved(place, title="Väntar ännu", undo_minutes=10)
    sent = _approved(place, title="Skickad", undo_minutes=0)
    opt_out(place)
    assert [read(place, one.id).state for one in (waiting, sent, other)] == [
        State.IN_REVIEW,
        State.APPROVED,
        State.APPROVED,
    ]
    after = read_status(place.database, waiting.id, datetime.now(UTC) + timedelta(minutes=11))
    assert after.approved is None, "it leaves at no later time either"
    assert read_status(place.database, sent.id).approved is not None


def _approved(place: Workspace, title: str, undo_minutes: int, group: str | None = GROUP) -> Case:
    _, case = send(place, title=title, problem=NEED)
    desk = Desk(place.database, "adviser-1")
    chosen = group or next(one.id for one in case.candidates if one.id != GROUP)
    case = desk.decide(case.id, case.revision, chosen, Decision.ACCEPTED)
    case = desk.set_route(case.id, case.revision, Route.RESEARCH_GROUP)
    return publish(place, case, undo_minutes=undo_minutes)


def test_neither_a_restored_backup_nor_an_index_built_from_it_brings_anybody_back(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    follow(place)
    monkeypatch.setenv("MATCHMAKER_STATE_DIR", str(place.settings.state_dir))
    backup(tmp_path / "backup")
    opt_out(place)
    restored = Settings(
        data_dir=place.settings.data_dir, models_dir=place.settings.models_dir, state_dir=tmp_path / "restored"
    )
    restored.state_folder.mkdir()
    shutil.copy(place.settings.opt_outs, restored.opt_outs)
    monkeypatch.setenv("MATCHMAKER_STATE_DIR", str(restored.state_dir))
    restore(tmp_path / "backup", replace=True)
    with serving_at(restored) as pages:
        workspace: Workspace = pages.app.state.workspace  # type: ignore[attr-defined]
        assert GROUP not in workspace.matcher().index.collaborators.ids
        now = shown(pages)
        assert not any(now.values()), now
        with workspace.database.reading() as session:
            assert list_confirmed(session, MAIN_COLLECTION) == []


def test_who_has_opted_out_gets_no_alerts(place: Workspace) -> None:
    follow(place)
    opt_out(place)
    _, case = send(place, problem=NEED)
    case = Desk(place.database, "adviser-1").set_route(case.id, case.revision, Route.NOT_FOR_US)
    publish(place, case)
    assert write_alerts(place.database, MAIN_COLLECTION, place.matcher, SITE, datetime.now(UTC)) == 0


def follow(place: Workspace) -> None:
    """An address that has said yes to alerts of what is near the group's work."""
    tokens: list[str] = []
    wish = Wish("grupp@ltu.example", (), near=True, language="sv")
    ask_for_alerts(place.database, MAIN_COLLECTION, GROUP, wish, lambda token: tokens.append(token) or token)
    confirm(place.database, tokens[0])


@contextmanager
def serving_at(settings: Settings) -> Iterator[TestClient]:
    headers = {"Origin": HERE, "Accept-Language": "en"}
    with TestClient(create_app(settings), base_url=HERE, client=("127.0.0.1", 5000), headers=headers) as client:
        yield client
