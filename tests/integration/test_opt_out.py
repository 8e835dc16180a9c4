"""Who opts out is gone from everywhere that readers and portals look, at once, and after a backup is restored."""

import shutil
import sqlite3
from pathlib import Path

from starlette.testclient import TestClient

from matchmaker.curation import groups
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.settings import Settings
from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing, new_key
from tests.integration.steward import GROUP, app, pages, place

__all__ = ["app", "pages", "place"]

API = "/api/v1"
NEED = "Biomassa, förgasning och biobränslen: vi vill göra energi av skogens rester i vårt värmeverk."


def shown(pages: TestClient, key: dict[str, str]) -> dict[str, bool]:
    """Where the group is to be found, over the real routes."""
    matched = pages.post(f"{API}/match", json={"text": NEED, "experts": 20}, headers=key)
    assert matched.status_code == 200, matched.text
    searched = pages.get(f"{API}/collaborators?q=energy&limit=100", headers=key)
    assert searched.status_code == 200, searched.text
    return {
        "match": f'"{GROUP}"' in matched.text,
        "search": f'"{GROUP}"' in searched.text,
        "read": pages.get(f"{API}/collaborators/{GROUP}", headers=key).status_code == 200,
        "list": f"/groups/{GROUP}" in pages.get("/catalogue?q=Energy").text,
    }


def test_who_opts_out_is_gone_from_pages_api_and_shortlists_and_no_backup_brings_them_back(
    pages: TestClient, place: Workspace, tmp_path: Path
) -> None:
    key = bearing(new_key(place))
    database = place.settings.state_folder / "matchmaker.db"
    with sqlite3.connect(database) as now, sqlite3.connect(tmp_path / "backup.db") as backup:
        now.backup(backup)
    assert all(shown(pages, key).values())
    groups.opt_out(place.database, place.settings.opt_outs, MAIN_COLLECTION, GROUP, "researcher")
    place.matcher()
    found = shown(pages, key)
    assert not (found["match"] or found["search"] or found["read"]), found

    restored = tmp_path / "restored"
    restored.mkdir()
    shutil.copy(tmp_path / "backup.db", restored / "matchmaker.db")
    shutil.copy(place.settings.opt_outs, restored / place.settings.opt_outs.name)
    changes = {"data_dir": place.settings.data_dir, "models_dir": place.settings.models_dir, "state_dir": restored}
    workspace = Workspace(Settings(**changes))
    workspace.prepare(lambda _: None)
    matcher = workspace.matcher()
    assert GROUP not in matcher.collection.snapshot().collaborators
    assert GROUP not in [one.collaborator_id for one in matcher.match(Challenge("1", NEED)).experts]
