"""What a collection holds, for tables that it can be read from again: groups, availability, links, works."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from matchmaker.db.collection import IS_ACTIVE, collaborator_of, document_of
from matchmaker.db.decisions import find_decided
from matchmaker.db.hints import find_hints
from matchmaker.db.models import AttributionRow, CollaboratorRow, DocumentRow
from matchmaker.db.session import Database
from matchmaker.db.work_lists import next_work_ids, work_of
from matchmaker.db.work_models import LinkRow, WorkRow
from matchmaker.domain.availability import Availability
from matchmaker.domain.collaborator import KEYWORDS, PROFILE, Collaborator, Document
from matchmaker.domain.curation import DecisionKind
from matchmaker.domain.work import PSEUDONYM, Hint, HintScheme, LinkState, Work

BATCH = 200


def read_groups(database: Database, collection: str) -> list[Collaborator]:
    """Those who take part, by id, with their own texts (profile and keywords) as their only documents."""
    groups = select(CollaboratorRow).where(CollaboratorRow.collection == collection, IS_ACTIVE)
    own = (
        select(AttributionRow.collaborator_id, DocumentRow)
        .join(
            DocumentRow,
            (DocumentRow.collection == AttributionRow.collection) & (DocumentRow.id == AttributionRow.document_id),
        )
        .where(AttributionRow.collection == collection, DocumentRow.kind.in_((PROFILE, KEYWORDS)))
        .order_by(DocumentRow.id)
    )
    with database.reading() as session:
        documents: dict[str, list[Document]] = {}
        for group_id, row in session.execute(own).tuples():
            documents.setdefault(group_id, []).append(document_of(row))
        return [
            replace(collaborator_of(row), documents=tuple(documents.get(row.id, ())))
            for row in session.scalars(groups.order_by(CollaboratorRow.id))
        ]


def read_inactive(database: Database, collection: str) -> frozenset[str]:
    """Who is in the catalogue and takes no part: retired, or opted out."""
    statement = select(CollaboratorRow.id).where(CollaboratorRow.collection == collection, ~IS_ACTIVE)
    with database.reading() as session:
        return frozenset(session.scalars(statement))


def read_availability(database: Database, collection: str) -> dict[str, Availability]:
    """What groups have room for, by group; who has said nothing is left out."""
    with database.reading() as session:
        return find_availability(session, collection)


def find_availability(session: Session, collection: str) -> dict[str, Availability]:
    """As ``read_availability``, within a transaction."""
    found = {}
    for decision in find_decided(session, collection, DecisionKind.AVAILABILITY):
        value = decision.value
        until = value.get("paused_until")
        found[decision.collaborator_id] = Availability(
            project=bool(value.get("project", True)),
            thesis=bool(value.get("thesis", True)),
            consulting=bool(value.get("consulting", True)),
            cap=int(value["cap"]) if value.get("cap") is not None else None,
            paused_until=date.fromisoformat(str(until)) if until else None,
        )
    return found


def read_links(database: Database, collection: str, origin: str) -> list[tuple[Hint, str]]:
    """The hints of an origin with the groups that they tell of; persons by pseudonyms that say what they are."""
    with database.reading() as session:
        found = find_hints(session, collection, origin)
    return [
        (Hint(hint.scheme, PSEUDONYM + hint.value) if hint.scheme is HintScheme.PERSON else hint, group_id)
        for hint, group_id in found
    ]


def read_works(database: Database, collection: str) -> Iterator[tuple[Work, list[str]]]:
    """All works by id, each with the ids of the groups that it is linked to; a batch at a time."""
    after = ""
    while True:
        with database.reading() as session:
            batch = next_work_ids(session, collection, after, BATCH)
            found = _works(session, collection, batch)
        if not batch:
            return
        yield from found
        after = batch[-1]


def _works(session: Session, collection: str, work_ids: list[str]) -> list[tuple[Work, list[str]]]:
    works = select(WorkRow).where(WorkRow.collection == collection, WorkRow.id.in_(work_ids)).order_by(WorkRow.id)
    links = (
        select(LinkRow.work_id, LinkRow.collaborator_id)
        .where(LinkRow.collection == collection, LinkRow.work_id.in_(work_ids), LinkRow.state == LinkState.LINKED.value)
        .order_by(LinkRow.collaborator_id)
    )
    groups: dict[str, list[str]] = {}
    for work_id, group_id in session.execute(links).tuples():
        groups.setdefault(work_id, []).append(group_id)
    return [(work_of(row), groups.get(row.id, [])) for row in session.scalars(works)]
