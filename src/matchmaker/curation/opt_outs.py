"""Who has opted out, kept beside the database as well: a database restored from a backup must not bring them back.

The file has a line for each opting out and in, and only grows; the last line of a group counts. It belongs into no
backup that the database is restored from. Each machine has one of its own; where another one has let a group in again,
the group's history in the database tells so.
"""

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from matchmaker.db import decisions
from matchmaker.db.alerts import delete_group_alerts
from matchmaker.db.catalogue import refresh_collaborator
from matchmaker.db.session import Database, Turn
from matchmaker.db.unsent_lists import take_back_unsent
from matchmaker.domain.curation import Decision, DecisionKind
from matchmaker.domain.errors import NotFoundError


def note_opt_out(ledger: Path, collection: str, group: str, *, is_out: bool) -> None:
    """Write down that a group has opted out or in, so that it is on the disk when this returns."""
    ledger.parent.mkdir(parents=True, exist_ok=True)
    line = {"collection": collection, "group": group, "out": is_out, "at": datetime.now(UTC).isoformat()}
    with ledger.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        stream.flush()
        os.fsync(stream.fileno())


def read_opt_outs(ledger: Path) -> set[tuple[str, str]]:
    """Collection and id of the groups that are out. A line cut short by a crash is passed over."""
    return set(_read(ledger))


def note_those_out(database: Database, ledger: Path) -> None:
    """Write down who is out by the database: before another state of it is put in its place."""
    known = read_opt_outs(ledger)
    with database.reading() as session:
        out = decisions.list_opted_out(session)
    for collection, group in out:
        if (collection, group) not in known:
            note_opt_out(ledger, collection, group, is_out=True)


def _read(ledger: Path) -> dict[tuple[str, str], datetime]:
    """Since when each group is out that is out."""
    if not ledger.exists():
        return {}
    out: dict[tuple[str, str], datetime] = {}
    for text in ledger.read_text(encoding="utf-8").splitlines():
        try:
            line = json.loads(text)
            key = (str(line["collection"]), str(line["group"]))
            at = datetime.fromisoformat(line["at"])
        except (ValueError, KeyError, TypeError):
            continue
        out.pop(key, None)
        if line.get("out"):
            out[key] = at
    return out


def renew_opt_outs(database: Database, ledger: Path) -> int:
    """Opt out again who is out by the ledger and not in the database; returns how many."""
    renewed = 0
    for (collection, group), since in sorted(_read(ledger).items()):
        with database.reading() as session:
            own = decisions.find_decisions(session, collection, [group]).get(group, ())
            is_in_again = decisions.was_revoked_since(session, collection, group, DecisionKind.OPTED_OUT, since)
        if is_in_again or any(one.kind is DecisionKind.OPTED_OUT for one in own):
            continue
        with database.transaction(Turn.CATALOGUE_AND_CASES) as session:
            decision = Decision(group, DecisionKind.OPTED_OUT, "", {}, "ledger", datetime.now(UTC))
            decisions.save_decision(session, collection, decision)
            delete_group_alerts(session, collection, group)
            take_back_unsent(session, collection, group, datetime.now(UTC))
        try:
            with database.transaction(Turn.CATALOGUE_AND_CASES) as session:
                refresh_collaborator(session, collection, group)
        except NotFoundError:
            pass  # not in this catalogue yet; the decision is there when it comes
        renewed += 1
    return renewed
