"""Whose works are: linked by what their records hint at, by suggestion or by decision; and evidence made of them.

A linked work is also documents, one a language, which speak for its groups. What no group has is kept as a work
only, and is in no index.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime

from sqlalchemy import delete, insert, or_, select
from sqlalchemy.orm import Session

from matchmaker.db.documents import delete_documents, save_documents
from matchmaker.db.models import AttributionRow, CollaboratorRow, DocumentRow
from matchmaker.db.work_models import DecisionRow, HintRow, LinkRow
from matchmaker.db.works import delete_works, works_of, write_works
from matchmaker.domain.collaborator import Document
from matchmaker.domain.curation import DecisionKind
from matchmaker.domain.language import Language
from matchmaker.domain.work import LABELS, HintScheme, LinkBasis, LinkState, Work

BATCH = 400

BASIS = {
    HintScheme.GROUP: LinkBasis.GIVEN,
    HintScheme.SUBJECT: LinkBasis.SUBJECT,
    HintScheme.PERSON: LinkBasis.PERSON,
    HintScheme.ORGANISATION: LinkBasis.ORGANISATION,
    HintScheme.AFFILIATION: LinkBasis.AFFILIATION,
}
"""The basis of a link by the hint that it rests on; of several the first counts."""


def refresh_works(session: Session, collection: str, work_ids: Collection[str]) -> bool:
    """Bring works, their links and their documents in line with their records; whether any document changed."""
    works = works_of(session, collection, work_ids)
    write_works(session, collection, works.values())
    gone = set(work_ids) - set(works)
    links = _link(session, collection, works, gone)
    changed = _write_evidence(session, collection, works, links, gone)
    delete_works(session, collection, gone)
    return changed


def refresh_evidence(session: Session, collection: str, work_ids: Collection[str]) -> bool:
    """Bring documents in line with links and decisions that have just changed; whether any document changed."""
    works = works_of(session, collection, work_ids)
    return _write_evidence(session, collection, works, _linked(session, collection, works), set())


def set_links(
    session: Session,
    collection: str,
    work_ids: Iterable[str],
    collaborator_id: str,
    state: LinkState,
    basis: LinkBasis,
    probability: float | None = None,
) -> None:
    """Say of works whether they are somebody's, in place of what was said before."""
    for work_id in sorted(set(work_ids)):
        session.merge(
            LinkRow(
                collection=collection,
                work_id=work_id,
                collaborator_id=collaborator_id,
                state=state,
                basis=basis,
                probability=probability,
                at=datetime.now(UTC),
            )
        )
    session.flush()


def copy_links(session: Session, collection: str, old: str, new: str, basis: LinkBasis) -> set[str]:
    """Link what one collaborator has to another as well, unless that was decided against; returns the works."""
    statement = select(LinkRow.work_id, LinkRow.collaborator_id).where(
        LinkRow.collection == collection,
        or_(
            (LinkRow.collaborator_id == old) & (LinkRow.state == LinkState.LINKED),
            (LinkRow.collaborator_id == new) & (LinkRow.state != LinkState.SUGGESTED),
        ),
    )
    rows = set(session.execute(statement).tuples())
    works = {work_id for work_id, collaborator_id in rows if collaborator_id == old}
    said = {work_id for work_id, collaborator_id in rows if collaborator_id == new}
    set_links(session, collection, works - said, new, LinkState.LINKED, basis)
    return works


def documents_of(work: Work) -> list[Document]:
    """The work as evidence: a document in each language; keywords speak where there is no text."""
    named = dict.fromkeys(LABELS.get(note.source, note.source) for note in work.sources)
    return [
        Document(
            id=_document_id(work.id, text.language or Language.OTHER),
            text=text.text or ", ".join(text.keywords) or text.title,
            title=text.title,
            language=text.language,
            year=work.year,
            kind=work.kind.value,
            url=work.url,
            source=", ".join(named),
            basis="machine_made" if text.machine_made else "sourced",
            work=work.id,
        )
        for text in work.texts
    ]


