"""The catalogue's groups with what speaks for them, and the filter of their list."""

from dataclasses import dataclass

from matchmaker.db.group_lists import GroupLine, list_groups
from matchmaker.db.session import Session
from matchmaker.db.work_lists import THIN, Coverage, coverage
from matchmaker.domain.curation import GroupState

NOTHING = Coverage(0, 0, {}, {}, {})


@dataclass(frozen=True, slots=True)
class CoveredGroup:
    """A group with the works that speak for it."""

    line: GroupLine
    coverage: Coverage

    @property
    def is_thin(self) -> bool:
        """Whether so little speaks for it that it will hardly be found. Ways in need no works."""
        return not self.line.group.kind.is_route and self.coverage.with_text < THIN


@dataclass(frozen=True, slots=True)
class GroupFilter:
    """What is asked for; an empty text asks for nothing."""

    words: str = ""
    area: str = ""
    department: str = ""
    kind: str = ""
    state: str = GroupState.ACTIVE.value
    is_thin: bool = False

    def fits(self, one: CoveredGroup) -> bool:
        """Whether a group is one of those that are asked for."""
        group = one.line.group
        return (
            all(word in one.line.words for word in self.words.casefold().split())
            and self.area in {"", *group.areas}
            and self.department in {"", group.department}
            and self.kind in {"", group.kind.value}
            and one.line.state.value == self.state
            and (one.is_thin or not self.is_thin)
        )


def list_covered(session: Session, collection: str) -> list[CoveredGroup]:
    """All groups that people look after, by id."""
    covered = coverage(session, collection)
    return [CoveredGroup(one, covered.get(one.group.id, NOTHING)) for one in list_groups(session, collection)]
