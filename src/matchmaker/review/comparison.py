"""The system's list beside the adviser's: what was moved, added, rejected, and why."""

from dataclasses import dataclass
from enum import StrEnum

from matchmaker.domain.case import Candidate, Case, Decision, Origin
from matchmaker.domain.shortlist import Shortlist, Suggestion


class Change(StrEnum):
    """What became of somebody between the system's list and the adviser's."""

    SAME = "same"
    UP = "up"
    DOWN = "down"
    ADDED = "added"
    REJECTED = "rejected"
    UNDECIDED = "undecided"
    GONE = "gone"
    """On the system's list of this version, and no longer a candidate."""


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """Somebody on either list. ``system_rank`` is the place on the system's, experts before ways in; ``final_rank``
    the place among those accepted; None where there is none.
    """

    suggestion: Suggestion
    candidate: Candidate | None
    system_rank: int | None
    final_rank: int | None
    change: Change


def compare(case: Case, system_list: Shortlist | None) -> list[ComparedRow]:
    """All of both lists: the accepted in their order, then the rest in the system's order."""
    suggested = [*system_list.experts, *system_list.routes] if system_list else []
    ranks = {one.collaborator_id: rank for rank, one in enumerate(suggested, start=1)}
    # Moved is who stands elsewhere among the accepted than the system's order of the same people has them.
    expected = sorted((one.id for one in case.accepted if one.id in ranks), key=lambda one: ranks[one])
    actual = [one.id for one in case.accepted if one.id in ranks]
    final = {one.id: rank for rank, one in enumerate(case.accepted, start=1)}
    rows = []
    for one in case.candidates:
        moved = expected.index(one.id) - actual.index(one.id) if one.id in actual else 0
        rows.append(
            ComparedRow(
                one.suggestion, one, ranks.get(one.id), final.get(one.id), _change(one, ranks.get(one.id), moved)
            )
        )
    known = {one.id for one in case.candidates}
    rows += [
        ComparedRow(one, None, ranks[one.collaborator_id], None, Change.GONE)
        for one in suggested
        if one.collaborator_id not in known
    ]
    last = len(rows)
    return sorted(rows, key=lambda row: (row.final_rank or last + 1, row.system_rank or last + 1))


def _change(candidate: Candidate, system_rank: int | None, moved: int) -> Change:
    if candidate.decision is Decision.REJECTED:
        return Change.REJECTED
    if candidate.decision is Decision.PENDING:
        return Change.UNDECIDED
    if candidate.origin is not Origin.SYSTEM or system_rank is None:
        return Change.ADDED
    return Change.UP if moved > 0 else Change.DOWN if moved < 0 else Change.SAME
