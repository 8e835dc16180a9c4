"""Lists of works for those who look after the catalogue: what a group has, what is nobody's, how much there is."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from matchmaker.db.models import CollaboratorRow
from matchmaker.db.record_json import text_from_json
from matchmaker.db.work_models import DecisionRow, LinkRow, WorkRow
from matchmaker.domain.curation import DecisionKind
from matchmaker.domain.work import LinkBasis, LinkState, Scheme, SourceNote, Work, WorkIdentifier, WorkKind

WorkPlace = tuple[bool, bool, int, str]
"""Where a work stands in its group's list: pinned ones first, then by year, the newest first, then by id."""

SuggestedPlace = tuple[float | None, str, str]
"""Where a suggested link stands: by how likely it is, then by work and group."""


@dataclass(frozen=True, slots=True)
class LinkedWork:
    """A work as a group has it: linked or suggested, by what, and whether it is hidden or pinned there."""

    work: Work
    collaborator_id: str
    state: LinkState
    basis: LinkBasis
    probability: float | None
    is_hidden: bool
    is_pinned: bool

    @property
    def place(self) -> WorkPlace:
        """Where it stands in its group's list."""
        return not self.is_pinned, self.work.year is None, -(self.work.year or 0), self.work.id

    @property
    def suggested_place(self) -> SuggestedPlace:
        """Where it stands in the list of suggested links."""
        return self.probability, self.work.id, self.collaborator_id


def next_work_ids(session: Session, collection: str, after: str, limit: int) -> list[str]:
    """Ids of works behind an id, in their order."""
    statement = select(WorkRow.id).where(WorkRow.collection == collection, WorkRow.id > after)
    return list(session.scalars(statement.order_by(WorkRow.id).limit(limit)))


def find_unlinked(session: Session, collection: str, after: str, limit: int) -> list[Work]:
    """Works that are nobody's and of which nothing was suggested or decided, behind an id, in the ids' order."""
    links = select(LinkRow.work_id).where(LinkRow.collection == collection, LinkRow.work_id == WorkRow.id)
    statement = select(WorkRow).where(WorkRow.collection == collection, WorkRow.id > after, ~links.exists())
    return [work_of(row) for row in session.scalars(statement.order_by(WorkRow.id).limit(limit))]


def count_unlinked(session: Session, collection: str) -> int:
    """How many works are nobody's."""
    linked = select(LinkRow.work_id).where(
        LinkRow.collection == collection, LinkRow.work_id == WorkRow.id, LinkRow.state == LinkState.LINKED
    )
    statement = select(func.count()).select_from(WorkRow).where(WorkRow.collection == collection, ~linked.exists())
    return int(session.scalar(statement) or 0)


def count_undecided(session: Session, collection: str) -> int:
    """How many works are nobody's, with nothing suggested or decided: those that ``find_unlinked`` goes through."""
    links = select(LinkRow.work_id).where(LinkRow.collection == collection, LinkRow.work_id == WorkRow.id)
    statement = select(func.count()).select_from(WorkRow).where(WorkRow.collection == collection, ~links.exists())
    return int(session.scalar(statement) or 0)


def find_suggested(
    session: Session,
    collection: str,
    limit: int,
    offset: int = 0,
    collaborator_id: str | None = None,
    after: SuggestedPlace | None = None,
) -> list[LinkedWork]:
    """Works with a group suggested for them, the likeliest first, from below a place of the list."""
    statement = _links(collection).where(LinkRow.state == LinkState.SUGGESTED)
    if collaborator_id:
        statement = statement.where(LinkRow.collaborator_id == collaborator_id)
    if after is not None:
        statement = statement.where(_below(*after))
    order = (LinkRow.probability.desc().nulls_last(), LinkRow.work_id, LinkRow.collaborator_id)
    return [_linked(*row) for row in session.execute(statement.order_by(*order).limit(limit).offset(offset))]


def _below(probability: float | None, work_id: str, collaborator_id: str) -> ColumnElement[bool]:
    """What stands below a place in the order of suggested links."""
    behind = tuple_(LinkRow.work_id, LinkRow.collaborator_id) > tuple_(work_id, collaborator_id)
    unknown = LinkRow.probability.is_(None)
    if probability is None:
        return and_(unknown, behind)
    return or_(unknown, LinkRow.probability < probability, and_(LinkRow.probability == probability, behind))


def pairs_in_state(
    session: Session, collection: str, pairs: Collection[tuple[str, str]], state: LinkState
) -> set[tuple[str, str]]:
    """Those of some pairs, each a work and a group, between which there is a link in a state."""
    statement = select(LinkRow.work_id, LinkRow.collaborator_id).where(
        LinkRow.collection == collection,
        LinkRow.state == state,
        LinkRow.work_id.in_(sorted({work for work, _ in pairs})),
    )
    return set(session.execute(statement).tuples()) & set(pairs)


def count_suggested(session: Session, collection: str) -> int:
    """How many links wait for a steward's word."""
    statement = select(func.count()).where(LinkRow.collection == collection, LinkRow.state == LinkState.SUGGESTED)
    return int(session.scalar(statement.select_from(LinkRow)) or 0)


