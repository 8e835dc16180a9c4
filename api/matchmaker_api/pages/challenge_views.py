"""How the pages behind a private link are rendered: never kept by search engines, errors before everything else."""

import logging
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse

from matchmaker.catalogue.seed import read_areas, read_municipalities
from matchmaker.db.drafts import LinkedChallenge
from matchmaker.domain.access import TooManyRequestsError
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.description import FieldProblem
from matchmaker.domain.errors import InvalidChallengeError, MatchmakerError, StorageError, mark
from matchmaker.domain.open_page import OpenPage, write_digests
from matchmaker.form_wording import (
    hint_text,
    level_text,
    personal_data_advice,
    personal_data_text,
    understood_text,
    unknown_text,
)
from matchmaker.messages import Translator
from matchmaker.review.drafts import draft_challenge
from matchmaker.review.personal_findings import CHECKED, find_in_fields
from matchmaker.review.preview import PreviewLevel, preview
from matchmaker.workspace import Workspace
from matchmaker_api.frames import frame_of
from matchmaker_api.identity.attempt_rates import network_of
from matchmaker_api.pages.challenge_newer import newer_version
from matchmaker_api.pages.challenge_steps import (
    LABELS,
    LAST,
    STEPS,
    area_name,
    municipality_name,
    step_of_field,
    step_problems,
)
from matchmaker_api.pages.rendering import render
from matchmaker_api.security.incidents import Incident, note_incident
from matchmaker_api.security.rates import Rate
from matchmaker_api.sites import site_address

PAUSED = mark("Many texts come from your network just now. In {seconds} seconds you see here how yours is understood.")

log = logging.getLogger("matchmaker_api")

PREVIEWED_STEPS = (2, 3)

NOT_SAVED = mark(
    "What you typed could not be saved just now. It is still here on the page: wait a moment and try again. "
    "If it does not help, copy your text to a document of your own before you close the page."
)
NO_ROOM = mark(
    "What you typed could not be saved: the service has no room left. It is still here on the page. "
    "Copy your text to a document of your own, and come back later."
)


@dataclass(frozen=True, slots=True)
class DraftView:
    """A draft as a page shows it. ``token`` is None until it is saved for the first time."""

    typed: Mapping[str, Any]
    token: str | None = None
    name: str = "new"
    """By which a browser keeps what is typed; nothing by which the draft can be opened."""
    saved_at: datetime | None = None
    is_amending: bool = False
    begun_from: int | None = None
    """The version of the challenge that it began from."""
    is_overtaken: bool = False
    """Whether another version was sent since."""
    kept: Mapping[str, Any] | None = None
    """What is kept, where the page shows something else."""
    page: OpenPage = field(default_factory=lambda: OpenPage(secrets.token_hex(8)))
    """The page on which it is shown. What it says of its fields is told where it was sent and could not be kept."""

    def filled(self, fields: tuple[str, ...]) -> str:
        """The digests that the page carries of its fields."""
        if self.page.filled:
            return " ".join(f"{name}={value}" for name, value in self.page.filled.items())
        return write_digests(self.typed if self.kept is None else self.kept, fields)


@dataclass(frozen=True, slots=True)
class ShownError:
    """A thing to correct: the field, what is wrong, and where it is corrected."""

    field: str
    message: str
    address: str


def draft_view(linked: LinkedChallenge, token: str, typed: Any = None) -> DraftView:
    """What a link opens as a page shows it, with what was just typed over what is kept."""
    kept = linked.draft or {}
    return DraftView(
        {**kept, **(typed or {})},
        token,
        linked.id,
        linked.saved_at,
        linked.is_sent,
        linked.draft_version,
        linked.is_overtaken,
        kept,
    )


def private_page(request: Request, template: str, *, status: int = 200, **context: object) -> HTMLResponse:
    """A page behind a private link."""
    return render(request, template, status=status, headers={"X-Robots-Tag": "noindex, nofollow"}, **context)


def go_to(address: str) -> RedirectResponse:
    """Where a form that was taken leads (303: it is read, not sent again)."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER, headers={"X-Robots-Tag": "noindex, nofollow"})


def link_address(request: Request, token: str) -> str:
    """A private link in full, to be kept: at the operator's address, where there is one, whatever the request says."""
    return f"{site_address(request)}/challenges/{quote(token)}"


def pages_of(request: Request, token: str | None) -> str:
    """What the paths of a challenge's pages begin with, for the page that is asked for: in a frame they stay in it."""
    return f"{frame_of(request)}/challenges/{token}"


