"""A collection kept in the database."""

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.models import AttributionRow, CollaboratorRow, CollectionRow, DocumentRow, PassageRow
from matchmaker.db.session import Database
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind, Contact, Document
from matchmaker.domain.collection import CollectionSnapshot
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.language import Language, LocalisedText
from matchmaker.domain.passage import Passage

LOOKUP_BATCH = 500


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
        passages = (
            select(PassageRow, DocumentRow.title)
            .join(
                DocumentRow,
                (DocumentRow.collection == PassageRow.collection) & (DocumentRow.id == PassageRow.document_id),
            )
            .where(PassageRow.collection == self._name)
            .order_by(PassageRow.id)
        )
        collaborators = select(CollaboratorRow).where(CollaboratorRow.collection == self._name)
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
            found = [_passage(row, title) for row, title in session.execute(passages)]
            people = {row.id: _collaborator(row) for row in session.scalars(collaborators.order_by(CollaboratorRow.id))}
            passage_ids: dict[str, list[int]] = {identifier: [] for identifier in people}
            for collaborator_id, passage_id in session.execute(links):
                passage_ids[collaborator_id].append(passage_id)
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
                    found[row.id] = (_passage(row, document.title), _document(document))
        return found

    def find_collaborators(self, collaborator_ids: Sequence[str]) -> Mapping[str, Collaborator]:
        found: dict[str, Collaborator] = {}
        with self._database.reading() as session:
            for start in range(0, len(collaborator_ids), LOOKUP_BATCH):
                batch = collaborator_ids[start : start + LOOKUP_BATCH]
                statement = select(CollaboratorRow).where(
                    CollaboratorRow.collection == self._name, CollaboratorRow.id.in_(batch)
                )
                found |= {row.id: _collaborator(row) for row in session.scalars(statement)}
        return found


def _passage(row: PassageRow, title: str | None) -> Passage:
    return Passage(row.id, row.document_id, row.position, row.text, Language(row.language), title or None)


def _document(row: DocumentRow) -> Document:
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


def _collaborator(row: CollaboratorRow) -> Collaborator:
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
