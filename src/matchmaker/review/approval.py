"""The one door by which a list leaves the desk: an adviser approves it, and until it is sent can take it back."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from matchmaker.db.case_records import add_approval, change_latest_approval, find_latest_approval
from matchmaker.db.cases import get_case
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
    shown_route: Route | None = None,
) -> Case:
    """Approve the accepted candidates; they are sent when the time to undo is over.

    ``shown_route`` is what the form said when it was sent: nothing is approved that the adviser has not seen as the
    municipality will.

    Raises:
        InvalidChallengeError: nobody is accepted and nothing is written in their place, no route is set, or the
            message is too long; the error names the field.
        IllegalActError: the case's state does not allow it.
    """
    now = now or datetime.now(UTC)
    with desk.database.reading() as session:
        case = get_case(session, case_id)
    message = written(message, "message", required=False)
    if case.route is None:
        raise InvalidChallengeError("route", mark("Choose the route first: how the need is to be met."))
    if shown_route not in {None, case.route}:
        raise InvalidChallengeError(
            "route", mark("Set the route first, and look once more at what the municipality will see.")
        )
    if not case.accepted and not message:
        raise InvalidChallengeError(
            "message", mark("Nobody is accepted. Write to the municipality why, or accept somebody.")
        )
    return desk.act(
        case_id,
        revision,
        EventKind.APPROVE,
        lambda current: replace(step(current, Act.APPROVE, Party.ADVISER), owner=current.owner or desk.adviser),
        {"count": len(case.accepted)},
        lambda session, current: add_approval(
            session,
            case_id,
            current.version,
            desk.adviser,
            now,
            now + timedelta(minutes=undo_minutes),
            approved_content(to_approve(current, message)),
        ),
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


def revise(desk: Desk, case_id: str, revision: int) -> Case:
    """Change a list that was sent: the sent one stays with the municipality until another is approved."""
    return desk.act(case_id, revision, EventKind.REVISE, lambda case: step(case, Act.REVISE, Party.ADVISER))


def _before_sending(session: Session, case: Case, now: datetime | None) -> datetime:
    """The moment, read inside the transaction: a list that the municipality may have seen is not taken back."""
    now = now or datetime.now(UTC)
    approval = find_latest_approval(session, case.id)
    if case.state is not State.APPROVED or approval is None or approval.released_at <= now:
        raise IllegalActError(mark("The list has been sent; it can no longer be taken back."), state=case.state)
    return now
