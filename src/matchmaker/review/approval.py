"""The one door by which a list leaves the desk: an adviser approves it, and until it is sent can take it back."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from matchmaker.db.case_records import add_approval, change_latest_approval, find_latest_approval
from matchmaker.db.cases import save_case
from matchmaker.db.collection import active_ids
from matchmaker.db.session import Session
from matchmaker.domain.case import Case, Route, step
from matchmaker.domain.errors import InvalidChallengeError, mark
from matchmaker.domain.event import EventKind
from matchmaker.domain.workflow import Act, IllegalActError, Party, State
from matchmaker.review.desk import Desk
from matchmaker.review.status import ApprovedList, approved_content, written


def to_approve(case: Case, message: str = "") -> ApprovedList:
    """The list as the municipality would see it: what was accepted, in the adviser's order."""
    suggestions = [replace(one.suggestion, rank=rank) for rank, one in enumerate(case.accepted, start=1)]
    return ApprovedList(suggestions, case.route, message.strip())


def approve(
    desk: Desk,
    case_id: str,
    revision: int,
    message: str,
    undo_minutes: int,
    now: datetime | None = None,
    *,
    route: Route | None = None,
) -> Case:
    """Approve the accepted candidates; they are sent when the time to undo is over.

    ``route`` is the one chosen with the approval; None leaves the case's own.

    Raises:
        StaleCaseError: the case has changed since; the list and text may be others than the adviser saw.
        InvalidChallengeError: nobody is accepted and nothing is written in their place, no route is set, the
            message is too long, or somebody accepted takes no part any more; the error names the field.
        IllegalActError: the case's state does not allow it.
    """
    now = now or datetime.now(UTC)
    with desk.transaction() as session:
        case = desk.seen(session, case_id, revision)
        approved = step(case, Act.APPROVE, Party.ADVISER)
        message = written(message, "message", required=False)
        approved = replace(approved, route=route or case.route, owner=case.owner or desk.adviser)
        if approved.route is None:
            raise InvalidChallengeError("route", mark("Choose the route first: how the need is to be met."))
        if not case.accepted and not message:
            raise InvalidChallengeError(
                "message", mark("Nobody is accepted. Write to the municipality why, or accept somebody.")
            )
        _check_all_take_part(session, case)
        content = approved_content(to_approve(approved, message))
        released = now + timedelta(minutes=undo_minutes)
        add_approval(session, case_id, case.version, desk.adviser, now, released, content)
        details = {"count": len(case.accepted)}
        return save_case(session, case, approved, desk.actor, EventKind.APPROVE, details=details)


def _check_all_take_part(session: Session, case: Case) -> None:
    """Who has opted out since it was suggested is on no list that leaves."""
    accepted = {one.id for one in case.accepted}
    if accepted - active_ids(session, case.collection, accepted):
        raise InvalidChallengeError(
            "", mark("Somebody who is accepted takes no part any more. Reject whoever is marked so, then approve.")
        )


def take_back(desk: Desk, case_id: str, revision: int, now: datetime | None = None) -> Case:
    """Undo an approval that has not been sent yet.

    Raises:
        IllegalActError: it has been sent, or there is none.
    """

    def beside(session: Session, case: Case) -> None:
        change_latest_approval(session, case_id, taken_back_at=_before_sending(session, case, now))

    return desk.act(
        case_id, revision, EventKind.TAKE_BACK, lambda case: step(case, Act.TAKE_BACK, Party.ADVISER), beside=beside
    )


def release(desk: Desk, case_id: str, revision: int, now: datetime | None = None) -> Case:
    """Send an approved list now.

    Raises:
        IllegalActError: it has been sent, or there is none.
    """

    def beside(session: Session, case: Case) -> None:
        change_latest_approval(session, case_id, released_at=_before_sending(session, case, now))

    return desk.act(case_id, revision, EventKind.RELEASE, lambda case: case, beside=beside)


def revise(desk: Desk, case_id: str, revision: int, promised_on: date) -> Case:
    """Change a list that was sent: the sent one stays with the municipality until another is approved.

    ``promised_on`` is the day by which the municipality is promised that: the day that was promised before has passed.
    """
    return desk.act(
        case_id,
        revision,
        EventKind.REVISE,
        lambda case: replace(step(case, Act.REVISE, Party.ADVISER), promised_on=promised_on),
    )


def _before_sending(session: Session, case: Case, now: datetime | None) -> datetime:
    """The moment, read inside the transaction: a list that the municipality may have seen is not taken back."""
    now = now or datetime.now(UTC)
    approval = find_latest_approval(session, case.id)
    if case.state is not State.APPROVED or approval is None or approval.released_at <= now:
        raise IllegalActError(mark("The list has been sent; it can no longer be taken back."), state=case.state)
    return now
