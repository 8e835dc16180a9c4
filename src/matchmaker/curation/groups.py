"""What stewards and researchers decide about a group; each act is one transaction, and holds for later imports."""

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from matchmaker.curation.opt_outs import note_opt_out
from matchmaker.db import access_record, decisions
from matchmaker.db.alerts import delete_group_alerts
from matchmaker.db.catalogue import add_collaborator, decided_collaborator, refresh_collaborator, touch_collection
from matchmaker.db.group_lists import find_group
from matchmaker.db.session import Database, Session, Turn
from matchmaker.db.unsent_lists import take_back_unsent
from matchmaker.db.work_links import copy_links, refresh_evidence, refresh_works, set_links
from matchmaker.db.works import save_records, touched_works
from matchmaker.domain.access_event import AccessAct
from matchmaker.domain.collaborator import PROFILE, Collaborator, CollaboratorKind
from matchmaker.domain.curation import Decision, DecisionKind, GroupState, apply_decisions
from matchmaker.domain.errors import InvalidChallengeError, mark
from matchmaker.domain.language import LocalisedText
from matchmaker.domain.work import (
    Hint,
    HintScheme,
    LinkBasis,
    LinkState,
    Record,
    WorkKind,
    WorkText,
)

OWN_ORIGIN = "steward"
"""The origin of groups that stewards made."""

ADDED = "added"
"""The source of works that were added by hand."""

BASIS = {"steward": LinkBasis.STEWARD, "administrator": LinkBasis.STEWARD, "researcher": LinkBasis.RESEARCHER}


def undo_edit(database: Database, collection: str, group: str, by: str) -> None:
    """Show the group again as it was imported."""
    _revoke(database, collection, group, DecisionKind.EDIT, by)


def set_availability(database: Database, collection: str, group: str, value: Mapping[str, Any], by: str) -> None:
    """What the group is open for (``project``, ``thesis``, ``consulting``), its ``cap`` and ``paused_until``."""
    cap, until = value.get("cap"), value.get("paused_until")
    if cap is not None and not 0 <= int(cap) <= 1000:
        raise InvalidChallengeError("cap", mark("Write a number from 0 to {most}."), most=1000)
    if until:
        date.fromisoformat(str(until))
    _decide(database, collection, group, DecisionKind.AVAILABILITY, value, by)


def retire_group(database: Database, collection: str, group: str, by: str) -> None:
    """Take a group that is no more out of matching; its history stays."""
    _decide(database, collection, group, DecisionKind.RETIRED, {}, by)


def reinstate_group(database: Database, collection: str, group: str, by: str) -> None:
    """Take a retired or merged group in again."""
    for kind in (DecisionKind.RETIRED, DecisionKind.MERGED):
        _revoke(database, collection, group, kind, by)


def opt_out(database: Database, ledger: Path, collection: str, group: str, by: str) -> None:
    """Take a group out of index, pages and API at once, at its own wish; a restored backup does not bring it back.

    The addresses that asked for alerts in its name are forgotten. Lists with it that have not been sent yet are not.
    """
    note_opt_out(ledger, collection, group, is_out=True)
    _decide(database, collection, group, DecisionKind.OPTED_OUT, {}, by)


def opt_in(database: Database, ledger: Path, collection: str, group: str, by: str) -> None:
    """Take a group in again that had opted out."""
    _revoke(database, collection, group, DecisionKind.OPTED_OUT, by)
    note_opt_out(ledger, collection, group, is_out=False)


def merge_groups(database: Database, collection: str, group: str, into: str, by: str) -> None:
    """Make one group part of another: its works are the other's from now on, and itself is not matched any more.

    Raises:
        NotFoundError: one of the two is not there.
        InvalidChallengeError: they are the same, or the other one does not take part.
    """
    with database.transaction(Turn.CATALOGUE_AND_CASES) as session:
        merge_groups_in(session, collection, group, into, by)


def merge_groups_in(session: Session, collection: str, group: str, into: str, by: str) -> None:
    """As ``merge_groups``, in a transaction that goes on."""
    if group == into or find_group(session, collection, into).state is not GroupState.ACTIVE:
        raise InvalidChallengeError("into", mark("Choose another group."))
    _save(session, collection, group, DecisionKind.MERGED, {"into": into}, by)
    own = _group(session, collection, group)
    works = copy_links(session, collection, group, into, BASIS.get(by, LinkBasis.STEWARD))
    refresh_collaborator(session, collection, group)
    refresh_evidence(session, collection, works)
    take(session, collection, _profile_record(own, into))
    decisions.add_event(session, collection, into, "took_in", by, datetime.now(UTC), {"group": group})
    touch_collection(session, collection)


def split_group(
    database: Database,
    collection: str,
    group: str,
    name: LocalisedText,
    summary: LocalisedText,
    works: Sequence[str],
    by: str,
) -> str:
    """Make a new group of some of a group's works, which the old one has no more; returns the new one's id.

    Raises:
        InvalidChallengeError: it has no name, no summary or no works.
    """
    with database.transaction(Turn.CATALOGUE_AND_CASES) as session:
        return split_group_in(session, collection, group, name, summary, works, by)


