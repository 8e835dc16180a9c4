"""The form on a municipality's own site: another origin, another site to the browser, with its own content policy."""

import re
from collections.abc import Callable

import pytest
from httpx2 import Client
from playwright.sync_api import Error, Frame, Page, expect

from matchmaker.domain.workflow import State
from matchmaker.messages import translator
from matchmaker.review import drafts
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from tests.e2e.browsing import DESKTOP, PHONE, OpenPage, assert_accessible
from tests.e2e.municipal_site import Site, Visit, lasting_page, place, site, visit
from tests.integration.cases import read, send

__all__ = ["lasting_page", "place", "site", "visit"]

LONG = "Vid skyfall och snösmältning tränger vatten in i källarna i våra äldre bostadsområden från 1950-talet."


def framed(page: Page, address: str) -> Frame:
    """The frame, when it shows such a page and the site has made it as high as that."""
    element = page.locator("matchmaker-widget iframe")
    expect(element).to_be_visible()
    frame = element.element_handle().content_frame()
    assert frame is not None
    frame.wait_for_url(re.compile(address))
    frame.wait_for_load_state()
    return frame


def wait_until_seen(page: Page, frame: Frame, selector: str) -> None:
    """Until what is in the frame is where the site's window shows it."""
    top = frame.locator(selector).evaluate("(one) => one.getBoundingClientRect().top")
    page.wait_for_function(
        """(top) => {
          const frame = document.querySelector("matchmaker-widget").shadowRoot.querySelector("iframe");
          const place = frame.getBoundingClientRect().top + top;
          return place >= 0 && place < window.innerHeight - 40;
        }""",
        arg=top,
    )


def keyboard_to(page: Page, frame: Callable[[], Frame], what: str) -> None:
    """Move on until what has the focus in the frame has the name or the words."""
    for _ in range(70):
        page.keyboard.press("Tab")
        focused = "[document.activeElement.name, document.activeElement.textContent.trim()]"
        if what in frame().evaluate(focused):
            return
    pytest.fail(f"{what} cannot be reached by keyboard at {frame().url}")


@pytest.mark.parametrize(("language", "width"), [("sv", PHONE), ("en", DESKTOP)])
def test_a_challenge_is_sent_and_followed_from_the_site_by_keyboard(
    visit: Visit, place: str, workspace: Workspace, language: str, width: int
) -> None:
    say = translator(language).say
    page = visit(f"/{language}", width=width)
    frame = framed(page, "/new")
    now = lambda: frame  # noqa: E731

    def press(name: str, leads_to: str) -> None:
        keyboard_to(page, now, say(name))
        page.keyboard.press("Enter")
        expect(page.frame_locator("matchmaker-widget iframe").locator("html")).to_have_attribute("lang", language)
        frame.wait_for_url(re.compile(leads_to))

    assert_accessible(frame)
    expect(frame.locator("[name=municipality]")).to_have_value("2580")
    keyboard_to(page, now, "title")
    page.keyboard.type("Källare översvämmas i Örnäset")
    press("Next", "/form/2")
    keyboard_to(page, now, "problem")
    page.keyboard.type(LONG)
    press("Next", "/form/3")
    press("Next", "/form/4")
    assert_accessible(frame)
    keyboard_to(page, now, "visibility")
    page.keyboard.press("Space")
    keyboard_to(page, now, "contact_role")
    page.keyboard.type("VA-ingenjör")
    keyboard_to(page, now, "contact_email")
    page.keyboard.type("va@kommun.example")
    press("Next", "/form/5")
    press("Next", "/form/6")
    press("Send to the Innovation Office", "/receipt$")
    expect(frame.locator("h1")).to_have_text(say("Your challenge has been sent"))
    assert_accessible(frame)
    link = frame.locator("#private-link").input_value()
    assert link.startswith(f"{place}/challenges/"), "the link to keep leads to the service's own pages"
    linked, _ = drafts.open_link(workspace.database, link.rpartition("/")[2])
    assert read(workspace, linked.id).description.problem == LONG
    press("Go to the page of the challenge", r"/challenges/[^/]+$")
    expect(frame.locator("h1")).to_have_text("Källare översvämmas i Örnäset")
    assert read(workspace, linked.id).state is State.MATCHED
    assert_accessible(frame)
    assert_accessible(page)
    assert page.context.cookies() == []


