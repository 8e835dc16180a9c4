"""A steward in a browser: a file imported and taken back, links confirmed, groups merged, texts corrected."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from matchmaker.curation import groups
from matchmaker.db.work_links import set_links
from matchmaker.domain.language import LocalisedText
from matchmaker.domain.work import LinkBasis, LinkState
from matchmaker.messages import translator
from matchmaker.workspace import Workspace
from tests.e2e.browsing import DESKTOP, PHONE, OpenPage, assert_accessible
from tests.integration.imports import COLLECTION, Shelf, correct, record

GROUP, NAME = "energy-engineering", "Energy Engineering"
TABLE = "Id;Grupp-id:n;Titel (svenska);Text (svenska);År\n"
FILE = f"e1;{GROUP};Vätgas i fjärrvärme;Spillvärme ur vätgas värmer bostäder.;2024\n"
WRONG = f"e2;{GROUP};Aska;Fosfor ur aska.;20xx\n"

MakeFile = Callable[[str], Path]


@pytest.fixture
def make_file(tmp_path: Path) -> MakeFile:
    def make(text: str) -> Path:
        path = tmp_path / "works.csv"
        path.write_text(TABLE + text, encoding="utf-8")
        return path

    return make


@pytest.fixture
def shelf(workspace: Workspace) -> Iterator[Shelf]:
    """Works of a group, and two that are nobody's yet but suggested to be its."""
    shelf = Shelf(workspace.database)
    loaded = shelf.load(
        record("k1", "Biogas av slam", GROUP, text="Rötning av slam.", year=2019),
        record("k2", "Spillvärme i nät", GROUP, text="Värme från industri.", year=2021),
        record("k3", "Vindkraft i fjällen", text="Is på rotorblad."),
        record("k4", "Solceller och snö", text="Snö på solceller."),
    )
    with workspace.database.transaction() as session:
        work = ["diva:k3", "diva:k4"]
        set_links(session, COLLECTION, work, GROUP, LinkState.SUGGESTED, LinkBasis.SUGGESTION, 0.9)
    yield shelf
    groups.undo_edit(workspace.database, COLLECTION, GROUP, "steward")
    shelf.undo(loaded)


def send(page: Page, file: Path, source: str = "A table of our own") -> None:
    page.locator("label").filter(has_text=re.compile(f"^{source}")).click()
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Read the file").click()


def settle(page: Page, state: str, *, script: bool) -> None:
    """Wait for a state: the page looks for itself, or is loaded again by its link."""
    shown = page.locator(".cat-state")
    if not script:
        while state not in shown.inner_text():
            page.get_by_role("link", name="Load the page again").click()
    expect(shown).to_contain_text(state)


@pytest.mark.parametrize("script", [True, False])
def test_a_file_is_shown_first_then_imported_and_taken_back(
    open_page: OpenPage, make_file: MakeFile, script: bool
) -> None:
    page = open_page("/catalogue/imports", language="en", java_script_enabled=script)
    send(page, make_file(FILE + WRONG))
    settle(page, "Waits for a decision", script=script)
    expect(page.get_by_role("row").filter(has_text="20xx")).to_contain_text("expected: a whole number")
    expect(page.get_by_role("heading", name="Vätgas i fjärrvärme")).to_be_visible()
    page.get_by_role("button", name="Make the change").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("lines are wrong")
    page.get_by_text("Leave out the 1 line that is wrong").click()
    page.get_by_role("button", name="Make the change").click()
    settle(page, "Done", script=script)
    address = page.url
    page.goto(f"/catalogue/groups/{GROUP}")
    expect(page.get_by_role("heading", name="Vätgas i fjärrvärme")).to_be_visible()
    page.goto(address)
    page.get_by_text("Undo the import …").click()
    page.get_by_role("button", name="Undo the import").click()
    settle(page, "Undone", script=script)
    page.goto(f"/catalogue/groups/{GROUP}")
    expect(page.get_by_role("heading", name="Vätgas i fjärrvärme")).to_have_count(0)


@pytest.mark.parametrize("script", [True, False])
def test_links_are_confirmed_many_at_once(open_page: OpenPage, shelf: Shelf, script: bool) -> None:
    page = open_page("/catalogue/links", language="en", java_script_enabled=script)
    page.get_by_role("link", name="Tick all on this page").click()
    expect(page.get_by_role("checkbox", name="Tick Vindkraft i fjällen")).to_be_checked()
    expect(page.get_by_role("checkbox", name="Tick Solceller och snö")).to_be_checked()
    page.get_by_role("button", name="Confirm the ticked ones").click()
    expect(page.locator(".desk-done")).to_have_text("2 works were given to their groups.")
    assert {"Is på rotorblad.", "Snö på solceller."} < set(shelf.evidence()[GROUP])
    groups.decide_links(shelf.database, COLLECTION, [("diva:k3", GROUP), ("diva:k4", GROUP)], "steward", accept=False)


