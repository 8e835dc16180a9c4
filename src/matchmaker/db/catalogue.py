"""Writing collaborators and their documents: what is unchanged is not touched, all of it in one transaction."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from matchmaker.db.bulk import WRITE_BATCH, content_digest, delete_rows, insert_rows
from matchmaker.db.decisions import as_decided, collaborator_from_json, collaborator_to_json
from matchmaker.db.documents import (
    CutDocuments,
    Progress,
    attribution,
    document_digest,
    save_cut_documents,
    save_documents,
)
from matchmaker.db.models import AttributionRow, CollaboratorRow, CollectionRow, DocumentRow
from matchmaker.db.session import Database, Turn
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.curation import GroupState
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.text import passages


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
    curated: bool = False,
    progress: Progress | None = None,
) -> CatalogueChange:
    """Bring the collection in line with ``collaborators``, which came by ``origin``, in one transaction.

    ``complete`` says that they, with their documents, are all there is from that origin, so that its others are
    removed; otherwise documents are added to those that a collaborator has. ``curated`` says that people look after
    them: what was decided about them holds, and how they came is kept beside. ``progress`` is told of every document
    dealt with. What is the same is left as it is.
    """
    documents = {document.id: document for one in collaborators for document in one.documents}
    digests = {key: document_digest(one) for key, one in documents.items()}
    with database.reading() as session:
        known = _digests(session, DocumentRow, collection)
    # Cutting takes the longest by far, and nobody else should wait for it: it is done before the transaction.
    cut = {
        digests[key]: passages.document_passages(one)
        for key, one in documents.items()
        if known.get(key) != digests[key]
    }
    with database.transaction(Turn.CATALOGUE) as session:
        ensure_collection(session, collection)
        if not curated:
            rows = [_row(collection, origin, one) for one in collaborators]
        else:
            decided = as_decided(session, collection, collaborators)
            rows = [
                _row(collection, origin, one, state, imported)
                for (one, state), imported in zip(decided, collaborators, strict=True)
            ]
            collaborators = [one for one, _ in decided]
            documents = {document.id: document for one in collaborators for document in one.documents}
            digests = {key: document_digest(one) for key, one in documents.items()}
        written = CutDocuments(documents, digests, cut)
        document_change = save_cut_documents(session, collection, written, progress)
        new, changed, unchanged = _save_rows(session, collection, rows)
        changed += _save_links(session, collection, collaborators, complete=complete)
        removed = _remove_others(session, collection, origin, {one.id for one in collaborators}) if complete else 0
        gone = _remove_orphaned_documents(session, collection)
        change = CatalogueChange(new, changed, unchanged, removed, *document_change, gone)
        if not change.is_empty:
            touch_collection(session, collection)
    return change


def ensure_collection(session: Session, collection: str) -> None:
    """Make an empty collection where there is none of the name."""
    if session.get(CollectionRow, collection) is None:
        session.add(CollectionRow(name=collection, revision=_new_revision()))
        session.flush()


def refresh_collaborator(session: Session, collection: str, collaborator_id: str) -> None:
    """Bring a curated collaborator in line with what has been decided about it.

    Raises:
        NotFoundError: there is none of that id that people look after.
    """
    origin, imported = _imported(session, collection, collaborator_id)
    ((decided, state),) = as_decided(session, collection, [imported])
    save_documents(session, collection, decided.documents)
    _save_rows(session, collection, [_row(collection, origin, decided, state, imported)])
    _save_links(session, collection, [decided], complete=True)
    _remove_orphaned_documents(session, collection)
    touch_collection(session, collection)


def decided_collaborator(session: Session, collection: str, collaborator_id: str) -> Collaborator:
    """A curated collaborator with its own documents, as it is with what was decided about it.

    Raises:
        NotFoundError: there is none of that id that people look after.
    """
    ((decided, _),) = as_decided(session, collection, [_imported(session, collection, collaborator_id)[1]])
    return decided


def add_collaborator(session: Session, collection: str, origin: str, collaborator: Collaborator) -> None:
    """Put in a curated collaborator that is not there yet."""
    save_documents(session, collection, collaborator.documents)
    insert_rows(session, CollaboratorRow, [_row(collection, origin, collaborator, GroupState.ACTIVE, collaborator)])
    _save_links(session, collection, [collaborator], complete=True)


def _imported(session: Session, collection: str, collaborator_id: str) -> tuple[str, Collaborator]:
    """Origin of a curated collaborator, and itself as it came."""
    statement = select(CollaboratorRow.origin, CollaboratorRow.imported).where(
        CollaboratorRow.collection == collection, CollaboratorRow.id == collaborator_id
    )
    found = session.execute(statement).tuples().one_or_none()
    if found is None or found[1] is None:
        raise NotFoundError(mark("There is no group of the id {id} to look after."), id=collaborator_id)
    return found[0], collaborator_from_json(found[1])


def touch_collection(session: Session, collection: str) -> None:
    """Give the collection a new revision: its content has changed, and its index is to be built anew."""
    session.get_one(CollectionRow, collection).revision = _new_revision()


def _save_rows(session: Session, collection: str, rows: Iterable[dict[str, Any]]) -> tuple[int, int, int]:
    known = _digests(session, CollaboratorRow, collection)
    new: list[dict[str, Any]] = []
    changed: list[dict[str, Any]] = []
    unchanged = 0
    for row in rows:
        if row["id"] not in known:
            new.append(row)
        elif known[row["id"]] != row["digest"]:
            changed.append(row)
        else:
            unchanged += 1
    insert_rows(session, CollaboratorRow, new)
    if changed:
        session.execute(update(CollaboratorRow), changed)
    return len(new), len(changed), unchanged


def _save_links(session: Session, collection: str, collaborators: Sequence[Collaborator], *, complete: bool) -> int:
    """Attribute documents; how many collaborators that were there before lost one."""
    existing: dict[str, set[str]] = {}
    statement = select(AttributionRow.collaborator_id, AttributionRow.document_id).where(
        AttributionRow.collection == collection,
        # Works are linked by themselves (work_links.py): no list of collaborators says that one has them no more.
        ~AttributionRow.document_id.startswith("work:", autoescape=True),
    )
    identifiers = [one.id for one in collaborators]
    if len(identifiers) <= WRITE_BATCH:
        statement = statement.where(AttributionRow.collaborator_id.in_(identifiers))
    for collaborator_id, document_id in session.execute(statement):
        existing.setdefault(collaborator_id, set()).add(document_id)
    added: list[dict[str, Any]] = []
    shortened = 0
    for collaborator in collaborators:
        wanted = {document.id for document in collaborator.documents}
        has = existing.get(collaborator.id, set())
        added += [attribution(collection, collaborator.id, document_id) for document_id in sorted(wanted - has)]
        if complete and has - wanted:
            shortened += 1
            for document_id in has - wanted:
                session.execute(
                    delete(AttributionRow).filter_by(**attribution(collection, collaborator.id, document_id))
                )
    insert_rows(session, AttributionRow, added)
    return shortened


def _row(
    collection: str,
    origin: str,
    collaborator: Collaborator,
    state: GroupState = GroupState.ACTIVE,
    imported: Collaborator | None = None,
) -> dict[str, Any]:
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
        "state": state.value,
        "imported": collaborator_to_json(imported) if imported else None,
    }
    return {**row, "digest": content_digest(row)}


def _remove_others(session: Session, collection: str, origin: str, keep: set[str]) -> int:
    own = select(CollaboratorRow.id).where(CollaboratorRow.collection == collection, CollaboratorRow.origin == origin)
    gone = [identifier for identifier in session.scalars(own) if identifier not in keep]
    delete_rows(session, CollaboratorRow, collection, gone)
    return len(gone)


def _remove_orphaned_documents(session: Session, collection: str) -> int:
    spoken_for = select(AttributionRow.document_id).where(AttributionRow.collection == collection)
    orphans = select(DocumentRow.id).where(DocumentRow.collection == collection, DocumentRow.id.not_in(spoken_for))
    gone = list(session.scalars(orphans))
    delete_rows(session, DocumentRow, collection, gone)
    return len(gone)


def _digests(session: Session, table: type[CollaboratorRow] | type[DocumentRow], collection: str) -> dict[str, str]:
    rows = session.execute(select(table.id, table.digest).where(table.collection == collection))
    return dict(rows.tuples().all())


def _new_revision() -> str:
    return str(uuid.uuid4())