def test_a_challenge_is_followed_by_its_link_and_a_question_answered(
    visit: Visit, place: str, workspace: Workspace
) -> None:
    say = translator("sv").say
    token, case = send(workspace)
    Desk(workspace.database, "adviser-1").ask(case.id, case.revision, "Vilka gator är det?")
    page = visit("/sv-status", width=PHONE)
    frame = framed(page, "/open")
    assert_accessible(frame)
    for typed in ("", "ingen länk alls", f"{place}/challenges/nothing", f"{place}/challenges/my.secret"):
        frame.locator("[name=link]").fill(typed)
        frame.get_by_role("button", name=say("Open the challenge")).click()
        expect(frame.locator("[data-error-summary]")).to_be_focused()
        expect(frame.locator("[name=link]")).to_have_value(typed)
    frame.locator("[name=link]").fill(f" {place}/challenges/{token}/receipt ")
    frame.get_by_role("button", name=say("Open the challenge")).click()
    expect(frame.locator("h1")).to_have_text(case.description.title)
    frame.locator("[name=answer]").fill("Storgatan och Lillgatan.")
    frame.get_by_role("button", name=say("Send the answer")).click()
    expect(frame.get_by_text(say("Your answer has been sent to the adviser."))).to_be_visible()
    assert re.search(rf"/embed/sv/challenges/{token}\?done=answer$", frame.url)
    assert read(workspace, case.id).state is State.IN_REVIEW


def test_what_was_begun_is_offered_when_the_site_is_loaded_again_and_not_after_it_was_thrown_away(
    lasting_page: Page, site: Site, place: str
) -> None:
    say = translator("sv").say
    page = lasting_page
    page.goto(f"{site.at('localhost')}/sv")
    frame = framed(page, "/new")
    expect(frame.locator("[data-frame-resume]")).to_be_hidden()
    frame.locator("[name=title]").fill("Halka på gångvägar")
    frame.get_by_role("button", name=say("Next"), exact=True).click()
    frame.wait_for_url(re.compile("/form/2"))
    page.reload()
    frame = framed(page, "/new")
    frame.get_by_role("link", name=say("Go on with it")).click()
    frame.wait_for_url(re.compile("/form/2"))
    frame.get_by_role("button", name=say("Save and go on later")).click()
    frame.get_by_role("link", name=say("Throw the draft away")).click()
    frame.get_by_role("button", name=say("Throw away")).click()
    frame.wait_for_url(re.compile("/thrown-away$"))
    page.reload()
    frame = framed(page, "/new")
    expect(frame.locator("[data-frame-resume]")).to_be_hidden()


def test_the_frame_is_as_high_as_its_page_and_the_site_moves_to_what_is_to_be_seen(visit: Visit) -> None:
    page = visit("/sv?tall")
    frame = framed(page, "/new")
    element = page.locator("matchmaker-widget iframe")
    assert page.evaluate("window.scrollY") == 0, "what the site shows is the site's own until somebody goes on"
    frame.get_by_role("button", name=translator("sv").say("Next"), exact=True).click()
    frame.wait_for_url(re.compile("check=1"))
    wait_until_seen(page, frame, "[data-error-summary]")
    page.evaluate("window.scrollTo(0, 0)")
    frame.locator("[data-error-summary] a").last.focus()
    page.evaluate("window.scrollTo(0, 0)")
    page.keyboard.press("Enter")
    wait_until_seen(page, frame, "#field-title")
    inner = frame.evaluate("document.documentElement.scrollHeight")
    expect(element).to_have_css("height", f"{inner}px")
    assert frame.evaluate("document.documentElement.clientHeight") == inner


def test_links_out_of_the_frame_open_beside_it(visit: Visit, place: str) -> None:
    page = visit("/sv")
    frame = framed(page, "/new")
    with page.expect_popup() as opened:
        frame.get_by_role("link", name=translator("sv").say("What happens with your data")).click()
    expect(opened.value).to_have_url(f"{place}/data")
    frame.get_by_role("link", name="In English").click()
    frame.wait_for_url(re.compile("/embed/en/challenges/new"))
    expect(frame.locator("[name=municipality]")).to_have_value("2580")


def test_a_site_that_is_not_named_gets_the_link_and_no_frame(visit: Visit) -> None:
    refused: list[str] = []
    page = visit("/sv", host="127.0.0.1")
    page.on("console", lambda message: refused.append(message.text))
    page.reload()
    page.wait_for_load_state("load")
    expect(page.locator("matchmaker-widget iframe")).to_be_hidden()
    expect(page.get_by_role("link", name="Beskriv en utmaning")).to_be_visible()
    assert any("frame-ancestors" in text for text in refused)


def test_without_javascript_the_link_leads_to_the_same_form(visit: Visit) -> None:
    page = visit("/sv", script=False)
    page.get_by_role("link", name="Beskriv en utmaning").click()
    expect(page).to_have_url(re.compile(r"/challenges/new\?municipality=2580$"))
    expect(page.locator("[name=municipality]")).to_have_value("2580")


