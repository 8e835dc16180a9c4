"""What all pages have: languages, accessibility, protection, errors."""

import gzip
import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from httpx2 import Client
from playwright.sync_api import expect

from tests.conftest import ROOT
from tests.e2e.browsing import DESKTOP, PHONE, ColorScheme, OpenPage, assert_accessible

PAGES = ("/", "/accessibility", "/data", "/nowhere")
VENDOR = ROOT / "api" / "matchmaker_api" / "static" / "vendor"


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_pages_are_accessible(open_page: OpenPage, language: str, scheme: ColorScheme, width: int) -> None:
    page = open_page(width=width, color_scheme=scheme, language=language)
    for path in PAGES:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.locator("h1")).to_have_count(1)
        assert_accessible(page)


@pytest.mark.parametrize("script", [True, False])
def test_the_language_is_swedish_until_another_is_chosen_and_stays(open_page: OpenPage, script: bool) -> None:
    page = open_page("/data", java_script_enabled=script)
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    page.get_by_role("link", name="In English").click()
    expect(page).to_have_url(re.compile(r"/data$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.goto("/")
    expect(page.locator("h1")).to_contain_text("Find the right people")
    (cookie,) = page.context.cookies()
    assert (cookie["name"], cookie["value"]) == ("language", "en")
    assert (cookie["httpOnly"], cookie["sameSite"]) == (True, "Lax")
    page.get_by_role("link", name="På svenska").click()
    expect(page.locator("html")).to_have_attribute("lang", "sv")


def test_the_content_can_be_reached_at_once_by_keyboard(open_page: OpenPage) -> None:
    page = open_page(language="en")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Go to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_the_start_page_leads_to_the_form(client: Client) -> None:
    page = client.get("/", headers={"Accept-Language": "en"}).text
    assert page.count('href="/challenges/new"') == 2
    assert "Within 10 working days" in page
    assert "Nothing is passed on before a human has approved it." in page


@pytest.mark.parametrize("next_address", ["https://elsewhere.example/", "//elsewhere.example", "/\\elsewhere.example"])
def test_the_language_switch_does_not_lead_to_other_sites(client: Client, next_address: str) -> None:
    answer = client.get("/language/en", params={"next": next_address})
    assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_the_language_switch_comes_back_and_knows_its_languages(client: Client) -> None:
    answer = client.get("/language/en", params={"next": "/challenges/new?step=2"})
    assert answer.headers["location"] == "/challenges/new?step=2"
    assert client.get("/language/fi").status_code == 404


def test_the_chosen_language_concerns_pages_only(client: Client) -> None:
    headers = {"Cookie": "language=en", "Accept-Language": "sv"}
    assert client.get("/", headers=headers).headers["content-language"] == "en"
    assert client.get("/api/v1/nothing", headers=headers).headers["content-language"] == "sv"


@pytest.mark.parametrize("path", [*PAGES, "/api/v1/nothing", "/static/matchmaker.css"])
def test_every_answer_is_guarded(client: Client, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert (policy["script-src"], policy["style-src"], policy["form-action"]) == ("'self'",) * 3
    assert (policy["frame-ancestors"], policy["base-uri"]) == ("'none'",) * 2
    assert headers["referrer-policy"] == "same-origin"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert (headers.get("cache-control") == "no-store") == (not path.startswith("/static"))


@pytest.mark.parametrize(
    "headers",
    [
        {}, {"Origin": "null"}, {"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": "http://{host}"},
    ],
)  # fmt: skip
def test_forms_of_other_sites_are_refused(client: Client, headers: dict[str, str]) -> None:
    named = {name: value.format(host=client.base_url.netloc.decode()) for name, value in headers.items()}
    answer = client.post("/data", headers={**named, "Accept-Language": "en"})
    assert answer.status_code == 403
    assert "did not come from this site" in answer.text


def test_forms_of_this_site_are_taken(form_client: Client, client: Client) -> None:
    # The page takes no forms, but says so only to those who may ask.
    assert form_client.post("/data").status_code == 405
    assert client.post("/data", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 405


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nowhere", 404), ("POST", "/data", 405)])
def test_errors_of_pages_are_pages(form_client: Client, method: str, path: str, status: int) -> None:
    for language in ("sv", "en"):
        answer = form_client.request(method, path, headers={"Accept-Language": language})
        assert answer.status_code == status
        assert answer.headers["content-type"] == "text/html; charset=utf-8"
        assert f'<html lang="{language}">' in answer.text


def test_static_files_are_kept_where_their_address_has_their_hash(client: Client) -> None:
    page = client.get("/").text
    (address,) = {part.split('"')[0] for part in page.split('href="') if part.startswith("/static/matchmaker.css")}
    assert "immutable" in client.get(address).headers["cache-control"]
    assert client.get("/static/matchmaker.css").headers["cache-control"] == "no-cache"
    assert client.get("/static/matchmaker.css?v=old").headers["cache-control"] == "no-cache"
    assert client.get("/static/../app.py").status_code == 404


def test_a_page_and_all_it_needs_are_small(client: Client) -> None:
    page = client.get("/")
    addresses = {part.split('"')[0] for part in page.text.replace('src="', 'href="').split('href="')}
    files = [client.get(address) for address in addresses if address.startswith("/static/")]
    assert all(file.status_code == 200 for file in files) and len(files) >= 9
    assert {file.headers["content-encoding"] for file in files if len(file.content) > 1000} == {"gzip"}
    assert sum(len(gzip.compress(file.content)) for file in [page, *files]) < 150_000


def test_vendored_files_are_what_they_were_said_to_be() -> None:
    described = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))
    files = {path.name for path in VENDOR.iterdir() if path.is_file()} - {"vendor.json"}
    assert {one["file"] for one in described} == files
    for one in described:
        assert sha256((VENDOR / one["file"]).read_bytes()).hexdigest() == one["sha256"], one["file"]
        assert Path(VENDOR / one["licence_file"]).read_text(encoding="utf-8").strip()