def form_page(
    request: Request,
    workspace: Workspace,
    say: Translator,
    number: int,
    draft: DraftView,
    *,
    problems: Sequence[FieldProblem] = (),
    trouble: str = "",
    status: int = 200,
    **context: object,
) -> HTMLResponse:
    """A step of the form. ``problems`` are the fields', ``trouble`` is what else went wrong, said already."""
    errors = [shown_error(one, number, pages_of(request, draft.token), say) for one in problems]
    settings = workspace.settings
    return private_page(
        request,
        f"pages/challenge_step_{number}.html",
        status=status,
        step=STEPS[number - 1],
        steps=_step_links(draft, workspace),
        draft=draft,
        typed=draft.typed,
        base=pages_of(request, draft.token) if draft.token else None,
        link=link_address(request, draft.token) if draft.token else None,
        errors=errors,
        messages={one.field: one.message for one in errors},
        trouble=trouble,
        municipalities=[(one.code, one.names[say.language]) for one in read_municipalities(settings.catalogue_folder)],
        areas=[(one.id, one.names[say.language]) for one in read_areas(settings.catalogue_folder)],
        municipality_name=lambda code: municipality_name(settings, code, say.language),
        area_names=", ".join(area_name(settings, one, say.language) for one in draft.typed.get("areas", [])),
        by_when_type=_date_type(draft.typed),
        newer=newer_version(workspace, say, draft.name, draft.typed) if draft.is_overtaken else None,
        **writing_help(request, workspace, say, number, draft.typed),
        **{"kept": False, "unchecked": False, "elsewhere": None, "joined": "", **context},
    )


def _date_type(typed: Mapping[str, Any]) -> str:
    """A date field would show nothing of what is no date, and so lose it."""
    try:
        date.fromisoformat(str(typed.get("by_when") or "2027-05-31"))
    except ValueError:
        return "text"
    return "date"


def shown_error(problem: FieldProblem, number: int, base: str, say: Translator) -> ShownError:
    """A field's problem; where the field stands on another step, the address leads there."""
    own = step_of_field(problem.field)
    there = f"{base}/form/{own}" if own != number else ""
    message = say.say(problem.template, **problem.values)
    return ShownError(problem.field, message, f"{there}#field-{problem.field}")


def storage_trouble(error: StorageError, say: Translator) -> tuple[str, int]:
    """What is said, and with which status, when nothing can be saved."""
    if error.is_full:
        return say.say(NO_ROOM), HTTPStatus.INSUFFICIENT_STORAGE.value
    return say.say(NOT_SAVED), HTTPStatus.SERVICE_UNAVAILABLE.value


def _step_links(draft: DraftView, workspace: Workspace) -> list[dict[str, object]]:
    """The steps with whether each is done: something is filled in, and nothing is wrong."""
    return [
        {
            "number": one.number,
            "name": one.name,
            "done": any(draft.typed.get(name) for name in one.fields)
            and not step_problems(draft.typed, one.number, workspace.settings),
        }
        for one in STEPS
    ]


def writing_help(
    request: Request, workspace: Workspace, say: Translator, number: int, typed: Mapping[str, Any]
) -> dict[str, object]:
    """What is said beside the fields of a step: how the text is understood, and what looks like personal data."""
    fields = CHECKED if number == LAST else STEPS[number - 1].fields
    return {
        "preview": _preview(request, workspace, say, typed) if number in PREVIEWED_STEPS else None,
        "findings": [(one, personal_data_text(one.kind, one.words, say)) for one in find_in_fields(typed, fields)],
        "personal_data_advice": personal_data_advice(say),
        "labels": {name: say.say(label) for name, label in LABELS.items()},
    }


def _preview(
    request: Request, workspace: Workspace, say: Translator, typed: Mapping[str, Any]
) -> dict[str, object] | None:
    """How a text is understood; None where there is none yet, or where it cannot be told just now."""
    if not str(typed.get("problem", "")).strip():
        return None
    challenge: Challenge = draft_challenge("preview", typed)
    try:
        request.app.state.rates.spend(network_of(request), Rate.PREVIEW)
        shown = preview(workspace.matcher(), challenge)
    except InvalidChallengeError:
        return None
    except TooManyRequestsError as error:  # what was typed is kept all the same
        note_incident(request, Incident.RATE_EXCEEDED)
        return {"paused": say.say(PAUSED, seconds=error.retry_after)}
    except MatchmakerError as error:  # help that cannot be given stops nobody
        log.warning("No preview can be made: %s", error)
        return None
    return {
        "level": shown.level.value,
        "meter": list(PreviewLevel).index(shown.level) + 1,
        "text": level_text(shown.level, say),
        "understood": understood_text(shown, say),
        "unknown": unknown_text(shown, say),
        "hints": [hint_text(one, say) for one in shown.tell_more],
    }
