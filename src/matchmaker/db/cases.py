"""Cases in the database: read whole, changed through one door that writes the event beside the change."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from matchmaker.db.announcing import announce, announce_received
from matchmaker.db.case_models import CandidateRow, ChallengeRow, EventRow, VersionRow
from matchmaker.domain.case import (
    Candidate,
    Case,
    ClosingReason,
    Decision,
    Origin,
    RejectionReason,
    Route,
    difference,
)
from matchmaker.domain.description import Description, Visibility
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.event import Actor, Event, EventKind, StaleCaseError
from matchmaker.domain.shortlist import Suggestion
from matchmaker.domain.workflow import Party, State

_DESCRIPTION = TypeAdapter(Description)
_SUGGESTION = TypeAdapter(Suggestion)
_SUGGESTIONS = TypeAdapter(list[Suggestion])


def get_case(session: Session, case_id: str) -> Case:
    """The case of a challenge that has been sent.

    Raises:
        NotFoundError: there is none; a draft is none yet.
    """
    row = session.get(ChallengeRow, case_id)
    if row is None or row.state == State.DRAFT:
        raise NotFoundError(mark("There is no challenge with the id {id}."), id=case_id)
    rows = session.scalars(
        select(CandidateRow).where(CandidateRow.challenge_id == case_id).order_by(CandidateRow.position)
    ).all()
    return _case(row, rows)


def add_case(session: Session, case: Case, link_digest: str | None = None) -> None:
    """A new case with its first version. The event that tells of it is the caller's to write.

    One that comes in as a draft is told of when it is submitted, by ``save_case``.
    """
    row = ChallengeRow(id=case.id, collection=case.collection, created_at=case.created_at, link_digest=link_digest)
    _fill(row, case)
    session.add(row)
    session.flush()
    session.add(_version(case))
    if case.state is not State.DRAFT:
        announce_received(session, case, case.submitted_at or case.created_at)


def add_first_version(
    session: Session, draft_id: str, description: Description, submitted_at: datetime, promised_on: date
) -> Case:
    """A draft as a case that is about to be sent: described, its state still that of a draft."""
    row = session.get_one(ChallengeRow, draft_id)
    case = Case(
        id=row.id,
        collection=row.collection,
        state=State(row.state),
        revision=row.revision,
        version=1,
        description=description,
        language=None,
        created_at=aware(row.created_at),
        submitted_at=submitted_at,
        promised_on=promised_on,
    )
    _fill(row, case)
    session.add(_version(case))
    session.flush()
    return case


def save_case(
    session: Session,
    before: Case,
    after: Case,
    actor: Actor,
    kind: EventKind,
    *,
    details: Mapping[str, Any] | None = None,
    undoes: int | None = None,
) -> Case:
    """Change a case and write down the act. ``details`` is what the event tells besides the difference.

    A description of a higher version becomes a version of its own. What is told of it goes to the outbox.

    Raises:
        StaleCaseError: the case is no longer as it was before.
        IllegalActError: an approval is taken back whose list is being sent just now.
    """
    after = replace(after, revision=before.revision + 1)
    values = {name: value for name, value in _columns(after).items() if value != _columns(before).get(name)}
    claimed = session.execute(
        update(ChallengeRow)
        .where(ChallengeRow.id == before.id, ChallengeRow.revision == before.revision)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if not claimed.rowcount:  # type: ignore[attr-defined]  # an update has one
        raise stale(session, before.id, before.revision)
    if after.version != before.version:
        session.add(_version(after))
    _save_candidates(session, before, after)
    old, new = difference(before, after)
    now = datetime.now(UTC)
    session.add(
        EventRow(
            challenge_id=after.id,
            revision=after.revision,
            at=now,
            party=actor.party,
            actor=actor.id,
            kind=kind,
            before=old,
            after={**new, **(details or {})},
            undoes=undoes,
        )
    )
    announce(session, before, after, kind, now)
    session.flush()
    session.expire_all()
    return after


def stale(session: Session, case_id: str, revision: int) -> StaleCaseError:
    """What to raise for someone who knows a case only as of an earlier revision."""
    missed = list_events(session, case_id, EventRow.revision > revision)
    return StaleCaseError(missed[-1].revision if missed else revision, missed)


def list_events(
    session: Session,
    case_id: str,
    *conditions: ColumnElement[bool],
    newest: int | None = None,
    before: int | None = None,
) -> list[Event]:
    """A case's events, oldest first; with ``newest`` only so many of the last ones, of those ``before`` an event."""
    query = select(EventRow).where(EventRow.challenge_id == case_id, *conditions).order_by(EventRow.id.desc())
    if before:
        query = query.where(EventRow.id < before)
    rows = session.scalars(query.limit(newest) if newest else query).all()
    return [_event(row) for row in reversed(rows)]


