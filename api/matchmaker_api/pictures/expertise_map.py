"""The map of expertise as a drawing: shapes for departments, a star for the challenge, labels for who matters."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.domain.language import Language
from matchmaker.domain.shortlist import Suggestion
from matchmaker.expertise_map import ExpertiseMap, MappedCollaborator
from matchmaker.retrieval.projection import PLACING_NEIGHBOURS
from matchmaker_api.pictures.labels import Label, Point, place_labels, shortened

SHAPES = ("circle", "square", "diamond", "triangle", "wedge")
"""One for each department, the largest first; ``cross`` is for all others and for those who belong to none."""
OTHER_SHAPE = "cross"


@dataclass(frozen=True, slots=True)
class Canvas:
    """A drawing's measures, in its own units.

    ``named`` is how many of the candidates are labelled with names of at most ``name_length`` letters; the others are
    labelled with their rank alone.
    """

    name: str
    width: float
    height: float
    dot: float
    text: float
    name_length: int
    named: int


CANVASES = (Canvas("wide", 760, 480, 5, 14, 34, 20), Canvas("narrow", 290, 400, 4, 13, 20, 3))
"""One for desks and one for telephones, on which the first one's text would be too small to read."""


@dataclass(frozen=True, slots=True)
class Dot:
    """Somebody on the map; ``rank`` is the place on the shortlist, if there is one."""

    name: str
    department: str | None
    shape: str
    rank: int | None
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class Drawing:
    """One canvas with all on it; dots of candidates come last, so that they lie on top.

    ``neighbours`` are those that the challenge is placed by: a line runs to each.
    """

    canvas: Canvas
    dots: tuple[Dot, ...]
    labels: tuple[Label, ...]
    challenge: Dot
    neighbours: tuple[Dot, ...]


@dataclass(frozen=True, slots=True)
class MapRow:
    """A line of the table behind the map; ``nearness`` in percent, from -100 to 100."""

    rank: int | None
    name: str
    department: str | None
    nearness: int


@dataclass(frozen=True, slots=True)
class MapPicture:
    """The drawings, the legend as departments with their shapes (None: others), and the table, nearest first."""

    drawings: tuple[Drawing, ...]
    legend: tuple[tuple[str | None, str], ...]
    rows: tuple[MapRow, ...]
    total: int


def map_picture(
    found: ExpertiseMap, candidates: Sequence[Suggestion], language: Language | str, challenge_label: str
) -> MapPicture:
    """The map with the candidates marked; names in the language, ``challenge_label`` is what stands at the star."""
    ranks = {one.collaborator_id: one.rank for one in candidates}
    shapes = _shapes(found.collaborators)
    everyone = [(one, _name(one, language), ranks.get(one.collaborator.id)) for one in found.collaborators]
    used = {shapes.get(one.collaborator.department or "", OTHER_SHAPE) for one in found.collaborators}
    legend: list[tuple[str | None, str]] = list(shapes.items())
    return MapPicture(
        drawings=tuple(_drawing(canvas, found, everyone, shapes, challenge_label) for canvas in CANVASES),
        legend=tuple(legend + [(None, OTHER_SHAPE)] * (OTHER_SHAPE in used)),
        rows=tuple(
            MapRow(rank, name, one.collaborator.department, round(100 * one.nearness)) for one, name, rank in everyone
        ),
        total=found.total,
    )


def _drawing(
    canvas: Canvas,
    found: ExpertiseMap,
    everyone: Sequence[tuple[MappedCollaborator, str, int | None]],
    shapes: dict[str, str],
    challenge_label: str,
) -> Drawing:
    places = _fitted([(one.x, one.y) for one in found.collaborators] + [found.challenge], canvas)
    dots = [
        Dot(
            name,
            one.collaborator.department,
            shapes.get(one.collaborator.department or "", OTHER_SHAPE),
            rank,
            *place,
            canvas.dot * (1.5 if rank else 1.0),
        )
        for (one, name, rank), place in zip(everyone, places, strict=False)
    ]
    star = _beside(Point(*places[-1], canvas.dot * 2.2), [_point(dot) for dot in dots], canvas)
    challenge = Dot(challenge_label, None, "star", None, star.x, star.y, star.radius)
    ranked = sorted((dot for dot in dots if dot.rank), key=lambda dot: dot.rank or 0)
    nearest = [dot for dot in dots[:1] if not dot.rank]
    wanted = [(_point(challenge), challenge_label)]
    wanted += [(_point(dot), _label_text(dot, canvas)) for dot in ranked + nearest]
    rest = [_point(dot) for dot in dots if not dot.rank]
    labels = place_labels(wanted, rest, canvas.width, canvas.height, canvas.text)
    return Drawing(
        canvas,
        tuple(sorted(dots, key=lambda dot: dot.rank is not None)),
        tuple(label for label in labels if label),
        challenge,
        tuple(dots[:PLACING_NEIGHBOURS]),
    )


def _fitted(places: Sequence[tuple[float, float]], canvas: Canvas) -> list[tuple[float, float]]:
    """Places in the canvas, as large as they fit; on a narrow one, what was across is down.

    Both directions are stretched by themselves to fill the canvas: on a map whose axes have no meaning, legible
    distances between neighbours are worth more than exact ones between strangers.
    """
    turned = [(y, x) if canvas.height > canvas.width else (x, y) for x, y in places]
    margin = canvas.dot * 4

    def fit(values: Sequence[float], size: float) -> list[float]:
        low, extent = min(values), max(values) - min(values)
        if extent <= 0:
            return [size / 2] * len(values)
        return [round(margin + (value - low) / extent * (size - 2 * margin), 1) for value in values]

    across = fit([x for x, _ in turned], canvas.width)
    return list(zip(across, fit([y for _, y in turned], canvas.height), strict=True))


def _shapes(collaborators: Sequence[MappedCollaborator]) -> dict[str, str]:
    """The shape of each of the largest departments, in the order of their names."""
    sizes = Counter(one.collaborator.department for one in collaborators if one.collaborator.department)
    largest = sorted(sizes, key=lambda name: (-sizes[name], name))[: len(SHAPES)]
    return dict(zip(sorted(largest), SHAPES, strict=False))


def _name(one: MappedCollaborator, language: Language | str) -> str:
    return one.collaborator.name.in_language(language)


def _label_text(dot: Dot, canvas: Canvas) -> str:
    name = shortened(dot.name, canvas.name_length)
    if dot.rank is None:
        return name
    return f"{dot.rank} {name}" if dot.rank <= canvas.named else str(dot.rank)


def _beside(star: Point, dots: Sequence[Point], canvas: Canvas) -> Point:
    """The star moved aside, by a few of its own widths at most, where it would hide somebody."""
    for ring in range(12):
        for turn in range(0, 360, 30):
            reach = ring * star.radius / 4
            x = round(star.x + reach * math.cos(math.radians(turn)), 1)
            y = round(star.y + reach * math.sin(math.radians(turn)), 1)
            moved = Point(x, y, star.radius)
            clear = all(math.hypot(x - dot.x, y - dot.y) >= star.radius + dot.radius for dot in dots)
            if clear and moved.box.within(canvas.width, canvas.height):
                return moved
    return star


def _point(dot: Dot) -> Point:
    return Point(dot.x, dot.y, dot.radius)
