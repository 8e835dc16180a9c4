"""Measure an import of many works while a server goes on serving.

    .venv/bin/python scripts/benchmark_import.py [WORKS] [SHARE]

Writes WORKS (100,000) works in OpenAlex's form, made of the catalogue's own words, of which SHARE (0.1) are linked to
groups and so become evidence; has a server of its own import them, encode the evidence and renew its index, and
meanwhile opens the start page, the desk's queue and begins a challenge, again and again. Prints the time of each step,
the slowest answers beside those of the idle server, and the memory at its highest.
"""

import json
import os
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx2

from matchmaker.curation import imports, linking
from matchmaker.db import import_jobs as jobs
from matchmaker.db.collection import StoredCollection
from matchmaker.domain.import_job import ImportJob, JobState
from matchmaker.domain.work import Hint, HintScheme
from matchmaker.retrieval.faiss_index import FaissForm
from matchmaker.retrieval.index_folder import IndexFolder
from matchmaker.settings import Settings
from matchmaker.workspace import Workspace

MATCHMAKER = Path(sys.executable).parent / "matchmaker"
INSTITUTION = "https://openalex.org/I{number}"
SEED = 2017
FORM = {"municipality": "2580", "title": "Halka på cykelvägar"}


def write_works(path: Path, count: int, share: float, workspace: Workspace) -> None:
    """Works with titles of their own and abstracts of 90 words; some are of an institution that is a group."""
    draw = random.Random(SEED)  # noqa: S311  # a benchmark, no secret
    snapshot = workspace.matcher().collection.snapshot()
    words = " ".join(passage.text for passage in snapshot.passages if passage.language.value == "en").split()
    groups = sorted(snapshot.collaborators)
    with path.open("w", encoding="utf-8") as stream:
        for number in range(count):
            start = draw.randrange(len(words) - 90)
            abstract = words[start : start + 90]
            draw.shuffle(abstract)
            work = {
                "id": f"https://openalex.org/W{number + 1000}",
                "doi": f"https://doi.org/10.5555/benchmark.{number}",
                "title": f"{' '.join(draw.sample(words, 7))} {number}",
                "publication_year": 2000 + number % 25,
                "type": "article",
                "language": "en",
                "abstract_inverted_index": _inverted(abstract),
                "authorships": [],
            }
            if draw.random() < share:
                institution = {"id": INSTITUTION.format(number=number % len(groups) + 1)}
                work["authorships"] = [{"author": {}, "institutions": [institution]}]
            stream.write(json.dumps(work, ensure_ascii=False) + "\n")
    table = [
        (Hint(HintScheme.ORGANISATION, f"openalex:I{number}"), group) for number, group in enumerate(groups, start=1)
    ]
    linking.save_hints(workspace.database, "main", linking.STEWARD, table, workspace.pseudonym)


def _inverted(words: list[str]) -> dict[str, list[int]]:
    index: dict[str, list[int]] = {}
    for place, word in enumerate(words):
        index.setdefault(word, []).append(place)
    return index


def ask_once(client: httpx2.Client) -> dict[str, float]:
    """Milliseconds of one round of a reader's requests."""
    requests: dict[str, Callable[[], httpx2.Response]] = {
        "start page": lambda: client.get("/"),
        "queue": lambda: client.get("/desk"),
        "begin a challenge": lambda: client.post("/challenges/new", data=FORM),
    }
    times = {}
    for name, request in requests.items():
        begun = time.perf_counter()
        answer = request()
        if answer.status_code >= 400:
            raise RuntimeError(f"{name}: {answer.status_code}")
        times[name] = 1000 * (time.perf_counter() - begun)
    return times


