"""Records taken into works, and taken back out; each call is one step of the caller's transaction.

A work is found by the record's own id, then by an identifier that another source's record has too, then by its
title. What a record replaces is returned, so that an import can be undone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from matchmaker.db.bulk import content_digest
from matchmaker.db.record_json import record_from_json, record_to_json, text_to_json
from matchmaker.db.work_models import DecisionRow, LinkRow, RecordRow, WorkKeyRow, WorkRow
from matchmaker.domain.merging import MERGING, are_same_work, merge, title_keys
from matchmaker.domain.work import Record, SourceNote, Work, WorkIdentifier

BATCH = 400
"""Values in one statement: below the number of variables that every SQLite takes."""

LONGEST_KEY = 480
MOST_LIKE_TITLES = 20
"""Works with a like title that are compared: more have a title that says nothing."""

Previous = dict[str, Any]
"""What was there before a record came: its ``content``, ``work_id`` and ``retrieved``, None for each where there was
none, and ``moved``: records of works that it showed to be one with its own, as [source, id, work they were of]."""


def save_records(session: Session, collection: str, records: Sequence[Record]) -> list[Previous]:
    """Take records in, and out where they are ``deleted``; returns for each what was there before.

    The works they belong to are not brought up to date: see ``refresh_works``, which is to be called with
    ``touched_works`` in the same transaction.
    """
    batch = _Batch.read(session, collection, records)
    previous = [batch.take(record) for record in records]
    session.flush()
    return previous


def find_work(session: Session, collection: str, identifier: WorkIdentifier) -> str | None:
    """The work that has an identifier."""
    statement = select(WorkKeyRow.work_id).where(
        WorkKeyRow.collection == collection, WorkKeyRow.key == f"{identifier.scheme}:{identifier.value}"
    )
    return session.scalars(statement.order_by(WorkKeyRow.work_id)).first()


def touched_works(
    session: Session, collection: str, records: Sequence[Record], previous: Sequence[Previous]
) -> set[str]:
    """The works that records belong to after they were saved, and those that they or others belonged to before."""
    touched = {before["work_id"] for before in previous if before["work_id"]}
    touched |= {work_id for before in previous for _, _, work_id in before["moved"]}
    for own in _are_records(collection, [(one.source, one.id) for one in records]):
        touched |= set(session.scalars(select(RecordRow.work_id).where(*own)))
    return touched


def current_digests(session: Session, collection: str, keys: Sequence[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Digests of the records that are there, by source and record id."""
    found: dict[tuple[str, str], str] = {}
    for own in _are_records(collection, keys):
        statement = select(RecordRow.source, RecordRow.id, RecordRow.digest).where(*own)
        found |= {(source, record_id): digest for source, record_id, digest in session.execute(statement).tuples()}
    return found


def _are_records(collection: str, keys: Sequence[tuple[str, str]]) -> Iterable[list[ColumnElement[bool]]]:
    """Conditions that together find the records of these sources and ids.

    Source by source: of pairs SQLite asks no index, but reads the whole collection.
    """
    by_source: dict[str, list[str]] = {}
    for source, record_id in keys:
        by_source.setdefault(source, []).append(record_id)
    for source, ids in by_source.items():
        for batch in _batches(ids):
            yield [RecordRow.collection == collection, RecordRow.source == source, RecordRow.id.in_(batch)]


def restore_records(session: Session, collection: str, changes: Sequence[tuple[str, str, Previous]]) -> set[str]:
    """Put back what was there before records came, the last first; returns the works to be refreshed.

    ``changes`` holds source, record id and what ``save_records`` returned.
    """
    touched: set[str] = set()
    for source, record_id, previous in reversed(changes):
        row = session.get(RecordRow, (collection, source, record_id))
        if row is not None:
            touched.add(row.work_id)
        if previous["content"] is None:
            if row is not None:
                session.delete(row)
                session.flush()
        else:
            _ensure_work(session, collection, previous["work_id"])
            retrieved = date.fromisoformat(previous["retrieved"]) if previous["retrieved"] else None
            session.merge(
                RecordRow(
                    collection=collection,
                    source=source,
                    id=record_id,
                    work_id=previous["work_id"],
                    content=previous["content"],
                    digest=content_digest(previous["content"]),
                    retrieved=retrieved,
                )
            )
            session.flush()
            touched.add(previous["work_id"])
        for other_source, other_id, work_id in previous["moved"]:
            other = session.get(RecordRow, (collection, other_source, other_id))
            if other is not None:
                _ensure_work(session, collection, work_id)
                touched |= {other.work_id, work_id}
                other.work_id = work_id
                session.flush()
    return touched


