"""What portals list: challenges, public challenges, events, releases, collaborators. In pages, by what came last."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, false, func, or_, select, true, tuple_
from sqlalchemy.orm import Session

from matchmaker.db.case_models import ApprovalRow, ChallengeRow, EventRow, ParticipantRow
from matchmaker.db.case_records import ParticipantRole, Standing
from matchmaker.db.cases import aware
from matchmaker.db.models import AttributionRow, CollaboratorRow, DocumentRow
from matchmaker.domain.collaborator import PROFILE
from matchmaker.domain.event import EventKind
from matchmaker.domain.workflow import State

Municipalities = frozenset[str] | None
"""Whose; None for everybody's."""

Place = tuple[datetime, str]
"""Where a page ended: the moment and id of its last entry."""


@dataclass(frozen=True, slots=True)
class ListedChallenge:
    """A challenge in a list; ``state`` is the one to tell, with an approval counted from when it is sent."""

    id: str
    title: str | None
    text: str
    language: str | None
    municipality: str | None
    areas: tuple[str, ...]
    is_public: bool
    state: State
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which challenges; what is None filters nothing."""

    state: State | None = None
    municipality: str | None = None
    area: str | None = None
    public: bool | None = None
    but_withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class ToldEvent:
    """An event that a municipality is told of. ``number`` is the event's; a release has none."""

    id: str
    number: int | None
    at: datetime
    kind: EventKind
    challenge_id: str


def list_challenges(
    session: Session, whose: Municipalities, wanted: ListFilter, now: datetime, after: Place | None, limit: int
) -> list[ListedChallenge]:
    """Challenges that were sent, the newest first, from below a place of the list."""
    told = _told_state(now, whose)
    query = select(ChallengeRow, told).where(ChallengeRow.state != State.DRAFT)
    query = query.where(*_theirs(whose))
    if wanted.state is not None:
        query = query.where(told == wanted.state.value)
    if wanted.municipality is not None:
        query = query.where(ChallengeRow.municipality == wanted.municipality)
    if wanted.area is not None:
        query = query.where(cast(ChallengeRow.areas, String).contains(f'"{wanted.area}"', autoescape=True))
    if wanted.public is not None:
        query = query.where(ChallengeRow.is_public if wanted.public else ~ChallengeRow.is_public)
    if wanted.but_withdrawn:
        query = query.where(ChallengeRow.state != State.WITHDRAWN)
    if after is not None:
        query = query.where(tuple_(ChallengeRow.created_at, ChallengeRow.id) < tuple_(*after))
    query = query.order_by(ChallengeRow.created_at.desc(), ChallengeRow.id.desc()).limit(limit)
    return [_listed(row, state) for row, state in session.execute(query).tuples()]


def list_told_events(
    session: Session, whose: Municipalities, kinds: frozenset[EventKind], after: int, limit: int
) -> list[ToldEvent]:
    """Events of the kinds on municipalities' challenges, in their order, from behind the event ``after``.

    What the adviser and the owner ask each other is told to the owner only.
    """
    told = or_(EventRow.kind.not_in({EventKind.ASK, EventKind.ANSWER}), ~_for_others(whose))
    query = (
        select(EventRow)
        .join(ChallengeRow, ChallengeRow.id == EventRow.challenge_id)
        .where(EventRow.id > after, EventRow.kind.in_(kinds), told, *_theirs(whose))
        .order_by(EventRow.id)
        .limit(limit)
    )
    return [
        ToldEvent(f"event-{row.id}", row.id, aware(row.at), EventKind(row.kind), row.challenge_id)
        for row in session.scalars(query)
    ]


def list_releases(
    session: Session, whose: Municipalities, after: Place | None, until: datetime, limit: int
) -> list[ToldEvent]:
    """Lists that were sent until a moment, in the order in which they were."""
    query = (
        select(ApprovalRow)
        .join(ChallengeRow, ChallengeRow.id == ApprovalRow.challenge_id)
        .where(ApprovalRow.taken_back_at.is_(None), ApprovalRow.released_at <= until, *_theirs(whose))
        .order_by(ApprovalRow.released_at, ApprovalRow.id)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(ApprovalRow.released_at, ApprovalRow.id) > tuple_(*after))
    return [
        ToldEvent(f"release-{row.id}", None, aware(row.released_at), EventKind.RELEASE, row.challenge_id)
        for row in session.scalars(query)
    ]