def _document_id(work_id: str, language: Language) -> str:
    return f"work:{work_id}:{language.value}"


def _link(
    session: Session, collection: str, works: Mapping[str, Work], gone: Iterable[str]
) -> dict[str, dict[str, LinkBasis]]:
    """Links by hints, beside what people decided; returns by work who it is linked to, and by what."""
    wanted = _hinted(session, collection, works)
    now = datetime.now(UTC)
    rows = _link_rows(session, collection, [*works, *gone])
    for row in rows:
        basis = LinkBasis(row.basis)
        hinted = wanted.get(row.work_id, {}).pop(row.collaborator_id, None)
        if basis.is_decided:
            continue
        if hinted and (row.state, row.basis) != (LinkState.LINKED, hinted):
            row.state, row.basis, row.probability, row.at = LinkState.LINKED, hinted, None, now
        elif not hinted and (row.state == LinkState.LINKED or row.work_id not in works):
            session.delete(row)
    session.flush()
    new = [
        {
            "collection": collection,
            "work_id": work_id,
            "collaborator_id": collaborator_id,
            "state": LinkState.LINKED.value,
            "basis": basis.value,
            "probability": None,
            "at": now,
        }
        for work_id, own in wanted.items()
        for collaborator_id, basis in own.items()
    ]
    for start in range(0, len(new), BATCH):
        session.execute(insert(LinkRow), new[start : start + BATCH])
    return _linked(session, collection, works)


def unknown_groups(session: Session, collection: str, group_ids: Iterable[str]) -> set[str]:
    """Which of some ids no collaborator has, in the catalogue or before it became part of another."""
    given = set(group_ids)
    known = _known(session, collection, given)
    return {one for one in given if (HintScheme.GROUP.value, one) not in known}


def _known(session: Session, collection: str, of: Iterable[str]) -> dict[tuple[str, str], set[str]]:
    """By scheme and value of hints the collaborators that they name."""
    values = sorted(of)
    known: dict[tuple[str, str], set[str]] = {}
    for start in range(0, len(values), BATCH):
        batch = values[start : start + BATCH]
        statement = select(HintRow).where(HintRow.collection == collection, HintRow.value.in_(batch))
        for row in session.scalars(statement):
            known.setdefault((row.scheme, row.value), set()).add(row.collaborator_id)
        groups = select(CollaboratorRow.id).where(CollaboratorRow.collection == collection)
        for identifier in session.scalars(groups.where(CollaboratorRow.id.in_(batch))):
            known.setdefault((HintScheme.GROUP.value, identifier), set()).add(identifier)
    return known


def _hinted(session: Session, collection: str, works: Mapping[str, Work]) -> dict[str, dict[str, LinkBasis]]:
    """By work the collaborators that its hints name."""
    known = _known(session, collection, {hint.value for work in works.values() for hint in work.hints})
    found: dict[str, dict[str, LinkBasis]] = {}
    for work in works.values():
        for scheme, basis in BASIS.items():
            for hint in sorted(work.hints):
                if hint.scheme is scheme:
                    for collaborator_id in sorted(known.get((scheme.value, hint.value), ())):
                        found.setdefault(work.id, {}).setdefault(collaborator_id, basis)
    return found


def _linked(session: Session, collection: str, works: Iterable[str]) -> dict[str, dict[str, LinkBasis]]:
    found: dict[str, dict[str, LinkBasis]] = {}
    for row in _link_rows(session, collection, list(works)):
        if row.state == LinkState.LINKED:
            found.setdefault(row.work_id, {})[row.collaborator_id] = LinkBasis(row.basis)
    return found


def _link_rows(session: Session, collection: str, work_ids: Sequence[str]) -> list[LinkRow]:
    rows: list[LinkRow] = []
    for start in range(0, len(work_ids), BATCH):
        batch = work_ids[start : start + BATCH]
        rows += session.scalars(select(LinkRow).where(LinkRow.collection == collection, LinkRow.work_id.in_(batch)))
    return rows


