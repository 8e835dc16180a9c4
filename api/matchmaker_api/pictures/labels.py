"""Labels beside points, none over another. The libraries for it (adjustText, textalloc) need matplotlib's canvas.

Each label in turn takes the best free place around its point, the important ones first: Christensen, Marks and
Shieber, "An Empirical Study of Algorithms for Point-Feature Label Placement", ACM Transactions on Graphics 1995.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

NARROW, WIDE = frozenset("fijlrt.,:;'!|()[] 1"), frozenset("mwMW%@ÅÄÖ")
LINE_HEIGHT = 1.25
GAPS = (3.0, 14.0, 28.0, 46.0, 70.0)
"""How far from its point a label may stand, in the drawing's units; from the second on with a line to it."""
TURNS = (0, 180, 270, 90, 315, 45, 225, 135, 292, 68, 248, 112, 338, 22, 202, 158)
"""On which sides of its point a label is tried, best first, in degrees clockwise from the right."""
ROUNDS = 3
"""How often each label is placed: from the second time on, it knows those that were placed after it."""
SCAN_STEP = 6.0
CLEARANCE = 6.0
"""Nearer than this to another labelled point, a label looks like that point's."""
_COST_OF_A_GAP, _COST_OF_A_POINT, _COST_OF_A_DOUBT, _COST_OF_A_CROSSING = 2.0, 2.5, 3.0, 9.0


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle, y downwards."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        return (
            self.left < other.right and other.left < self.right and self.top < other.bottom and other.top < self.bottom
        )

    def grown(self, by: float) -> "Box":
        return Box(self.left - by, self.top - by, self.right + by, self.bottom + by)

    def within(self, width: float, height: float) -> bool:
        return self.left >= 0 and self.top >= 0 and self.right <= width and self.bottom <= height


@dataclass(frozen=True, slots=True)
class Point:
    """Something to be labelled, or to be kept clear: its centre and half its width."""

    x: float
    y: float
    radius: float

    @property
    def box(self) -> Box:
        return Box(self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)


@dataclass(frozen=True, slots=True)
class Label:
    """A placed text: where SVG writes it, what it covers, and the line to its point where it stands apart."""

    text: str
    x: float
    baseline: float
    anchor: str
    box: Box
    leader: tuple[float, float, float, float] | None = None


def text_width(text: str, size: float) -> float:
    """How wide a text is in a common sans-serif face at most, estimated from its letters, in the unit of ``size``."""
    return size * sum(
        0.36 if one in NARROW else 0.95 if one in WIDE else 0.72 if one.isupper() else 0.6 for one in text
    )


