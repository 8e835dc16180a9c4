"""A place of its own for tests of sign-in: the prepared database and index copied, since sign-in closes the desk."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest
from argon2 import PasswordHasher
from starlette.testclient import TestClient

from matchmaker.review.identity import passwords
from matchmaker.settings import Settings
from matchmaker.workspace import Workspace

PASSWORD = "blå hästar äter gräs"
OTHER_PASSWORD = "sju sjösjuka sjömän"


def copied(workspace: Workspace, folder: Path, **changes: Any) -> Workspace:
    """A workspace over a copy of another one's state: its catalogue and index, and no challenges."""
    state = workspace.settings.state_folder
    folder.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(state / "matchmaker.db") as source, sqlite3.connect(folder / "matchmaker.db") as target:
        source.backup(target)
        # Without what other tests have sent and done: an account's number is one that nobody has acted under.
        target.execute("PRAGMA foreign_keys = ON")
        target.execute("DELETE FROM challenge")
    shutil.copytree(state / "index", folder / "index", dirs_exist_ok=True)
    settings = Settings(
        data_dir=workspace.settings.data_dir, models_dir=workspace.settings.models_dir, state_dir=folder, **changes
    )
    return Workspace(settings)


def form_token(page: str) -> str:
    """The token of the first form that has one."""
    found = re.search(r'name="form_token" value="([0-9a-f]{64})"', page)
    assert found, "no form of the page has a token"
    return found.group(1)


def sign_in(client: TestClient, label: str, password: str = PASSWORD) -> None:
    answer = client.post("/sign-in/password", data={"account": label, "password": password}, follow_redirects=False)
    assert answer.status_code == 303, answer.text


def cheap_hashes(patch: pytest.MonkeyPatch) -> None:
    """Passwords hashed in a millisecond: what argon2 costs is not what these tests are about."""
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    patch.setattr(passwords, "_hasher", hasher)
    patch.setattr(passwords, "_NOBODYS", hasher.hash("nobody's"))


@contextmanager
def serving(place: Workspace, **environment: str) -> Iterator[tuple[str, list[str]]]:
    """A server in a process of its own over a workspace: its address, and what it told, once it has ended."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = place.settings
    folders = {name: str(getattr(settings, name)) for name in ("state_dir", "data_dir", "models_dir")}
    given = {f"MATCHMAKER_{name.upper()}": value for name, value in folders.items()}
    process = subprocess.Popen(
        [Path(sys.executable).parent / "matchmaker", "serve", "--port", str(port)],
        env={**os.environ, **given, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )
    address, told = f"http://127.0.0.1:{port}", []
    transport = httpx2.HTTPTransport(retries=60)  # waits longer after each refused connection
    with httpx2.Client(base_url=address, transport=transport, timeout=60) as client:
        assert client.get("/healthz").status_code == 204
    try:
        yield address, told
    finally:
        process.terminate()
        told.append(process.communicate(timeout=60)[1])
