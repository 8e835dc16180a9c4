"""The names of those whom a case and its events speak of."""

from collections.abc import Iterable

from matchmaker.db.collection import StoredCollection
from matchmaker.db.session import Database
from matchmaker.domain.case import Case
from matchmaker.domain.event import Event
from matchmaker.domain.language import LocalisedText


def told_names(database: Database, case: Case, events: Iterable[Event], *others: str) -> dict[str, LocalisedText]:
    """By id; of those who left the catalogue there is none. ``others`` are further ids that are spoken of."""
    events = list(events)
    names = {one.id: one.suggestion.name for one in case.candidates}
    told = {str(event.after[key]) for event in events for key in ("collaborator", "like") if event.after.get(key)}
    told |= {one for event in events for one in event.before.get("candidates", {})}
    told |= {one for one in others if one}
    missing = sorted(told - names.keys())
    if missing:
        found = StoredCollection(database, case.collection).find_collaborators(missing)
        names |= {key: one.name for key, one in found.items()}
    return names