def is_co_owner(session: Session, challenge_id: str, whose: Municipalities) -> bool:
    """Whether one of the municipalities owns a challenge beside its first one."""
    query = select(ParticipantRow.id).where(
        ParticipantRow.challenge_id == challenge_id,
        ParticipantRow.role == ParticipantRole.CO_OWNER,
        ParticipantRow.standing == Standing.ADMITTED,
    )
    if whose is not None:
        query = query.where(ParticipantRow.municipality.in_(whose))
    return session.scalars(query.limit(1)).first() is not None


def list_collaborators(
    session: Session, collection: str, words: str, kind: str | None, area: str | None, after: str, limit: int
) -> list[str]:
    """Ids of collaborators, by id, whose names in one language have all the words; from behind the id ``after``."""
    query = select(CollaboratorRow.id).where(CollaboratorRow.collection == collection, CollaboratorRow.id > after)
    names = (func.lower(CollaboratorRow.name_sv), func.lower(CollaboratorRow.name_en))
    lowered = [one.lower() for one in words.split()]
    if lowered:
        query = query.where(or_(*(and_(*(name.contains(one, autoescape=True) for one in lowered)) for name in names)))
    if kind is not None:
        query = query.where(CollaboratorRow.kind == kind)
    if area is not None:
        query = query.where(cast(CollaboratorRow.areas, String).contains(f'"{area}"', autoescape=True))
    return list(session.scalars(query.order_by(CollaboratorRow.id).limit(limit)))


def read_profiles(session: Session, collection: str, collaborators: Sequence[str]) -> dict[str, dict[str, str]]:
    """The profiles' texts by collaborator and language."""
    query = (
        select(AttributionRow.collaborator_id, DocumentRow.language, DocumentRow.text)
        .join(
            DocumentRow,
            (DocumentRow.collection == AttributionRow.collection) & (DocumentRow.id == AttributionRow.document_id),
        )
        .where(AttributionRow.collection == collection, AttributionRow.collaborator_id.in_(collaborators))
        .where(DocumentRow.kind == PROFILE, DocumentRow.language.is_not(None))
        .order_by(DocumentRow.id)
    )
    profiles: dict[str, dict[str, str]] = {}
    for one, language, text in session.execute(query):
        profiles.setdefault(one, {}).setdefault(str(language), text)
    return profiles


def _theirs(whose: Municipalities) -> list[ColumnElement[bool]]:
    """Challenges of municipalities, their own or owned with another."""
    if whose is None:
        return []
    joined = exists().where(
        ParticipantRow.challenge_id == ChallengeRow.id,
        ParticipantRow.role == ParticipantRole.CO_OWNER,
        ParticipantRow.standing == Standing.ADMITTED,
        ParticipantRow.municipality.in_(whose),
    )
    return [or_(ChallengeRow.municipality.in_(whose), joined)]


def _for_others(whose: Municipalities) -> ColumnElement[bool]:
    """Whether municipalities are told of a challenge as those who joined it, not as the one that asked."""
    if whose is None:
        return false()
    return func.coalesce(ChallengeRow.municipality.not_in(whose), true())


def _told_state(now: datetime, whose: Municipalities) -> ColumnElement[str]:
    """As ``domain.workflow.told_state`` tells it."""
    waits = exists().where(
        ApprovalRow.challenge_id == ChallengeRow.id,
        ApprovalRow.taken_back_at.is_(None),
        ApprovalRow.released_at > now,
    )
    return case(
        (and_(ChallengeRow.state == State.APPROVED, waits), State.IN_REVIEW.value),
        (ChallengeRow.state == State.MATCHED, State.SUBMITTED.value),
        (and_(ChallengeRow.state == State.WAITING, _for_others(whose)), State.IN_REVIEW.value),
        else_=ChallengeRow.state,
    )


def _listed(row: ChallengeRow, state: str) -> ListedChallenge:
    return ListedChallenge(
        id=row.id,
        title=row.title,
        text=row.text,
        language=row.language,
        municipality=row.municipality,
        areas=tuple(row.areas or ()),
        is_public=row.is_public,
        state=State(state),
        created_at=aware(row.created_at),
    )