def works_of(session: Session, collection: str, work_ids: Iterable[str]) -> dict[str, Work]:
    """The works with at least one record, merged anew from their records."""
    records: dict[str, list[Record]] = {}
    for batch in _batches(sorted(set(work_ids))):
        statement = select(RecordRow).where(RecordRow.collection == collection, RecordRow.work_id.in_(batch))
        for row in session.scalars(statement):
            records.setdefault(row.work_id, []).append(record_from_json(row.content, row.retrieved))
    return {work_id: merge(work_id, own) for work_id, own in records.items()}


def write_works(session: Session, collection: str, works: Iterable[Work]) -> None:
    """Store what works say, and the keys by which they are found."""
    works = list(works)
    if works:
        session.execute(update(WorkRow), [_row(collection, work) for work in works])
    for batch in _batches([work.id for work in works]):
        session.execute(delete(WorkKeyRow).where(WorkKeyRow.collection == collection, WorkKeyRow.work_id.in_(batch)))
    keys = [{"collection": collection, "key": key, "work_id": work.id} for work in works for key in _keys(work)]
    for rows in _batches(keys):
        session.execute(insert(WorkKeyRow), rows)


def delete_works(session: Session, collection: str, work_ids: Iterable[str]) -> None:
    """Delete works that have no record any more; what people decided about them stays, should they come back."""
    for batch in _batches(sorted(work_ids)):
        session.execute(delete(WorkRow).where(WorkRow.collection == collection, WorkRow.id.in_(batch)))


@dataclass(slots=True)
class _Batch:
    """A few hundred records with all that is needed to find their works, read at once."""

    session: Session
    collection: str
    rows: dict[tuple[str, str], RecordRow]
    works: set[str]
    """The works that there are: of those that the records may be of, and of those that were made for them."""
    works_by_key: dict[str, set[str]]
    records_by_work: dict[str, list[Record]] = field(default_factory=dict)

    @classmethod
    def read(cls, session: Session, collection: str, records: Sequence[Record]) -> "_Batch":
        rows: dict[tuple[str, str], RecordRow] = {}
        for own in _are_records(collection, [(one.source, one.id) for one in records]):
            rows |= {(row.source, row.id): row for row in session.scalars(select(RecordRow).where(*own))}
        works: set[str] = set()
        for ids in _batches([_own_work(one) for one in records]):
            there = select(WorkRow.id).where(WorkRow.collection == collection, WorkRow.id.in_(ids))
            works |= set(session.scalars(there))
        works_by_key: dict[str, set[str]] = {}
        for keys in _batches(sorted({key for one in records for key in _keys(one)})):
            by_key = select(WorkKeyRow).where(WorkKeyRow.collection == collection, WorkKeyRow.key.in_(keys))
            for found in session.scalars(by_key):
                works_by_key.setdefault(found.key, set()).add(found.work_id)
                works.add(found.work_id)
        return cls(session, collection, rows, works, works_by_key)

    def take(self, record: Record) -> Previous:
        row = self.rows.get((record.source, record.id))
        previous: Previous = {
            "content": row.content if row else None,
            "work_id": row.work_id if row else None,
            "retrieved": row.retrieved.isoformat() if row and row.retrieved else None,
            "moved": [],
        }
        if record.deleted:
            if row is not None:
                self.session.delete(self.rows.pop((record.source, record.id)))
                self.session.flush()
            return previous
        own = {row.work_id} if row else set()
        found = own | self._works_with_identifier(record) or self._works_with_title(record)
        work_id = row.work_id if row else min(found, default=_own_work(record))
        previous["moved"] = [moved for other in sorted(found - {work_id}) for moved in self._move(other, work_id)]
        self._store(record, row, work_id)
        return previous

    def _works_with_identifier(self, record: Record) -> set[str]:
        return {work for key in _identifier_keys(record) for work in self.works_by_key.get(key, ())}

    def _works_with_title(self, record: Record) -> set[str]:
        candidates = {work for key in title_keys(record.texts) for work in self.works_by_key.get(key, ())}
        if len(candidates) > MOST_LIKE_TITLES:
            return set()
        alike = (work for work in sorted(candidates) if any(are_same_work(record, one) for one in self._records(work)))
        return set(list(alike)[:1])

    def _records(self, work_id: str) -> list[Record]:
        if work_id not in self.records_by_work:
            statement = select(RecordRow).where(RecordRow.collection == self.collection, RecordRow.work_id == work_id)
            self.records_by_work[work_id] = [record_from_json(row.content) for row in self.session.scalars(statement)]
        return self.records_by_work[work_id]

    def _move(self, old: str, new: str) -> list[list[str]]:
        """Make one work part of another: a record has shown that they are the same."""
        statement = select(RecordRow).where(RecordRow.collection == self.collection, RecordRow.work_id == old)
        moved = []
        for row in self.session.scalars(statement):
            row.work_id = new
            moved.append([row.source, row.id, old])
        self.session.flush()
        _move_decisions(self.session, self.collection, old, new)
        for works in self.works_by_key.values():
            if old in works:
                works.remove(old)
                works.add(new)
        self.records_by_work.pop(old, None)
        self.records_by_work.pop(new, None)
        return moved

    def _store(self, record: Record, row: RecordRow | None, work_id: str) -> None:
        content = record_to_json(record)
        if row is None:
            if work_id not in self.works:
                self.session.execute(insert(WorkRow), [_empty_work(self.collection, work_id)])
                self.works.add(work_id)
            row = RecordRow(collection=self.collection, source=record.source, id=record.id, work_id=work_id)
            self.session.add(row)
            self.rows[(record.source, record.id)] = row
        row.content, row.digest, row.retrieved = content, content_digest(content), record.retrieved
        for key in _keys(record):
            self.works_by_key.setdefault(key, set()).add(work_id)
        self.records_by_work.pop(work_id, None)


