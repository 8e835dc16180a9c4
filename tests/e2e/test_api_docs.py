"""The quick start of docs/api.md, to the letter: its commands and its program, against a real server."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from matchmaker.workspace import Workspace
from tests.conftest import ROOT
from tests.e2e.keys import approve

BLOCKS = re.compile(r"^```(sh \w+|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def blocks() -> dict[str, str]:
    found = BLOCKS.findall((ROOT / "docs" / "api.md").read_text(encoding="utf-8"))
    return {kind.removeprefix("sh "): content for kind, content in found}


def test_from_a_key_to_an_approved_shortlist(
    blocks: dict[str, str], server: str, environment: dict[str, str], workspace: Workspace
) -> None:
    assert set(blocks) == {"setup", "send", "events", "python"}
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    given = {**environment, "PATH": path, "MATCHMAKER": server}

    def run(*command: str) -> str:
        done = subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    given["MATCHMAKER_KEY"] = run("sh", "-c", blocks["setup"]).strip()
    sent = json.loads(run("sh", "-c", blocks["send"]))
    assert json.loads(run("sh", "-c", blocks["send"])) == sent
    told = json.loads(run("sh", "-c", blocks["events"]))
    assert told["next"].startswith("/api/v1/events?")
    assert "An adviser is reading it." in run(sys.executable, "-c", blocks["python"])
    approve(workspace, sent["id"], "Begin with the first.")
    shown = run(sys.executable, "-c", blocks["python"])
    assert shown.startswith("Begin with the first.\n1 Urban Water Engineering - strong match\n")


def test_every_route_and_scope_that_is_named_exists() -> None:
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    described = json.loads((ROOT / "api" / "openapi.json").read_text(encoding="utf-8"))
    scopes = {one["x-scope"] for path in described["paths"].values() for one in path.values() if "x-scope" in one}
    assert scopes == set(re.findall(r"^\| `([\w:]+)` \|", text, re.MULTILINE))
