"""What the tests of sign-in over HTTP share: an application whose mail stays in the outbox, and browsers."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from matchmaker.db import outbox
from matchmaker.db.outbox import JobKind
from matchmaker.workspace import Workspace
from matchmaker_api.app import create_app
from tests.identity_place import cheap_hashes, copied

HERE = "http://127.0.0.1"
ELSEWHERE = "https://matchmaker.example"


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    cheap_hashes(monkeypatch)


@pytest.fixture
def place(workspace: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    opened = copied(workspace, tmp_path / "state", public_url=ELSEWHERE)
    yield opened
    opened.database.engine.dispose()


@pytest.fixture
def app(place: Workspace, monkeypatch: pytest.MonkeyPatch) -> FastAPI:
    """The application; what it mails stays in the outbox."""
    monkeypatch.setattr("matchmaker_api.app.deliverer", lambda *_: nullcontext())
    return create_app(place.settings)


Browse = Callable[..., TestClient]


@pytest.fixture
def browse(app: FastAPI) -> Iterator[Browse]:
    """Makes browsers, of people elsewhere on the network unless told otherwise."""
    with TestClient(app, base_url=HERE, client=("127.0.0.1", 5000)):

        def one(base: str = ELSEWHERE, address: str = "203.0.113.9") -> TestClient:
            headers = {"Origin": base, "Accept-Language": "en"}
            return TestClient(app, base_url=base, client=(address, 5000), headers=headers)

        yield one


def mails(place: Workspace) -> list[dict[str, object]]:
    """What is to be mailed, each once."""
    now = datetime.now(UTC)
    with place.database.transaction() as session:
        jobs = outbox.claim(session, [JobKind.MAIL], now, now + timedelta(days=1), limit=50)
        return [dict(one.payload) for one in jobs]
