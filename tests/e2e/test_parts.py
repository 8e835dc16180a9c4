"""The parts of pages and their script, on a page that has all of them."""

import pytest
from fastapi import Request
from playwright.sync_api import Page, expect

from matchmaker_api.pages.rendering import environment, page_context
from tests.conftest import ROOT
from tests.e2e.browsing import DESKTOP, PHONE, ColorScheme, OpenPage, assert_accessible


def all_parts() -> str:
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"host", b"localhost")]}
    template = environment.from_string((ROOT / "tests" / "e2e" / "parts.html").read_text(encoding="utf-8"))
    return template.render(page_context(Request({**scope, "server": ("localhost", 80), "scheme": "http"})))


def show_parts(page: Page) -> Page:
    """The parts in place of the page that is open, whose address and content policy they keep."""
    page.route(page.url, lambda route: route.fulfill(body=all_parts(), content_type="text/html; charset=utf-8"))
    page.goto(page.url)
    return page


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_part_is_accessible(open_page: OpenPage, scheme: ColorScheme, width: int) -> None:
    page = show_parts(open_page(width=width, color_scheme=scheme))
    assert_accessible(page)
    page.locator("summary").click()
    page.get_by_role("button", name="Keyboard help").click()
    assert_accessible(page)


@pytest.mark.parametrize("script", [True, False])
def test_errors_are_focused_and_lead_to_their_fields(open_page: OpenPage, script: bool) -> None:
    page = show_parts(open_page(java_script_enabled=script))
    expect(page.locator(".mm-notice--error")).to_be_focused()
    page.get_by_role("link", name="Give the challenge a title.").click()
    expect(page.locator("#field-title")).to_be_focused()
    page.get_by_role("link", name="Choose an area.").click()
    expect(page.locator("#field-areas")).to_be_focused()


def test_fields_say_what_they_want_and_what_is_wrong(open_page: OpenPage) -> None:
    page = show_parts(open_page(java_script_enabled=False))
    title = page.locator("#field-title")
    expect(title).to_have_attribute("aria-invalid", "true")
    expect(title).to_have_accessible_description("A few words.")
    expect(page.locator("label[for=field-title]")).to_contain_text("Give the challenge a title.")
    expect(page.locator("#field-contact_email")).to_have_attribute("autocomplete", "email")
    choice = page.locator("#field-visibility")  # its hint is read once, in its name
    expect(choice).to_have_accessible_name("Everybody Other municipalities too")
    expect(choice).to_have_accessible_description("")


def test_typed_text_survives_a_reload_until_the_server_has_it(open_page: OpenPage) -> None:
    page = show_parts(open_page())
    page.locator("#field-problem").fill("Källare översvämmas")
    page.locator("label[for=field-areas-2]").click()
    page.locator("label[for=field-visibility]").click()
    page.reload()
    expect(page.locator("#field-problem")).to_have_value("Källare översvämmas")
    expect(page.locator("[data-kept-status]")).not_to_be_empty()
    expect(page.get_by_label("ICT")).to_be_checked()
    expect(page.locator("#field-visibility")).to_be_checked()  # chosen after the server had filled in the other
    page.evaluate("document.body.dataset.keptDone = 'parts'; document.dispatchEvent(new Event('htmx:after:swap'))")
    page.reload()
    expect(page.locator("#field-problem")).to_have_value("")
    expect(page.locator("[data-kept-status]")).to_be_empty()


def test_kept_text_can_be_cleared(open_page: OpenPage) -> None:
    page = show_parts(open_page())
    page.locator("#field-problem").fill("Hemligt")
    page.reload()
    page.locator("[data-kept-clear]").click()
    expect(page.locator("#field-title")).to_be_focused()
    page.reload()
    expect(page.locator("#field-problem")).to_have_value("")


def test_keyboard_help_opens_by_a_key_that_can_be_turned_off(open_page: OpenPage) -> None:
    page = show_parts(open_page())
    dialog = page.get_by_role("dialog")
    page.locator("#field-problem").press("?")
    expect(dialog).to_be_hidden()
    page.locator("main").press("?")
    expect(dialog).to_be_visible()
    page.locator("label[for=single-keys]").click()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    page.locator("main").press("?")
    expect(dialog).to_be_hidden()


def test_a_printed_page_has_no_navigation_and_shows_where_links_lead(open_page: OpenPage) -> None:
    page = show_parts(open_page(color_scheme="dark"))
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation").first).to_be_hidden()
    address = "getComputedStyle(document.querySelector('.mm-quote a'), '::after').content"
    assert "https://www.ltu.se/en/research" in page.evaluate(address)
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
