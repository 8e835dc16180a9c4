"""A collection kept in the database."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.models import AttributionRow, CollaboratorRow, CollectionRow, DocumentRow, PassageRow
from matchmaker.db.session import Database
from matchmaker.db.work_lists import pinned_works
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind, Contact, Document
from matchmaker.domain.collection import CollectionSnapshot
from matchmaker.domain.curation import GroupState
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.language import Language, LocalisedText
from matchmaker.domain.passage import Passage

LOOKUP_BATCH = 500

IS_ACTIVE = CollaboratorRow.state == GroupState.ACTIVE.value
"""Only those who have neither been retired nor opted out are matched and shown."""


def active_ids(session: Session, collection: str, collaborator_ids: Iterable[str]) -> frozenset[str]:
    """Which of some collaborators, as many as a list has, are in the catalogue and take part."""
    active = select(CollaboratorRow.id).where(CollaboratorRow.collection == collection, IS_ACTIVE)
    return frozenset(session.scalars(active.where(CollaboratorRow.id.in_(sorted(collaborator_ids)))))


class StoredCollection:
    """Reads one collection of a database; each call sees the state of one moment."""

    def __init__(self, database: Database, name: str) -> None:
        self._database = database
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def revision(self) -> str:
        """The revision of the collection's content.

        Raises:
            NotFoundError: there is no such collection.
        """
        with self._database.reading() as session:
            return self._read_revision(session)

    def snapshot(self) -> CollectionSnapshot:
        """The whole content, read in one transaction, so that an import beside it cannot come in between.

        Raises:
            NotFoundError: there is no such collection.
        """
        # Columns, not objects: a million of these would take as long again as everything else here.
        passages = (
            select(
                PassageRow.id,
                PassageRow.document_id,
                PassageRow.position,
                PassageRow.text,
                PassageRow.language,
                DocumentRow.title,
            )
            .join(
                DocumentRow,
                (DocumentRow.collection == PassageRow.collection) & (DocumentRow.id == PassageRow.document_id),
            )
            .where(PassageRow.collection == self._name)
            .order_by(PassageRow.id)
        )
        collaborators = select(CollaboratorRow).where(CollaboratorRow.collection == self._name, IS_ACTIVE)
        links = (
            select(AttributionRow.collaborator_id, PassageRow.id)
            .join(
                PassageRow,
                (PassageRow.collection == AttributionRow.collection)
                & (PassageRow.document_id == AttributionRow.document_id),
            )
            .where(AttributionRow.collection == self._name)
            .order_by(AttributionRow.collaborator_id, PassageRow.id)
        )
        with self._database.reading() as session:
            revision = self._read_revision(session)
            rows = session.scalars(collaborators.order_by(CollaboratorRow.id))
            people = {row.id: collaborator_of(row) for row in rows}
            passage_ids: dict[str, list[int]] = {identifier: [] for identifier in people}
            for collaborator_id, passage_id in session.execute(links):
                if collaborator_id in passage_ids:
                    passage_ids[collaborator_id].append(passage_id)
            # What speaks only for those who have been taken out is in no index.
            speaking = {passage_id for own in passage_ids.values() for passage_id in own}
            found = [_passage(*row) for row in session.execute(passages).tuples() if row[0] in speaking]
        return CollectionSnapshot(revision, found, people, passage_ids)

    def _read_revision(self, session: Session) -> str:
        revision = session.scalar(select(CollectionRow.revision).where(CollectionRow.name == self._name))
        if revision is None:
            raise NotFoundError(mark("There is no collection named {name}."), name=self._name)
        return revision

    def find_passages(self, passage_ids: Sequence[int]) -> Mapping[int, tuple[Passage, Document]]:
        found: dict[int, tuple[Passage, Document]] = {}
        with self._database.reading() as session:
            for start in range(0, len(passage_ids), LOOKUP_BATCH):
                batch = [int(identifier) for identifier in passage_ids[start : start + LOOKUP_BATCH]]
                statement = (
                    select(PassageRow, DocumentRow)
                    .join(
                        DocumentRow,
                        (DocumentRow.collection == PassageRow.collection) & (DocumentRow.id == PassageRow.document_id),
                    )
                    .where(PassageRow.collection == self._name, PassageRow.id.in_(batch))
                )
                for row, document in session.execute(statement):
                    passage = _passage(row.id, row.document_id, row.position, row.text, row.language, document.title)
                    found[row.id] = (passage, document_of(document))
        return found

    def find_collaborators(self, collaborator_ids: Sequence[str]) -> Mapping[str, Collaborator]:
        found: dict[str, Collaborator] = {}
        with self._database.reading() as session:
            for start in range(0, len(collaborator_ids), LOOKUP_BATCH):
                batch = collaborator_ids[start : start + LOOKUP_BATCH]
                statement = select(CollaboratorRow).where(
                    CollaboratorRow.collection == self._name, CollaboratorRow.id.in_(batch), IS_ACTIVE
                )
                found |= {row.id: collaborator_of(row) for row in session.scalars(statement)}
        return found

    def find_pinned(self, collaborator_ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
        with self._database.reading() as session:
            return pinned_works(session, self._name, collaborator_ids)


def _passage(identifier: int, document_id: str, position: int, text: str, language: str, title: str | None) -> Passage:
    return Passage(identifier, document_id, position, text, Language(language), title or None)


def document_of(row: DocumentRow) -> Document:
    return Document(
        id=row.id,
        text=row.text,
        title=row.title,
        language=Language(row.language) if row.language else None,
        year=row.year,
        kind=row.kind,
        url=row.url,
        source=row.source,
        basis=row.basis,
        work=row.work,
    )


def collaborator_of(row: CollaboratorRow) -> Collaborator:
    return Collaborator(
        id=row.id,
        name=LocalisedText(row.name_sv, row.name_en),
        kind=CollaboratorKind(row.kind),
        department=row.department,
        areas=tuple(row.areas),
        web_page=row.web_page,
        contacts=tuple(Contact(LocalisedText(**one["role"]), one["web_page"]) for one in row.contacts),
        is_entrance=row.is_entrance,
    )