def find_group_works(
    session: Session,
    collection: str,
    collaborator_id: str,
    limit: int,
    offset: int = 0,
    after: WorkPlace | None = None,
) -> list[LinkedWork]:
    """The works of a group, pinned ones first, then the newest; hidden ones are among them. From below a place."""
    statement = _links(collection).where(LinkRow.collaborator_id == collaborator_id, LinkRow.state == LinkState.LINKED)
    works = [_linked(*row) for row in session.execute(statement)]
    decided = _decided(session, collection, collaborator_id)
    works = [
        LinkedWork(
            one.work,
            one.collaborator_id,
            one.state,
            one.basis,
            one.probability,
            (DecisionKind.HIDDEN, one.work.id) in decided,
            (DecisionKind.PINNED, one.work.id) in decided,
        )
        for one in works
    ]
    works = sorted((one for one in works if after is None or one.place > after), key=lambda one: one.place)
    return works[offset : offset + limit]


def has_work(session: Session, collection: str, collaborator_id: str, work_id: str) -> bool:
    """Whether a work is linked to a group."""
    row = session.get(LinkRow, (collection, work_id, collaborator_id))
    return row is not None and row.state == LinkState.LINKED


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is known of a group: linked works that are not hidden, by year, kind and language; those with text."""

    works: int
    with_text: int
    years: dict[int, int]
    languages: dict[str, int]
    kinds: dict[str, int]


THIN = 5
"""Works with text below which a group's evidence is called thin."""


def coverage(session: Session, collection: str, collaborator_id: str | None = None) -> dict[str, Coverage]:
    """Coverage by group, or of one; groups without works are left out."""
    hidden = select(DecisionRow.collaborator_id, DecisionRow.work_id).where(
        DecisionRow.collection == collection, DecisionRow.kind == DecisionKind.HIDDEN
    )
    left_out = set(session.execute(hidden).tuples())
    statement = (
        select(LinkRow.collaborator_id, WorkRow.id, WorkRow.year, WorkRow.kind, WorkRow.texts)
        .join(WorkRow, (WorkRow.collection == LinkRow.collection) & (WorkRow.id == LinkRow.work_id))
        .where(LinkRow.collection == collection, LinkRow.state == LinkState.LINKED)
    )
    if collaborator_id:
        statement = statement.where(LinkRow.collaborator_id == collaborator_id)
    found: dict[str, Coverage] = {}
    for group, work_id, year, kind, texts in session.execute(statement).tuples():
        if (group, work_id) in left_out:
            continue
        own = found.get(group) or Coverage(0, 0, {}, {}, {})
        found[group] = _counted(own, year, kind, texts)
    return found


def _counted(own: Coverage, year: int | None, kind: str, texts: list[dict[str, Any]]) -> Coverage:
    if year:
        own.years[year] = own.years.get(year, 0) + 1
    own.kinds[kind] = own.kinds.get(kind, 0) + 1
    for text in texts:
        language = text["language"] or "und"
        own.languages[language] = own.languages.get(language, 0) + 1
    has_text = any(text["text"] for text in texts)
    return Coverage(own.works + 1, own.with_text + has_text, own.years, own.languages, own.kinds)


def pinned_works(session: Session, collection: str, collaborator_ids: Sequence[str]) -> dict[str, frozenset[str]]:
    """By collaborator the works that are to be shown before others."""
    statement = select(DecisionRow.collaborator_id, DecisionRow.work_id).where(
        DecisionRow.collection == collection,
        DecisionRow.kind == DecisionKind.PINNED,
        DecisionRow.collaborator_id.in_(collaborator_ids),
    )
    found: dict[str, set[str]] = {}
    for group, work_id in session.execute(statement).tuples():
        found.setdefault(group, set()).add(work_id)
    return {group: frozenset(works) for group, works in found.items()}


def _decided(session: Session, collection: str, collaborator_id: str) -> set[tuple[str, str]]:
    statement = select(DecisionRow.kind, DecisionRow.work_id).where(
        DecisionRow.collection == collection, DecisionRow.collaborator_id == collaborator_id
    )
    return set(session.execute(statement).tuples())


def _links(collection: str) -> Any:
    return (
        select(LinkRow, WorkRow)
        .join(WorkRow, (WorkRow.collection == LinkRow.collection) & (WorkRow.id == LinkRow.work_id))
        .join(
            CollaboratorRow,
            (CollaboratorRow.collection == LinkRow.collection) & (CollaboratorRow.id == LinkRow.collaborator_id),
        )
        .where(LinkRow.collection == collection)
    )


def _linked(link: LinkRow, row: WorkRow) -> LinkedWork:
    return LinkedWork(
        work_of(row),
        link.collaborator_id,
        LinkState(link.state),
        LinkBasis(link.basis),
        link.probability,
        is_hidden=False,
        is_pinned=False,
    )


def work_of(row: WorkRow) -> Work:
    return Work(
        id=row.id,
        kind=WorkKind(row.kind),
        texts=tuple(text_from_json(text) for text in row.texts),
        year=row.year,
        url=row.url,
        identifiers=frozenset(WorkIdentifier(Scheme(scheme), value) for scheme, value in row.identifiers),
        hints=frozenset(),
        sources=tuple(
            SourceNote(
                one["source"],
                one["record_id"],
                date.fromisoformat(one["retrieved"]) if one["retrieved"] else None,
                one["licence"],
                one["url"],
            )
            for one in row.sources
        ),
    )
