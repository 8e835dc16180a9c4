"""What was answered 201 is there after the process is killed."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx2

from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing, new_key


def serve(environment: dict[str, str], port: int) -> subprocess.Popen[bytes]:
    script = Path(sys.executable).parent / "matchmaker"
    return subprocess.Popen([script, "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL)


def test_a_killed_server_has_lost_nothing_it_confirmed(environment: dict[str, str], workspace: Workspace) -> None:
    headers = bearing(new_key(workspace))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    transport = httpx2.HTTPTransport(retries=60)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", transport=transport, timeout=60, headers=headers) as client:
        process = serve(environment, port)
        created = client.post("/api/v1/challenges", json={"text": "Tjälen spränger våra gator varje vår."})
        assert created.status_code == 201
        os.kill(process.pid, signal.SIGKILL)
        process.wait(60)
        client.close()
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", transport=transport, timeout=60, headers=headers) as client:
        process = serve(environment, port)
        try:
            assert client.get(created.headers["location"]).json() == created.json()
            assert client.get(created.headers["location"] + "/shortlist").status_code == 404
        finally:
            process.terminate()
            process.wait(60)