def test_a_merger_says_what_will_happen_and_does_it(open_page: OpenPage, workspace: Workspace, shelf: Shelf) -> None:
    name = LocalisedText("Ismekanik", "Ice mechanics")
    new = groups.split_group(workspace.database, COLLECTION, GROUP, name, name, ["diva:k1"], "steward")
    page = open_page(f"/catalogue/groups/{new}", language="en")
    page.get_by_role("link", name="Merge it into another group").click()
    page.get_by_label("Into which group?").select_option(label=NAME)
    page.get_by_role("button", name="Show what will happen").click()
    expect(page.get_by_text(f"The profile of Ice mechanics becomes evidence of {NAME}.")).to_be_visible()
    page.get_by_role("button", name="Merge the groups").click()
    expect(page.locator(".desk-done")).to_contain_text("The groups were merged.")
    assert new not in shelf.evidence()


@pytest.mark.parametrize("script", [True, False])
def test_what_is_typed_survives_an_error_and_somebody_elses_correction(
    open_page: OpenPage, workspace: Workspace, shelf: Shelf, script: bool
) -> None:
    page = open_page(f"/catalogue/edit/{GROUP}", language="en", java_script_enabled=script)
    page.get_by_label("Name in English").fill("Energy and hydrogen")
    page.get_by_label("Summary in Swedish").fill("")
    page.get_by_role("button", name="Save the correction").click()
    summary = page.locator("[data-error-summary]")
    summary.get_by_role("link", name="Write something here.").click()
    expect(page.get_by_label("Summary in Swedish")).to_be_focused()
    expect(page.get_by_label("Name in English")).to_have_value("Energy and hydrogen")
    page.get_by_label("Summary in Swedish").fill("Vi forskar om energi.")
    correct(workspace.database, GROUP, "administrator", name_en="Theirs")
    page.get_by_role("button", name="Save the correction").click()
    row = page.get_by_role("row").filter(has_text="Theirs")
    expect(row).to_contain_text("Energy and hydrogen")
    page.get_by_role("button", name="Save mine in its place").click()
    expect(page.locator(".desk-done")).to_contain_text("The texts were corrected.")
    expect(page.get_by_role("heading", name="Energy and hydrogen")).to_be_visible()
    page.get_by_role("button", name="Undo the correction").click()
    expect(page.locator(".desk-done")).to_contain_text("The correction was taken back")


def test_evidence_is_hidden_by_keyboard_alone(open_page: OpenPage, shelf: Shelf) -> None:
    page = open_page(f"/catalogue/groups/{GROUP}", language="en")
    work = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Spillvärme i nät"))
    work.get_by_role("button", name=re.compile("^Hide")).focus()
    page.keyboard.press("Enter")
    expect(page.locator(".desk-done")).to_contain_text("The evidence is hidden")
    assert "Värme från industri." not in shelf.evidence()[GROUP]
    groups.show_work(shelf.database, COLLECTION, GROUP, "diva:k2", "steward")


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_every_page_of_the_catalogue_can_be_used_by_everybody(
    open_page: OpenPage, make_file: MakeFile, shelf: Shelf, language: str, width: int
) -> None:
    paths = [
        "/catalogue",
        "/catalogue?q=nothing-like-this",
        f"/catalogue/groups/{GROUP}",
        f"/catalogue/edit/{GROUP}",
        f"/catalogue/merge/{GROUP}",
        f"/catalogue/merge/{GROUP}?into=nursing",
        f"/catalogue/split/{GROUP}",
        "/catalogue/imports",
        "/catalogue/links",
        "/catalogue/coverage",
        "/catalogue/tables",
    ]
    page = open_page(width=width, language=language)
    for path in paths:
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true })")
        assert_accessible(page)
    page.goto("/catalogue/imports")
    page.get_by_role("button", name=translator(language).say("Read the file")).click()
    assert_accessible(page)
    page.locator("label[for=field-source-9]").click()
    page.locator("#field-file").set_input_files(make_file(FILE + WRONG))
    page.get_by_role("button", name=translator(language).say("Read the file")).click()
    expect(page.locator(".cat-state--ready")).to_be_visible()
    assert_accessible(page)
