"""A researcher in a browser: the steward's link, the texts, the evidence, alerts, opting out and back in."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from matchmaker.curation import groups
from matchmaker.curation.researchers import make_link
from matchmaker.workspace import Workspace
from tests.e2e.browsing import DESKTOP, PHONE, OpenPage, assert_accessible
from tests.integration.imports import COLLECTION, Shelf, record
from tests.integration.researcher import GROUP, publish, suggest


@pytest.fixture
def shelf(workspace: Workspace) -> Iterator[Shelf]:
    shelf = Shelf(workspace.database)
    loaded = shelf.load(
        record("q1", "Biogas av slam", GROUP, text="Rötning av slam.", year=2019),
        record("q2", "Spillvärme i nät", GROUP, text="Värme från industri i fjärrvärmenät.", year=2021),
        record("q3", "Vindkraft i fjällen", text="Is på rotorblad.", doi="10.1000/q3"),
    )
    yield shelf
    groups.show_work(workspace.database, COLLECTION, GROUP, "diva:q2", "steward")
    groups.undo_edit(workspace.database, COLLECTION, GROUP, "steward")
    groups.opt_in(workspace.database, workspace.settings.opt_outs, COLLECTION, GROUP, "steward")
    shelf.undo(loaded)


@pytest.fixture
def published(workspace: Workspace, shelf: Shelf) -> str:
    """The title of a public challenge for which the group was suggested, with its list sent."""
    title = f"Spillvärme till badhuset {uuid4().hex[:6]}"
    publish(workspace, suggest(workspace, title=title))
    return title


def press(page: Page, name: str) -> None:
    """By keyboard alone."""
    page.get_by_role("button", name=re.compile(f"^{name}")).first.focus()
    page.keyboard.press("Enter")


@pytest.mark.parametrize("script", [True, False])
def test_a_researchers_whole_journey(open_page: OpenPage, published: str, shelf: Shelf, script: bool) -> None:
    page = open_page(f"/catalogue/groups/{GROUP}", language="en", java_script_enabled=script)
    page.get_by_role("link", name="Private links to the group's page").click()
    press(page, "Make a new link")
    link = page.get_by_label("Private link").input_value()
    page.goto(link)
    done = page.locator(".desk-done")
    suggested = page.get_by_role("region", name="Where the group was suggested")
    expect(suggested.get_by_role("heading", name=published)).to_be_visible()
    expect(suggested.locator("blockquote").first).to_be_visible()

    page.get_by_role("link", name="Correct the texts").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Summary in Swedish").fill("")
    press(page, "Save the correction")
    page.locator("[data-error-summary]").get_by_role("link", name="Write something here.").click()
    page.keyboard.type("Vi forskar om vätgas och värme.")
    press(page, "Save the correction")
    expect(done).to_contain_text("The texts were corrected.")
    expect(page.get_by_text("Vi forskar om vätgas och värme.")).to_be_visible()
    expect(page.get_by_text("The group itself corrected the texts.").first).to_be_visible()

    work = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Spillvärme i nät"))
    work.get_by_role("button", name=re.compile("^Hide")).focus()
    page.keyboard.press("Enter")
    expect(done).to_contain_text("The evidence is hidden")
    assert "Värme från industri i fjärrvärmenät." not in shelf.evidence()[GROUP]
    page.get_by_text("Add evidence").focus()
    page.keyboard.press("Enter")
    page.get_by_label("DOI").fill("https://doi.org/10.1000/Q3")
    press(page, "Add the evidence")
    expect(page.get_by_role("heading", name="Vindkraft i fjällen")).to_be_visible()
    groups.decide_links(shelf.database, COLLECTION, [("diva:q3", GROUP)], "steward", accept=False)

    page.get_by_label("Takes on nothing new until").fill("2031-01-15")
    press(page, "Save")
    expect(done).to_contain_text("What the group is open for was saved.")
    page.get_by_label("E-mail address").fill("nobody")
    press(page, "Send me alerts")
    expect(page.get_by_label("E-mail address")).to_have_value("nobody")
    page.get_by_label("E-mail address").fill(f"grupp-{script}@ltu.example".lower())
    press(page, "Send me alerts")
    expect(done).to_contain_text("A letter is on its way")

    page.get_by_role("link", name="Opt out …").click()
    press(page, "Opt out")
    expect(done).to_contain_text("The group has opted out")
    assert GROUP not in shelf.evidence()
    page.get_by_role("link", name="Take part again …").first.click()
    press(page, "Take part again")
    expect(done).to_contain_text("The group takes part again.")


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_every_page_of_a_group_can_be_used_by_everybody(
    open_page: OpenPage, workspace: Workspace, published: str, language: str, width: int
) -> None:
    link = f"/groups/{make_link(workspace.database, COLLECTION, GROUP, 'steward')}"
    paths = [link, f"{link}/texts", f"{link}/taking-part", f"/catalogue/own-page/{GROUP}", "/letters/alerts/nothing"]
    page = open_page(width=width, language=language)
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert_accessible(page)