def list_events_of(session: Session, case_id: str, kinds: Collection[EventKind]) -> list[Event]:
    """A case's events of some kinds, oldest first."""
    return list_events(session, case_id, EventRow.kind.in_(kinds))


def count_events(session: Session, case_id: str, before: int | None = None) -> int:
    """How many events a case has, in all or before one."""
    query = select(func.count()).select_from(EventRow).where(EventRow.challenge_id == case_id)
    return session.scalar(query.where(EventRow.id < before) if before else query) or 0


def get_revision(session: Session, case_id: str) -> int:
    """A case's revision, without reading the rest of it.

    Raises:
        NotFoundError: there is no such case.
    """
    query = select(ChallengeRow.revision).where(ChallengeRow.id == case_id, ChallengeRow.state != State.DRAFT)
    revision = session.scalar(query)
    if revision is None:
        raise NotFoundError(mark("There is no challenge with the id {id}."), id=case_id)
    return revision


def list_versions(session: Session, case_id: str) -> list[tuple[int, datetime, Description]]:
    """The descriptions as they were sent, oldest first."""
    rows = session.scalars(
        select(VersionRow).where(VersionRow.challenge_id == case_id).order_by(VersionRow.number)
    ).all()
    return [(row.number, aware(row.created_at), _DESCRIPTION.validate_python(row.description)) for row in rows]


def aware(moment: datetime) -> datetime:
    """SQLite forgets the zone; all times are kept in UTC."""
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _case(row: ChallengeRow, candidates: Sequence[CandidateRow]) -> Case:
    suggestions = _SUGGESTIONS.validate_python([one.suggestion for one in candidates])
    return Case(
        id=row.id,
        collection=row.collection,
        state=State(row.state),
        revision=row.revision,
        version=row.version,
        description=_DESCRIPTION.validate_python(row.description),
        language=row.language,
        created_at=aware(row.created_at),
        submitted_at=aware(row.submitted_at) if row.submitted_at else None,
        promised_on=row.promised_on,
        owner=row.owner,
        route=Route(row.route) if row.route else None,
        closing_reason=ClosingReason(row.closing_reason) if row.closing_reason else None,
        confidence=row.confidence,
        candidates=tuple(
            Candidate(
                suggestion=suggestion,
                origin=Origin(one.origin),
                decision=Decision(one.decision),
                reason=RejectionReason(one.reason) if one.reason else None,
                comment=one.comment,
            )
            for one, suggestion in zip(candidates, suggestions, strict=True)
        ),
    )


def _columns(case: Case) -> dict[str, Any]:
    described = case.description
    return {
        "title": described.title or None,
        "text": described.matched_text,
        "language": case.language,
        "municipality": described.municipality,
        "state": case.state.value,
        "revision": case.revision,
        "version": case.version,
        "description": _DESCRIPTION.dump_python(described, mode="json"),
        "submitted_at": case.submitted_at,
        "promised_on": case.promised_on,
        "is_public": described.visibility is Visibility.PUBLIC,
        "areas": list(described.areas),
        "owner": case.owner,
        "route": case.route,
        "closing_reason": case.closing_reason,
        "confidence": case.confidence,
    }


def _fill(row: ChallengeRow, case: Case) -> None:
    for name, value in _columns(case).items():
        setattr(row, name, value)


def _version(case: Case) -> VersionRow:
    return VersionRow(
        challenge_id=case.id,
        number=case.version,
        created_at=datetime.now(UTC),
        description=_DESCRIPTION.dump_python(case.description, mode="json"),
    )


def _save_candidates(session: Session, before: Case, after: Case) -> None:
    known = {one.id: (place, one) for place, one in enumerate(before.candidates)}
    for place, one in enumerate(after.candidates):
        if known.get(one.id) == (place, one):
            continue
        row = session.get(CandidateRow, (after.id, one.id)) if one.id in known else None
        if row is None:
            row = CandidateRow(challenge_id=after.id, collaborator_id=one.id)
            session.add(row)
        if one.id not in known or known[one.id][1].suggestion != one.suggestion:
            row.suggestion = _SUGGESTION.dump_python(one.suggestion, mode="json")
        row.position, row.origin, row.decision = place, one.origin, one.decision
        row.reason, row.comment = one.reason, one.comment
    for gone in set(known) - {one.id for one in after.candidates}:
        session.delete(session.get_one(CandidateRow, (after.id, gone)))


def _event(row: EventRow) -> Event:
    return Event(
        id=row.id,
        revision=row.revision,
        at=aware(row.at),
        actor=Actor(Party(row.party), row.actor),
        kind=EventKind(row.kind),
        before=row.before,
        after=row.after,
        undoes=row.undoes,
    )
