"""The client that docs/api.md tells how to make: made from the description, and run against a real server."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from matchmaker.workspace import Workspace
from tests.conftest import ROOT
from tests.e2e.keys import approve, new_key
from tests.e2e.test_api_docs import BLOCKS

GENERATED = ROOT / "var" / "client"
PYTHON = ROOT / ".venv" / "client" / "bin" / "python"

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def blocks() -> dict[str, str]:
    found = BLOCKS.findall((ROOT / "docs" / "api.md").read_text(encoding="utf-8"))
    return {kind.rpartition(" ")[2]: content for kind, content in found}


@pytest.fixture(scope="module")
def client_folder(blocks: dict[str, str]) -> Path:
    """The client, made as the documentation says. ``make test`` has installed the generator, or has stopped."""
    environment = {**os.environ, "PYTHON": sys.executable}
    generator = ["sh", "scripts/make_client.sh", "generator"]
    if subprocess.run(generator, cwd=ROOT, env=environment, capture_output=True, check=False).returncode:
        pytest.skip("the generator of clients cannot be installed here: there is no package index")
    done = subprocess.run(
        ["sh", "-c", blocks["client"]], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return GENERATED


def test_the_client_sends_amends_and_reads_the_approved_list(
    blocks: dict[str, str], client_folder: Path, server: str, environment: dict[str, str], workspace: Workspace
) -> None:
    given = {**environment, "PYTHONPATH": str(client_folder), "MATCHMAKER": server}
    given["MATCHMAKER_KEY"] = new_key(workspace, client="made-client", municipalities=("2582",))

    def run(block: str, **other: str) -> subprocess.CompletedProcess[str]:
        command = [PYTHON, "-c", blocks[block]]
        return subprocess.run(
            command, env={**given, **other}, cwd=client_folder, capture_output=True, text=True, check=False, timeout=120
        )

    def shown(block: str) -> list[str]:
        done = run(block)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.splitlines()

    created, amended, late, first, *_ = shown("client_send")
    identifier = created.split(" ")[0]
    assert created == f"{identifier} submitted version 1"
    assert amended == f"{identifier} submitted version 2"
    assert late == "412 /problems/precondition-failed"
    assert first.endswith(" submitted Källare översvämmas")
    again = shown("client_send")
    assert again[0] == created, "the same key and body are the same challenge"
    assert shown("client_read") == ["An adviser is reading it. Ask again later."]
    approve(workspace, identifier, "Begin with the first.")
    message, best, *_ = shown("client_read")
    assert (message, best) == ("Begin with the first.", "1 Urban Water Engineering - strong match")
    refused = run("client_send", MATCHMAKER_KEY="mm_none_none")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith("/problems/invalid-key: ")


def test_no_name_in_the_client_was_made_up_by_the_generator(client_folder: Path) -> None:
    models = {path.stem for path in (client_folder / "matchmaker_client" / "models").glob("*.py")}
    assert len(models) > 30
    assert [one for one in models if "_type_" in one or one.startswith(("body_", "response_"))] == []
