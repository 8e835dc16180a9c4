"""Two servers and two workers on PostgreSQL under load, killed one after the other: nothing is lost, nothing doubled.

``make survive`` kills one each 5 seconds for two minutes; a run of all tests kills five, each under way with something.
"""

import itertools
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import func, select, update

from matchmaker.catalogue.importers import find_source
from matchmaker.curation.imports import ask
from matchmaker.curation.worker import run_waiting
from matchmaker.db import import_jobs as jobs
from matchmaker.db.case_models import ChallengeRow
from matchmaker.db.moving import copy_rows
from matchmaker.db.notify_models import OutboxRow
from matchmaker.db.session import open_database
from matchmaker.db.work_models import ImportJobRow, RecordRow
from matchmaker.domain.import_job import JobState
from matchmaker.workspace import Workspace
from tests.e2e.keys import bearing, new_key
from tests.identity_place import copied
from tests.integration.mail_server import URL, Inbox, Serve, authority, inbox, serve
from tests.waiting import PATIENCE_SECONDS, becomes

__all__ = ["authority", "inbox", "serve"]

log = logging.getLogger(__name__)

SCRIPT = Path(sys.executable).parent / "matchmaker"
SECONDS = int(os.environ.get("MATCHMAKER_SURVIVE", "0"))
"""How long the long form takes; 0 for the short one."""

KILLS, PAUSE_SECONDS = 5, 5
SENDERS = 2
WORKS = 1_500
TABLE = "Id;Titel (svenska);År\n" + "".join(f"w{number};Arbete {number} om tjäle;2020\n" for number in range(WORKS))


@dataclass
class Process:
    """A server (with a port) or a worker, which begins again after it was killed."""

    environment: dict[str, str]
    log: Path
    port: int | None = None
    running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [SCRIPT, "deliver"] if self.port is None else [SCRIPT, "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.running = subprocess.Popen(command, env=self.environment, stderr=log, stdout=log)

    def kill(self) -> None:
        assert self.running and self.running.poll() is None, self.log.read_text()[-4000:]
        self.running.send_signal(signal.SIGKILL)
        self.running.wait(PATIENCE_SECONDS)

    def answers(self) -> bool:
        try:
            return httpx2.get(f"http://127.0.0.1:{self.port}/healthz", timeout=5).status_code == 204
        except httpx2.HTTPError:
            return False


@dataclass
class Load:
    """Portals that send challenge after challenge, each until it is confirmed, now to one server, now to the other."""

    ports: list[int]
    key: str
    confirmed: dict[int, str] = field(default_factory=dict)
    repeated: int = 0
    over: threading.Event = field(default_factory=threading.Event)
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @contextmanager
    def going_on(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._send_all) for _ in range(SENDERS)]
        for one in threads:
            one.start()
        try:
            yield
        finally:
            self.over.set()
            for one in threads:
                one.join(PATIENCE_SECONDS)

    def await_more(self) -> None:
        before = len(self.confirmed)
        assert becomes(lambda: len(self.confirmed) > before + 1), "nothing is taken in any more"

    def _send_all(self) -> None:
        while not self.over.is_set():
            number = next(self._numbers)
            body = {"title": f"Tjäle {number}", "text": "Tjälen spränger våra gator.", "contact_email": address(number)}
            headers = {**bearing(self.key), "Idempotency-Key": f"key-{number}"}
            for port in itertools.cycle(self.ports):
                try:
                    url = f"http://127.0.0.1:{port}/api/v1/challenges"
                    answer = httpx2.post(url, json=body, headers=headers, timeout=30)
                except httpx2.HTTPError:
                    self.over.wait(0.05)  # nobody listens there just now
                    continue
                if answer.status_code == 201:
                    self.confirmed[number] = answer.json()["id"]
                    self.repeated += "idempotent-replayed" in answer.headers
                    break
                assert answer.status_code in {500, 503}, answer.text


def address(number: int) -> str:
    return f"officer-{number}@kommun.example"


@pytest.fixture
def place(workspace: Workspace, tmp_path: Path, postgres_url: str) -> Iterator[Workspace]:
    """The prepared place, its rows moved to PostgreSQL; its index files serve there as well."""
    state = tmp_path / "state"
    origin = copied(workspace, state)
    target = open_database(postgres_url)
    copy_rows(origin.database, target)
    origin.database.close()
    target.close()
    moved = Workspace(origin.settings.model_copy(update={"database_url": postgres_url}))
    yield moved
    moved.database.close()


@pytest.fixture
def environment(place: Workspace, tmp_path: Path, serve: Serve, authority: object) -> dict[str, str]:
    trusted = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(trusted))  # type: ignore[attr-defined]  # trustme's
    settings = place.settings
    return {
        **os.environ,
        "MATCHMAKER_DATABASE_URL": str(settings.database_url),
        "MATCHMAKER_STATE_DIR": str(settings.state_dir),
        "MATCHMAKER_DATA_DIR": str(settings.data_dir),
        "MATCHMAKER_MODELS_DIR": str(settings.models_dir),
        "MATCHMAKER_API_RATE": "100000/minute",
        "MATCHMAKER_PUBLIC_URL": "https://matchmaker.example",
        "MATCHMAKER_MAIL_FROM": "Matchmaker <matchmaker@example.com>",
        "MATCHMAKER_SMTP_URL": URL.format(port=serve()),
        "SSL_CERT_FILE": str(trusted),
    }


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def add_import(place: Workspace, folder: Path) -> str:
    file = folder / "works.csv"
    file.write_text(TABLE, encoding="utf-8")
    with place.database.transaction() as session:
        return jobs.add_job(
            session, "main", "table", file.name, str(file), "steward", is_complete=False, skip_rejected=False
        ).id


