"""What a group has room for."""

from dataclasses import dataclass
from datetime import date


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