def shortened(text: str, most: int) -> str:
    """The text in at most ``most`` characters, cut between words where that leaves more than half."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    words = cut.rpartition(" ")[0] if text[most - 1] != " " else cut
    return (words if len(words) > most / 2 else cut).rstrip(" ,;:-–(") + "…"


def place_labels(
    wanted: Sequence[tuple[Point, str]],
    others: Sequence[Point],
    width: float,
    height: float,
    size: float,
) -> list[Label | None]:
    """A place for each of the ``wanted`` texts in a drawing of that width and height, important ones first.

    Labels neither overlap each other nor a labelled point, nor leave the drawing; of the ``others`` they cover as few
    as they can. None where there is no room at all.
    """
    points = [point for point, _ in wanted]
    placed: list[Label | None] = [None] * len(wanted)
    for _ in range(ROUNDS):
        for row, (point, text) in enumerate(wanted):
            taken = [label for other, label in enumerate(placed) if label and other != row]
            rivals = points[:row] + points[row + 1 :]
            found = _beside(point, text, taken, points, rivals, others, width, height, size)
            found = found or _anywhere(point, text, taken, points, width, height, size)
            placed[row] = found or placed[row]
    return placed


def _beside(
    point: Point,
    text: str,
    taken: Sequence[Label],
    points: Sequence[Point],
    rivals: Sequence[Point],
    others: Sequence[Point],
    width: float,
    height: float,
    size: float,
) -> Label | None:
    """The free place beside the point that least speaks against, if there is a free one."""
    best, least = None, math.inf
    for own_cost, label in _around(point, text, size):
        if own_cost >= least:
            break  # what follows is further away still
        if _is_free(label.box, taken, points, width, height):
            cost = own_cost + _cost(label, taken, others, rivals)
            if cost < least:
                best, least = label, cost
    return best


def _around(point: Point, text: str, size: float) -> Iterator[tuple[float, Label]]:
    """The places beside a point with what each costs by itself, the cheapest first."""
    for ring, gap in enumerate(GAPS):
        for order, turn in enumerate(TURNS):
            east, south = math.cos(math.radians(turn)), math.sin(math.radians(turn))
            across, down = (0 if abs(one) < 0.3 else 1 if one > 0 else -1 for one in (east, south))
            x, y = point.x + east * (point.radius + gap), point.y + south * (point.radius + gap)
            yield ring * _COST_OF_A_GAP + order * 0.1, _label(point, text, size, x, y, across, down, led=ring > 0)


def _anywhere(
    point: Point, text: str, taken: Sequence[Label], points: Sequence[Point], width: float, height: float, size: float
) -> Label | None:
    """The free place nearest to the point in the whole drawing, if there is one."""
    columns, rows = int(width / SCAN_STEP) + 1, int(height / SCAN_STEP) + 1
    found = [
        ((x - point.x) ** 2 + (y - point.y) ** 2, x, y)
        for x in (column * SCAN_STEP for column in range(columns))
        for y in (row * SCAN_STEP for row in range(rows))
    ]
    for _, x, y in sorted(found):
        label = _label(point, text, size, x, y, 1 if x >= point.x else -1, 0, led=True)
        if _is_free(label.box, taken, points, width, height):
            return label
    return None


def _label(point: Point, text: str, size: float, x: float, y: float, across: int, down: int, *, led: bool) -> Label:
    """A text that begins, ends or is centred at ``x``, above, beside or below ``y``."""
    wide, high = text_width(text, size), size * LINE_HEIGHT
    left = x if across > 0 else x - wide if across < 0 else x - wide / 2
    top = y if down > 0 else y - high if down < 0 else y - high / 2
    anchor = "start" if across > 0 else "end" if across < 0 else "middle"
    leader = (point.x, point.y, x, y) if led else None
    return Label(text, x, top + size, anchor, Box(left, top, left + wide, top + high), leader)


def _is_free(box: Box, taken: Sequence[Label], points: Sequence[Point], width: float, height: float) -> bool:
    return (
        box.within(width, height)
        and not any(box.overlaps(label.box) for label in taken)
        and not any(box.overlaps(point.box) for point in points)
    )


def _cost(label: Label, taken: Sequence[Label], others: Sequence[Point], labelled: Sequence[Point]) -> float:
    """What speaks against a free place: points that it covers or seems to name, lines that run through labels."""
    covered = sum(label.box.overlaps(point.box) for point in others)
    doubtful = sum(label.box.grown(CLEARANCE).overlaps(point.box) for point in labelled)
    crossings = sum(_crosses(label.leader, one.box) + _crosses(one.leader, label.box) for one in taken)
    return covered * _COST_OF_A_POINT + doubtful * _COST_OF_A_DOUBT + crossings * _COST_OF_A_CROSSING


def _crosses(leader: tuple[float, float, float, float] | None, box: Box) -> bool:
    """Whether a line runs through a box, tried at points along it that are nearer than a line of text is high."""
    if leader is None:
        return False
    x1, y1, x2, y2 = leader
    steps = int(max(abs(x2 - x1), abs(y2 - y1)) / 6) + 1
    along = [(x1 + (x2 - x1) * step / steps, y1 + (y2 - y1) * step / steps) for step in range(steps + 1)]
    return any(box.left < x < box.right and box.top < y < box.bottom for x, y in along)
