"""What an adviser can do with a case, by the name that the forms send: how it is done, and what it is called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from matchmaker.db.desk_records import TieKind
from matchmaker.domain.case import Case, ClosingReason, Decision, RejectionReason, Route
from matchmaker.domain.days import local_day
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError, mark
from matchmaker.review import approval, owners, participants, ties
from matchmaker.review.desk import Desk
from matchmaker.review.intake import answer_day
from matchmaker.workspace import Workspace

Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Wish:
    """An act that an adviser asked for: on which case, as of which revision, with what was typed."""

    desk: Desk
    workspace: Workspace
    case_id: str
    revision: int
    typed: Mapping[str, str]

    @property
    def collaborator(self) -> str:
        return self.typed.get("collaborator", "")

    def text(self, name: str) -> str:
        return self.typed.get(name, "")

    def number(self, name: str) -> int:
        """A number that the form carries; 0, which nothing has, where it carries none."""
        value = self.text(name)
        return int(value) if value.isdecimal() and len(value) < 16 else 0

    @property
    def promise(self) -> date:
        """The day by which a municipality that waits from today on is promised its answer."""
        return answer_day(local_day(), self.workspace.settings.answer_days)

    def chosen(self, kind: type[Word], name: str) -> Word | None:
        """The choice of a list; None where none was made, or one that is not on the list."""
        value = self.text(name)
        return kind(value) if value in {one.value for one in kind} else None

    def needed(self, kind: type[Word], name: str, complaint: str) -> Word:
        found = self.chosen(kind, name)
        if found is None:
            raise InvalidChallengeError(name, complaint)
        return found


Doing = Callable[[Wish], Case]


def _accept(wish: Wish) -> Case:
    return wish.desk.decide(wish.case_id, wish.revision, wish.collaborator, Decision.ACCEPTED)


def _reset(wish: Wish) -> Case:
    return wish.desk.decide(wish.case_id, wish.revision, wish.collaborator, Decision.PENDING)


def _reject(wish: Wish) -> Case:
    reason = wish.chosen(RejectionReason, "reason")
    return wish.desk.decide(
        wish.case_id, wish.revision, wish.collaborator, Decision.REJECTED, reason, wish.text("comment")
    )


def _move(wish: Wish) -> Case:
    place = wish.text("to").strip()
    if not (place.isdecimal() and 0 < int(place) < 10_000):
        raise InvalidChallengeError("to", mark("Write a place on the list, from 1."))
    return wish.desk.move(wish.case_id, wish.revision, wish.collaborator, int(place))


def _add(wish: Wish) -> Case:
    return wish.desk.add(wish.case_id, wish.revision, wish.collaborator, wish.workspace.matcher)


def _more(wish: Wish) -> Case:
    return wish.desk.more(wish.case_id, wish.revision, wish.collaborator or None, wish.workspace.matcher)


def _tie(wish: Wish) -> Case:
    kind = wish.needed(TieKind, "kind", mark("Choose what kind of tie it is."))
    everywhere = wish.text("everywhere") == "yes"
    return ties.register_tie(
        wish.desk, wish.case_id, wish.revision, wish.collaborator, kind, wish.text("comment"), everywhere=everywhere
    )


def _untie(wish: Wish) -> Case:
    return ties.take_back_tie(wish.desk, wish.case_id, wish.revision, wish.number("tie"))


def _admit(wish: Wish) -> Case:
    return participants.admit_at_desk(wish.desk, wish.case_id, wish.revision, wish.text("participant"))


def _refuse(wish: Wish) -> Case:
    return participants.refuse_at_desk(wish.desk, wish.case_id, wish.revision, wish.text("participant"))


def _note(wish: Wish) -> Case:
    return wish.desk.note(wish.case_id, wish.text("note"))


def _ask(wish: Wish) -> Case:
    return wish.desk.ask(wish.case_id, wish.revision, wish.text("question"))


def _resume(wish: Wish) -> Case:
    return wish.desk.resume(wish.case_id, wish.revision)


def _route(wish: Wish) -> Case:
    return wish.desk.set_route(wish.case_id, wish.revision, wish.chosen(Route, "route"))


def _owner(wish: Wish) -> Case:
    return owners.set_owner(wish.desk, wish.workspace.settings, wish.case_id, wish.revision, wish.text("owner") or None)


def _undo(wish: Wish) -> Case:
    return wish.desk.undo(wish.case_id, wish.revision, wish.number("event"))


def _close(wish: Wish) -> Case:
    reason = wish.needed(ClosingReason, "reason", mark("Choose why the case is closed. The municipality is told."))
    route = wish.needed(Route, "route", mark("Choose the route. The municipality is told."))
    return wish.desk.close(wish.case_id, wish.revision, reason, route, wish.text("message"))


def _reopen(wish: Wish) -> Case:
    return wish.desk.reopen(wish.case_id, wish.revision, wish.promise)


def _take_back(wish: Wish) -> Case:
    return approval.take_back(wish.desk, wish.case_id, wish.revision)


def _release(wish: Wish) -> Case:
    return approval.release(wish.desk, wish.case_id, wish.revision)


def _revise(wish: Wish) -> Case:
    return approval.revise(wish.desk, wish.case_id, wish.revision, wish.promise)


ACTS: Mapping[str, tuple[Doing, str]] = {
    "accept": (_accept, mark("Accept {name}")),
    "reset": (_reset, mark("Take back the decision on {name}")),
    "reject": (_reject, mark("Reject {name}")),
    "move": (_move, mark("Move {name} to place {to}")),
    "add": (_add, mark("Add {name}")),
    "more": (_more, mark("Fetch further candidates")),
    "tie": (_tie, mark("Register a tie of {name}")),
    "untie": (_untie, mark("Take back a tie of {name}")),
    "admit": (_admit, mark("Let a municipality in")),
    "refuse": (_refuse, mark("Refuse a municipality")),
    "note": (_note, mark("Write an internal note")),
    "ask": (_ask, mark("Ask the municipality")),
    "resume": (_resume, mark("Go on without the answer")),
    "route": (_route, mark("Set the route")),
    "owner": (_owner, mark("Set the owner")),
    "undo": (_undo, mark("Undo the last act")),
    "close": (_close, mark("Close the case")),
    "reopen": (_reopen, mark("Open the case again")),
    "take-back": (_take_back, mark("Take the approval back")),
    "release": (_release, mark("Send the list now")),
    "revise": (_revise, mark("Change the list that was sent")),
}
"""Each act, and what it is called where an adviser is asked whether to do it all the same. Approving has a page."""

ONLY_AS_SEEN = frozenset({"undo", "release", "take-back", "admit"})
"""Acts on exactly what the adviser saw: where it has changed, they are not offered anew, only the case is shown."""


def do(act: str, wish: Wish) -> Case:
    """Do what was asked for.

    Raises:
        NotFoundError: there is no such act, case or candidate.
        StaleCaseError: somebody else has changed the case since.
        InvalidChallengeError: something was left out; the error names the field.
        IllegalActError: the case's state does not allow it.
    """
    if act not in ACTS:
        raise NotFoundError(mark("There is no such act."))
    return ACTS[act][0](wish)
