"""What a group has room for."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Hindrance(StrEnum):
    """Why a group takes on nothing new just now."""

    PAUSED = "paused"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Availability:
    """What a group takes on: projects, students' theses, consulting. Who has said nothing is open for all of it.

    ``cap`` is how many cases it has room for at once; None is no limit. Until the day ``paused_until``, that day
    included, it takes on nothing new.
    """

    project: bool = True
    thesis: bool = True
    consulting: bool = True
    cap: int | None = None
    paused_until: date | None = None

    def hindrances(self, day: date, open_cases: int) -> tuple[Hindrance, ...]:
        """What speaks against a new case on a day, with so many cases open. Who has any is ranked all the same."""
        found = []
        if self.paused_until is not None and day <= self.paused_until:
            found.append(Hindrance.PAUSED)
        if self.cap is not None and open_cases >= self.cap:
            found.append(Hindrance.FULL)
        return tuple(found)
