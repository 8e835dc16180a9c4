"""A case: a challenge, its state, and the adviser's list beside the system's. Acts are functions to a new case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from matchmaker.domain.description import Description
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.shortlist import Suggestion
from matchmaker.domain.workflow import Act, Party, State, next_state


class Decision(StrEnum):
    """What the adviser decided about a candidate."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class RejectionReason(StrEnum):
    """Why a candidate was rejected."""

    OFF_TOPIC = "off_topic"
    TOO_GENERAL = "too_general"
    BETTER_SUITED = "better_suited"
    NO_CAPACITY = "no_capacity"
    CONFLICT = "conflict"
    OTHER = "other"


class Route(StrEnum):
    """By which way the need is met."""

    RESEARCH_GROUP = "research_group"
    STUDENT_WORK = "student_work"
    EXISTING_KNOWLEDGE = "existing_knowledge"
    BUSINESS_SUPPORT = "business_support"
    NOT_FOR_US = "not_for_us"


class ClosingReason(StrEnum):
    """Why a case was closed."""

    DONE = "done"
    NOBODY_FOUND = "nobody_found"
    NOBODY_AVAILABLE = "nobody_available"
    OUT_OF_SCOPE = "out_of_scope"
    NO_ANSWER = "no_answer"
    DUPLICATE = "duplicate"
    OTHER = "other"


class Origin(StrEnum):
    """How a candidate came on the list."""

    SYSTEM = "system"
    MORE = "more"
    """The adviser asked the system for more."""
    ADVISER = "adviser"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A suggestion with what the adviser decided about it. The suggestion keeps its rank in the system's list."""

    suggestion: Suggestion
    origin: Origin = Origin.SYSTEM
    decision: Decision = Decision.PENDING
    reason: RejectionReason | None = None
    comment: str = ""

    @property
    def id(self) -> str:
        return self.suggestion.collaborator_id


@dataclass(frozen=True, slots=True)
class Case:
    """A challenge on its way. ``revision`` grows by one with every change; ``version`` is the description's.

    ``candidates`` stand in the adviser's order. ``owner`` is the adviser who answers for the case. ``confidence`` is
    that of the system's best suggestion, "none" where nobody is near; None before the matching.
    """

    id: str
    collection: str
    state: State
    revision: int
    version: int
    description: Description
    language: str | None
    created_at: datetime
    submitted_at: datetime | None = None
    promised_on: date | None = None
    owner: str | None = None
    route: Route | None = None
    closing_reason: ClosingReason | None = None
    confidence: str | None = None
    candidates: tuple[Candidate, ...] = ()

    @property
    def accepted(self) -> tuple[Candidate, ...]:
        return tuple(one for one in self.candidates if one.decision is Decision.ACCEPTED)


def reference(case_id: str) -> str:
    """By which a case is spoken of on the telephone: the first eight digits of its id, "0B7D-2F0E"."""
    return f"{case_id[:4]}-{case_id[4:8]}".upper()


def step(case: Case, act: Act, party: Party) -> Case:
    """The case in the state that an act leads to.

    Raises:
        IllegalActError: the act is not allowed.
    """
    return replace(case, state=next_state(case.state, act, party))


def get_candidate(case: Case, collaborator_id: str) -> Candidate:
    """The candidate of an id.

    Raises:
        NotFoundError: there is no such candidate.
    """
    return case.candidates[_place(case, collaborator_id)]


def decide(
    case: Case,
    collaborator_id: str,
    decision: Decision,
    reason: RejectionReason | None = None,
    comment: str = "",
) -> Case:
    """The case with a decision about one candidate; an accepted one keeps its place, a rejected one too.

    Raises:
        NotFoundError: there is no such candidate.
    """
    place = _place(case, collaborator_id)
    decided = replace(case.candidates[place], decision=decision, reason=reason, comment=comment)
    return replace(case, candidates=(*case.candidates[:place], decided, *case.candidates[place + 1 :]))


