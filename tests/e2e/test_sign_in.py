"""Signing in with a password and by mail, in a browser; with and without JavaScript nothing typed is lost."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from matchmaker.domain.access import Role
from matchmaker.domain.case import Case
from matchmaker.review.identity.accounts import add_local
from matchmaker.workspace import Workspace
from tests.e2e.browsing import DESKTOP, PHONE, assert_accessible
from tests.identity_place import PASSWORD, copied, serving
from tests.integration.cases import send


@pytest.fixture(scope="module")
def place(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    opened = copied(workspace, tmp_path_factory.mktemp("sign-in"))
    add_local(opened.database, opened.settings, Role.ADMINISTRATOR, PASSWORD)
    add_local(opened.database, opened.settings, Role.ADVISER, PASSWORD)
    return opened


@pytest.fixture(scope="module")
def case(place: Workspace) -> Case:
    return send(place)[1]


@pytest.fixture(scope="module")
def site(place: Workspace) -> Iterator[str]:
    with serving(place) as (address, _):
        yield address


def browse(browser: Browser, site: str, *, script: bool = True, width: int = DESKTOP) -> Page:
    context = browser.new_context(
        base_url=site, java_script_enabled=script, viewport={"width": width, "height": 900}, locale="sv-SE"
    )
    context.add_cookies([{"name": "language", "value": "en", "url": site}])
    return context.new_page()


def sign_in(page: Page, label: str = "adviser-1") -> None:
    page.get_by_role("textbox", name="Account").fill(label)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


@pytest.mark.parametrize("script", [True, False])
def test_what_was_typed_outlives_the_session(
    browser: Browser, site: str, place: Workspace, case: Case, script: bool
) -> None:
    page = browse(browser, site, script=script)
    page.goto(f"/desk/cases/{case.id}")
    sign_in(page)
    expect(page).to_have_url(f"{site}/desk/cases/{case.id}")
    text = f"Ring VA-chefen före mötet, {script}."
    for details in page.locator("details:has([name=note])").all():
        details.locator("summary").first.click()
    page.locator("[name=note]").fill(text)
    with sqlite3.connect(place.settings.state_folder / "matchmaker.db") as database:
        database.execute("DELETE FROM sign_in_session")
    page.locator("form:has([name=note]) button[type=submit]").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing has been saved yet")
    expect(page.get_by_text(text)).to_be_visible()
    assert_accessible(page) if script else None
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Sign in, in another tab").click()
    sign_in(opened.value)
    expect(opened.value).to_have_url(f"{site}/desk")
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_text("If it was, send it again")).to_be_visible()
    page.get_by_role("button", name="Send it again").click()
    expect(page).to_have_url(re.compile(f"{site}/desk/cases/{case.id}"))
    expect(page.get_by_text(text).first).to_be_attached()
    page.context.close()


def test_an_officer_by_mail_and_back(browser: Browser, site: str, place: Workspace, case: Case) -> None:
    page = browse(browser, site, width=PHONE)
    page.goto("/sign-in")
    page.get_by_label("Your e-mail at work").fill("funktion@lulea.se")
    page.get_by_role("button", name="Mail me a link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look in your mail")
    assert_accessible(page)


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_pages_are_accessible(browser: Browser, site: str, case: Case, width: int) -> None:
    page = browse(browser, site, width=width)
    page.goto("/desk/access")
    page.get_by_role("button", name="Sign in", exact=True).click()
    assert_accessible(page)
    sign_in(page, "administrator-1")
    expect(page).to_have_url(f"{site}/desk/access")
    for path in ("/desk/access", "/account", "/account/password", "/desk", f"/desk/cases/{case.id}"):
        page.goto(path)
        assert_accessible(page)
    page.context.close()


def test_the_command_line_makes_and_ends_accounts(place: Workspace, tmp_path: Path) -> None:
    script = Path(sys.executable).parent / "matchmaker"

    def run(*arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
        environment = {"MATCHMAKER_STATE_DIR": str(tmp_path), "MATCHMAKER_LANGUAGE": "en", "PATH": "/usr/bin:/bin"}
        return subprocess.run(
            [script, "account", *arguments], check=False, env=environment, input=typed, capture_output=True, text=True
        )

    made = run("add", "--role", "administrator", typed=f"{PASSWORD}\n")
    assert (made.returncode, made.stdout) == (0, "administrator-1\n")
    refused = run("add", "--role", "adviser", typed="password1234\n")
    assert refused.returncode == 2 and "guessed first" in refused.stderr
    assert run("password", "administrator-1", typed="sju sjösjuka sjömän\n").returncode == 0
    assert run("end", "administrator-1").returncode == 0
    assert run("list").stdout.split("\t")[:2] + run("list").stdout.split("\t")[4:5] == [
        "administrator-1",
        "local",
        "ended",
    ]
    assert run("end", "adviser-9").returncode == 2


def test_a_session_is_prolonged_before_it_ends(browser: Browser, site: str) -> None:
    page = browse(browser, site)
    page.clock.install()
    page.goto("/account")
    sign_in(page)
    dialog = page.get_by_role("dialog", name="You will soon be signed out")
    expect(page.get_by_role("heading", name="Where you are signed in")).to_be_visible()
    page.wait_for_load_state()  # the watch is set by a script
    page.clock.run_for("27:30")
    expect(dialog).to_be_hidden()
    page.clock.run_for("01:00")
    expect(dialog).to_be_visible()
    with page.expect_response("**/account") as prolonged:
        page.get_by_role("button", name="Stay signed in").click()
    assert prolonged.value.status == 200
    expect(dialog).to_be_hidden()
    page.clock.run_for("28:30")
    expect(dialog).to_be_visible()


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_a_personal_token_is_made_and_shown_once(browser: Browser, site: str, width: int) -> None:
    page = browse(browser, site, width=width)
    page.goto("/account/tokens")
    sign_in(page)
    expect(page).to_have_url(f"{site}/account/tokens")
    assert_accessible(page)
    page.get_by_role("button", name="Make the token").click()
    expect(page.locator("input[value^=mmp_]")).to_be_visible()
    assert_accessible(page)
    page.goto("/account/tokens")
    expect(page.locator("input[value^=mmp_]")).to_have_count(0)
