"""A municipality's own site that shows the widget: a server, pages with a strict policy, and browsers that visit it."""

import json
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Protocol
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.browsing import ARGUMENTS, DESKTOP, chromium
from tests.e2e.conftest import served

SITE = """<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Kommunen</title>
</head>
<body>
<main>
<h1>Kommunen</h1>
{before}
<matchmaker-widget {attributes}>
<a href="{server}/challenges/new?municipality=2580">Beskriv en utmaning</a>
</matchmaker-widget>
</main>
<script src="{server}/static/widget.js" async></script>
</body>
</html>"""

POLICY = "default-src 'none'; script-src {server}; frame-src {server}"
"""As strict as a site can be that shows the widget: no style of a script's making, no picture, no connection."""


class Site:
    """A municipality's web server. A page is what its query says: language, view, municipality."""

    def __init__(self) -> None:
        self.server = ""
        self._serving = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answer, self))
        Thread(target=self._serving.serve_forever, daemon=True).start()

    def at(self, host: str) -> str:
        return f"http://{host}:{self._serving.server_port}"

    def page(self, language: str, attributes: str, tall: bool) -> str:
        before = "<p>Kommunen</p>" * 60 if tall else ""
        return SITE.format(language=language, attributes=attributes, before=before, server=self.server)

    def stop(self) -> None:
        self._serving.shutdown()
        self._serving.server_close()


class _Answer(BaseHTTPRequestHandler):
    def __init__(self, site: Site, *given: Any) -> None:
        self.site = site
        super().__init__(*given)

    def do_GET(self) -> None:
        path = urlsplit(self.path)
        language, _, view = path.path.strip("/").partition("-")
        if language not in {"sv", "en"}:
            self.send_error(404)
            return
        attributes = 'view="status"' if view == "status" else 'municipality="2580"'
        body = self.site.page(language, attributes, path.query == "tall").encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY.format(server=self.site.server))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: what a test asks for is no news."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def place(site: Site, environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server that names the municipality's site, and only under one of its two names."""
    named = {**environment, "MATCHMAKER_EMBED_ORIGINS": f"https://kommun.example, {site.at('localhost')}"}
    with served(named, tmp_path_factory.mktemp("widget") / "log") as address:
        site.server = address
        yield address


class Visit(Protocol):
    """Opens a page of the municipality's site, in a browser context of its own."""

    def __call__(
        self, path: str = "/sv", *, host: str = "localhost", width: int = DESKTOP, script: bool = True
    ) -> Page: ...


@pytest.fixture
def visit(browser: Browser, site: Site, place: str) -> Iterator[Visit]:
    """``localhost`` and ``127.0.0.1`` are two sites to a browser: the frame is a third party's, as in life.

    The contexts are private ones, in which Chromium refuses cookies and storage to frames of third parties.
    """
    contexts = []
    faults: list[str] = []

    def open_one(path: str = "/sv", *, host: str = "localhost", width: int = DESKTOP, script: bool = True) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 800}, locale="sv-SE", java_script_enabled=script
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.goto(f"{site.at(host)}{path}")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture
def lasting_page(browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A page of a profile in which frames of third parties may keep something, for each site apart."""
    (tmp_path / "Default").mkdir()
    (tmp_path / "Default" / "Preferences").write_text(json.dumps({"profile": {"cookie_controls_mode": 0}}))
    context = browser.browser_type.launch_persistent_context(
        tmp_path, executable_path=chromium(), args=ARGUMENTS, locale="sv-SE"
    )
    yield context.pages[0]
    context.close()
