"""What of a case's events is told, written to the outbox beside the event itself: webhooks, and letters.

A webhook's message has ids, states, times and paths; never words of anybody, never a draft, never what stays at the
desk. An approval counts from its release: until then the state told is that of a case under review.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db import outbox
from matchmaker.db.case_models import ADMITTED, ApprovalRow, ParticipantRow
from matchmaker.db.letters import write_letters, write_list_letters
from matchmaker.db.outbox import JobKind
from matchmaker.db.webhooks import WebhookEvent, list_listening
from matchmaker.domain.case import Case
from matchmaker.domain.errors import mark
from matchmaker.domain.event import EventKind
from matchmaker.domain.workflow import IllegalActError, State, told_state

CHALLENGE_PATH = "/api/v1/challenges/{id}"

CO_OWNER = "co_owner"
"""A participant who is told, though not of what the adviser asks the first owner; a follower is told nothing."""


def announce_received(session: Session, case: Case, at: datetime) -> None:
    """Tell of a challenge that has come in."""
    _tell(session, WebhookEvent.CHALLENGE_RECEIVED, case, at, {"state": case.state.value}, _owner(case))


def announce(session: Session, before: Case, after: Case, kind: EventKind, at: datetime) -> None:
    """Tell systems and people of what an event changed, and of an approved list at its release.

    Raises:
        IllegalActError: an approval is taken back whose list is being sent just now.
    """
    write_letters(session, before, after, kind)
    if kind is EventKind.SUBMIT:
        announce_received(session, after, at)
        return
    approval = _latest_approval(session, after.id, taken_back=kind is EventKind.TAKE_BACK)
    for others in (False, True):
        old, new = (_told(one, approval, at, for_others=others) for one in (before, after))
        _tell_state(session, after, old, new, at, _co_owners(session, after) if others else _owner(after))
    if kind is EventKind.ASK:
        _tell(session, WebhookEvent.QUESTION_ASKED, after, at, {"state": after.state.value}, _owner(after))
    if approval:
        _tell_approval(session, before, after, kind, approval, at)


def _tell_approval(
    session: Session, before: Case, after: Case, kind: EventKind, approval: ApprovalRow, at: datetime
) -> None:
    """A list leaves at its release; taken back, or when the case goes on before that, it leaves never."""
    released = _aware(approval.released_at)
    group, state_group = f"approval:{approval.id}", f"approval-state:{approval.id}"
    everybody = _owner(after) | _co_owners(session, after)
    match kind:
        case EventKind.APPROVE | EventKind.RELEASE:
            was_waiting = outbox.call_off(session, group) and outbox.call_off(session, state_group)
            if was_waiting:
                data = {"state": after.state.value, "approval": approval.id}
                _tell(session, WebhookEvent.SHORTLIST_APPROVED, after, released, data, everybody, group)
                write_list_letters(session, after, approval.id, released, group)
            if was_waiting and (released > at or kind is EventKind.RELEASE):
                _tell_state(session, after, State.IN_REVIEW, State.APPROVED, released, everybody, state_group)
        case EventKind.TAKE_BACK:
            if not (outbox.call_off(session, group) and outbox.call_off(session, state_group)):
                raise IllegalActError(
                    mark("The list has been sent; it can no longer be taken back."), state=before.state
                )
        case _ if before.state is State.APPROVED and after.state is not State.APPROVED and released > at:
            # What waits to be sent belongs to a case that has gone on: it is not sent any more. What is due already,
            # and only not delivered yet, has been told: its receivers are not to miss a state.
            outbox.call_off(session, state_group)
            outbox.call_off(session, group)
            approval.taken_back_at = at


def _told(case: Case, approval: ApprovalRow | None, at: datetime, *, for_others: bool) -> State:
    """The state that a municipality knows of: that of the API and of its page."""
    unsent = approval is not None and (approval.taken_back_at is not None or _aware(approval.released_at) > at)
    return told_state(case.state, unsent=unsent, for_others=for_others)


def _tell_state(
    session: Session, case: Case, old: State, new: State, at: datetime, to: set[str], group: str | None = None
) -> None:
    if old is not new:
        data = {"state": new.value, "previous_state": old.value}
        _tell(session, WebhookEvent.STATE_CHANGED, case, at, data, to, group)


def _tell(
    session: Session,
    event: WebhookEvent,
    case: Case,
    at: datetime,
    data: Mapping[str, Any],
    to: set[str],
    group: str | None = None,
) -> None:
    """One row for each endpoint of the municipalities that asked for such events."""
    for endpoint in list_listening(session, to):
        if event not in endpoint.events:
            continue
        body = {
            "type": event.value,
            "timestamp": at.isoformat(),
            "data": {
                "challenge": case.id,
                "municipality": case.description.municipality,
                "version": case.version,
                **data,
                "links": {"challenge": CHALLENGE_PATH.format(id=case.id)},
            },
        }
        key = f"{endpoint.id}:{event.value}:{case.id}:{case.revision}:{data['state']}"
        outbox.add(session, JobKind.WEBHOOK, body, key, run_at=at, group=group, endpoint_id=endpoint.id)


def _owner(case: Case) -> set[str]:
    """The municipality that asked."""
    return {case.description.municipality} if case.description.municipality else set()


def _co_owners(session: Session, case: Case) -> set[str]:
    """The municipalities that own it with the first one."""
    query = select(ParticipantRow.municipality).where(
        ParticipantRow.challenge_id == case.id,
        ParticipantRow.role == CO_OWNER,
        ParticipantRow.standing == ADMITTED,
    )
    return set(session.scalars(query)) - _owner(case)


def _latest_approval(session: Session, case_id: str, *, taken_back: bool) -> ApprovalRow | None:
    query = select(ApprovalRow).where(ApprovalRow.challenge_id == case_id)
    if taken_back:
        query = query.where(ApprovalRow.taken_back_at.is_not(None)).order_by(ApprovalRow.taken_back_at.desc())
    else:
        query = query.where(ApprovalRow.taken_back_at.is_(None)).order_by(ApprovalRow.approved_at.desc())
    return session.scalars(query.limit(1)).first()


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
