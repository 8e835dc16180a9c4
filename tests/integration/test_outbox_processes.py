"""``matchmaker deliver`` in a process of its own, and the worker in the server."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from matchmaker.db.notify_models import OutboxRow
from matchmaker.db.session import Database, open_database
from matchmaker.notify.mail import Mail, queue_mail
from matchmaker.settings import Settings
from matchmaker_api.app import create_app
from tests.waiting import PATIENCE_SECONDS, becomes

SCRIPT = Path(sys.executable).parent / "matchmaker"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "MATCHMAKER_STATE_DIR": str(tmp_path), "MATCHMAKER_LANGUAGE": "en"}


def queue(database: Database, key: str) -> None:
    with database.transaction() as session:
        queue_mail(session, Mail("officer@example.com", f"Subject {key}", "Text"), key)


def is_done(database: Database) -> bool:
    with database.reading() as session:
        return all(row.done_at for row in session.query(OutboxRow))


def test_what_is_due_is_sent_once_by_a_command(database: Database, environment: dict[str, str]) -> None:
    queue(database, "one")
    for tried in (1, 0):
        command = [SCRIPT, "deliver", "--once"]
        run = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True
        )
        assert f"Messages tried: {tried}." in run.stderr
        assert ("Subject one" in run.stderr) is bool(tried)
    assert is_done(database)


def test_a_process_of_its_own_delivers_until_it_is_told_to_stop(
    database: Database, environment: dict[str, str]
) -> None:
    queue(database, "one")
    process = subprocess.Popen([SCRIPT, "deliver"], env=environment, stderr=subprocess.PIPE, text=True)
    try:
        assert becomes(lambda: is_done(database))
        process.send_signal(signal.SIGTERM)
        _, printed = process.communicate(timeout=PATIENCE_SECONDS)
    finally:
        process.kill()
    assert process.returncode == 0
    assert "Subject one" in printed


def test_a_server_delivers_while_it_runs(tmp_path: Path) -> None:
    settings = Settings(state_dir=tmp_path, smtp_url=None, data_dir=tmp_path, models_dir=tmp_path)
    database = open_database(settings.database)
    app = create_app(settings)
    with TestClient(app):
        queue(database, "one")
        app.state.deliverer.wake()
        assert becomes(lambda: is_done(database))
    assert not [one for one in threading.enumerate() if one.name.startswith("deliver-")]
    database.engine.dispose()
    app.state.workspace.database.engine.dispose()
