"""An officer in a browser: describes a challenge, sends it, follows it."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from matchmaker.db.case_records import ParticipantRole
from matchmaker.domain.workflow import State
from matchmaker.messages import translator
from matchmaker.review import drafts, joining
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from tests.e2e.browsing import PHONE, ColorScheme, OpenPage, assert_accessible
from tests.integration.cases import CHOICES, TYPED, amend_elsewhere, approved, read, send

say = translator("sv").say
LONG = (
    "Vid skyfall och snösmältning tränger vatten in i källarna i våra äldre bostadsområden, som byggdes på 1950-talet."
)


def draft(workspace: Workspace, **typed: object) -> str:
    return drafts.start_draft(workspace.database, "main", {**TYPED, **typed})


def kept(workspace: Workspace, token: str) -> dict[str, object]:
    linked, _ = drafts.open_link(workspace.database, token)
    return dict(linked.draft or {})


def press(page: Page, name: str) -> None:
    """Move on with the keyboard until the button or link is reached, and press it."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip() == say(name):
            page.keyboard.press("Enter")
            return
    pytest.fail(f"{name} cannot be reached by keyboard at {page.url}")


def reach(page: Page, name: str) -> None:
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == name:
            return
    pytest.fail(f"{name} cannot be reached by keyboard at {page.url}")


def click(page: Page, name: str) -> None:
    page.get_by_role("button", name=say(name), exact=True).click()


def test_a_challenge_is_sent_from_a_phone_by_keyboard_alone(open_page: OpenPage, workspace: Workspace) -> None:
    page = open_page(width=PHONE, height=640)
    press(page, "Describe a challenge")
    expect(page).to_have_url(re.compile("/challenges/new$"))
    reach(page, "municipality")
    page.keyboard.type("Luleå")
    reach(page, "title")
    page.keyboard.type("Källare översvämmas i Örnäset")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/form/2"))
    reach(page, "problem")
    page.keyboard.type(LONG)
    press(page, "Next")
    expect(page).to_have_url(re.compile("/form/3"))
    press(page, "Next")
    expect(page).to_have_url(re.compile("/form/4"))
    reach(page, "visibility")
    page.keyboard.press("Space")
    reach(page, "contact_role")
    page.keyboard.type("VA-ingenjör")
    reach(page, "contact_email")
    page.keyboard.type("va@kommun.example")
    press(page, "Next")
    expect(page).to_have_url(re.compile("/form/5"))
    press(page, "Next")
    expect(page).to_have_url(re.compile("/form/6"))
    press(page, "Send to the Innovation Office")
    expect(page).to_have_url(re.compile("/receipt$"))
    expect(page.get_by_role("heading", level=1)).to_have_text(say("Your challenge has been sent"))
    linked, _ = drafts.open_link(workspace.database, page.url.split("/")[-2])
    case = read(workspace, linked.id)
    assert (case.state, case.description.problem) == (State.MATCHED, LONG)
    assert case.description.municipality == "2580"
    assert_accessible(page)


def test_a_challenge_is_sent_without_javascript(open_page: OpenPage, workspace: Workspace) -> None:
    page = open_page("/challenges/new", java_script_enabled=False)
    page.locator("[name=municipality]").select_option("2582")
    page.locator("[name=title]").fill("Halka på gångvägar")
    page.locator("label[for=field-areas]").click()
    click(page, "Next")
    page.locator("[name=problem]").fill(LONG)
    click(page, "Show how the text is understood")
    expect(page.locator("[name=problem]")).to_have_value(LONG)
    expect(page.locator(".mm-meter")).to_be_visible()
    click(page, "Next")
    page.locator("[name=by_when]").fill("2099-05-31")
    click(page, "Next")
    page.locator("label[for=field-visibility-2]").click()
    page.locator("[name=contact_role]").fill("Gatuchef")
    page.locator("[name=contact_email]").fill("gata@kommun.example")
    click(page, "Next")
    click(page, "Next")
    click(page, "Send to the Innovation Office")
    linked, _ = drafts.open_link(workspace.database, page.url.split("/")[-2])
    assert read(workspace, linked.id).description.contact_role == "Gatuchef"
    page.get_by_role("link", name=say("Go to the page of the challenge")).click()
    expect(page.locator("h1")).to_have_text("Halka på gångvägar")