def split_group_in(
    session: Session,
    collection: str,
    group: str,
    name: LocalisedText,
    summary: LocalisedText,
    works: Sequence[str],
    by: str,
) -> str:
    """As ``split_group``, in a transaction that goes on."""
    for field, value in (("name_sv", name.sv), ("summary_sv", summary.sv)):
        if not (value or "").strip():
            raise InvalidChallengeError(field, mark("Write something here."))
    if not works:
        raise InvalidChallengeError("works", mark("Choose at least one piece of evidence."))
    identifier = f"{group}-{uuid.uuid4().hex[:6]}"
    add_collaborator(session, collection, OWN_ORIGIN, new_group(identifier, name, summary))
    basis = BASIS.get(by, LinkBasis.STEWARD)
    set_links(session, collection, works, identifier, LinkState.LINKED, basis)
    set_links(session, collection, works, group, LinkState.REJECTED, basis)
    refresh_evidence(session, collection, works)
    for one, other in ((group, identifier), (identifier, group)):
        decisions.add_event(session, collection, one, "split", by, datetime.now(UTC), {"group": other})
    touch_collection(session, collection)
    return identifier


def new_group(identifier: str, name: LocalisedText, summary: LocalisedText) -> Collaborator:
    """A research group with nothing but a name and a summary."""
    empty = Collaborator(identifier, name, CollaboratorKind.RESEARCH_GROUP)
    values = {f"summary_{code}": text for code, text in (("sv", summary.sv), ("en", summary.en)) if text}
    decision = Decision(identifier, DecisionKind.EDIT, "", values, OWN_ORIGIN, datetime.now(UTC))
    return apply_decisions(empty, [decision], decisions.CORRECTED)


def hide_work(database: Database, collection: str, group: str, work: str, by: str) -> None:
    """Keep a piece of evidence from speaking for a group, also when it is imported again."""
    _decide_work(database, collection, group, work, DecisionKind.HIDDEN, by, hidden=True)


def show_work(database: Database, collection: str, group: str, work: str, by: str) -> None:
    """Let a hidden piece of evidence speak again."""
    _decide_work(database, collection, group, work, DecisionKind.HIDDEN, by, hidden=False)


def pin_work(database: Database, collection: str, group: str, work: str, by: str, *, pinned: bool) -> None:
    """Have a piece of evidence shown before others that meet a challenge, or no more."""
    _decide_work(database, collection, group, work, DecisionKind.PINNED, by, hidden=pinned)


def decide_links(
    database: Database, collection: str, pairs: Sequence[tuple[str, str]], by: str, *, accept: bool
) -> None:
    """Say of works, each with a group, that they are the group's or are not."""
    state = LinkState.LINKED if accept else LinkState.REJECTED
    by_group: dict[str, list[str]] = {}
    for work, group in pairs:
        by_group.setdefault(group, []).append(work)
    with database.transaction(Turn.CATALOGUE_AND_CASES) as session:
        for group, works in by_group.items():
            set_links(session, collection, works, group, state, BASIS.get(by, LinkBasis.STEWARD))
        if refresh_evidence(session, collection, {work for work, _ in pairs}):
            touch_collection(session, collection)


def _group(session: Session, collection: str, group: str) -> Collaborator:
    """The group as it is now, with its profile.

    Raises:
        NotFoundError: there is none of that id that people look after.
    """
    return decided_collaborator(session, collection, group)


def _profile_record(group: Collaborator, into: str) -> Record:
    """What was said of a group, as a piece of evidence of the one that it has become part of."""
    return Record(
        source=ADDED,
        id=f"merged:{group.id}",
        kind=WorkKind.PROFILE,
        texts=tuple(
            WorkText(one.title or group.id, one.text, one.language) for one in group.documents if one.kind == PROFILE
        ),
        url=group.web_page,
        retrieved=datetime.now(UTC).date(),
        hints=frozenset({Hint(HintScheme.GROUP, into)}),
    )


def take(session: Session, collection: str, record: Record) -> set[str]:
    """Take a record in; returns the works that it touched."""
    previous = save_records(session, collection, [record])
    touched = touched_works(session, collection, [record], previous)
    refresh_works(session, collection, touched)
    return touched


def _decide(
    database: Database, collection: str, group: str, kind: DecisionKind, value: Mapping[str, Any], by: str
) -> None:
    with database.transaction(Turn.CATALOGUE_AND_CASES) as session:
        _save(session, collection, group, kind, value, by)
        refresh_collaborator(session, collection, group)
        if kind is DecisionKind.OPTED_OUT:
            delete_group_alerts(session, collection, group)
            take_back_unsent(session, collection, group, datetime.now(UTC))
            access_record.note_act(session, by, AccessAct.OPTED_OUT, group, collection)


def _save(
    session: Session, collection: str, group: str, kind: DecisionKind, value: Mapping[str, Any], by: str, work: str = ""
) -> None:
    decisions.save_decision(session, collection, Decision(group, kind, work, value, by, datetime.now(UTC)))


def _revoke(database: Database, collection: str, group: str, kind: DecisionKind, by: str) -> None:
    with database.transaction(Turn.CATALOGUE_AND_CASES) as session:
        if decisions.revoke_decision(session, collection, group, kind, "", by, datetime.now(UTC)):
            refresh_collaborator(session, collection, group)
            if kind is DecisionKind.OPTED_OUT:
                access_record.note_act(session, by, AccessAct.OPTED_IN, group, collection)


def _decide_work(
    database: Database, collection: str, group: str, work: str, kind: DecisionKind, by: str, *, hidden: bool
) -> None:
    with database.transaction(Turn.CATALOGUE_AND_CASES) as session:
        if hidden:
            _save(session, collection, group, kind, {}, by, work)
        else:
            decisions.revoke_decision(session, collection, group, kind, work, by, datetime.now(UTC))
        if kind is DecisionKind.HIDDEN:
            refresh_collaborator(session, collection, group)
            refresh_evidence(session, collection, {work})
