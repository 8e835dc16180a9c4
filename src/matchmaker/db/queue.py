"""The desk's queue: cases found by filters and words, in the order in which they need an answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, String, and_, case, cast, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session, load_only

from matchmaker.db.case_models import ChallengeRow
from matchmaker.db.cases import aware
from matchmaker.domain.days import day_begins
from matchmaker.domain.workflow import OPEN, UNDER_REVIEW, State

NOT_ANSWERED = frozenset({State.SUBMITTED}) | UNDER_REVIEW
"""The municipality waits for its answer."""

NOBODY = "nobody"
"""As an owner in a filter: cases without one."""


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which cases; what is empty or None filters nothing. Without states all that wait for their answer."""

    states: tuple[State, ...] = ()
    municipality: str = ""
    area: str = ""
    owner: str = ""
    confidence: str = ""
    older_than_days: int | None = None
    overdue: bool = False
    words: str = ""


@dataclass(frozen=True, slots=True)
class QueuePlace:
    """Where a page of the queue ended. Without a promised day a case stands behind all that have one."""

    is_overdue: bool
    promised_on: date | None
    since: datetime
    id: str


@dataclass(frozen=True, slots=True)
class QueueEntry:
    """A case in the queue; ``since`` is when it was sent, or else made."""

    id: str
    title: str
    municipality: str | None
    state: State
    owner: str | None
    confidence: str | None
    areas: tuple[str, ...]
    submitted_at: datetime | None
    promised_on: date | None
    is_overdue: bool
    revision: int
    since: datetime

    @property
    def place(self) -> QueuePlace:
        return QueuePlace(self.is_overdue, self.promised_on, self.since, self.id)


@dataclass(frozen=True, slots=True)
class PublicChallenge:
    """A challenge that its municipality made public."""

    id: str
    title: str
    text: str
    language: str | None
    municipality: str | None
    state: State
    submitted_at: datetime | None


def list_queue(
    session: Session,
    wanted: QueueFilter,
    today: date,
    *,
    limit: int,
    offset: int = 0,
    after: QueuePlace | None = None,
) -> tuple[list[QueueEntry], int]:
    """One page of the cases, overdue first, then by the promised day; and how many there are in all.

    A page begins at an ``offset`` or ``after`` a place, which stays the same place when other cases come and go.
    """
    conditions = _conditions(wanted, today)
    total = session.scalar(select(func.count()).select_from(ChallengeRow).where(*conditions)) or 0
    overdue = _is_overdue(today)
    order = (
        1 - overdue,
        func.coalesce(ChallengeRow.promised_on, literal(date.max)),
        _since(),
        ChallengeRow.id,
    )
    query = select(ChallengeRow, overdue.label("overdue")).where(*conditions).order_by(*order)
    if after is not None:
        place = (1 - int(after.is_overdue), after.promised_on or date.max, after.since, after.id)
        query = query.where(tuple_(*order) > tuple_(*place))
    rows = session.execute(query.limit(limit).offset(offset)).all()
    return [_entry(row, is_overdue=bool(late)) for row, late in rows], total


def count_by_state(session: Session, today: date) -> tuple[dict[State, int], int]:
    """How many cases are in each state, and how many are overdue."""
    query = select(ChallengeRow.state, func.count()).where(_sent()).group_by(ChallengeRow.state)
    counts = {State(state): count for state, count in session.execute(query).tuples()}
    late = session.scalar(select(func.count()).select_from(ChallengeRow).where(_sent(), _is_overdue(today) == 1))
    return counts, late or 0


def count_open_by_municipality(session: Session) -> Mapping[str, int]:
    """How many open cases each municipality has."""
    query = (
        select(ChallengeRow.municipality, func.count())
        .where(ChallengeRow.state.in_(OPEN), ChallengeRow.municipality.is_not(None))
        .group_by(ChallengeRow.municipality)
    )
    return {str(code): count for code, count in session.execute(query).tuples()}


_PUBLIC = (
    ChallengeRow.title,
    ChallengeRow.text,
    ChallengeRow.language,
    ChallengeRow.municipality,
    ChallengeRow.state,
    ChallengeRow.submitted_at,
)
"""What anybody may see: neither draft nor description need be read of thousands."""


