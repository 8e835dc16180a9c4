"""How much is known of whom, in numbers: of the groups that are found by their works, and of departments."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from matchmaker.curation.listing import CoveredGroup, list_covered
from matchmaker.db.session import Session
from matchmaker.domain.curation import GroupState

Key = TypeVar("Key", int, str)


@dataclass(frozen=True, slots=True)
class DepartmentCoverage:
    """A department with its groups taken together; a work of two of its groups counts for both."""

    code: str
    """"" for groups without one."""
    groups: int
    thin: int
    works: int
    with_text: int


def list_experts(session: Session, collection: str) -> list[CoveredGroup]:
    """The groups that take part and are found by their works, by id. Ways in (offices, companies, centres) are not:
    nothing lacks where they have none.
    """
    groups = list_covered(session, collection)
    return [one for one in groups if one.line.state is GroupState.ACTIVE and not one.line.group.kind.is_route]


def by_department(groups: Iterable[CoveredGroup]) -> list[DepartmentCoverage]:
    """The departments of groups, by code."""
    by_code: dict[str, list[CoveredGroup]] = {}
    for one in groups:
        by_code.setdefault(one.line.group.department or "", []).append(one)
    return [_together(code, own) for code, own in sorted(by_code.items())]


def summed(counts: Iterable[Mapping[Key, int]]) -> Counter[Key]:
    """Counts taken together."""
    total: Counter[Key] = Counter()
    for one in counts:
        total.update(one)
    return total


def _together(code: str, own: Sequence[CoveredGroup]) -> DepartmentCoverage:
    return DepartmentCoverage(
        code,
        len(own),
        sum(one.is_thin for one in own),
        sum(one.coverage.works for one in own),
        sum(one.coverage.with_text for one in own),
    )
