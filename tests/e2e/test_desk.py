"""An adviser at the desk, in a browser: reviewing, approving, two at once, by keyboard, without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from matchmaker.db.case_records import MessageKind, list_messages
from matchmaker.db.cases import get_case
from matchmaker.domain.case import Case, Decision
from matchmaker.domain.workflow import State
from matchmaker.review.desk import Desk
from matchmaker.review.intake import match_case, submit_challenge
from matchmaker.review.status import read_status
from matchmaker.workspace import Workspace
from tests.conftest import ROOT
from tests.e2e.browsing import DESKTOP, PHONE, ColorScheme, OpenPage, assert_accessible

TEXT = (ROOT / "data" / "example-challenge.txt").read_text(encoding="utf-8")
Send = Callable[..., Case]


@pytest.fixture
def send(workspace: Workspace) -> Send:
    def send_one(title: str = "Källare översvämmas", municipality: str = "2580", *, matched: bool = True) -> Case:
        sent = submit_challenge(
            workspace.database,
            text=TEXT,
            title=title,
            language="sv",
            municipality=municipality,
            collection="main",
            answer_days=10,
        )
        return match_case(workspace.database, sent.id, workspace.matcher) if matched else sent

    return send_one


@pytest.fixture
def read(workspace: Workspace) -> Callable[[Case], Case]:
    def read_one(case: Case) -> Case:
        with workspace.database.reading() as session:
            return get_case(session, case.id)

    return read_one


Read = Callable[[Case], Case]


def work_as(page: Page, adviser: int) -> None:
    page.get_by_label("You work as").select_option(f"adviser-{adviser}")
    page.get_by_role("button", name="Change", exact=True).click()
    expect(page.get_by_label("You work as")).to_have_value(f"adviser-{adviser}")


@pytest.mark.parametrize("script", [True, False])
def test_a_list_is_reviewed_approved_and_sent(
    open_page: OpenPage, workspace: Workspace, send: Send, read: Read, script: bool
) -> None:
    case = send()
    first, second, third = (one.id for one in case.candidates[:3])
    page = open_page(f"/desk/cases/{case.id}", language="en", java_script_enabled=script)
    said = page.locator("#done")
    page.locator(f"#c-{first}").get_by_role("button", name=re.compile("^Accept")).click()
    expect(said).to_contain_text("was accepted.")
    page.locator(f"#c-{second}").get_by_text("Reject …").click()
    rejection = page.locator(f"#reject-{second}")
    rejection.get_by_role("button", name=re.compile("^Reject")).click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Choose why the candidate is rejected")
    rejection.get_by_label("Why?").select_option("off_topic")
    rejection.get_by_role("button", name=re.compile("^Reject")).click()
    expect(said).to_contain_text("was rejected: works on something else.")
    page.locator(f"#c-{third}").get_by_role("button", name=re.compile("up$")).click()
    expect(said).to_contain_text("was moved to place 2.")
    page.get_by_role("button", name=re.compile("^Undo:")).click()
    expect(said).to_contain_text("Undone: the move of")
    assert [one.id for one in read(case).candidates[:3]] == [first, second, third]
    page.get_by_label("New note").fill("Ring dem på torsdag.")
    page.get_by_role("button", name="Save the note").click()
    expect(page.get_by_text("Ring dem på torsdag.")).to_be_visible()
    page.get_by_role("link", name="Review and approve the list").click()
    preview = page.locator(".desk-preview")
    expect(preview.get_by_role("listitem").filter(has=page.locator("blockquote"))).to_have_count(1)
    expect(preview).not_to_contain_text("torsdag")
    page.get_by_label("Message to the municipality").fill("Börja med ett samtal.")
    page.get_by_role("button", name="Approve the list").click()
    expect(page.locator("[data-error-summary]")).to_contain_text("Choose the route first")
    expect(page.get_by_label("Message to the municipality")).to_have_value("Börja med ett samtal.")
    page.get_by_label("Route: how the need is met").select_option("research_group")
    page.get_by_role("button", name="Show what the municipality will see").click()
    expect(preview).to_contain_text("A research group")
    expect(preview).to_contain_text("Börja med ett samtal.")
    page.get_by_role("button", name="Approve the list").click()
    expect(page.get_by_text("Approved. The list is sent")).to_be_visible()
    assert read_status(workspace.database, case.id).approved is None
    page.get_by_role("button", name="Take it back").click()
    expect(said).to_contain_text("The approval was taken back.")
    page.goto(f"/desk/cases/{case.id}/approve")
    page.get_by_role("button", name="Approve the list").click()
    page.get_by_role("button", name="Send it now").click()
    expect(page.locator(".mm-notice--success")).to_contain_text("The list was sent")
    shown = read_status(workspace.database, case.id)
    assert shown.approved is not None
    assert [one.collaborator_id for one in shown.approved.suggestions] == [first]
    assert all(one.kind is not MessageKind.NOTE for one in shown.messages)
    page.get_by_role("button", name="Change the list").click()
    expect(said).to_contain_text("taken up again")
    assert read(case).state is State.IN_REVIEW


@pytest.mark.parametrize("script", [True, False])
def test_somebody_further_is_found_and_added(open_page: OpenPage, send: Send, read: Read, script: bool) -> None:
    case = send()
    page = open_page(f"/desk/cases/{case.id}", language="en", java_script_enabled=script)
    page.get_by_label("Search by name or by what they work with").fill("nursing")
    page.get_by_role("button", name="Search the catalogue").click()
    found = page.locator("#found li").first
    expect(found).to_contain_text("found by name")
    found.get_by_role("button", name=re.compile("^Add")).click()
    expect(page.locator("#done")).to_contain_text("was added.")
    added = read(case).candidates[-1]
    assert added.decision is Decision.ACCEPTED
    expect(page.locator(f"#c-{added.id}")).to_contain_text("added by an adviser")
    page.get_by_role("button", name=re.compile("^More of another kind")).click()
    expect(page.locator("#done")).to_contain_text("Further candidates were fetched")


def test_an_act_in_place_keeps_where_one_was(open_page: OpenPage, send: Send) -> None:
    case = send()
    page = open_page(f"/desk/cases/{case.id}", language="en")
    page.get_by_label("New note").fill("Halvskriven")
    candidate = page.locator(f"#c-{case.candidates[4].id}")
    candidate.scroll_into_view_if_needed()
    reading = candidate.locator(".desk-folds details").last
    reading.locator("summary").click()
    button = candidate.get_by_role("button", name=re.compile("^Accept"))
    button.scroll_into_view_if_needed()
    before = candidate.bounding_box()
    candidate.get_by_role("button", name=re.compile("^Accept")).click()
    expect(page.locator("#done")).to_contain_text("was accepted.")
    expect(reading).to_have_attribute("open", "")
    after = candidate.bounding_box()
    assert before
    assert after
    assert abs(after["y"] - before["y"]) < 2
    expect(page.get_by_label("New note")).to_have_value("Halvskriven")
    assert page.evaluate("document.activeElement.closest('[data-candidate]')?.id") == f"c-{case.candidates[4].id}"


def test_two_advisers_see_each_other_and_overwrite_nothing(open_page: OpenPage, send: Send, read: Read) -> None:
    case = send()
    one, two = case.candidates[0].id, case.candidates[1].id
    first = open_page(f"/desk/cases/{case.id}", language="en")
    second = open_page("/desk", language="en")
    work_as(second, 2)
    second.goto(f"/desk/cases/{case.id}")
    expect(second.locator("#presence")).to_contain_text("Adviser 1 also has the case open.")
    second.locator(f"#c-{one}").get_by_role("button", name=re.compile("^Accept")).click()
    expect(second.locator("#done")).to_contain_text("was accepted.")
    expect(first.locator("#presence")).to_contain_text("Adviser 2 also has the case open.")
    expect(first.locator("#presence")).to_contain_text("was accepted.")
    first.locator(f"#c-{two}").get_by_text("Reject …").click()
    rejection = first.locator(f"#reject-{two}")
    rejection.get_by_label("Why?").select_option("too_general")
    rejection.get_by_label(re.compile("In a few words")).fill("För brett för frågan")
    rejection.get_by_role("button", name=re.compile("^Reject")).click()
    expect(first.get_by_role("heading", level=1)).to_contain_text("Somebody else has changed this case")
    expect(first.get_by_role("heading", level=1)).to_be_focused()
    expect(first.locator("#case")).to_contain_text("För brett för frågan")
    first.get_by_role("button", name=re.compile("^Do it anyway")).click()
    expect(first.locator("#done")).to_contain_text("was rejected: too general.")
    after = read(case).candidates
    assert [after[0].decision, after[1].decision] == [Decision.ACCEPTED, Decision.REJECTED]
    assert after[1].comment == "För brett för frågan"


def test_a_list_is_reviewed_by_keyboard_alone(open_page: OpenPage, send: Send, read: Read) -> None:
    case = send()
    page = open_page(f"/desk/cases/{case.id}", language="en")
    said = page.locator("#done")
    page.keyboard.press("j")
    expect(page.locator(f"#c-{case.candidates[0].id}")).to_be_focused()
    page.keyboard.press("a")
    expect(said).to_contain_text("was accepted.")
    page.keyboard.press("j")
    expect(page.locator(f"#c-{case.candidates[1].id}")).to_be_focused()
    page.keyboard.press("r")
    expect(page.locator(f"#reject-{case.candidates[1].id} select")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("aruj")  # in a field, keys are letters
    page.keyboard.press("Enter")
    expect(said).to_contain_text("was rejected: works on something else.")
    assert read(case).candidates[1].comment == "aruj"
    page.keyboard.press("u")
    expect(said).to_contain_text("Undone")
    page.keyboard.press("n")
    expect(page.get_by_label("New note")).to_be_focused()
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_the_queue_is_filtered_walked_and_assigned(open_page: OpenPage, send: Send, read: Read) -> None:
    cases = [send(f"Tjälen spränger gatan {number}", "2560") for number in (1, 2)]
    page = open_page("/desk", language="en")
    page.keyboard.press("/")
    page.keyboard.type("tjälen spränger gatan")
    page.get_by_label("Municipality").select_option("2560")
    page.get_by_role("button", name="Filter").click()
    expect(page).to_have_url(re.compile(r"/desk\?municipality=2560&q=tj%C3%A4len\+spr%C3%A4nger\+gatan$"))
    expect(page.get_by_role("row")).to_have_count(3)
    for _ in cases:
        page.keyboard.press("j")
        page.keyboard.press("x")
    page.get_by_label("Give the ticked cases to").select_option("adviser-3")
    page.get_by_role("button", name="Set the owner").click()
    expect(page.get_by_role("status")).to_contain_text("2 cases were given an owner.")
    assert {read(one).owner for one in cases} == {"adviser-3"}
    expect(page.get_by_role("row")).to_have_count(3)
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tjälen spränger gatan")


def test_a_question_waits_for_the_municipality_and_a_case_is_closed(
    open_page: OpenPage, workspace: Workspace, send: Send, read: Read
) -> None:
    case = send()
    page = open_page(f"/desk/cases/{case.id}", language="en")
    page.get_by_text("Ask the municipality …").click()
    page.get_by_label("Your question").fill("Hur många fastigheter gäller det?")
    page.get_by_role("button", name="Send the question").click()
    expect(page.locator("#done")).to_contain_text("A question was sent")
    assert read(case).state is State.WAITING
    with workspace.database.reading() as session:
        assert [one.kind for one in list_messages(session, case.id)] == [MessageKind.QUESTION]
    page.get_by_role("button", name="Go on without the answer").click()
    expect(page.locator("#done")).to_contain_text("went on without the answer")
    page.get_by_text("Close the case …").click()
    fold = page.locator("#close-fold")
    fold.get_by_label("Reason").select_option("out_of_scope")
    fold.get_by_label("Route").select_option("not_for_us")
    fold.get_by_role("button", name="Close the case").click()
    expect(page.locator("#done")).to_contain_text("The case was closed.")
    page.get_by_role("button", name="Open the case again").click()
    expect(page.locator("#done")).to_contain_text("The case was opened again.")
    assert read(case).state is State.IN_REVIEW


def test_a_tie_is_shown_before_the_candidate_is_accepted(open_page: OpenPage, send: Send) -> None:
    case = send(municipality="2581")
    who = case.candidates[2].id
    page = open_page(f"/desk/cases/{case.id}", language="en")
    page.locator(f"#c-{who}").get_by_text("More …").click()
    fold = page.locator(f"#more-{who}")
    fold.get_by_label("Register a tie").select_option("supplier")
    fold.get_by_role("button", name=re.compile("^Register the tie")).click()
    expect(page.locator(f"#c-{who} .desk-warning")).to_contain_text("supplier to the municipality")


def test_grading_blind_shows_the_order_afterwards(open_page: OpenPage, send: Send) -> None:
    case = send()
    page = open_page(f"/desk/cases/{case.id}/blind", language="en")
    expect(page.locator("main")).not_to_contain_text("match")
    expect(page.locator("main")).not_to_contain_text("%")
    for group in page.get_by_role("group").filter(has=page.locator("legend")).all():
        group.get_by_label(re.compile("^2 ")).check()
    page.get_by_role("button", name=re.compile("^Keep the grades")).click()
    expect(page.get_by_role("row")).to_have_count(7)
    expect(page.locator("tbody tr").first).to_contain_text("clearly able to help")


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_desks_pages_are_accessible(
    open_page: OpenPage, send: Send, language: str, scheme: ColorScheme, width: int
) -> None:
    case, fresh = send(), send()
    page = open_page("/desk", width=width, color_scheme=scheme, language=language)
    assert_accessible(page)
    page.goto(f"/desk/cases/{fresh.id}/blind")
    assert_accessible(page)
    address = f"/desk/cases/{case.id}"
    page.goto(address)
    page.locator("button[data-key=a]").first.click()
    expect(page.locator("#done p")).to_be_visible()
    for fold in page.locator(".desk-candidate").first.locator("details").all():
        fold.evaluate("one => one.open = true")
    assert_accessible(page)
    for part in ("/approve", "/compare", "/timeline", "/map", "/find?q=vatten"):
        page.goto(address + part)
        expect(page.locator("h1")).to_have_count(1)
        assert_accessible(page)


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("color_scheme", ["light", "dark"])
def test_the_merge_page_is_accessible(
    open_page: OpenPage, send: Send, workspace: Workspace, language: str, color_scheme: ColorScheme
) -> None:
    case = send()
    page = open_page(f"/desk/cases/{case.id}", language=language, color_scheme=color_scheme, width=PHONE)
    Desk(workspace.database, "adviser-2").note(case.id, "Under tiden.")
    page.locator(f"#c-{case.candidates[0].id} button[value=accept]").click()
    expect(page.locator("#case h1")).to_be_focused()
    expect(page.locator("[name=revision]").first).not_to_have_value(str(case.revision))
    assert_accessible(page)


def test_half_a_note_outlives_an_act_that_came_too_late(
    open_page: OpenPage, workspace: Workspace, send: Send, read: Read
) -> None:
    case = send()
    page = open_page(f"/desk/cases/{case.id}", language="en")
    page.get_by_label("New note").fill("Ring dem på tors")
    other = Desk(workspace.database, "adviser-2")
    other.decide(case.id, read(case).revision, case.candidates[1].id, Decision.ACCEPTED)
    page.locator(f"#accept-{case.candidates[0].id}").click()
    page.get_by_role("link", name="Leave it, and show the case").click()
    expect(page.get_by_label("New note")).to_have_value("Ring dem på tors")
    page.get_by_role("button", name="Save the note").click()
    expect(page.locator(".desk-messages")).to_contain_text("Ring dem på tors")
    expect(page.get_by_label("New note")).to_have_value("")
