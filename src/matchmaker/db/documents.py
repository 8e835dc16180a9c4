"""Documents with their passages: written whole, and only where they are new or have changed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.bulk import WRITE_BATCH, content_digest, delete_rows, insert_rows
from matchmaker.db.models import AttributionRow, DocumentRow, PassageRow
from matchmaker.domain.collaborator import Document
from matchmaker.domain.language import Language
from matchmaker.text import passages

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class CutDocuments:
    """Documents to write, their digests, and by digest language and passages of those that were cut before."""

    by_id: Mapping[str, Document]
    digests: Mapping[str, str]
    cut: Mapping[str, tuple[Language, list[str]]]


def save_cut_documents(
    session: Session, collection: str, documents: CutDocuments, progress: Progress | None
) -> tuple[int, int, int]:
    known = _document_digests(session, collection, documents.by_id)
    fresh = [document for key, document in documents.by_id.items() if known.get(key) != documents.digests[key]]
    changed = [document.id for document in fresh if document.id in known]
    if progress:
        progress(len(documents.by_id) - len(fresh))
    # A changed document is taken out and put in again: its passages and their ids go with the old text.
    links = _links(session, collection, changed)
    delete_rows(session, DocumentRow, collection, changed)
    for start in range(0, len(fresh), WRITE_BATCH):
        batch = fresh[start : start + WRITE_BATCH]
        rows, pieces = [], []
        for document in batch:
            language, texts = documents.cut.get(documents.digests[document.id]) or passages.document_passages(document)
            own = {"collection": collection, "language": language.value}
            rows.append({**asdict(document), **own, "digest": documents.digests[document.id]})
            pieces += [
                {**own, "document_id": document.id, "position": position, "text": text}
                for position, text in enumerate(texts)
            ]
        insert_rows(session, DocumentRow, rows)
        insert_rows(session, PassageRow, pieces)
        if progress:
            progress(len(batch))
    insert_rows(session, AttributionRow, links)
    return len(fresh) - len(changed), len(changed), len(documents.by_id) - len(fresh)


def save_documents(session: Session, collection: str, documents: Sequence[Document]) -> bool:
    """Write documents with their passages, whoever they speak for; whether one was new or changed."""
    by_id = {document.id: document for document in documents}
    digests = {key: document_digest(one) for key, one in by_id.items()}
    new, changed, _ = save_cut_documents(session, collection, CutDocuments(by_id, digests, {}), None)
    return bool(new or changed)


def delete_documents(session: Session, collection: str, identifiers: Sequence[str]) -> bool:
    """Delete documents with their passages; whether there were any to delete."""
    delete_rows(session, DocumentRow, collection, identifiers)
    return bool(identifiers)


def document_digest(document: Document) -> str:
    return content_digest({**asdict(document), "cut": passages.VERSION})


def _document_digests(session: Session, collection: str, identifiers: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    identifiers = list(identifiers)
    for start in range(0, len(identifiers), WRITE_BATCH):
        batch = identifiers[start : start + WRITE_BATCH]
        rows = select(DocumentRow.id, DocumentRow.digest).where(DocumentRow.collection == collection)
        found |= dict(session.execute(rows.where(DocumentRow.id.in_(batch))).tuples().all())
    return found


def _links(session: Session, collection: str, document_ids: Sequence[str]) -> list[dict[str, Any]]:
    links: list[dict[str, Any]] = []
    for start in range(0, len(document_ids), WRITE_BATCH):
        batch = document_ids[start : start + WRITE_BATCH]
        rows = session.scalars(
            select(AttributionRow).where(AttributionRow.collection == collection, AttributionRow.document_id.in_(batch))
        )
        links += [attribution(collection, row.collaborator_id, row.document_id) for row in rows]
    session.expunge_all()
    return links


def attribution(collection: str, collaborator_id: str, document_id: str) -> dict[str, Any]:
    """The row that says that a document speaks for a collaborator."""
    return {"collection": collection, "collaborator_id": collaborator_id, "document_id": document_id}