def test_messages_of_others_are_ignored_on_both_sides(visit: Visit, place: str, site: Site) -> None:
    page = visit("/sv")
    frame = framed(page, "/new")
    element = page.locator("matchmaker-widget iframe")
    before = element.bounding_box()
    # To the site: from its own page, and from the right origin but another window.
    page.evaluate("window.postMessage({ matchmaker: { height: 7 } }, '*')")
    page.evaluate(
        """(address) => new Promise((done) => {
          const other = document.createElement("iframe");
          other.src = address;
          other.onload = done;
          document.body.append(other);
        })""",
        f"{place}/embed/sv/challenges/open",
    )
    page.frames[-1].evaluate("window.parent.postMessage({ matchmaker: { height: 7 } }, '*')")
    # To the frame: as if from another origin, and from another window; then it would tell those, and not the site.
    for origin, source in (("https://elsewhere.example", "parent"), (site.at("localhost"), "self")):
        frame.evaluate(
            f"""(origin) => window.dispatchEvent(
              new MessageEvent("message", {{ data: {{ matchmaker: "hello" }}, origin, source: window.{source} }}))""",
            origin,
        )
    assert element.bounding_box() == before
    frame.evaluate("document.body.style.minHeight = '5000px'")
    expect(element).to_have_css("height", re.compile(r"^5\d\d\dpx$"))


def test_the_frame_works_where_the_browser_keeps_nothing_for_it(visit: Visit) -> None:
    page = visit("/sv")
    frame = framed(page, "/new")
    with pytest.raises(Error, match="SecurityError"):
        frame.evaluate("sessionStorage")
    frame.get_by_role("button", name=translator("sv").say("Next"), exact=True).click()
    frame.wait_for_url(re.compile("check=1"))
    expect(frame.locator("[data-error-summary]")).to_be_focused()
    expect(frame.locator("[data-frame-resume]")).to_be_hidden()


def test_only_pages_of_challenges_may_be_framed_and_only_by_the_sites_that_are_named(place: str, site: Site) -> None:
    with Client(base_url=place) as client:

        def ancestors(path: str) -> str:
            policy = client.get(path).headers["content-security-policy"]
            return dict(part.split(" ", 1) for part in policy.split("; "))["frame-ancestors"]

        allowed = f"'self' https://kommun.example {site.at('localhost')}"
        for path in ("/embed/sv/challenges/new", "/embed/en/challenges/open", "/embed/sv/challenges/nothing"):
            assert ancestors(path) == allowed
        elsewhere = (
            "/", "/widget", "/challenges/new", "/desk", "/embed/sv/desk", "/embed/sv", "/embed/fi/challenges/new",
            "/embed/sv/challenges/my.secret", "/embed/sv/api/v1/challenges", "/api/v1/challenges",
        )  # fmt: skip
        for path in elsewhere:
            assert ancestors(path) == "'none'", path
        for path in elsewhere[4:8]:
            assert client.get(path).status_code == 404


def test_in_a_frame_nobody_is_signed_in_and_no_cookie_is_kept(place: str) -> None:
    with Client(base_url=place, headers={"Origin": place, "Cookie": "language=en; matchmaker-session=x"}) as client:
        shown = client.get("/embed/sv/challenges/new", headers={"Accept-Language": "en"})
        assert shown.headers["content-language"] == "sv"
        sent = client.post("/embed/sv/challenges/new", data={"title": "Halka på gångvägar"})
        assert (sent.status_code, "set-cookie" in sent.headers) == (303, False)
        assert sent.headers["location"].startswith("/embed/sv/challenges/")
        foreign = {"Origin": "https://kommun.example"}
        assert client.post("/embed/sv/challenges/new", data={"title": "x"}, headers=foreign).status_code == 403


def test_other_sites_may_load_the_script_and_no_other_file(place: str) -> None:
    with Client(base_url=place) as client:
        script = client.get("/static/widget.js").headers
        assert (script["cross-origin-resource-policy"], script["cache-control"]) == ("cross-origin", "no-cache")
        assert client.get("/static/frame.js").headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_page_that_tells_how_shows_what_it_tells(open_page: OpenPage, language: str, width: int) -> None:
    page = open_page("/widget", language=language, width=width)
    page.locator("[name=municipality]").select_option("2582")
    page.locator("[name=shown_in]").select_option("en")
    page.get_by_role("button", name=translator(language).say("Show the lines")).click()
    expect(page.locator("pre")).to_contain_text('<matchmaker-widget language="en" municipality="2582">')
    frame = framed(page, "/embed/en/challenges/new")
    expect(frame.locator("[name=municipality]")).to_have_value("2582")
    assert_accessible(page)
