"""Writing collaborators and their documents: what is unchanged is not touched, all of it in one transaction."""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from matchmaker.db.models import AttributionRow, Base, CollaboratorRow, CollectionRow, DocumentRow, PassageRow
from matchmaker.db.session import Database
from matchmaker.domain.collaborator import Collaborator, Document
from matchmaker.domain.language import Language
from matchmaker.text import passages

WRITE_BATCH = 500
"""Rows a statement: below the number of variables that every SQLite takes."""

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class CatalogueChange:
    """What a write did, in collaborators and in documents."""

    new: int
    changed: int
    unchanged: int
    removed: int
    documents_new: int
    documents_changed: int
    documents_unchanged: int
    documents_removed: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written."""
        touched = (self.new, self.changed, self.removed)
        return not any((*touched, self.documents_new, self.documents_changed, self.documents_removed))


def save_collaborators(
    database: Database,
    collection: str,
    origin: str,
    collaborators: Sequence[Collaborator],
    *,
    complete: bool = False,
    progress: Progress | None = None,
) -> CatalogueChange:
    """Bring the collection in line with ``collaborators``, which came by ``origin``, in one transaction.

    ``complete`` says that they, with their documents, are all there is from that origin, so that its others are
    removed; otherwise documents are added to those that a collaborator has. ``progress`` is told of every document
    dealt with. What is the same is left as it is.
    """
    documents = {document.id: document for one in collaborators for document in one.documents}
    digests = {key: _digest({**asdict(one), "cut": passages.VERSION}) for key, one in documents.items()}
    with database.reading() as session:
        known = _digests(session, DocumentRow, collection)
    # Cutting takes the longest by far, and nobody else should wait for it: it is done before the transaction.
    cut = {key: passages.document_passages(one) for key, one in documents.items() if known.get(key) != digests[key]}
    with database.transaction() as session:
        if session.get(CollectionRow, collection) is None:
            session.add(CollectionRow(name=collection, revision=_new_revision()))
            session.flush()
        written = _Documents(documents, digests, cut)
        document_change = _save_documents(session, collection, written, progress)
        new, changed, unchanged = _save_rows(session, collection, origin, collaborators)
        changed += _save_links(session, collection, collaborators, complete=complete)
        removed = _remove_others(session, collection, origin, {one.id for one in collaborators}) if complete else 0
        gone = _remove_orphaned_documents(session, collection)
        change = CatalogueChange(new, changed, unchanged, removed, *document_change, gone)
        if not change.is_empty:
            row = session.get_one(CollectionRow, collection)
            row.revision = _new_revision()
    return change


@dataclass(frozen=True, slots=True)
class _Documents:
    """Documents to write, their digests, and language and passages of those that were new when they were cut."""

    by_id: Mapping[str, Document]
    digests: Mapping[str, str]
    cut: Mapping[str, tuple[Language, list[str]]]


def _save_documents(
    session: Session, collection: str, documents: _Documents, progress: Progress | None
) -> tuple[int, int, int]:
    known = _digests(session, DocumentRow, collection)
    fresh = [document for key, document in documents.by_id.items() if known.get(key) != documents.digests[key]]
    changed = [document.id for document in fresh if document.id in known]
    if progress:
        progress(len(documents.by_id) - len(fresh))
    # A changed document is taken out and put in again: its passages and their ids go with the old text.
    links = _links(session, collection, changed)
    _delete(session, DocumentRow, collection, changed)
    for start in range(0, len(fresh), WRITE_BATCH):
        batch = fresh[start : start + WRITE_BATCH]
        rows, pieces = [], []
        for document in batch:
            language, texts = documents.cut.get(document.id) or passages.document_passages(document)
            own = {"collection": collection, "language": language.value}
            rows.append({**asdict(document), **own, "digest": documents.digests[document.id]})
            pieces += [
                {**own, "document_id": document.id, "position": position, "text": text}
                for position, text in enumerate(texts)
            ]
        _insert(session, DocumentRow, rows)
        _insert(session, PassageRow, pieces)
        if progress:
            progress(len(batch))
    _insert(session, AttributionRow, links)
    return len(fresh) - len(changed), len(changed), len(documents.by_id) - len(fresh)


def _save_rows(
    session: Session, collection: str, origin: str, collaborators: Iterable[Collaborator]
) -> tuple[int, int, int]:
    known = _digests(session, CollaboratorRow, collection)
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    unchanged = 0
    for collaborator in collaborators:
        row = _row(collection, origin, collaborator)
        if collaborator.id not in known:
            new.append(row)
        elif known[collaborator.id] != row["digest"]:
            changed.append(row)
        else:
            unchanged += 1
    _insert(session, CollaboratorRow, new)
    if changed:
        session.execute(update(CollaboratorRow), changed)
    return len(new), len(changed), unchanged


def _save_links(session: Session, collection: str, collaborators: Iterable[Collaborator], *, complete: bool) -> int:
    """Attribute documents; how many collaborators that were there before lost one."""
    existing: dict[str, set[str]] = {}
    statement = select(AttributionRow.collaborator_id, AttributionRow.document_id)
    for collaborator_id, document_id in session.execute(statement.where(AttributionRow.collection == collection)):
        existing.setdefault(collaborator_id, set()).add(document_id)
    added: list[dict[str, Any]] = []
    shortened = 0
    for collaborator in collaborators:
        wanted = {document.id for document in collaborator.documents}
        has = existing.get(collaborator.id, set())
        added += [_link(collection, collaborator.id, document_id) for document_id in sorted(wanted - has)]
        if complete and has - wanted:
            shortened += 1
            for document_id in has - wanted:
                session.execute(delete(AttributionRow).filter_by(**_link(collection, collaborator.id, document_id)))
    _insert(session, AttributionRow, added)
    return shortened


def _link(collection: str, collaborator_id: str, document_id: str) -> dict[str, Any]:
    return {"collection": collection, "collaborator_id": collaborator_id, "document_id": document_id}


def _row(collection: str, origin: str, collaborator: Collaborator) -> dict[str, Any]:
    row = {
        "collection": collection,
        "id": collaborator.id,
        "name_sv": collaborator.name.sv,
        "name_en": collaborator.name.en,
        "kind": collaborator.kind.value,
        "department": collaborator.department,
        "areas": list(collaborator.areas),
        "web_page": collaborator.web_page,
        "contacts": [asdict(contact) for contact in collaborator.contacts],
        "is_entrance": collaborator.is_entrance,
        "origin": origin,
    }
    return {**row, "digest": _digest(row)}


def _remove_others(session: Session, collection: str, origin: str, keep: set[str]) -> int:
    own = select(CollaboratorRow.id).where(CollaboratorRow.collection == collection, CollaboratorRow.origin == origin)
    gone = [identifier for identifier in session.scalars(own) if identifier not in keep]
    _delete(session, CollaboratorRow, collection, gone)
    return len(gone)


def _remove_orphaned_documents(session: Session, collection: str) -> int:
    spoken_for = select(AttributionRow.document_id).where(AttributionRow.collection == collection)
    orphans = select(DocumentRow.id).where(DocumentRow.collection == collection, DocumentRow.id.not_in(spoken_for))
    gone = list(session.scalars(orphans))
    _delete(session, DocumentRow, collection, gone)
    return len(gone)


def _digests(session: Session, table: type[CollaboratorRow] | type[DocumentRow], collection: str) -> dict[str, str]:
    rows = session.execute(select(table.id, table.digest).where(table.collection == collection))
    return dict(rows.tuples().all())


def _links(session: Session, collection: str, document_ids: Sequence[str]) -> list[dict[str, Any]]:
    links: list[dict[str, Any]] = []
    for start in range(0, len(document_ids), WRITE_BATCH):
        batch = document_ids[start : start + WRITE_BATCH]
        rows = session.scalars(
            select(AttributionRow).where(AttributionRow.collection == collection, AttributionRow.document_id.in_(batch))
        )
        links += [_link(collection, row.collaborator_id, row.document_id) for row in rows]
    session.expunge_all()
    return links


def _delete(
    session: Session, table: type[CollaboratorRow] | type[DocumentRow], collection: str, identifiers: Sequence[str]
) -> None:
    for start in range(0, len(identifiers), WRITE_BATCH):
        batch = identifiers[start : start + WRITE_BATCH]
        session.execute(
            delete(table).where(table.collection == collection, table.id.in_(batch)),
            execution_options={"synchronize_session": False},
        )


def _insert(session: Session, table: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), WRITE_BATCH):
        session.execute(insert(table), list(rows[start : start + WRITE_BATCH]))


def _digest(content: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _new_revision() -> str:
    return str(uuid.uuid4())
