"""A server under load with 1, 2 and 4 processes, on the state and the database of the settings.

    python -m scripts.benchmark.serving SECONDS

Asked are: nothing (an empty handler of the same framework, in as many processes), a released list over the API, the
suggestions for a new text, the desk's queue and a case. Prints a JSON object: by processes and request, and how long
the encoder takes.
"""

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from unittest import mock

from scripts.benchmark.load import NEW, Request, ask
from scripts.benchmark.measuring import Result
from scripts.benchmark.report import MATCHING

from matchmaker.domain.access import Scope
from matchmaker.domain.case import Decision, Route
from matchmaker.domain.challenge import Challenge
from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.onnx_encoder import OnnxEncoder
from matchmaker.review.access import create_key
from matchmaker.review.approval import approve, release
from matchmaker.review.desk import Desk
from matchmaker.review.intake import match_case, submit_challenge
from matchmaker.settings import read_settings
from matchmaker.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = (1, 2, 4)
CASES = 50
WAIT_SECONDS = 120
TEXTS = 40
"""How many of them tell how long the encoder takes."""

UNLIMITED = {"MATCHMAKER_API_RATE": "1000000/second", "MATCHMAKER_MATCH_RATE": "1000000/second"}
SERVE = "import sys; sys.argv[0] = 'matchmaker'; from matchmaker.cli import main; main()"


def texts() -> list[str]:
    """The shipped challenges in Swedish."""
    path = read_settings().evaluation_folder / "challenges.sv.jsonl"
    return [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]


def prepare() -> dict[str, Request]:
    """Cases in the queue, one of them released, and a key; returns what is asked, by name."""
    workspace = Workspace(read_settings())
    workspace.prepare(lambda _step: None)
    known = texts()
    for number in range(CASES):
        sent = submit_challenge(
            workspace.database,
            text=known[number % len(known)],
            title=f"{number}",
            language="sv",
            municipality="2580",
            collection="main",
            answer_days=10,
        )
        case = match_case(workspace.database, sent.id, workspace.matcher)
    desk = Desk(workspace.database, "adviser-1")
    released = desk.decide(case.id, case.revision, case.candidates[0].id, Decision.ACCEPTED)
    released = desk.set_route(case.id, released.revision, Route.RESEARCH_GROUP)
    released = approve(desk, case.id, released.revision, "", 10)
    release(desk, case.id, released.revision)
    _, key = create_key(workspace.database, "benchmark", list(Scope), None, timedelta(days=1))
    as_portal = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
    bodies = tuple(json.dumps({"text": f"{NEW.decode()}. {text}"}).encode() for text in known)
    return {
        "a released list": Request("GET", f"/api/v1/challenges/{case.id}/shortlist", as_portal),
        MATCHING: Request("POST", "/api/v1/match", as_portal, bodies),
        "the queue": Request("GET", "/desk"),
        "a case": Request("GET", f"/desk/cases/{case.id}"),
    }


@contextmanager
def running(command: list[str], port: int, path: str) -> Iterator[None]:
    """A server for the length of a block, from its first good answer on.

    Raises:
        TimeoutError: it does not answer in time.
    """
    server = subprocess.Popen(command, env={**os.environ, **UNLIMITED}, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        latest = time.monotonic() + WAIT_SECONDS
        while True:
            try:
                ask(port, Request("GET", path), 0)
                break
            except (OSError, ValueError, EOFError) as error:
                if time.monotonic() > latest:
                    raise TimeoutError(f"no answer at port {port}") from error
                threading.Event().wait(0.2)
        yield
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def encoder_seconds(requests: dict[str, Request]) -> float:
    """Processor seconds that the encoder takes for one new text, whole and sentences, by the mean over some."""
    workspace = Workspace(read_settings())
    matcher = workspace.matcher()
    spent = 0.0
    encode = OnnxEncoder.encode

    def timed(*given: Any) -> Vectors:
        nonlocal spent
        begun = time.process_time()
        vectors = encode(*given)
        spent += time.process_time() - begun
        return vectors

    bodies = requests[MATCHING].bodies[:TEXTS]
    with mock.patch.object(OnnxEncoder, "encode", timed):
        for body in bodies:
            text = json.loads(body)["text"].replace(NEW.decode(), str(time.time_ns()))
            matcher.match(Challenge("", text, None, None))
    return spent / len(bodies)


def measure(processes: int, requests: dict[str, Request], seconds: float) -> dict[str, Result]:
    """Each request by itself, one after the other."""
    number, port = str(processes), free_port()
    empty = [sys.executable, "-m", "uvicorn", "scripts.benchmark.empty:app", "--log-level", "error"]
    with running([*empty, "--port", str(port), "--workers", number, "--no-access-log"], port, "/"):
        found = {"nothing": ask(port, Request("GET", "/"), seconds)}
    port = free_port()
    with running([sys.executable, "-c", SERVE, "serve", "--port", str(port), "--processes", number], port, "/readyz"):
        for name, request in requests.items():
            found[name] = ask(port, request, seconds)
    return found


def main() -> None:
    """Measure with each number of processes."""
    seconds = float(sys.argv[1])
    requests = prepare()
    found = {str(one): measure(one, requests, seconds) for one in PROCESSES}
    sys.stdout.write(json.dumps({"processes": found, "encoder_cpu_s": encoder_seconds(requests)}) + "\n")


if __name__ == "__main__":
    main()
