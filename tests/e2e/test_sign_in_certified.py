"""Staff sign in at a provider that the OpenID Foundation has certified, in a browser. Needs node and npm."""

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from matchmaker.workspace import Workspace
from tests.identity_place import copied, serving

FOLDER = Path(__file__).parent / "certified_provider"


@dataclass(frozen=True)
class Place:
    """Matchmaker's address and the provider's."""

    site: str
    issuer: str


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The provider with its packages, at the versions and digests of package-lock.json."""
    npm = shutil.which("npm")
    if not (npm and shutil.which("node")):
        pytest.skip("the certified provider runs on node, which is not here")
    folder = tmp_path_factory.mktemp("provider") / "certified"
    shutil.copytree(FOLDER, folder)
    subprocess.run([npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, check=True)
    return folder


@pytest.fixture(scope="module")
def place(workspace: Workspace, installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A server whose staff sign in at the provider, and the provider, which knows its address."""
    with socket.create_server(("localhost", 0)) as free:
        port = free.getsockname()[1]
    issuer = f"http://localhost:{port}"
    own = copied(workspace, tmp_path_factory.mktemp("certified"))
    given = {"ISSUER": issuer, "CLIENT_ID": "matchmaker", "CLIENT_SECRET": "of-the-tests-only", "SCOPE": "openid roles"}
    with serving(own, **{f"MATCHMAKER_OIDC_{name}": value for name, value in given.items()}) as (site, _):
        node = shutil.which("node") or "node"
        command = [node, "serve.js", str(port), f"{site}/sign-in/provider/callback"]
        with subprocess.Popen(command, cwd=installed, stdout=subprocess.PIPE, text=True) as provider:
            try:
                assert provider.stdout is not None
                assert provider.stdout.readline().strip() == "listening"
                yield Place(site, issuer)
            finally:
                provider.terminate()


@pytest.fixture
def page(browser: Browser, place: Place) -> Iterator[Page]:
    context = browser.new_context(base_url=place.site, locale="sv-SE")
    context.add_cookies([{"name": "language", "value": "en", "url": place.site}])
    yield context.new_page()
    context.close()


def sign_in(page: Page, place: Place, name: str) -> None:
    page.goto("/desk")
    page.get_by_role("link", name="Sign in with the organisation's account").click()
    expect(page).to_have_url(re.compile(rf"{re.escape(place.issuer)}/interaction/.+"))
    page.locator("input[name=login]").fill(name)
    page.locator("input[name=password]").fill("whatever it is")
    page.get_by_role("button", name="Sign-in").click()
    page.get_by_role("button", name="Continue").click()


@pytest.mark.parametrize(("name", "word"), [("adviser", "Adviser"), ("administrator", "Administrator")])
def test_staff_sign_in_with_the_roles_that_the_provider_tells(page: Page, place: Place, name: str, word: str) -> None:
    sign_in(page, place, name)
    expect(page).to_have_url(f"{place.site}/desk")
    expect(page.locator(".desk-bar")).to_contain_text(word)
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    page.goto("/desk")
    expect(page).to_have_url(re.compile("/sign-in"))


def test_who_has_no_role_there_does_not_get_in(page: Page, place: Place) -> None:
    sign_in(page, place, "student")
    expect(page.get_by_role("main")).to_contain_text("you have no role in Matchmaker")
    page.goto("/desk")
    expect(page).to_have_url(re.compile("/sign-in"))
