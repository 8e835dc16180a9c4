"""The desk's queue: which cases wait, who has them, and where in the county they come from."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from matchmaker.db.queue import (
    NOBODY,
    QueueFilter,
    count_by_state,
    count_open_by_municipality,
    list_queue,
)
from matchmaker.domain.days import local_day
from matchmaker.domain.errors import InvalidChallengeError
from matchmaker.domain.shortlist import Confidence
from matchmaker.domain.workflow import OPEN, State
from matchmaker.review.desk import Desk
from matchmaker.review.owners import assign as assign_cases
from matchmaker_api.deps import OpenWorkspace, Sent
from matchmaker_api.identity.cookies import full_name, is_secure
from matchmaker_api.language import local_path
from matchmaker_api.pages import desk_places
from matchmaker_api.pages.desk_common import (
    COOKIE,
    READ,
    Adviser,
    advisers,
    desk_page,
    desk_router,
    desk_words,
    text_fields,
)
from matchmaker_api.pictures.county_map import county_map

router = desk_router()

PAGE = 25
ME = "me"
ALL_OPEN = "open"
AGES = (3, 7, 14, 30)
NAMES = ("state", "municipality", "area", "owner", "age", "confidence", "overdue", "q")
"""The filter's fields, in the order in which they stand in the address."""

COOKIE_SECONDS = 365 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Asked:
    """The filter as it stands in the address: what is there and can be, by name; and the page."""

    fields: dict[str, str]
    page: int

    def address(self, **changes: Any) -> str:
        """The queue's address with some fields changed; what is empty is left out."""
        fields = {**self.fields, "page": self.page if self.page > 1 else "", **changes}
        kept = {name: value for name, value in fields.items() if value not in {"", None}}
        return f"/desk?{urlencode(kept)}" if kept else "/desk"

    def wanted(self, adviser: str) -> QueueFilter:
        """What to look for in the database."""
        state, owner = self.fields.get("state", ""), self.fields.get("owner", "")
        age = self.fields.get("age", "")
        return QueueFilter(
            states=tuple(OPEN) if state == ALL_OPEN else (State(state),) if state else (),
            municipality=self.fields.get("municipality", ""),
            area=self.fields.get("area", ""),
            owner=adviser if owner == ME else owner,
            confidence=self.fields.get("confidence", ""),
            older_than_days=int(age) if age else None,
            overdue=bool(self.fields.get("overdue")),
            words=self.fields.get("q", ""),
        )


@router.api_route("", methods=READ)
def queue(request: Request, workspace: OpenWorkspace, adviser: Adviser) -> Response:
    asked = _asked(request, workspace.settings.catalogue_folder, advisers(workspace))
    if any(value == "" for value in request.query_params.values()):
        return RedirectResponse(asked.address(), HTTPStatus.SEE_OTHER)  # a form sends its empty fields, too
    day = local_day()
    with workspace.database.reading() as session:
        entries, total = list_queue(session, asked.wanted(adviser), day, limit=PAGE, offset=(asked.page - 1) * PAGE)
        counts, overdue = count_by_state(session, day)
        by_municipality = count_open_by_municipality(session)
    short = desk_places.municipality_short_names(workspace.settings.catalogue_folder)
    places = [
        (code, name, by_municipality.get(code, 0), f"/desk?state={ALL_OPEN}&municipality={code}")
        for code, name in short.items()
    ]
    return desk_page(
        request,
        "pages/desk_queue.html",
        workspace,
        adviser,
        asked=asked,
        entries=entries,
        total=total,
        pages=max(1, -(-total // PAGE)),
        counts=counts,
        overdue=overdue,
        day=day,
        map=county_map(places),
        filters=_options(request, workspace),
        assigned=_number(request.query_params.get("assigned", "")),
    )


@router.post("/assign")
def assign(workspace: OpenWorkspace, adviser: Adviser, sent: Sent) -> Response:
    """Give the ticked cases an owner, whatever they have now."""
    owner = str(sent.get("owner", ""))
    ids = [one for one in sent.getlist("case") if isinstance(one, str)]
    try:
        done = len(assign_cases(Desk(workspace.database, adviser), workspace.settings, ids, owner or None))
    except InvalidChallengeError:
        done = 0  # an adviser who has left meanwhile
    back = local_path(str(sent.get("next", "/desk")))
    back = back if back.startswith("/desk") else "/desk"
    return RedirectResponse(f"{back}{'&' if '?' in back else '?'}assigned={done}", HTTPStatus.SEE_OTHER)


@router.post("/adviser")
def choose_adviser(request: Request, workspace: OpenWorkspace, sent: Sent) -> Response:
    """Say as whom one works. It says a role, and nothing of who the reader is."""
    typed = text_fields(sent)
    answer = RedirectResponse(local_path(typed.get("next", "/desk")), HTTPStatus.SEE_OTHER)
    if typed.get("adviser") in advisers(workspace):
        answer.set_cookie(
            full_name(request, COOKIE),
            typed["adviser"],
            max_age=COOKIE_SECONDS,
            path="/",  # as the guarded name asks for
            httponly=True,
            samesite="strict",
            secure=is_secure(request),
        )
    return answer


def _asked(request: Request, catalogue: Any, known_advisers: list[str]) -> Asked:
    """The filter of an address; what it says that cannot be is left out."""
    possible = {
        "state": {ALL_OPEN, *(one.value for one in State if one is not State.DRAFT)},
        "municipality": set(desk_places.municipality_names(catalogue)),
        "area": set(desk_places.area_names(catalogue)),
        "owner": {ME, NOBODY, *known_advisers},
        "age": {str(one) for one in AGES},
        "confidence": {one.value for one in Confidence},
        "overdue": {"1"},
    }
    query = request.query_params
    fields = {name: query.get(name, "").strip() for name in NAMES}
    fields = {name: value for name, value in fields.items() if value and value in possible.get(name, {value})}
    return Asked(fields, _number(query.get("page", "")) or 1)


def _options(request: Request, workspace: OpenWorkspace) -> dict[str, list[tuple[str, str]]]:
    words, catalogue = desk_words(request, workspace), workspace.settings.catalogue_folder
    return {
        "state": [(one.value, words.state(one)) for one in State if one is not State.DRAFT],
        "municipality": [(code, name) for code, name in desk_places.municipality_short_names(catalogue).items()],
        "area": [(code, words.area(code)) for code in desk_places.area_names(catalogue)],
        "confidence": [(one.value, words.confidence(one)) for one in Confidence],
    }


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else 0
