"""A browser over the server: pages as readers get them, and what must hold for all of them."""

import os
import shutil
from collections.abc import Iterator
from typing import Any, Literal, Protocol
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Frame, Page, Request, expect, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE_MILLISECONDS = 20_000
"""How long is waited for what a page should come to show: a busy machine is slow, and must not look like a fault."""

expect.set_options(timeout=PATIENCE_MILLISECONDS)

ColorScheme = Literal["light", "dark"]
DESKTOP, PHONE = 1280, 320

# All of axe's rules for WCAG 2.0 to 2.2, A and AA, and its best practices.
AXE_OPTIONS = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "rules": {"target-size": {"enabled": True}},
}


class OpenPage(Protocol):
    """Opens a path in a browser context of its own; see ``open_page``."""

    def __call__(
        self,
        path: str = "/",
        *,
        width: int = DESKTOP,
        height: int = 900,
        color_scheme: ColorScheme = "light",
        java_script_enabled: bool = True,
        locale: str = "sv-SE",
        language: str | None = None,
    ) -> Page: ...


def chromium() -> str:
    """Where the system's Chromium is. Without one, the tests fail: pages that nobody has looked at are not tested."""
    path = os.environ.get("MATCHMAKER_CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        pytest.fail(
            "There is no Chromium for the tests of the pages. Install it (Debian: apt-get install chromium), or set "
            "MATCHMAKER_CHROMIUM to the path of one.",
            pytrace=False,
        )
    return path


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
        yield opened
        opened.close()


@pytest.fixture
def open_page(browser: Browser, server: str) -> Iterator[OpenPage]:
    """Opens pages, each in a context without cookies (or with the cookie of ``language``).

    When the test is over, no page may have asked another site for anything, broken the content policy, or had an
    error in its scripts.
    """
    contexts = []
    asked: list[str] = []
    faults: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text or "Content-Security-Policy" in message.text:
            faults.append(message.text)

    def open_one(
        path: str = "/",
        *,
        width: int = DESKTOP,
        height: int = 900,
        color_scheme: ColorScheme = "light",
        java_script_enabled: bool = True,
        locale: str = "sv-SE",
        language: str | None = None,
    ) -> Page:
        context = browser.new_context(
            base_url=server,
            viewport={"width": width, "height": height},
            color_scheme=color_scheme,
            java_script_enabled=java_script_enabled,
            locale=locale,
        )
        contexts.append(context)
        if language:
            context.add_cookies([{"name": "language", "value": language, "url": server}])
        page = context.new_page()
        page.on("request", lambda request: _note_address(request, asked))
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", note)
        page.goto(path)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert [address for address in asked if not address.startswith(f"{server}/")] == []
    assert faults == []


def _note_address(request: Request, asked: list[str]) -> None:
    if urlsplit(request.url).scheme not in {"data", "blob"}:
        asked.append(request.url)


def assert_accessible(page: Page | Frame) -> None:
    """No findings of axe, and nothing that has to be scrolled sideways.

    axe is a script of its own, which the page's content policy does not concern: it comes through the debugger.
    """
    # A colour that is just fading into another is no colour of the page.
    page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished)).then(() => null)")
    findings = Axe().run(page, options=AXE_OPTIONS).response["violations"]
    assert not findings, f"{page.url}\n" + "\n".join(map(_describe, findings))
    too_wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(too_wide) <= 0, page.url


def _describe(finding: dict[str, Any]) -> str:
    places = "".join(
        f"\n    {' '.join(map(str, node['target']))}: {node['failureSummary']}" for node in finding["nodes"]
    )
    return f"  {finding['id']} ({finding['impact']}): {finding['help']}{places}"
