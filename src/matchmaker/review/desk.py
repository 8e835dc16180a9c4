"""What advisers do with a case. Every act goes through ``Desk.act``: one transaction, one event, nobody overwritten.

Each takes the revision of the case that the adviser saw. When somebody else has changed the case since, nothing is
done and ``StaleCaseError`` tells what was.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from matchmaker.db.case_records import (
    MessageKind,
    add_message,
    find_latest_approval,
)
from matchmaker.db.cases import get_case, list_events, save_case, stale
from matchmaker.db.challenges import find_shortlist
from matchmaker.db.desk_records import save_judgment
from matchmaker.db.session import Database, Session
from matchmaker.domain.case import (
    Candidate,
    Case,
    ClosingReason,
    Decision,
    Origin,
    RejectionReason,
    Route,
    add,
    decide,
    get_candidate,
    move,
    restore,
    step,
)
from matchmaker.domain.errors import InvalidChallengeError, NotFoundError, mark
from matchmaker.domain.event import UNDOABLE, Actor, Event, EventKind
from matchmaker.domain.workflow import Act, Party, State
from matchmaker.review.intake import Matchers, challenge_of
from matchmaker.review.status import line, written

MORE = 3
"""How many candidates "more" brings."""

SEARCHED = 60
"""How far down its ranking the system looks for more."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An adviser at work. Acts are transactions of their own, or parts of one that is under way (``session``)."""

    database: Database
    adviser: str
    session: Session | None = None

    def within(self, session: Session) -> "Desk":
        """The same desk, whose acts are parts of a transaction. ``add`` and ``more`` are none: they search before."""
        return replace(self, session=session)

    def transaction(self) -> AbstractContextManager[Session]:
        return nullcontext(self.session) if self.session else self.database.transaction()

    @property
    def actor(self) -> Actor:
        return Actor(Party.ADVISER, self.adviser)

    def decide(
        self,
        case_id: str,
        revision: int,
        collaborator_id: str,
        decision: Decision,
        reason: RejectionReason | None = None,
        comment: str = "",
    ) -> Case:
        """Accept or reject a candidate, or take the decision back.

        Raises:
            InvalidChallengeError: a rejection has no reason, or "other" no comment.
        """
        if decision is Decision.REJECTED and reason is None:
            raise InvalidChallengeError("reason", mark("Choose why the candidate is rejected."))
        if reason is RejectionReason.OTHER and not comment.strip():
            raise InvalidChallengeError("comment", mark("Write why, when no reason of the list fits."))
        return self._review(
            case_id,
            revision,
            EventKind.DECIDE,
            lambda case: decide(case, collaborator_id, decision, reason, line(comment)),
            {"collaborator": collaborator_id},
        )

    def move(self, case_id: str, revision: int, collaborator_id: str, to: int) -> Case:
        """Put a candidate at a place of the list, from 1."""
        return self._review(
            case_id,
            revision,
            EventKind.MOVE,
            lambda case: move(case, collaborator_id, to),
            {"collaborator": collaborator_id, "to": to},
        )

    def add(self, case_id: str, revision: int, collaborator_id: str, matchers: Matchers) -> Case:
        """Put anyone of the catalogue on the list, accepted, with what evidence there is."""
        with self.database.reading() as session:
            case = get_case(session, case_id)
        suggestion = matchers(case.collection).suggest(challenge_of(case), [collaborator_id])
        if not suggestion:
            raise NotFoundError(mark("{id} is not in the catalogue."), id=collaborator_id)
        added = Candidate(suggestion[0], Origin.ADVISER, Decision.ACCEPTED)
        return self._review(
            case_id, revision, EventKind.ADD, lambda case: add(case, [added]), {"collaborator": collaborator_id}
        )

    def more(self, case_id: str, revision: int, like: str | None, matchers: Matchers) -> Case:
        """List the next-ranked candidates: of the department of ``like``, or (None) of departments not yet there.

        Raises:
            NotFoundError: nobody further has any evidence.
        """
        with self.database.reading() as session:
            case = get_case(session, case_id)
        matcher = matchers(case.collection)
        [(_, ranked)] = matcher.rank([challenge_of(case)], top_k=SEARCHED)
        known = {one.id for one in case.candidates}
        further = matcher.suggest(
            challenge_of(case), [one.collaborator_id for one in ranked if one.collaborator_id not in known]
        )
        further = [one for one in further if one.evidence and not one.kind.is_route]
        if like is not None:
            department = get_candidate(case, like).suggestion.department
            found = [one for one in further if one.department == department]
        else:
            present = {one.suggestion.department for one in case.candidates}
            found = [one for one in further if one.department not in present]
        if not found:
            raise NotFoundError(mark("Nobody further of that kind has any evidence."))
        added = [Candidate(one, Origin.MORE) for one in found[:MORE]]
        return self._review(
            case_id, revision, EventKind.MORE, lambda case: add(case, added), {"like": like, "count": len(added)}
        )

    def set_owner(self, case_id: str, revision: int | None, owner: str | None) -> Case:
        """Say which adviser answers for the case. Without a revision (bulk assignment) whatever it is now."""
        return self.act(case_id, revision, EventKind.OWNER, lambda case: replace(case, owner=owner), {"owner": owner})

    def set_route(self, case_id: str, revision: int, route: Route | None) -> Case:
        """Say by which way the need is met."""
        return self._review(case_id, revision, EventKind.ROUTE, lambda case: replace(case, route=route))

    def note(self, case_id: str, text: str) -> Case:
        """Write an internal note. Notes are added, never changed, so that none can be overwritten."""
        text = written(text, "note")
        return self.act(
            case_id,
            None,
            EventKind.NOTE,
            lambda case: case,
            beside=lambda session, _: add_message(session, case_id, MessageKind.NOTE, self.adviser, text),
        )

    def ask(self, case_id: str, revision: int, text: str) -> Case:
        """Ask the officer a question; the case waits for the answer."""
        text = written(text, "question")
        return self.act(
            case_id,
            revision,
            EventKind.ASK,
            lambda case: step(case, Act.ASK, Party.ADVISER),
            beside=lambda session, _: add_message(session, case_id, MessageKind.QUESTION, self.adviser, text),
        )

    def resume(self, case_id: str, revision: int) -> Case:
        """Go on without the officer's answer."""
        return self.act(case_id, revision, EventKind.RESUME, lambda case: step(case, Act.RESUME, Party.ADVISER))

    def judge(self, case_id: str, grades: Mapping[str, int], *, blind: bool) -> bool:
        """Keep relevance judgments, grades 0 to 3 by collaborator; whether all were kept.

        What was graded blind stays as it is: once the order is known, no grade is blind any more.
        """
        with self.transaction() as session:
            case = get_case(session, case_id)
            kept = [
                save_judgment(session, case_id, collaborator_id, self.adviser, grade, blind=blind)
                for collaborator_id, grade in grades.items()
            ]
            if any(kept):
                details = {"count": sum(kept), "blind": blind}
                save_case(session, case, case, self.actor, EventKind.JUDGE, details=details)
        return all(kept)

    def close(self, case_id: str, revision: int, reason: ClosingReason, route: Route, message: str = "") -> Case:
        """Close the case, with the reason, the route and the words that the municipality is told.

        A list that was approved and has not been sent yet is not sent any more; the event tells so.

        Raises:
            InvalidChallengeError: "other" has no words, or there are too many; the error names the field.
        """
        message = written(message, "message", required=reason is ClosingReason.OTHER)
        with self.transaction() as session:
            case = self.seen(session, case_id, revision)
            closed = replace(step(case, Act.CLOSE, Party.ADVISER), closing_reason=reason, route=route)
            approval = find_latest_approval(session, case_id)
            unsent = case.state is State.APPROVED and approval and approval.released_at > datetime.now(UTC)
            details: dict[str, Any] = {"list_not_sent": approval.id} if approval and unsent else {}
            if message:
                details["message"] = add_message(session, case_id, MessageKind.CLOSING, self.adviser, message)
            return save_case(session, case, closed, self.actor, EventKind.CLOSE, details=details)

    def reopen(self, case_id: str, revision: int, promised_on: date) -> Case:
        """Take a closed case up again; one whose present version was never matched is then matched.

        ``promised_on`` is the day by which the municipality is promised an answer now.
        """
        with self.transaction() as session:
            case = self.seen(session, case_id, revision)
            is_matched = find_shortlist(session, case_id, case.version) is not None
            act = Act.REOPEN if is_matched else Act.REOPEN_UNMATCHED
            reopened = replace(step(case, act, Party.ADVISER), closing_reason=None, promised_on=promised_on)
            return save_case(session, case, reopened, self.actor, EventKind.REOPEN)

    def undo(self, case_id: str, revision: int, event_id: int) -> Case:
        """Undo the last act on the list that is not undone yet: the one whose event the adviser saw.

        Raises:
            NotFoundError: there is none since the list was matched or approved, or it is another one.
        """
        with self.transaction() as session:
            case = self.seen(session, case_id, revision)
            event = find_undoable(list_events(session, case_id))
            if event is None or event.id != event_id:
                raise NotFoundError(mark("There is nothing to undo."))
            step(case, Act.REVIEW, Party.ADVISER)
            details = {"undone": event.kind.value, **{key: event.after[key] for key in _TELLING if key in event.after}}
            return save_case(
                session, case, restore(case, event.before), self.actor, EventKind.UNDO, details=details, undoes=event.id
            )

    def _review(
        self,
        case_id: str,
        revision: int,
        kind: EventKind,
        change: Callable[[Case], Case],
        details: Mapping[str, Any] | None = None,
    ) -> Case:
        """A decision about the list: it also begins the review, and gives the case its owner where it has none."""

        def reviewed(case: Case) -> Case:
            changed = change(step(case, Act.REVIEW, Party.ADVISER))
            return replace(changed, owner=changed.owner or self.adviser)

        return self.act(case_id, revision, kind, reviewed, details)

    def act(
        self,
        case_id: str,
        revision: int | None,
        kind: EventKind,
        change: Callable[[Case], Case],
        details: Mapping[str, Any] | None = None,
        beside: Callable[[Session, Case], object] | None = None,
    ) -> Case:
        with self.transaction() as session:
            case = self.seen(session, case_id, revision)
            after = change(case)
            if beside:
                beside(session, case)
            return save_case(session, case, after, self.actor, kind, details=details)

    @staticmethod
    def seen(session: Session, case_id: str, revision: int | None) -> Case:
        """The case, as the adviser saw it.

        Raises:
            StaleCaseError: somebody else has changed it since.
        """
        case = get_case(session, case_id)
        if revision is not None and case.revision != revision:
            raise stale(session, case_id, revision)
        return case


_TELLING = ("collaborator", "to", "like", "count")
"""Of an undone act what its event also told."""

BARRIERS = frozenset({EventKind.MATCH, EventKind.APPROVE, EventKind.CLOSE})
"""Acts before which nothing is undone: others have built on what was there."""


def find_undoable(events: Sequence[Event]) -> Event | None:
    """The last act that can be undone."""
    undone = {one.undoes for one in events}
    for event in reversed(events):
        if event.kind in BARRIERS:
            return None
        if event.kind in UNDOABLE and event.id not in undone:
            return event
    return None