def apply_when_read(place: Workspace, job_id: str) -> None:
    with place.database.reading() as session:
        job = jobs.get_job(session, job_id)
    if job.state is JobState.READY:
        ask(place.database, job_id, "approve")


def kill_in_turn(processes: list[Process], load: Load, each: Callable[[], None]) -> int:
    """Kill and start again, one after the other: for the time that is set, or so often as is set."""
    began, killed = time.monotonic(), 0
    while time.monotonic() - began < SECONDS if SECONDS else killed < KILLS:
        one = processes[killed % len(processes)]
        if SECONDS:
            threading.Event().wait(PAUSE_SECONDS)
        else:
            load.await_more()
        one.kill()
        one.start()
        killed += 1
        each()
    return killed


def end_leases(place: Workspace) -> None:
    """As if the minutes had passed after which what a dead process had begun is free for others."""
    past = datetime(2026, 1, 1, tzinfo=UTC)
    with place.database.transaction() as session:
        session.execute(update(OutboxRow).where(OutboxRow.done_at.is_(None)).values(locked_until=past, run_at=past))
        session.execute(update(ImportJobRow).values(locked_until=None))


@pytest.mark.filterwarnings("ignore::ResourceWarning")
def test_nothing_is_lost_or_doubled_when_processes_are_killed(
    place: Workspace, environment: dict[str, str], inbox: Inbox, tmp_path: Path
) -> None:
    ports = [free_port(), free_port()]
    logs = [tmp_path / f"process-{number}" for number in range(4)]
    servers = [Process(environment, log, port) for log, port in zip(logs, ports, strict=False)]
    workers = [Process(environment, log) for log in logs[2:]]
    job_id = add_import(place, tmp_path)
    load = Load(ports, new_key(place))
    with ExitStack() as stack:
        for one in (*servers, *workers):
            one.start()
            stack.callback(one.kill)
        assert all(becomes(one.answers) for one in servers), logs[0].read_text()[-4000:]
        with load.going_on():
            mixed = [one for pair in zip(servers, workers, strict=True) for one in pair]
            killed = kill_in_turn(mixed, load, lambda: apply_when_read(place, job_id))
            assert becomes(lambda: any(one.answers() for one in servers))
    end_leases(place)
    subprocess.run([SCRIPT, "deliver", "--once"], env=environment, check=True, timeout=5 * PATIENCE_SECONDS)
    for _ in range(2):
        run_waiting(place.database, find_source, place.pseudonym)
        apply_when_read(place, job_id)
    run_waiting(place.database, find_source, place.pseudonym)
    letters = Counter(re.search(r"officer-(\d+)", one.rcpt_tos[0])[1] for one in inbox.envelopes)  # type: ignore[index]
    log.info(
        "%d killed, %d challenges confirmed, %d of them after a second sending, %d letters of which %d twice",
        killed,
        len(load.confirmed),
        load.repeated,
        letters.total(),
        letters.total() - len(letters),
    )
    assert_all_once(place, load, inbox, job_id)


def assert_all_once(place: Workspace, load: Load, inbox: Inbox, job_id: str) -> None:
    with place.database.reading() as session:
        titles = session.execute(select(ChallengeRow.title, ChallengeRow.id)).tuples().all()
        unsettled = session.scalar(select(func.count()).select_from(OutboxRow).where(OutboxRow.done_at.is_(None)))
        job = jobs.get_job(session, job_id)
        works = session.scalar(select(func.count()).select_from(RecordRow).where(RecordRow.source == "table"))
    confirmed = {f"Tjäle {number}": identifier for number, identifier in load.confirmed.items()}
    assert len(titles) == len(dict(titles)), "a challenge is there twice"
    assert confirmed.items() <= dict(titles).items(), "a challenge that was confirmed is not there"
    assert unsettled == 0, "a letter waits for ever"
    sent = {(one.rcpt_tos[0], _message_id(one.content)) for one in inbox.envelopes}
    receivers = Counter(receiver for receiver, _ in sent)
    numbers = [int(title.removeprefix("Tjäle ")) for title, _ in titles if title]
    assert receivers == Counter(address(number) for number in numbers), "a letter was lost, or is there twice"
    assert (job.state, works) == (JobState.DONE, WORKS)


def _message_id(content: bytes | str | None) -> str:
    text_ = content.decode() if isinstance(content, bytes) else content or ""
    found = re.search(r"^Message-ID: *(\S+)", text_, re.IGNORECASE | re.MULTILINE)
    assert found
    return found[1]