def move(case: Case, collaborator_id: str, to: int) -> Case:
    """The case with one candidate at place ``to`` (from 1) of the list; beyond an end it stops there.

    Raises:
        NotFoundError: there is no such candidate.
    """
    place = _place(case, collaborator_id)
    others = [*case.candidates[:place], *case.candidates[place + 1 :]]
    others.insert(min(max(to - 1, 0), len(others)), case.candidates[place])
    return replace(case, candidates=tuple(others))


def add(case: Case, candidates: Sequence[Candidate]) -> Case:
    """The case with further candidates at the end; those on the list already stay as they are."""
    known = {one.id for one in case.candidates}
    return replace(case, candidates=(*case.candidates, *(one for one in candidates if one.id not in known)))


def rematch(case: Case, suggestions: Sequence[Suggestion]) -> Case:
    """The case on a new list of the system's: what was decided or added before stays, and stands before the rest."""
    fresh = {one.collaborator_id: one for one in suggestions}
    kept = [
        replace(one, suggestion=fresh.pop(one.id, one.suggestion))
        for one in case.candidates
        if one.decision is not Decision.PENDING or one.origin is Origin.ADVISER
    ]
    return replace(case, candidates=(*kept, *(Candidate(one) for one in fresh.values())))


TRACKED = ("state", "owner", "route", "closing_reason", "promised_on")


def difference(before: Case, after: Case) -> tuple[dict[str, Any], dict[str, Any]]:
    """What an act changed, as it was and as it became, in JSON's types: enough to undo it.

    Candidates that are only on one side have None on the other.
    """
    old: dict[str, Any] = {}
    new: dict[str, Any] = {}
    for name in TRACKED:
        if getattr(before, name) != getattr(after, name):
            old[name], new[name] = _plain(getattr(before, name)), _plain(getattr(after, name))
    earlier, later = ({one.id: one for one in case.candidates} for case in (before, after))
    changed = [one for one in {**earlier, **later} if _judged(earlier.get(one)) != _judged(later.get(one))]
    if changed:
        old["candidates"] = {one: _judged(earlier.get(one)) for one in changed}
        new["candidates"] = {one: _judged(later.get(one)) for one in changed}
    if [*earlier] != [*later]:
        old["order"], new["order"] = [*earlier], [*later]
    return old, new


def restore(case: Case, before: Mapping[str, Any]) -> Case:
    """The case with the list, owner and route as ``before`` (see ``difference``) says they were; the state stays.

    Candidates that were not there before are taken away. Nothing is brought back that was taken away, for no act
    takes a candidate away.
    """
    candidates = {one.id: one for one in case.candidates}
    for one, judged in before.get("candidates", {}).items():
        if judged is None:
            candidates.pop(one, None)
        elif one in candidates:
            candidates[one] = replace(
                candidates[one],
                decision=Decision(judged["decision"]),
                reason=RejectionReason(judged["reason"]) if judged["reason"] else None,
                comment=judged["comment"],
            )
    order = [one for one in before.get("order", candidates) if one in candidates]
    order += [one for one in candidates if one not in order]
    case = replace(case, candidates=tuple(candidates[one] for one in order))
    if "owner" in before:
        case = replace(case, owner=before["owner"])
    if "route" in before:
        case = replace(case, route=Route(before["route"]) if before["route"] else None)
    return case


def _place(case: Case, collaborator_id: str) -> int:
    for place, one in enumerate(case.candidates):
        if one.id == collaborator_id:
            return place
    raise NotFoundError(mark("{id} is not among the candidates."), id=collaborator_id)


def _judged(candidate: Candidate | None) -> dict[str, Any] | None:
    if candidate is None:
        return None
    return {
        "decision": candidate.decision.value,
        "reason": candidate.reason.value if candidate.reason else None,
        "comment": candidate.comment,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value.value if isinstance(value, StrEnum) else value
