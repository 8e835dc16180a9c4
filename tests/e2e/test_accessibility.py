"""What axe cannot see: sizes of targets, text that somebody spaces or enlarges, where the focus is, what is told."""

import pytest
from playwright.sync_api import Page, expect

from matchmaker.domain.case import Case
from matchmaker.messages import translator
from matchmaker.review import drafts
from matchmaker.review.desk import Desk
from matchmaker.workspace import Workspace
from tests.e2e.browsing import DESKTOP, PHONE, OpenPage
from tests.integration.cases import TYPED, send

say = translator("sv").say

# WCAG 2.5.8: 24 by 24 px, or a circle of 24 px about the middle that meets no other target. Not for links in sentences.
CROWDED = """() => {
  const all = [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary")];
  const seen = all.filter((e) => e.checkVisibility() && e.getAttribute("aria-hidden") !== "true");
  const box = (e) => {
    const labels = ["radio", "checkbox"].includes(e.type) ? [...e.labels] : [];
    const boxes = [e, ...labels].map((one) => one.getBoundingClientRect()).filter((b) => b.width && b.height);
    const edge = (name, pick) => pick(...boxes.map((b) => b[name]));
    const [l, t] = [edge("left", Math.min), edge("top", Math.min)];
    return { e, l, t, r: edge("right", Math.max), b: edge("bottom", Math.max) };
  };
  const boxes = seen.map(box).filter((b) => b.r > b.l);
  const small = (b) => Math.min(b.r - b.l, b.b - b.t) < 23.99;
  const middle = (b) => [(b.l + b.r) / 2, (b.t + b.b) / 2];
  const meets = (one, other) => {
    const [x, y] = middle(one);
    const [u, v] = middle(other);
    if (small(other)) return Math.hypot(x - u, y - v) < 24;
    return Math.hypot(Math.max(other.l - x, 0, x - other.r), Math.max(other.t - y, 0, y - other.b)) < 12;
  };
  const isText = (node) => node.nodeType === Node.TEXT_NODE && node.data.trim();
  const inSentence = (e) => getComputedStyle(e).display === "inline" && [...e.parentElement.childNodes].some(isText);
  return boxes
    .filter((one) => small(one) && !inSentence(one.e))
    .filter((one) => boxes.some((other) => other !== one && !one.e.contains(other.e) && meets(one, other)))
    .map((one) => one.e.outerHTML.slice(0, 120));
}"""

