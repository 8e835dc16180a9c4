"""Writing collaborators and their documents: what is unchanged is not touched, all of it in one transaction."""

import hashlib
import json
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from matchmaker.db.models import AttributionRow, Base, CollaboratorRow, CollectionRow, DocumentRow, PassageRow
from matchmaker.domain.collaborator import Collaborator, Document
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

    @property
    def is_empty(self) -> bool:
        return not (self.new or self.changed or self.removed or self.documents_new or self.documents_changed)


def save_collaborators(
    session: Session,
    collection: str,
    origin: str,
    collaborators: Sequence[Collaborator],
    *,
    complete: bool = False,
    progress: Progress | None = None,
) -> CatalogueChange:
    """Bring the collection in line with ``collaborators``, which came by ``origin``.

    ``complete`` says that they are all there is from that origin, so that its others are removed. ``progress`` is
    told of every document dealt with. A collaborator or document whose content is the same is left as it is.
    """
    if session.get(CollectionRow, collection) is None:
        session.add(CollectionRow(name=collection, revision=_new_revision()))
        session.flush()
    documents = {document.id: document for one in collaborators for document in one.documents}
    document_change = _save_documents(session, collection, documents, progress)
    new, changed, unchanged = _save_rows(session, collection, origin, collaborators)
    removed = _remove_others(session, collection, origin, {one.id for one in collaborators}) if complete else 0
    _remove_orphaned_documents(session, collection)
    change = CatalogueChange(new, changed, unchanged, removed, *document_change)
    if not change.is_empty:
        row = session.get(CollectionRow, collection)
        assert row is not None
        row.revision = _new_revision()
    return change


def _save_documents(
    session: Session, collection: str, documents: dict[str, Document], progress: Progress | None
) -> tuple[int, int, int]:
    known = _digests(session, DocumentRow, collection)
    digests = {key: _digest({**asdict(document), "cut": passages.VERSION}) for key, document in documents.items()}
    fresh = [document for key, document in documents.items() if known.get(key) != digests[key]]
    changed = [document.id for document in fresh if document.id in known]
    if progress:
        progress(len(documents) - len(fresh))
    # A changed document is taken out and put in again: its passages and their ids go with the old text.
    links = _links(session, collection, changed)
    _delete(session, DocumentRow, collection, changed)
    for start in range(0, len(fresh), WRITE_BATCH):
        batch = fresh[start : start + WRITE_BATCH]
        rows, pieces = [], []
        for document in batch:
            language, texts = passages.document_passages(document)
            own = {"collection": collection, "language": language.value}
            rows.append({**asdict(document), **own, "digest": digests[document.id]})
            pieces += [
                {**own, "document_id": document.id, "position": position, "text": text}
                for position, text in enumerate(texts)
            ]
        session.execute(insert(DocumentRow), rows)
        if pieces:
            session.execute(insert(PassageRow), pieces)
        if progress:
            progress(len(batch))
    _insert(session, AttributionRow, links)
    return len(fresh) - len(changed), len(changed), len(documents) - len(fresh)


def _save_rows(
    session: Session, collection: str, origin: str, collaborators: Iterable[Collaborator]
) -> tuple[int, int, int]:
    known = _digests(session, CollaboratorRow, collection)
    fresh: list[tuple[Collaborator, str]] = []
    unchanged = 0
    for collaborator in collaborators:
        content = {**asdict(collaborator), "documents": [document.id for document in collaborator.documents]}
        digest = _digest({**content, "origin": origin})
        if known.get(collaborator.id) == digest:
            unchanged += 1
        else:
            fresh.append((collaborator, digest))
    changed = [collaborator.id for collaborator, _ in fresh if collaborator.id in known]
    _delete(session, CollaboratorRow, collection, changed)
    _insert(session, CollaboratorRow, [_row(collection, origin, one, digest) for one, digest in fresh])
    _insert(
        session,
        AttributionRow,
        [
            {"collection": collection, "collaborator_id": one.id, "document_id": document.id}
            for one, _ in fresh
            for document in one.documents
        ],
    )
    return len(fresh) - len(changed), len(changed), unchanged


def _row(collection: str, origin: str, collaborator: Collaborator, digest: str) -> dict[str, Any]:
    return {
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
        "digest": digest,
    }


def _remove_others(session: Session, collection: str, origin: str, keep: set[str]) -> int:
    own = select(CollaboratorRow.id).where(CollaboratorRow.collection == collection, CollaboratorRow.origin == origin)
    gone = [identifier for identifier in session.scalars(own) if identifier not in keep]
    _delete(session, CollaboratorRow, collection, gone)
    return len(gone)


def _remove_orphaned_documents(session: Session, collection: str) -> None:
    spoken_for = select(AttributionRow.document_id).where(AttributionRow.collection == collection)
    session.execute(
        delete(DocumentRow).where(DocumentRow.collection == collection, DocumentRow.id.not_in(spoken_for)),
        execution_options={"synchronize_session": False},
    )


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
        links += [
            {"collection": collection, "collaborator_id": row.collaborator_id, "document_id": row.document_id}
            for row in rows
        ]
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