def _write_evidence(
    session: Session,
    collection: str,
    works: Mapping[str, Work],
    links: Mapping[str, Mapping[str, LinkBasis]],
    gone: Iterable[str],
) -> bool:
    """Documents of works that somebody has, and whom they speak for; those of others are deleted."""
    speaking = _speaking(session, collection, links)
    documents = [document for work_id in speaking for document in documents_of(works[work_id])]
    silent = [work_id for work_id in [*works, *gone] if work_id not in speaking]
    changed = delete_documents(session, collection, _document_ids(session, collection, silent, keep=set()))
    keep = {document.id for document in documents}
    changed |= delete_documents(session, collection, _document_ids(session, collection, list(speaking), keep=keep))
    changed |= save_documents(session, collection, documents)
    wanted = {
        (collaborator_id, document.id)
        for document in documents
        for collaborator_id in speaking[document.work or document.id]
    }
    return _attribute(session, collection, sorted(keep), wanted) or changed


def _speaking(session: Session, collection: str, links: Mapping[str, Mapping[str, LinkBasis]]) -> dict[str, set[str]]:
    """By work for whom it speaks: who is in the catalogue, and has not hidden it."""
    linked = {(work_id, collaborator_id) for work_id, own in links.items() for collaborator_id in own}
    there: set[str] = set()
    hidden: set[tuple[str, str]] = set()
    people = sorted({collaborator_id for _, collaborator_id in linked})
    for start in range(0, len(people), BATCH):
        batch = people[start : start + BATCH]
        groups = select(CollaboratorRow.id).where(CollaboratorRow.collection == collection)
        there |= set(session.scalars(groups.where(CollaboratorRow.id.in_(batch))))
        decided = select(DecisionRow.work_id, DecisionRow.collaborator_id).where(
            DecisionRow.collection == collection,
            DecisionRow.kind == DecisionKind.HIDDEN,
            DecisionRow.collaborator_id.in_(batch),
        )
        hidden |= set(session.execute(decided).tuples())
    found: dict[str, set[str]] = {}
    for work_id, collaborator_id in linked - hidden:
        if collaborator_id in there:
            found.setdefault(work_id, set()).add(collaborator_id)
    return found


def _document_ids(session: Session, collection: str, work_ids: Sequence[str], keep: set[str]) -> list[str]:
    """The works' documents that there are, but for those to keep."""
    ids = [_document_id(work_id, language) for work_id in work_ids for language in Language]
    found: list[str] = []
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        found += session.scalars(
            select(DocumentRow.id).where(DocumentRow.collection == collection, DocumentRow.id.in_(batch))
        )
    return [one for one in found if one not in keep]


def _attribute(session: Session, collection: str, document_ids: Sequence[str], wanted: set[tuple[str, str]]) -> bool:
    existing: set[tuple[str, str]] = set()
    for start in range(0, len(document_ids), BATCH):
        batch = document_ids[start : start + BATCH]
        rows = select(AttributionRow.collaborator_id, AttributionRow.document_id).where(
            AttributionRow.collection == collection, AttributionRow.document_id.in_(batch)
        )
        existing |= set(session.execute(rows).tuples())
    for collaborator_id, document_id in existing - wanted:
        session.execute(
            delete(AttributionRow).where(
                AttributionRow.collection == collection,
                AttributionRow.collaborator_id == collaborator_id,
                AttributionRow.document_id == document_id,
            )
        )
    new = [
        {"collection": collection, "collaborator_id": collaborator_id, "document_id": document_id}
        for collaborator_id, document_id in sorted(wanted - existing)
    ]
    for start in range(0, len(new), BATCH):
        session.execute(insert(AttributionRow), new[start : start + BATCH])
    return existing != wanted
