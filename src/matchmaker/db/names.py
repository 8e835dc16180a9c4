"""Collaborators found by their names."""

from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from matchmaker.db.collection import IS_ACTIVE
from matchmaker.db.models import CollaboratorRow


def find_by_name(session: Session, collection: str, words: str, limit: int) -> list[str]:
    """Ids of those who take part and whose name in either language has all the words, in any case.

    Names that begin with the words come first.
    """
    lowered = [one.lower() for one in words.split()]
    if not lowered:
        return []
    names = (func.lower(CollaboratorRow.name_sv), func.lower(CollaboratorRow.name_en))
    begins = or_(*(name.startswith(" ".join(lowered), autoescape=True) for name in names))
    query = (
        select(CollaboratorRow.id)
        .where(CollaboratorRow.collection == collection, IS_ACTIVE)
        .where(or_(*(_has_all(name, lowered) for name in names)))
        .order_by(case((begins, 0), else_=1), names[0], CollaboratorRow.id)
        .limit(limit)
    )
    return list(session.scalars(query))


def _has_all(name: ColumnElement[str], words: list[str]) -> ColumnElement[bool]:
    return and_(*(name.contains(word, autoescape=True) for word in words))
