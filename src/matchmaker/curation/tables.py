"""Tables of groups, contacts and links that a steward gives: what they would change, and the change, all or nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from matchmaker.catalogue.group_entry import GroupEntry
from matchmaker.catalogue.group_tables import GroupContacts, gather_contacts, read_contacts, read_groups, read_links
from matchmaker.catalogue.seed import LABELS, Area
from matchmaker.catalogue.templates import CONTACTS, GROUPS, LINKS
from matchmaker.curation.groups import OWN_ORIGIN
from matchmaker.curation.linking import STEWARD, relink, save_hints
from matchmaker.curation.records import Pseudonym, stored_hint
from matchmaker.db import decisions, exports, hints
from matchmaker.db.catalogue import add_collaborator, ensure_collection, refresh_collaborator, touch_collection
from matchmaker.db.session import Database, Session, Turn
from matchmaker.domain.availability import Availability
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.curation import Decision, DecisionKind, contact_values, group_values
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark

UNNAMED = mark("there is no group of the id «{value}»")
INACTIVE = mark("«{value}» has been retired or has opted out; take it in again first")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One thing that a table would change: of which group what, from and to; a new group has no ``field``."""

    group: str
    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class TableDifference:
    """What a table would change, how many of its rows change nothing, and which are wrong."""

    changes: tuple[FieldChange, ...]
    unchanged: int
    problems: tuple[FileProblem, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    difference: TableDifference
    new: tuple[Collaborator, ...] = ()
    edits: Mapping[str, Mapping[str, Any]] | None = None
    availability: Mapping[str, Availability] | None = None
    links: tuple[tuple[Any, str], ...] | None = None


def compare_table(
    database: Database, collection: str, table: str, path: Path, areas: Iterable[Area], pseudonym: Pseudonym
) -> TableDifference:
    """What a table (``groups``, ``contacts`` or ``links``) would change; nothing is changed.

    Raises:
        InvalidFileError: the file is no such table.
    """
    return _plan(database, collection, table, path, areas, pseudonym).difference


def apply_table(
    database: Database,
    collection: str,
    table: str,
    path: Path,
    areas: Iterable[Area],
    pseudonym: Pseudonym,
    by: str,
    *,
    skip_wrong: bool = False,
) -> TableDifference:
    """Change what a table says, in one transaction; groups that it does not name stay as they are.

    A table of links is all there is: links by an earlier one that it lacks are gone.

    Raises:
        InvalidFileError: the file is no such table, or rows are wrong and are not to be left out.
    """
    plan = _plan(database, collection, table, path, areas, pseudonym)
    if plan.difference.problems and not skip_wrong:
        raise InvalidFileError(str(path), list(plan.difference.problems))
    if plan.links is not None:
        if save_hints(database, collection, STEWARD, plan.links, pseudonym):
            relink(database, collection)
        return plan.difference
    with database.transaction(Turn.CATALOGUE_AND_CASES) as session:
        ensure_collection(session, collection)
        _write(session, collection, plan, by)
        if plan.difference.changes:
            touch_collection(session, collection)
    return plan.difference


def _plan(
    database: Database, collection: str, table: str, path: Path, areas: Iterable[Area], pseudonym: Pseudonym
) -> _Plan:
    known = {one.id: one for one in exports.read_groups(database, collection)}
    if table == LINKS.name:
        return _plan_links(database, collection, path, known, pseudonym)
    if table == CONTACTS.name:
        return _plan_contacts(exports.read_availability(database, collection), path, known)
    return _plan_groups(path, areas, known, exports.read_inactive(database, collection))


def _plan_groups(
    path: Path, areas: Iterable[Area], known: Mapping[str, Collaborator], inactive: frozenset[str]
) -> _Plan:
    entries, problems = _parted(read_groups(path, areas))
    new, edits, changes = [], {}, []
    for entry in entries:
        if entry.id in inactive:
            problems.append(FileProblem(INACTIVE, field=GROUPS.columns[0].name, value=entry.id))
            continue
        present = known.get(entry.id)
        if present is None:
            new.append(entry.to_collaborator(LABELS))
            changes.append(FieldChange(entry.id, "", None, entry.name.sv or entry.name.en))
            continue
        values = _entry_values(entry)
        now = group_values(present)
        edits[entry.id] = {
            field: value
            for field, value in values.items()
            if field in (entry.columns or values) and value != now[field]
        }
        changes += [FieldChange(entry.id, field, now[field], value) for field, value in edits[entry.id].items()]
    return _Plan(_difference(changes, len(entries), problems), tuple(new), edits)


def _plan_contacts(said: Mapping[str, Availability], path: Path, known: Mapping[str, Collaborator]) -> _Plan:
    entries, problems = _parted(read_contacts(path))
    gathered: dict[str, GroupContacts] = dict(gather_contacts(entries))
    problems += [
        FileProblem(UNNAMED, field=CONTACTS.columns[0].name, value=one) for one in gathered if one not in known
    ]
    changes, edits, availability = [], {}, {}
    for group, own in ((one, gathered[one]) for one in gathered if one in known):
        now, wanted = contact_values(known[group].contacts), contact_values(own.contacts)
        if own.contacts and wanted != now:
            edits[group] = {"contacts": wanted}
            changes.append(FieldChange(group, "contacts", now, wanted))
        before = said.get(group, Availability())
        after = _said_now(before, own)
        if after != before:
            availability[group] = after
            changes.append(FieldChange(group, "availability", asdict(before), asdict(after)))
    return _Plan(_difference(changes, len(gathered), problems), (), edits, availability)


def _said_now(before: Availability, own: GroupContacts) -> Availability:
    """What a group has room for by a table that need not have a column for all of it."""
    if own.availability is None:
        return before
    return replace(before, **{name: value for name, value in asdict(own.availability).items() if name in own.columns})


def _plan_links(
    database: Database, collection: str, path: Path, known: Mapping[str, Collaborator], pseudonym: Pseudonym
) -> _Plan:
    entries, problems = _parted(read_links(path))
    problems += [
        FileProblem(UNNAMED, field=LINKS.columns[0].name, value=one)
        for one in sorted({entry.group_id for entry in entries if entry.group_id not in known})
    ]
    wanted = {(stored_hint(one.hint, pseudonym), one.group_id) for one in entries if one.group_id in known}
    with database.reading() as session:
        now = set(hints.find_hints(session, collection, STEWARD))
    changes = [FieldChange(group, hint.scheme.value, None, hint.value) for hint, group in sorted(wanted - now)]
    changes += [FieldChange(group, hint.scheme.value, hint.value, None) for hint, group in sorted(now - wanted)]
    pairs = tuple((one.hint, one.group_id) for one in entries if one.group_id in known)
    return _Plan(
        TableDifference(tuple(changes), len(wanted & now), tuple(problems)),
        links=pairs,
    )


def _write(session: Session, collection: str, plan: _Plan, by: str) -> None:
    now = datetime.now(UTC)
    for collaborator in plan.new:
        add_collaborator(session, collection, OWN_ORIGIN, collaborator)
        decisions.add_event(session, collection, collaborator.id, "made", by, now, {})
    before = decisions.find_decisions(session, collection, plan.edits or ())
    for group, values in (plan.edits or {}).items():
        if values:
            earlier = next((one.value for one in before.get(group, ()) if one.kind is DecisionKind.EDIT), {})
            decision = Decision(group, DecisionKind.EDIT, "", {**earlier, **values}, by, now)
            decisions.save_decision(session, collection, decision)
    for group, availability in (plan.availability or {}).items():
        until = availability.paused_until
        value = {**asdict(availability), "paused_until": until.isoformat() if until else None}
        decisions.save_decision(session, collection, Decision(group, DecisionKind.AVAILABILITY, "", value, by, now))
    for group in {one for one, values in (plan.edits or {}).items() if values} | set(plan.availability or {}):
        refresh_collaborator(session, collection, group)


def _entry_values(entry: GroupEntry) -> dict[str, Any]:
    """What an entry says, by the names of what can be corrected; contacts are another table's."""
    return {
        "name_sv": entry.name.sv or "",
        "name_en": entry.name.en or "",
        "summary_sv": entry.summary.get("sv", ""),
        "summary_en": entry.summary.get("en", ""),
        "keywords_sv": list(entry.keywords.get("sv", ())),
        "keywords_en": list(entry.keywords.get("en", ())),
        "areas": list(entry.areas),
        "department": entry.department,
        "web_page": entry.web_page,
    }


def _difference(changes: Sequence[FieldChange], rows: int, problems: Sequence[FileProblem]) -> TableDifference:
    return TableDifference(tuple(changes), rows - len({one.group for one in changes}), tuple(problems))


def _parted(readings: Iterator[Any]) -> tuple[list[Any], list[FileProblem]]:
    """What was read, and what was wrong."""
    entries: list[Any] = []
    problems: list[FileProblem] = []
    for reading in readings:
        (problems if isinstance(reading, FileProblem) else entries).append(reading)
    return entries, problems
