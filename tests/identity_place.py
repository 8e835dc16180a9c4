"""A place of its own for tests of sign-in: the prepared database and index copied, since sign-in closes the desk."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
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


PREPARED = "prepared"
"""The folder, within a workspace's state, of that state as it was before any test."""


def keep_prepared(workspace: Workspace) -> None:
    """Lay a prepared workspace's database and index aside, for the places that begin with them."""
    _copy(workspace.settings.state_folder, workspace.settings.state_folder / PREPARED)


def copied(workspace: Workspace, folder: Path, **changes: Any) -> Workspace:
    """A workspace over a copy of another one's state as it was prepared: its catalogue and index."""
    state = workspace.settings.state_folder
    _copy(state / PREPARED, folder)
    _copy(state / PREPARED, folder / PREPARED)  # for those that begin with a copy of this one
    settings = Settings(
        data_dir=workspace.settings.data_dir, models_dir=workspace.settings.models_dir, state_dir=folder, **changes
    )
    return Workspace(settings)


def _copy(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with (
        closing(sqlite3.connect(source / "matchmaker.db")) as one,
        closing(sqlite3.connect(target / "matchmaker.db")) as other,
    ):
        one.backup(other)
    shutil.copytree(source / "index", target / "index", dirs_exist_ok=True)


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
    patch.setattr(passwords, "_nobodys", lambda: hasher.hash("nobody's"))


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