def test_the_steps_can_be_taken_in_any_order_and_a_draft_gone_on_with_by_its_link(
    open_page: OpenPage, workspace: Workspace
) -> None:
    page = open_page("/challenges/new", java_script_enabled=False)
    page.locator("[name=municipality]").select_option("2582")
    page.locator("[name=title]").fill("Buller")
    click(page, "Next")
    page.locator("[name=problem]").fill("Halvskrivet")
    page.locator("button[value=step-4]").click()  # keeps what was typed here
    page.locator("[name=contact_role]").fill("Rektor")
    click(page, "Save and go on later")
    link = page.locator("#private-link").input_value()
    other = open_page(link.removeprefix(page.url.split("/challenges")[0]))
    expect(other).to_have_url(re.compile("/form/4$"))
    expect(other.locator("[name=contact_role]")).to_have_value("Rektor")
    other.locator("button[value=step-2]").click()
    expect(other.locator("[name=problem]")).to_have_value("Halvskrivet")


WRONG = [
    (1, "municipality", ""), (1, "title", "1234"), (1, "title", "x" * 301), (2, "problem", ""), (2, "problem", "?!"),
    (2, "tried", "x" * 6001), (3, "success", "x" * 6001), (3, "by_when", "2020-01-01"), (3, "offers", "x" * 6001),
    (4, "visibility", ""), (4, "contact_role", ""), (4, "contact_email", "utan snabel-a"),
    (4, "case_number", "9" * 301),
]  # fmt: skip


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize(("step", "name", "value"), WRONG, ids=[f"{one[1]}-{one[2][:8]}" for one in WRONG])
def test_an_error_is_told_at_its_field_and_first_of_all_and_nothing_is_lost(
    open_page: OpenPage, workspace: Workspace, step: int, name: str, value: str, script: bool
) -> None:
    token = draft(workspace, visibility="" if name == "visibility" else "public")
    page = open_page(f"/challenges/{token}/form/{step}", java_script_enabled=script)
    field = page.locator(f"#field-{name}")
    if name == "municipality":
        field.select_option(value)
    elif name != "visibility":
        field.fill(value)
    click(page, "Next")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    expect(page).to_have_title(re.compile(f"^{say('Error:')} "))
    link = page.locator("[data-error-summary] a")
    expect(link).to_have_count(1)
    label = page.locator("legend" if name == "visibility" else f"label[for=field-{name}]").first
    expect(label.locator(".label__message--error")).to_contain_text(link.inner_text())
    link.click()
    expect(field).to_be_focused()
    if name != "visibility":
        expect(field).to_have_value(value)
        assert kept(workspace, token)[name] == value


def test_errors_on_the_last_step_lead_to_their_fields(open_page: OpenPage, workspace: Workspace) -> None:
    page = open_page(f"/challenges/{draft(workspace, problem='', contact_email='')}/form/6")
    click(page, "Send to the Innovation Office")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.locator("[data-error-summary] a").last.click()
    expect(page).to_have_url(re.compile("/form/4#field-contact_email$"))


def test_text_is_saved_while_it_is_written_and_help_is_given(open_page: OpenPage, workspace: Workspace) -> None:
    token = draft(workspace, problem="")
    page = open_page(f"/challenges/{token}/form/2")
    page.locator("[name=problem]").press_sequentially("Brukaren Anna Andersson har vatten i källaren.")
    expect(page.locator("#step-help mark")).to_have_text("Anna Andersson")
    expect(page.locator(".mm-meter")).to_be_visible()
    expect(page.locator("#saved")).to_have_text(re.compile(r"\d\d:\d\d"))
    expect(page.locator("[name=problem]")).to_be_focused()
    assert kept(workspace, token)["problem"] == "Brukaren Anna Andersson har vatten i källaren."


def test_text_outlives_a_server_that_cannot_be_reached(open_page: OpenPage, workspace: Workspace) -> None:
    page = open_page(f"/challenges/{draft(workspace, tried='')}/form/2")
    refuse: Callable[[Route], None] = lambda route: route.abort()  # noqa: E731
    page.route("**/autosave/**", refuse)
    page.locator("[name=tried]").fill("Vi har filmat ledningarna.")
    expect(page.locator("#saved")).to_have_text(
        say("The server cannot be reached. What you write is kept in this tab until it can be saved.")
    )
    page.unroute("**/autosave/**")
    page.reload()
    expect(page.locator("[name=tried]")).to_have_value("Vi har filmat ledningarna.")
    expect(page.locator("#saved [data-kept-done]")).to_be_attached()


def test_a_change_to_what_was_saved_outlives_the_server_too(open_page: OpenPage, workspace: Workspace) -> None:
    page = open_page(f"/challenges/{draft(workspace, tried='Det första.')}/form/2")
    refuse: Callable[[Route], None] = lambda route: route.abort()  # noqa: E731
    page.locator("[name=tried]").fill("Det andra, som sparades.")
    expect(page.locator("#saved [data-kept-done]")).to_be_attached()
    page.route("**/autosave/**", refuse)
    page.locator("[name=tried]").fill("Det tredje.")
    expect(page.locator("#saved")).to_have_text(
        say("The server cannot be reached. What you write is kept in this tab until it can be saved.")
    )
    page.reload()
    expect(page.locator("[name=tried]")).to_have_value("Det tredje.")