def follow(workspace: Workspace, client: httpx2.Client, job: ImportJob) -> tuple[float, list[dict[str, float]]]:
    """Seconds until the program is done with its step of a job, and what readers waited meanwhile."""
    begun, waited = time.monotonic(), []
    while True:
        waited.append(ask_once(client))
        with workspace.database.reading() as session:
            now = jobs.get_job(session, job.id)
        if not now.state.is_waiting_for_program:
            if now.state not in (JobState.READY, JobState.DONE):
                raise RuntimeError(f"{now.state}: {now.problem}")
            return time.monotonic() - begun, waited


def show(name: str, rounds: list[dict[str, float]]) -> None:
    """Median and slowest answer of each request."""
    for request in rounds[0]:
        times = sorted(one[request] for one in rounds)
        middle, slow = statistics.median(times), times[-1]
        sys.stdout.write(f"  {name}, {request}: median {middle:.0f} ms, slowest {slow:.0f} ms ({len(times)})\n")


def main() -> None:
    """Make the file, serve, import, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    share = float(sys.argv[2]) if len(sys.argv) > 2 else 0.1
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(state_dir=Path(folder) / "state")
        workspace = Workspace(settings)
        workspace.prepare(lambda _step: None)
        file = Path(folder) / "works.jsonl"
        write_works(file, count, share, workspace)
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        environment = {
            **os.environ,
            "MATCHMAKER_STATE_DIR": str(settings.state_dir),
            "MATCHMAKER_DRAFT_RATE": "1000000/hour",
        }
        server = subprocess.Popen(  # noqa: S603  # our own command
            [MATCHMAKER, "serve", "--port", str(port)], env=environment, stderr=subprocess.DEVNULL
        )
        try:
            _measure(workspace, server, f"http://127.0.0.1:{port}", file)
        finally:
            server.terminate()
            server.wait()


def until_searched(workspace: Workspace, client: httpx2.Client) -> tuple[float, float, list[dict[str, float]]]:
    """Seconds until the newest works are searched, and until all are; what readers waited meanwhile."""
    folder = IndexFolder(workspace.settings.index_folder("main"), FaissForm())
    wanted, newest = StoredCollection(workspace.database, "main").revision, 0.0
    begun, waited = time.monotonic(), []
    while True:
        waited.append(ask_once(client))
        stamp = folder.current_stamp()
        if stamp and stamp.revision == wanted:
            newest = newest or time.monotonic() - begun
            if not stamp.missing:
                return newest, time.monotonic() - begun, waited


def _measure(workspace: Workspace, server: "subprocess.Popen[bytes]", address: str, file: Path) -> None:
    headers = {"Sec-Fetch-Site": "same-origin"}
    transport = httpx2.HTTPTransport(retries=10)
    with httpx2.Client(base_url=address, headers=headers, timeout=60, transport=transport) as client:
        while True:
            try:
                client.get("/healthz")
                break
            except httpx2.ConnectError:
                continue
        show("idle", [ask_once(client) for _ in range(30)])
        with workspace.database.transaction() as session:
            job = jobs.add_job(
                session,
                "main",
                "openalex",
                file.name,
                str(file),
                "administrator",
                is_complete=False,
                skip_rejected=False,
            )
        seconds, waited = follow(workspace, client, job)
        sys.stdout.write(f"reading: {seconds:.0f} s\n")
        show("while reading", waited)
        seconds, waited = follow(workspace, client, imports.ask(workspace.database, job.id, "approve"))
        sys.stdout.write(f"applying: {seconds:.0f} s\n")
        show("while applying", waited)
        _show_memory(server)
        newest, seconds, waited = until_searched(workspace, client)
        sys.stdout.write(f"encoding and indexing: {seconds:.0f} s, the newest are searched after {newest:.0f} s\n")
        show("while encoding", waited)
        _show_memory(server)


def _show_memory(server: "subprocess.Popen[bytes]") -> None:
    status = Path(f"/proc/{server.pid}/status").read_text(encoding="ascii")
    peak = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    sys.stdout.write(f"the server's memory at its highest so far: {int(peak) // 1024} MB\n")


if __name__ == "__main__":
    main()