def list_public_challenges(
    session: Session, *, but: str, newest: int, to_join: str | None = None
) -> list[PublicChallenge]:
    """The newest challenges that were made public and not withdrawn, but for one.

    ``to_join``: only those of other municipalities than this one that are not finished.
    """
    query = (
        select(ChallengeRow)
        .options(load_only(*_PUBLIC))
        .where(ChallengeRow.is_public, ChallengeRow.id != but, ChallengeRow.state != State.WITHDRAWN, _sent())
        .order_by(ChallengeRow.submitted_at.desc().nulls_last(), ChallengeRow.id)
    )
    if to_join is not None:
        query = query.where(ChallengeRow.state.in_(OPEN), ChallengeRow.municipality.is_distinct_from(to_join))
    return [_public(row) for row in session.scalars(query.limit(newest))]


def find_public_challenge(session: Session, challenge_id: str) -> PublicChallenge | None:
    """A challenge that any municipality may see."""
    row = session.get(ChallengeRow, challenge_id)
    shown = row is not None and row.is_public and row.state not in {State.DRAFT, State.WITHDRAWN}
    return _public(row) if row is not None and shown else None


def _since() -> ColumnElement[datetime]:
    return func.coalesce(ChallengeRow.submitted_at, ChallengeRow.created_at)


def _sent() -> ColumnElement[bool]:
    return ChallengeRow.state != State.DRAFT


def _is_overdue(today: date) -> ColumnElement[int]:
    return case((and_(ChallengeRow.state.in_(NOT_ANSWERED), ChallengeRow.promised_on < today), 1), else_=0)


def _conditions(wanted: QueueFilter, today: date) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [ChallengeRow.state.in_(wanted.states or NOT_ANSWERED)]
    if wanted.municipality:
        conditions.append(ChallengeRow.municipality == wanted.municipality)
    if wanted.area:
        conditions.append(cast(ChallengeRow.areas, String).contains(f'"{wanted.area}"', autoescape=True))
    if wanted.owner:
        conditions.append(
            ChallengeRow.owner.is_(None) if wanted.owner == NOBODY else ChallengeRow.owner == wanted.owner
        )
    if wanted.confidence:
        conditions.append(ChallengeRow.confidence == wanted.confidence)
    if wanted.older_than_days is not None:
        # Compared as a day, so that "older than 7 days" is the same for all of today.
        limit = day_begins(today - timedelta(days=wanted.older_than_days))
        conditions.append(ChallengeRow.submitted_at < limit)
    if wanted.overdue:
        conditions.append(_is_overdue(today) == 1)
    conditions += [_mentions(word) for word in wanted.words.split()]
    return conditions


def _mentions(word: str) -> ColumnElement[bool]:
    """The word stands in the title, the text or the municipality's case number, or begins the case's id."""
    lowered = word.lower()
    return or_(
        func.lower(ChallengeRow.title).contains(lowered, autoescape=True),
        func.lower(ChallengeRow.text).contains(lowered, autoescape=True),
        ChallengeRow.id.startswith(lowered, autoescape=True),
        func.lower(ChallengeRow.description["case_number"].as_string()).contains(lowered, autoescape=True),
    )


def _entry(row: ChallengeRow, *, is_overdue: bool) -> QueueEntry:
    return QueueEntry(
        id=row.id,
        title=row.title or row.text[:80],
        municipality=row.municipality,
        state=State(row.state),
        owner=row.owner,
        confidence=row.confidence,
        areas=tuple(row.areas or ()),
        submitted_at=aware(row.submitted_at) if row.submitted_at else None,
        promised_on=row.promised_on,
        is_overdue=is_overdue,
        revision=row.revision,
        since=aware(row.submitted_at or row.created_at),
    )


def _public(row: ChallengeRow) -> PublicChallenge:
    return PublicChallenge(
        id=row.id,
        title=row.title or row.text[:80],
        text=row.text,
        language=row.language,
        municipality=row.municipality,
        state=State(row.state),
        submitted_at=aware(row.submitted_at) if row.submitted_at else None,
    )
