"""A server whose vectors are in Milvus: it answers as any, and tells when Milvus is gone."""

from collections.abc import Iterator
from contextlib import ExitStack, nullcontext
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from matchmaker.domain.errors import SetupError
from matchmaker.retrieval import milvus_index
from matchmaker.settings import read_settings
from matchmaker.workspace import Workspace, open_vectors
from matchmaker_api.app import create_app
from tests.e2e.keys import bearing, new_key
from tests.identity_place import copied
from tests.integration.cases import read
from tests.milvus_server import running_milvus

NEED = {"text": "Källare översvämmas vid skyfall och snösmältning i våra äldre bostadsområden."}


@pytest.fixture
def place(workspace: Workspace, tmp_path: Path) -> Iterator[Workspace]:
    opened = copied(workspace, tmp_path / "state")
    yield opened
    opened.database.engine.dispose()


def test_what_is_sent_is_kept_while_milvus_is_gone_and_whoever_asks_is_told(
    place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker_api.app.deliverer", lambda *_: nullcontext())
    monkeypatch.setattr(milvus_index, "ANSWER_SECONDS", 2)
    with ExitStack() as server, ExitStack() as clients:
        uri = server.enter_context(running_milvus())
        settings = place.settings.model_copy(update={"vectors": "milvus", "milvus_uri": uri})
        client = clients.enter_context(TestClient(create_app(settings)))
        key = bearing(new_key(place)) | {"Accept-Language": "en"}
        assert client.get("/readyz").status_code == 200
        found = client.post("/api/v1/match", json=NEED, headers=key)
        assert found.json()["experts"][0]["evidence"]
        server.close()
        assert client.get("/readyz").status_code == 503
        refused = client.post("/api/v1/match", json=NEED, headers=key)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "5")
        assert "cannot be reached just now" in refused.json()["detail"]
        kept = client.post("/api/v1/challenges", json=NEED, headers=key)
        assert kept.status_code == 201
    assert read(place, kept.json()["id"]).description.matched_text == NEED["text"]


@pytest.mark.parametrize(
    ("uri", "token", "variable"),
    [
        ("milvus.example:19530", None, "MATCHMAKER_MILVUS_URI"),
        ("ftp://milvus.example", None, "MATCHMAKER_MILVUS_URI"),
        ("http://milvus.example:port", None, "MATCHMAKER_MILVUS_URI"),
        ("https://root:hush@milvus.example", None, "MATCHMAKER_MILVUS_URI"),
        ("http://milvus.example:19530", "root:hush", "MATCHMAKER_MILVUS_TOKEN"),
    ],
)
def test_a_wrong_address_or_a_token_in_the_clear_is_refused_without_telling_it(
    monkeypatch: pytest.MonkeyPatch, uri: str, token: str | None, variable: str
) -> None:
    monkeypatch.setenv("MATCHMAKER_MILVUS_URI", uri)
    if token:
        monkeypatch.setenv("MATCHMAKER_MILVUS_TOKEN", token)
    with pytest.raises(SetupError, match=variable) as raised:
        read_settings()
    assert "hush" not in f"{raised.value} {raised.value.__cause__}"


@pytest.mark.parametrize(
    "uri", ["https://milvus.example/matchmaker", "http://127.0.0.1:19530", "unix:/run/milvus.sock"]
)
def test_a_token_is_taken_where_nobody_on_the_way_can_read_it(monkeypatch: pytest.MonkeyPatch, uri: str) -> None:
    monkeypatch.setenv("MATCHMAKER_MILVUS_URI", uri)
    monkeypatch.setenv("MATCHMAKER_MILVUS_TOKEN", "root:hush")
    settings = read_settings()
    assert settings.milvus_token
    assert "hush" not in repr(settings)


def test_milvus_without_an_address_is_told(place: Workspace) -> None:
    with pytest.raises(SetupError) as raised:
        open_vectors(place.settings.model_copy(update={"vectors": "milvus"}))
    assert "MATCHMAKER_MILVUS_URI" in raised.value.remedy