def test_the_language_switch_keeps_the_place_and_the_text(open_page: OpenPage, workspace: Workspace) -> None:
    page = open_page(f"/challenges/{draft(workspace)}/form/2")
    page.locator("[name=problem]").fill("Ändrat alldeles nyss, om källarna.")
    page.get_by_role("link", name="In English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page).to_have_url(re.compile("/form/2$"))
    expect(page.locator("[name=problem]")).to_have_value("Ändrat alldeles nyss, om källarna.")
    page.goto("/challenges/new")
    page.locator("[name=title]").fill("Not saved anywhere")
    page.get_by_role("link", name="På svenska").click()
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.locator("[name=title]")).to_have_value("Not saved anywhere")


def test_the_link_can_be_copied(open_page: OpenPage, workspace: Workspace) -> None:
    page = open_page(f"/challenges/{draft(workspace)}/saved")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    click(page, "Copy the link")
    expect(page.locator("[data-copy-status]")).to_have_text(say("The link has been copied."))
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#private-link").input_value()


def test_a_similar_challenge_is_joined_in_place_of_asking_again(open_page: OpenPage, workspace: Workspace) -> None:
    noise = "Eleverna i högstadiet har svårt att koncentrera sig, för ventilationen bullrar i klassrummen hela dagen."
    own, other = send(workspace, title="Buller i klassrum", problem=noise)
    token = draft(workspace, municipality="", contact_email="", title="Bullriga klassrum", problem=noise)
    page = open_page(f"/challenges/{token}/form/5")
    card = page.locator(".mm-similar > li").filter(has_text="Buller i klassrum").first
    card.get_by_role("link", name=say("Join as co-owner")).click()
    click(page, "Ask to join")
    expect(page.locator("[data-error-summary] a")).to_have_count(2)
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.locator("[name=municipality]").select_option("2582")
    page.locator("[name=contact_email]").fill("va@boden.example")
    click(page, "Ask to join")
    expect(page.locator("h1")).to_have_text(say("You have asked to join"))
    assert token not in page.locator("#private-link").input_value()
    link = page.locator("#private-link").input_value()
    owner = open_page(f"/challenges/{own}")
    owner.locator("li", has_text="Boden").get_by_role("button", name=say("Let them in")).click()
    expect(owner.locator("li", has_text="Boden").get_by_role("button", name=say("Take them out"))).to_have_count(1)
    page.goto(link)
    expect(page.locator("h1")).to_have_text("Buller i klassrum")
    expect(page.get_by_role("button", name=say("Change the description"))).to_have_count(0)
    assert read(workspace, other.id).revision > other.revision


def test_personal_data_is_shown_and_can_be_sent_when_checked(open_page: OpenPage, workspace: Workspace) -> None:
    page = open_page(f"/challenges/{draft(workspace, problem=f'{LONG} Patienten Anna Andersson ringde.')}/form/6")
    expect(page.locator("mark")).to_have_text("Anna Andersson")
    click(page, "Send to the Innovation Office")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.locator("label[for=field-checked]").click()
    click(page, "Send to the Innovation Office")
    expect(page).to_have_url(re.compile("/receipt$"))


def test_a_challenge_is_amended_and_withdrawn(open_page: OpenPage, workspace: Workspace) -> None:
    token, case = send(workspace)
    page = open_page(f"/challenges/{token}")
    click(page, "Change the description")
    page.get_by_role("link", name=say("Throw the changes away")).click()
    click(page, "Throw away")
    expect(page).to_have_url(re.compile(f"/challenges/{token}$"))
    click(page, "Change the description")
    expect(page.locator("[name=title]")).to_have_value(case.description.title)
    page.locator("[name=title]").fill("Källare översvämmas varje vår")
    page.locator("button[value=step-6]").click()
    click(page, "Send the changes")
    expect(page.locator("h1")).to_have_text(say("Your changes have been sent"))
    amended = read(workspace, case.id)
    assert (amended.version, amended.description.title) == (2, "Källare översvämmas varje vår")
    page.get_by_role("link", name=say("Go to the page of the challenge")).click()
    page.locator("summary", has_text=say("Earlier versions")).click()
    expect(page.locator("details")).to_contain_text(case.description.title)
    page.get_by_role("link", name=say("Withdraw the challenge")).click()
    click(page, "Withdraw the challenge")
    expect(page.locator("#state")).to_have_text(say("Withdrawn"))
    assert read(workspace, case.id).state is State.WITHDRAWN


