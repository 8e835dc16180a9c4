"""What is on every answer, whatever it is an answer to."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from matchmaker_api.errors import add_error_handlers
from matchmaker_api.pages.guards import SecurityHeaders


@pytest.fixture
def app() -> FastAPI:
    made = FastAPI()
    add_error_handlers(made)
    made.add_middleware(SecurityHeaders)

    @made.get("/fault")
    def fault() -> None:
        raise RuntimeError

    return made


@pytest.mark.parametrize("path", ["/nowhere", "/fault", "/api/v1/nothing", "/static/matchmaker.css"])
def test_a_browser_that_came_over_tls_is_kept_to_it(app: FastAPI, path: str) -> None:
    with TestClient(app, base_url="https://matchmaker.example", raise_server_exceptions=False) as client:
        said = client.get(path).headers["strict-transport-security"]
        assert said == "max-age=31536000; includeSubDomains"
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        assert "strict-transport-security" not in client.get(path).headers


def test_a_fault_is_logged_without_the_address_that_may_be_a_secret(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    @app.get("/challenges/{token}")
    def page(token: str) -> None:
        raise RuntimeError

    with TestClient(app, raise_server_exceptions=False) as client:
        client.get("/challenges/a-secret-token")
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert "/challenges/{token}" in told
    assert "a-secret-token" not in told


@pytest.mark.parametrize(("path", "stored"), [("/api/v1/nothing", False), ("/nowhere", False), ("/static/x.css", True)])
def test_only_what_is_the_same_for_everybody_may_be_stored(app: FastAPI, path: str, stored: bool) -> None:
    with TestClient(app) as client:
        assert ("no-store" not in client.get(path).headers.get("cache-control", "")) == stored
