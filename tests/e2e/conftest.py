"""A real server: the console script in a process of its own, on a port of the system's choice."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from matchmaker.workspace import Workspace
from tests.e2e.browsing import browser, open_page
from tests.e2e.keys import client_with, new_key
from tests.identity_place import copied

__all__ = ["browser", "open_page"]

STARTUP_SECONDS = 60


@pytest.fixture(scope="session")
def workspace(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A place of these tests' own: the server, which runs on to the end, would else send other tests' letters."""
    return copied(workspace, tmp_path_factory.mktemp("e2e"))


@pytest.fixture(scope="session")
def environment(workspace: Workspace) -> dict[str, str]:
    settings = workspace.settings
    return {
        **os.environ,
        "MATCHMAKER_STATE_DIR": str(settings.state_dir),
        "MATCHMAKER_DATA_DIR": str(settings.data_dir),
        "MATCHMAKER_MODELS_DIR": str(settings.models_dir),
        "MATCHMAKER_API_RATE": "100000/minute",
        "MATCHMAKER_MATCH_RATE": "100000/minute",
        "MATCHMAKER_DRAFT_RATE": "100000/minute",
    }


@pytest.fixture(scope="session")
def server(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with served(environment, tmp_path_factory.mktemp("server") / "log") as address:
        yield address


@contextmanager
def served(environment: dict[str, str], log_file: Path) -> Iterator[str]:
    """A server with the settings, at the address that is given, when it answers."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(sys.executable).parent / "matchmaker"
    # To a file, not to a pipe: a pipe that nobody empties stops the server when it is full.
    with log_file.open("w") as log:
        process = subprocess.Popen([script, "serve", "--port", str(port)], env=environment, stderr=log)
    address = f"http://127.0.0.1:{port}"
    transport = httpx2.HTTPTransport(retries=STARTUP_SECONDS)  # waits longer after each refused connection
    with httpx2.Client(base_url=address, transport=transport, timeout=STARTUP_SECONDS) as client:
        assert client.get("/healthz").status_code == 204
    try:
        yield address
    finally:
        process.terminate()
        process.wait(timeout=STARTUP_SECONDS)


@pytest.fixture
def client(server: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server, timeout=30) as opened:
        yield opened


@pytest.fixture
def portal(server: str, workspace: Workspace) -> Iterator[httpx2.Client]:
    """Sends a key of Luleå's with all scopes."""
    with client_with(server, new_key(workspace)) as opened:
        yield opened


@pytest.fixture
def form_client(server: str) -> Iterator[httpx2.Client]:
    """Sends forms as a browser on one of the server's own pages does."""
    with httpx2.Client(base_url=server, timeout=30, headers={"Origin": server}) as opened:
        yield opened
