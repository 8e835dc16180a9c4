"""A real server: the console script in a process of its own, on a port of the system's choice."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from matchmaker.workspace import Workspace

STARTUP_SECONDS = 60


@pytest.fixture(scope="session")
def environment(workspace: Workspace) -> dict[str, str]:
    settings = workspace.settings
    return {
        **os.environ,
        "MATCHMAKER_STATE_DIR": str(settings.state_dir),
        "MATCHMAKER_DATA_DIR": str(settings.data_dir),
        "MATCHMAKER_MODELS_DIR": str(settings.models_dir),
    }


@pytest.fixture(scope="session")
def server(environment: dict[str, str]) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    script = Path(sys.executable).parent / "matchmaker"
    process = subprocess.Popen(
        [script, "serve", "--port", str(port)], env=environment, stderr=subprocess.PIPE, text=True
    )
    address = f"http://127.0.0.1:{port}"
    transport = httpx2.HTTPTransport(retries=STARTUP_SECONDS)  # waits longer after each refused connection
    with httpx2.Client(base_url=address, transport=transport, timeout=STARTUP_SECONDS) as client:
        assert client.get("/healthz").status_code == 204
    yield address
    process.terminate()
    process.communicate(timeout=STARTUP_SECONDS)


@pytest.fixture
def client(server: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=server, timeout=30) as opened:
        yield opened