def test_a_question_is_answered(open_page: OpenPage, workspace: Workspace) -> None:
    token, case = send(workspace)
    case = Desk(workspace.database, "adviser-1").ask(case.id, case.revision, "Vilka gator är det?")
    page = open_page(f"/challenges/{token}", width=PHONE)
    expect(page.locator("blockquote")).to_contain_text("Vilka gator är det?")
    click(page, "Send the answer")
    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.locator("[name=answer]").fill("Storgatan och Lillgatan.")
    click(page, "Send the answer")
    expect(page.locator("#state")).to_have_text(say("With an adviser"))
    expect(page.get_by_text("Storgatan och Lillgatan.")).to_be_visible()
    assert read(workspace, case.id).state is State.IN_REVIEW


def test_the_list_is_seen_when_it_has_been_sent(open_page: OpenPage, workspace: Workspace) -> None:
    desk = Desk(workspace.database, "adviser-1")
    token, case = send(workspace)
    names = [one.suggestion.name.in_language("sv") for one in case.candidates]
    approved(workspace, desk, case, datetime.now(UTC))
    page = open_page(f"/challenges/{token}")
    expect(page.locator("#state")).to_have_text(say("With an adviser"))
    expect(page.locator(".mm-approved")).to_have_count(0)
    token, case = send(workspace)
    approved(workspace, desk, case, datetime.now(UTC) - timedelta(hours=1))
    page.goto(f"/challenges/{token}")
    shown = page.locator(".mm-approved__list h3").all_inner_texts()
    assert shown == [f"1. {names[1]}", f"2. {names[0]}"]
    expect(page.locator(".mm-approved blockquote").first).to_be_visible()
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_every_page_is_accessible(
    open_page: OpenPage, workspace: Workspace, language: str, scheme: ColorScheme
) -> None:
    desk = Desk(workspace.database, "adviser-1")
    token, case = send(workspace)
    listed, other = send(workspace)
    approved(workspace, desk, other, datetime.now(UTC) - timedelta(hours=1))
    asked, waiting = send(workspace)
    desk.ask(waiting.id, waiting.revision, "Vilka gator?")
    amending, _ = send(workspace)
    drafts.start_amending(workspace.database, amending)
    overtaken, changed = send(workspace)
    drafts.start_amending(workspace.database, overtaken)
    drafts.keep(workspace.database, overtaken, {"problem": LONG, "areas": [], "visibility": "internal"})
    amend_elsewhere(workspace, changed.id, f"{LONG} Nu också i nya områden.")
    joining.join(workspace.database, draft(workspace, municipality="2582"), case.id, ParticipantRole.FOLLOWER, CHOICES)
    asking = joining.join(
        workspace.database, draft(workspace, municipality="2582"), waiting.id, ParticipantRole.CO_OWNER, CHOICES
    )
    typed = draft(workspace, problem=f"{LONG} Brukaren Anna Andersson ringde.")
    empty = drafts.start_draft(workspace.database, "main", {"title": "", "by_when": "snart"})
    paths = [
        "new", "thrown-away", *(f"{typed}/form/{step}" for step in range(1, 7)), f"{typed}/form/2?begun=1",
        *(f"{empty}/form/{step}?check=1" for step in (1, 2, 3, 4, 6)), f"{typed}/saved", f"{typed}/throw-away",
        f"{typed}/join/{case.id}/co_owner", f"{typed}/join/{case.id}/follower", f"{token}/receipt", token,
        f"{token}/withdraw", listed, asked, f"{amending}/form/1", amending, f"{overtaken}/form/2",
        f"{overtaken}/form/6", asking, "nothing",
    ]  # fmt: skip
    page = open_page(width=PHONE, color_scheme=scheme, language=language)
    for path in paths:
        page.goto(f"/challenges/{path}")
        expect(page.locator("h1")).to_have_count(1)
        assert_accessible(page)


def test_two_windows_on_one_draft_lose_neither_text(open_page: OpenPage, workspace: Workspace) -> None:
    token = draft(workspace, problem="Kort.")
    first, second = (open_page(f"/challenges/{token}/form/2") for _ in range(2))
    first.locator("[name=problem]").fill("Den första texten.")
    expect(first.locator("#saved [data-kept-done]")).to_have_count(1)
    second.locator("[name=problem]").fill("Den andra texten.")
    expect(second.locator("#saved .mm-saved__trouble")).to_have_count(1)
    click(second, "Next")
    expect(second.locator("[data-error-summary]")).to_contain_text("Den första texten")
    expect(second.locator("[name=problem]")).to_have_value("Den andra texten.")
    assert_accessible(second)
    click(second, "Next")
    expect(second).to_have_url(re.compile("/form/3$"))
    assert kept(workspace, token)["problem"] == "Den andra texten."
