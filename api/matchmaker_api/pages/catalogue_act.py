"""The small acts on a group's page: each a form of its own, done at once, and told on the page that follows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from matchmaker.curation import groups
from matchmaker.curation.adding import NewWork, add_work
from matchmaker.db.group_lists import find_group
from matchmaker.domain.description import TOO_LONG
from matchmaker.domain.errors import InvalidChallengeError, mark
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages.catalogue_common import COLLECTION, By, Sent, catalogue_router, group_address, text_fields
from matchmaker_api.pages.catalogue_read_group import Trouble, group_page

router = catalogue_router()

YEARS = range(1000, 3000)
LONGEST = {"title": 500, "text": 20_000, "url": 500, "doi": 500}
OPENINGS = ("project", "thesis", "consulting")


@dataclass(frozen=True, slots=True)
class Wish:
    """An act that somebody asked for, with what was typed."""

    workspace: Workspace
    group: str
    by: str
    typed: Mapping[str, str]

    def text(self, name: str) -> str:
        return self.typed.get(name, "").strip()


Doing = Callable[[Wish], object]


def _availability(wish: Wish) -> None:
    cap, until = wish.text("cap"), wish.text("paused_until")
    if cap and not (cap.isdecimal() and len(cap) < 5):
        raise InvalidChallengeError("cap", mark("Write a number from 0 to {most}."), most=1000)
    try:
        day = date.fromisoformat(until) if until else None
    except ValueError:
        template = mark("This is not a date. Write year, month and day, for example 2027-05-31.")
        raise InvalidChallengeError("paused_until", template) from None
    value = {
        **{name: wish.text(name) == "yes" for name in OPENINGS},
        "cap": int(cap) if cap else None,
        "paused_until": day.isoformat() if day else None,
    }
    groups.set_availability(wish.workspace.database, COLLECTION, wish.group, value, wish.by)


def _add(wish: Wish) -> None:
    year = wish.text("year")
    if year and not (year.isdecimal() and len(year) == 4 and int(year) in YEARS):
        raise InvalidChallengeError("year", mark("Write a year with four digits."))
    for name, limit in LONGEST.items():
        if len(wish.text(name)) > limit:
            raise InvalidChallengeError(name, TOO_LONG, length=len(wish.text(name)), limit=limit)
    add_work(
        wish.workspace.database,
        COLLECTION,
        wish.group,
        NewWork(wish.text("title"), wish.text("text"), int(year) if year else None, wish.text("doi"), wish.text("url")),
        wish.workspace.pseudonym,
        wish.by,
    )


def _unlink(wish: Wish) -> None:
    pairs = [(wish.text("work"), wish.group)]
    groups.decide_links(wish.workspace.database, COLLECTION, pairs, wish.by, accept=False)


def _of_work(act: Callable[..., None], **how: bool) -> Doing:
    return lambda wish: act(wish.workspace.database, COLLECTION, wish.group, wish.text("work"), wish.by, **how)


def _of_group(act: Callable[..., None]) -> Doing:
    return lambda wish: act(wish.workspace.database, COLLECTION, wish.group, wish.by)


def _opting(act: Callable[..., None]) -> Doing:
    return lambda wish: act(wish.workspace.database, wish.workspace.settings.opt_outs, COLLECTION, wish.group, wish.by)


ACTS: Mapping[str, Doing] = {
    "undo_edit": _of_group(groups.undo_edit),
    "hide": _of_work(groups.hide_work),
    "show": _of_work(groups.show_work),
    "pin": _of_work(groups.pin_work, pinned=True),
    "unpin": _of_work(groups.pin_work, pinned=False),
    "unlink": _unlink,
    "add": _add,
    "availability": _availability,
    "retire": _of_group(groups.retire_group),
    "reinstate": _of_group(groups.reinstate_group),
    "opt_out": _opting(groups.opt_out),
    "opt_in": _opting(groups.opt_in),
}
ABOUT_WORKS = frozenset({"hide", "show", "pin", "unpin", "unlink", "add"})


@router.post("/act/{group_id:path}")
def act(request: Request, workspace: OpenWorkspace, by: By, say: Say, sent: Sent, group_id: str) -> Response:
    """Do what the form asks for. What is wrong is told at its field, with all that was typed."""
    typed = text_fields(sent)
    name = typed.get("act", "")
    with workspace.database.reading() as session:
        find_group(session, COLLECTION, group_id)  # there is such a group, whatever the act
    if name not in ACTS:
        trouble = Trouble(name, "", say.say(mark("This cannot be done here.")))
        return group_page(request, workspace, group_id, trouble, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        ACTS[name](Wish(workspace, group_id, by, typed))
    except InvalidChallengeError as error:
        trouble = Trouble(name, error.field, say.say_error(error), typed)
        return group_page(request, workspace, group_id, trouble, HTTPStatus.UNPROCESSABLE_ENTITY)
    place = page_of(typed.get("page", "")) if name in ABOUT_WORKS else ""
    return RedirectResponse(f"{group_address(group_id)}?done={name}{place}", HTTPStatus.SEE_OTHER)


def page_of(page: str) -> str:
    """Where the page goes on to be read after an act about a work: at the evidence, on the page it was on."""
    return f"&page={int(page)}#evidence" if page.isdecimal() and len(page) < 7 else "#evidence"
