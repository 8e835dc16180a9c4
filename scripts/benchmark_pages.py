"""Measure how long pages take: the start page, and a desk's case with 100 candidates and 1,000 events.

    .venv/bin/python scripts/benchmark_pages.py [RUNS]

Prints median milliseconds, warm, over HTTP on one connection to a server of its own with a state of its own, beside
an answer with nothing in it as the floor; and the pages' sizes as they are sent. For a person to run on an idle
machine: a test that timed itself would fail when the machine is busy.
"""

import gzip
import socket
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import replace
from pathlib import Path

import httpx2
import uvicorn

from matchmaker.domain.case import Candidate, Origin, add
from matchmaker.domain.event import EventKind
from matchmaker.review.desk import Desk
from matchmaker.review.intake import match_case, submit_challenge
from matchmaker.settings import Settings
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app

ROOT = Path(__file__).resolve().parent.parent
CANDIDATES, EVENTS = 100, 1000
FLOOR = "/healthz"


def prepare(workspace: Workspace) -> str:
    """A case with many candidates and events; returns its id."""
    workspace.prepare(lambda _step: None)
    text = (ROOT / "data" / "example-challenge.txt").read_text(encoding="utf-8")
    sent = submit_challenge(
        workspace.database,
        text=text,
        title="Källaröversvämningar",
        language="sv",
        municipality="2580",
        collection="main",
        answer_days=10,
    )
    case = match_case(workspace.database, sent.id, workspace.matcher)
    desk = Desk(workspace.database, "adviser-1")
    models = [one.suggestion for one in case.candidates]
    further = [
        Candidate(replace(models[number % len(models)], collaborator_id=f"copy-{number}"), Origin.MORE)
        for number in range(CANDIDATES - len(models))
    ]
    case = desk.act(case.id, None, EventKind.ADD, lambda one: add(one, further))
    while case.revision < EVENTS:
        case = (
            desk.note(case.id, "En anteckning.")
            if case.revision % 20 == 0
            else desk.act(case.id, None, EventKind.JUDGE, lambda one: one, {"count": 1})
        )
    return case.id


def measure(client: httpx2.Client, path: str, runs: int) -> tuple[float, int]:
    """Median milliseconds, and the answer's bytes when compressed."""
    for _ in range(5):
        client.get(path).raise_for_status()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        answer = client.get(path)
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times), len(gzip.compress(answer.content))


def main() -> None:
    """Serve, ask, print."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(data_dir=ROOT / "data", models_dir=ROOT / "models", state_dir=Path(folder))
        case_id = prepare(Workspace(settings))
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        server = uvicorn.Server(uvicorn.Config(create_app(settings), port=port, log_level="error"))
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        transport = httpx2.HTTPTransport(retries=60)
        with httpx2.Client(base_url=f"http://127.0.0.1:{port}", transport=transport, timeout=60) as client:
            case = f"/desk/cases/{case_id}"
            for path in (FLOOR, "/data", "/", "/desk", case, f"{case}/timeline", f"{case}/compare", f"{case}/approve"):
                took, size = measure(client, path, runs)
                name = path.replace(case_id, "…")
                sys.stdout.write(f"{name:28} {took:7.1f} ms {size / 1000:7.1f} kB\n")
        server.should_exit = True
        thread.join()


if __name__ == "__main__":
    main()