SPACED = """* { letter-spacing: 0.12em !important; line-height: 1.5 !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""
ENLARGED = "html { font-size: 200% !important }"
ADD_STYLE = """(style) => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(style);
  document.adoptedStyleSheets = [sheet];
}"""
CUT_OFF = """() => [...document.querySelectorAll("main *, header *, footer *")]
  .filter((e) => e.checkVisibility() && e.textContent.trim() && getComputedStyle(e).display !== "inline")
  .filter((e) => !e.matches("textarea, select, option") && !e.closest(".sr-only, .mm-picture-hidden, svg"))
  .filter((e) => {
    const style = getComputedStyle(e);
    if (style.clipPath !== "none") return false;
    const hides = (way) => ["hidden", "clip"].includes(way);
    return (hides(style.overflowX) && e.scrollWidth > e.clientWidth + 1) ||
      (hides(style.overflowY) && e.scrollHeight > e.clientHeight + 1);
  })
  .map((e) => e.outerHTML.slice(0, 120))"""
TOO_WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
UNFOLD = "document.querySelectorAll('details').forEach((one) => { one.open = true })"

# What is focused and whether any of it is seen: nine points of it, or of the label that stands for it.
HIDDEN_FOCUS = """() => {
  const focused = document.activeElement;
  const parts = [focused, ...(focused.labels ?? [])];
  const seen = parts.some((part) => {
    const { left, top, width, height } = part.getBoundingClientRect();
    return [0.05, 0.5, 0.95].some((x) => [0.1, 0.5, 0.9].some((y) => {
      const hit = document.elementFromPoint(left + width * x, top + height * y);
      return hit && parts.some((one) => one.contains(hit));
    }));
  });
  return focused === document.body || seen ? null : focused.outerHTML.slice(0, 120);
}"""

# The contrast of the ring about what has the focus; on a map's tile the edge is the ring. 0: there is none.
RING_CONTRAST = """() => {
  const focused = document.activeElement;
  const label = ["radio", "checkbox"].includes(focused.type) && focused.className ? focused.labels[0] : null;
  const style = getComputedStyle(label ?? focused.querySelector(":scope > rect") ?? focused);
  const onMap = focused.matches(".mm-tile");
  const color = onMap ? style.stroke : style.outlineColor;
  if (!onMap && (style.outlineStyle === "none" || parseFloat(style.outlineWidth) < 2)) return 0;
  const light = (text) => {
    const [r, g, b, a = 1] = text.match(/[\\d.]+/g).map(Number);
    const parts = [r, g, b].map((v) => (v * a + 255 * (1 - a)) / 255);
    const [x, y, z] = parts.map((v) => (v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * x + 0.7152 * y + 0.0722 * z;
  };
  return 1.05 / (light(color) + 0.05);
}"""


@pytest.fixture
def case(workspace: Workspace) -> Case:
    return send(workspace)[1]


@pytest.fixture
def paths(workspace: Workspace, case: Case) -> list[str]:
    """A page of each kind, with and without errors."""
    typed = drafts.start_draft(workspace.database, "main", {**TYPED, "problem": "Brukaren Anna Andersson ringde."})
    empty = drafts.start_draft(workspace.database, "main", {"title": "", "by_when": "snart"})
    token, asked = send(workspace)
    Desk(workspace.database, "adviser-1").ask(asked.id, asked.revision, "Vilka gator?")
    return [
        "/", "/accessibility", *(f"/challenges/{typed}/form/{step}" for step in range(1, 7)),
        *(f"/challenges/{empty}/form/{step}?check=1" for step in (1, 4, 6)),
        f"/challenges/{typed}/saved", f"/challenges/{token}", "/desk",
        f"/desk/cases/{case.id}/blind", f"/desk/cases/{case.id}", f"/desk/cases/{case.id}/approve",
    ]  # fmt: skip


@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_targets_are_large_or_have_room_about_them(open_page: OpenPage, paths: list[str], width: int) -> None:
    page = open_page(width=width)
    for path in paths:
        page.goto(path)
        page.evaluate(UNFOLD)
        assert page.evaluate(CROWDED) == [], path


@pytest.mark.parametrize(("style", "width"), [(SPACED, DESKTOP), (SPACED, PHONE), (ENLARGED, DESKTOP)])
def test_text_can_be_spaced_and_enlarged(open_page: OpenPage, paths: list[str], style: str, width: int) -> None:
    page = open_page(width=width)
    for path in paths:
        page.goto(path)
        page.evaluate(UNFOLD)
        page.evaluate(ADD_STYLE, style)
        assert page.evaluate(CUT_OFF) == [], path
        assert page.evaluate(TOO_WIDE) <= 0, path


def test_the_focus_is_not_hidden_by_the_news_that_stay_on_the_screen(
    open_page: OpenPage, workspace: Workspace, case: Case
) -> None:
    page = open_page(f"/desk/cases/{case.id}", height=720)
    for note in ("En", "Två", "Tre", "Fyra"):
        Desk(workspace.database, "adviser-2").note(case.id, note)
    expect(page.locator(".desk-presence .mm-notice")).to_be_visible(timeout=15_000)
    page.locator("footer a").last.focus()
    for _ in range(80):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate(HIDDEN_FOCUS) is None


def test_the_focus_is_seen_in_forced_colours(open_page: OpenPage, paths: list[str]) -> None:
    page = open_page()
    page.emulate_media(forced_colors="active", color_scheme="light", reduced_motion="reduce")
    for path in paths:
        page.goto(path)
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement === document.body"):
                break
            if page.evaluate("document.activeElement.type") == "date":
                continue  # its own parts show the focus
            assert page.evaluate(RING_CONTRAST) >= 3, (path, page.evaluate("document.activeElement.outerHTML")[:120])


def test_the_desks_bar_is_left_behind_by_the_first_link(open_page: OpenPage, case: Case) -> None:
    page = open_page(f"/desk/cases/{case.id}")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".desk-crumb a")).to_be_focused()


def _watch(page: Page, selector: str) -> None:
    page.locator(selector).evaluate("""(region) => {
      window.told = [];
      new MutationObserver(() => window.told.push(region.textContent.trim()))
        .observe(region, { childList: true, subtree: true, characterData: true });
    }""")


def test_what_a_search_found_is_told(open_page: OpenPage, case: Case) -> None:
    page = open_page(f"/desk/cases/{case.id}")
    _watch(page, "#found [role=status]")
    page.locator("#find-q").fill("vatten")
    page.locator("#find-q").press("Enter")
    expect(page.locator("#found li").first).to_be_visible()
    assert "vatten" in page.evaluate("window.told.at(-1)")  # the region itself has stayed


def test_possible_personal_data_is_told_while_one_writes(open_page: OpenPage, workspace: Workspace) -> None:
    page = open_page(f"/challenges/{drafts.start_draft(workspace.database, 'main', {**TYPED})}/form/2")
    _watch(page, "#saved")
    page.locator("[name=tried]").fill("Brukaren Anna Andersson ringde.")
    expect(page.locator("#saved")).to_contain_text(say("This may be personal data"))
    assert say("This may be personal data") in page.evaluate("window.told.at(-1)")