def _own_work(record: Record) -> str:
    """The id of a work that a record is the first of."""
    return f"{record.source}:{record.id}"[:LONGEST_KEY]


def _ensure_work(session: Session, collection: str, work_id: str) -> None:
    if session.get(WorkRow, (collection, work_id)) is None:
        session.add(WorkRow(**_empty_work(collection, work_id)))
        session.flush()


def _empty_work(collection: str, work_id: str) -> dict[str, Any]:
    """A work before it is known what its records say."""
    empty: list[Any] = []
    return {
        "collection": collection,
        "id": work_id,
        "kind": "",
        "year": None,
        "url": None,
        "texts": empty,
        "identifiers": empty,
        "sources": empty,
    }


def _move_decisions(session: Session, collection: str, old: str, new: str) -> None:
    """What was decided about either work holds for the one; where both were, what was decided of the new one."""
    statement = select(LinkRow).where(LinkRow.collection == collection, LinkRow.work_id == old)
    for link in session.scalars(statement):
        if session.get(LinkRow, (collection, new, link.collaborator_id)) is None:
            values = {name: getattr(link, name) for name in ("collaborator_id", "state", "basis", "probability", "at")}
            session.add(LinkRow(collection=collection, work_id=new, **values))
    decided = select(DecisionRow).where(DecisionRow.collection == collection, DecisionRow.work_id == old)
    for decision in session.scalars(decided):
        if session.get(DecisionRow, (collection, decision.collaborator_id, decision.kind, new)) is None:
            values = {name: getattr(decision, name) for name in ("collaborator_id", "kind", "value", "by", "at")}
            session.add(DecisionRow(collection=collection, work_id=new, **values))
    session.flush()


def _keys(one: Record | Work) -> list[str]:
    return sorted({*_identifier_keys(one), *title_keys(one.texts)})


def _identifier_keys(one: Record | Work) -> list[str]:
    keys = (f"{identifier.scheme}:{identifier.value}" for identifier in one.identifiers if identifier.scheme in MERGING)
    return [key for key in keys if len(key) <= LONGEST_KEY]


def _row(collection: str, work: Work) -> dict[str, Any]:
    return {
        "collection": collection,
        "id": work.id,
        "kind": work.kind.value,
        "year": work.year,
        "url": work.url,
        "texts": [text_to_json(text) for text in work.texts],
        "identifiers": sorted([one.scheme.value, one.value] for one in work.identifiers),
        "sources": [_note(source) for source in work.sources],
    }


def _note(source: SourceNote) -> dict[str, Any]:
    return {
        "source": source.source,
        "record_id": source.record_id,
        "retrieved": source.retrieved.isoformat() if source.retrieved else None,
        "licence": source.licence,
        "url": source.url,
    }


Item = TypeVar("Item")


def _batches(items: Sequence[Item]) -> Iterable[list[Item]]:
    return (list(items[start : start + BATCH]) for start in range(0, len(items), BATCH))
