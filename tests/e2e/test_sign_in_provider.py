"""Staff sign in at a real OpenID Connect provider: in a browser, and by the protocol's messages one by one."""

import json
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from oidc_provider_mock import User, run_server_in_thread
from playwright.sync_api import Browser, Page, expect

from matchmaker.workspace import Workspace
from tests.e2e.browsing import DESKTOP, PHONE, assert_accessible
from tests.identity_place import copied, serving

USERS = [
    User(sub="s-adviser", claims={"roles": ["staff", "adviser"], "name": "NOT-TO-BE-KEPT"}),
    User(sub="s-second", claims={"roles": "adviser"}),
    User(sub="s-steward", claims={"roles": ["steward"]}),
    User(sub="s-administrator", claims={"roles": ["administrator"]}),
    User(sub="s-student", claims={"roles": ["student", "Adviser ", "adviser-of-studies"]}),
    User(sub="s-none", claims={}),
]


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    with run_server_in_thread(require_nonce=True, user_claims=USERS) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture(scope="module")
def place(workspace: Workspace, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return copied(workspace, tmp_path_factory.mktemp("sign-in"))


@pytest.fixture(scope="module")
def site(place: Workspace, provider: str) -> Iterator[str]:
    """A server of its own, whose staff sign in at the provider."""
    given = {"ISSUER": provider, "CLIENT_ID": "matchmaker", "CLIENT_SECRET": "not-a-secret"}
    with serving(place, **{f"MATCHMAKER_OIDC_{name}": value for name, value in given.items()}) as (address, told):
        yield address
    assert "not-a-secret" not in "".join(told) and "code=" not in "".join(told)


@pytest.fixture
def pages(browser: Browser, site: str) -> Iterator[list[Page]]:
    """Two browsers that know nothing of each other."""
    contexts = [browser.new_context(base_url=site, locale="sv-SE") for _ in range(2)]
    for one in contexts:
        one.add_cookies([{"name": "language", "value": "en", "url": site}])
    yield [one.new_page() for one in contexts]
    for one in contexts:
        one.close()


def browse_in(page: Page, subject: str, path: str = "/desk") -> None:
    page.goto(path)
    page.get_by_role("link", name="Sign in with the organisation's account").click()
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def test_an_adviser_signs_in_works_and_signs_out(pages: list[Page], site: str, place: Workspace) -> None:
    page, _ = pages
    browse_in(page, "s-adviser", "/desk?state=open")
    expect(page).to_have_url(f"{site}/desk?state=open")
    expect(page.locator(".desk-bar")).to_contain_text("Adviser")
    expect(page.locator("#desk-adviser")).to_have_count(0)
    page.get_by_role("link", name="Your account").click()
    page.get_by_role("main").get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are signed out")
    page.get_by_role("link", name="Sign out at the organisation, too").click()
    page.get_by_role("button").first.click()
    expect(page).to_have_url(f"{site}/signed-out")
    page.goto("/desk")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    with sqlite3.connect(place.settings.state_folder / "matchmaker.db") as database:
        dump = "\n".join(database.iterdump())
    assert "NOT-TO-BE-KEPT" not in dump and "s-adviser" not in dump


def test_roles_are_those_of_the_provider(pages: list[Page], site: str) -> None:
    page, other = pages
    browse_in(page, "s-administrator", "/desk/access")
    expect(page.get_by_role("heading", level=1)).to_have_text("Access")
    browse_in(other, "s-steward", "/sign-in")
    expect(other).to_have_url(f"{site}/account")
    expect(other.get_by_text("steward of the catalogue", exact=True)).to_be_visible()
    other.goto("/desk")
    expect(other.get_by_text("this page is not for your role")).to_be_visible()


@pytest.mark.parametrize("subject", ["s-student", "s-none"])
def test_who_has_no_role_does_not_come_in(pages: list[Page], place: Workspace, subject: str) -> None:
    page, _ = pages
    browse_in(page, subject)
    expect(page.get_by_role("alert").or_(page.locator("[data-error-summary]"))).to_contain_text(
        "you have no role in Matchmaker"
    )
    assert [one["name"] for one in page.context.cookies()] == ["language"]


def test_who_says_no_at_the_provider_is_told_so(pages: list[Page]) -> None:
    page, _ = pages
    page.goto("/sign-in")
    page.get_by_role("link", name="Sign in with the organisation's account").click()
    page.get_by_role("button", name="Deny").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("The sign-in was not confirmed")


def test_signing_out_everywhere(pages: list[Page], site: str) -> None:
    page, other = pages
    for one in pages:
        browse_in(one, "s-adviser")
        expect(one).to_have_url(f"{site}/desk")
    page.goto("/account")
    page.get_by_role("button", name="Sign out everywhere").click()
    other.goto("/desk")
    expect(other.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.fixture
def client(site: str) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=site, timeout=30, headers={"Origin": site, "Accept-Language": "en"}) as opened:
        yield opened


def confirmed(client: httpx2.Client, subject: str) -> str:
    """Goes to the provider, and returns the path by which the browser comes back."""
    there = client.get("/sign-in/provider?next=/desk").headers["location"]
    back = httpx2.post(there, data={"sub": subject}).headers["location"]
    parts = urlsplit(back)
    return f"{parts.path}?{parts.query}"


def test_what_is_asked_of_the_provider(client: httpx2.Client, site: str) -> None:
    answer = client.get("/sign-in/provider")
    query = {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}
    assert query["response_type"] == "code" and query["code_challenge_method"] == "S256"
    assert query["redirect_uri"] == f"{site}/sign-in/provider/callback" and query["scope"] == "openid"
    assert all(len(query[name]) >= 20 for name in ("state", "nonce", "code_challenge"))
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "Max-Age=600" in cookie
    assert not any(query[name] in cookie for name in ("state", "nonce"))


def test_an_answer_of_the_provider_counts_once_in_the_browser_that_asked(client: httpx2.Client, site: str) -> None:
    back = confirmed(client, "s-adviser")
    cookies = dict(client.cookies)
    assert httpx2.get(f"{site}{back}").status_code == 422, "another browser: state without its cookie"
    assert client.get(back).status_code == 303
    client.cookies.update(cookies)
    assert client.get(back).status_code == 422, "the same again"


def test_a_forged_state_is_refused(client: httpx2.Client) -> None:
    back = confirmed(client, "s-adviser")
    assert client.get(re.sub(r"state=[^&]+", "state=forged", back)).status_code == 422
    assert client.get(back).status_code == 422, "and with it the sign-in that was under way"
    assert client.get("/sign-in/provider/callback").status_code == 422


def test_a_code_counts_once(client: httpx2.Client) -> None:
    first = confirmed(client, "s-adviser")
    code = parse_qs(urlsplit(first).query)["code"][0]
    assert client.get(first).status_code == 303
    second = confirmed(client, "s-second")
    replayed = re.sub(r"code=[^&]+", f"code={code}", second)
    assert client.get(replayed).status_code == 422


def test_a_token_for_another_sign_in_is_refused(client: httpx2.Client, place: Workspace) -> None:
    back = confirmed(client, "s-adviser")
    with sqlite3.connect(place.settings.state_folder / "matchmaker.db") as database:
        for digest, content in database.execute("SELECT digest, content FROM sign_in_attempt").fetchall():
            changed = re.sub(r'"nonce": "[^"]+"', '"nonce": "anothers"', content)
            assert changed != content
            database.execute("UPDATE sign_in_attempt SET content = ? WHERE digest = ?", (changed, digest))
    assert client.get(back).status_code == 422


def test_a_subject_keeps_its_number_and_loses_what_the_provider_takes(
    client: httpx2.Client, provider: str, site: str
) -> None:
    def word(one: httpx2.Client) -> str:
        found = re.search(r'<h2 id="who">(.*?)</h2>', one.get("/account").text)
        assert found
        return found.group(1)

    assert client.get(confirmed(client, "s-second")).status_code == 303
    with httpx2.Client(base_url=site, headers={"Accept-Language": "en"}) as other:
        assert other.get(confirmed(other, "s-second")).status_code == 303
        assert word(other) == word(client) != ""
        httpx2.put(
            f"{provider}/users/s-second",
            content=json.dumps({"roles": []}),
            headers={"Content-Type": "application/json"},
        )
        assert other.get(confirmed(other, "s-second")).status_code == 422
    assert client.get("/account").status_code == 303, "the older sessions have ended, too"


@pytest.mark.parametrize(("column", "minutes"), [("last_seen_at", 31), ("expires_at", 601)])
def test_a_session_that_is_over_opens_nothing(
    client: httpx2.Client, place: Workspace, column: str, minutes: int
) -> None:
    assert client.get(confirmed(client, "s-adviser")).status_code == 303
    assert client.get("/desk").status_code == 200
    with sqlite3.connect(place.settings.state_folder / "matchmaker.db") as database:
        database.execute(f"UPDATE sign_in_session SET {column} = datetime({column}, '-{minutes} minutes')")
    assert client.get("/desk").status_code == 303


def test_passwords_are_off(client: httpx2.Client, place: Workspace, site: str, provider: str) -> None:
    assert client.post("/sign-in/password", data={"account": "adviser-1", "password": "x" * 12}).status_code == 404
    assert 'type="password"' not in client.get("/sign-in").text
    environment = {
        **os.environ,
        "MATCHMAKER_STATE_DIR": str(place.settings.state_dir),
        "MATCHMAKER_OIDC_ISSUER": provider,
        "MATCHMAKER_OIDC_CLIENT_ID": "matchmaker",
        "MATCHMAKER_OIDC_CLIENT_SECRET": "not-a-secret",
        "MATCHMAKER_LANGUAGE": "en",
    }
    script = Path(sys.executable).parent / "matchmaker"
    run = subprocess.run(
        [script, "account", "add"],
        check=False,
        env=environment,
        input="blå hästar äter gräs\n",
        capture_output=True,
        text=True,
    )
    assert run.returncode == 2 and "accounts with passwords are off" in run.stderr


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_the_pages_are_accessible(browser: Browser, site: str, width: int) -> None:
    context = browser.new_context(base_url=site, viewport={"width": width, "height": 900}, locale="sv-SE")
    context.add_cookies([{"name": "language", "value": "en", "url": site}])
    page = context.new_page()
    page.goto("/sign-in")
    assert_accessible(page)
    browse_in(page, "s-administrator", "/desk/access")
    for path in ("/desk/access", "/account", "/desk", "/signed-out"):
        page.goto(path)
        assert_accessible(page)
    context.close()
