"""A piece of evidence that is added to a group by hand, by its steward or by the group."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

from matchmaker.curation.groups import ADDED, BASIS, take
from matchmaker.curation.records import Pseudonym, prepare_record
from matchmaker.db import decisions
from matchmaker.db.catalogue import touch_collection
from matchmaker.db.session import Database, Session, Turn
from matchmaker.db.work_links import refresh_evidence, set_links
from matchmaker.db.works import find_work
from matchmaker.domain.curation import DecisionKind
from matchmaker.domain.errors import FileProblem, InvalidChallengeError, mark
from matchmaker.domain.work import (
    Hint,
    HintScheme,
    LinkBasis,
    LinkState,
    Record,
    Scheme,
    WorkIdentifier,
    WorkKind,
    WorkText,
    identifiers,
)


@dataclass(frozen=True, slots=True)
class NewWork:
    """A piece of evidence that is added by hand. A DOI that is known already only links that work."""

    title: str
    text: str = ""
    year: int | None = None
    doi: str = ""
    url: str = ""


def add_work(database: Database, collection: str, group: str, new: NewWork, pseudonym: Pseudonym, by: str) -> str:
    """Add a piece of evidence by hand; returns the work's id.

    Raises:
        InvalidChallengeError: neither a known DOI nor a title is given, or the address is none.
    """
    with database.transaction(Turn.CATALOGUE_AND_CASES) as session:
        return add_work_in(session, collection, group, new, pseudonym, by)


def add_work_in(session: Session, collection: str, group: str, new: NewWork, pseudonym: Pseudonym, by: str) -> str:
    """As ``add_work``, in a transaction that goes on."""
    identifier = WorkIdentifier.of(Scheme.DOI, new.doi) if new.doi.strip() else None
    if new.doi.strip() and identifier is None:
        raise InvalidChallengeError("doi", mark("This is no DOI; it looks like 10.1234/abc."))
    if new.url.strip() and not new.url.strip().startswith(("https://", "http://")):
        raise InvalidChallengeError("url", mark("Write an address that begins with https://."))
    known = find_work(session, collection, identifier) if identifier else None
    if known is None:
        prepared = prepare_record(_added_record(group, new, identifier), pseudonym)
        if isinstance(prepared, FileProblem):
            raise InvalidChallengeError("title", mark("Write the title; this DOI is not known here yet."))
        known = min(take(session, collection, prepared))
    set_links(session, collection, [known], group, LinkState.LINKED, BASIS.get(by, LinkBasis.STEWARD))
    decisions.revoke_decision(session, collection, group, DecisionKind.HIDDEN, known, by, datetime.now(UTC))
    refresh_evidence(session, collection, {known})
    decisions.add_event(session, collection, group, "added", by, datetime.now(UTC), {"work_id": known})
    touch_collection(session, collection)
    return known


def _added_record(group: str, new: NewWork, identifier: WorkIdentifier | None) -> Record:
    return Record(
        source=ADDED,
        id=identifier.value if identifier else uuid.uuid4().hex,
        kind=WorkKind.PUBLICATION,
        texts=(WorkText(new.title, new.text),),
        year=new.year,
        identifiers=identifiers([(Scheme.DOI, new.doi)]),
        url=new.url.strip() or None,
        retrieved=datetime.now(UTC).date(),
        hints=frozenset({Hint(HintScheme.GROUP, group)}),
    )
