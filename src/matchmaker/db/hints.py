"""What tells whose works are, in the database."""

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from matchmaker.db.bulk import insert_rows
from matchmaker.db.models import CollaboratorRow
from matchmaker.db.work_models import HintRow
from matchmaker.domain.work import Hint, HintScheme


def replace_hints(session: Session, collection: str, origin: str, wanted: Collection[tuple[Hint, str]]) -> bool:
    """Have these be an origin's hints, each with the collaborator that it tells of; whether anything is new.

    Those of collaborators who are not there are left out, and so is what another origin says already.
    """
    there = set(session.scalars(select(CollaboratorRow.id).where(CollaboratorRow.collection == collection)))
    rows = session.scalars(select(HintRow).where(HintRow.collection == collection)).all()
    own = {(Hint(HintScheme(row.scheme), row.value), row.collaborator_id) for row in rows if row.origin == origin}
    others = {(Hint(HintScheme(row.scheme), row.value), row.collaborator_id) for row in rows if row.origin != origin}
    kept = {(hint, one) for hint, one in wanted if one in there} - others
    if kept == own:
        return False
    session.execute(delete(HintRow).where(HintRow.collection == collection, HintRow.origin == origin))
    insert_rows(
        session,
        HintRow,
        [
            {
                "collection": collection,
                "scheme": hint.scheme.value,
                "value": hint.value,
                "collaborator_id": one,
                "origin": origin,
            }
            for hint, one in sorted(kept)
        ],
    )
    return True


def find_hints(session: Session, collection: str, origin: str) -> list[tuple[Hint, str]]:
    """An origin's hints with the collaborators that they tell of."""
    statement = select(HintRow).where(HintRow.collection == collection, HintRow.origin == origin)
    ordered = statement.order_by(HintRow.collaborator_id, HintRow.scheme, HintRow.value)
    return [(Hint(HintScheme(row.scheme), row.value), row.collaborator_id) for row in session.scalars(ordered)]
