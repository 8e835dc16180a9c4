"""The county as tiles: each municipality where it lies among the others, all of them large enough to read and tap.

A tile map rather than outlines, since the coastal municipalities with most people are the smallest on the ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker_api.pictures.labels import text_width

UNIT_WIDTH, UNIT_HEIGHT, GAP, MARGIN = 75.0, 62.0, 3.0, 2.0
NAME_SIZE, SMALL_NAME_SIZE = 13.0, 11.5
LEVELS = 4
"""Shades for municipalities with challenges; those without have a shade of their own, 0."""

# West edge, width and row in tiles, by the municipality code of Statistics Sweden: north is up, the border with
# Finland to the east, the coast to the south-east. Rows are shifted so that neighbours touch.
_PLACES = {
    "2584": (1.0, 2.0, 0),  # Kiruna
    "2523": (0.75, 1.75, 1),  # Gällivare
    "2521": (2.5, 1.25, 1),  # Pajala
    "2510": (0.25, 1.75, 2),  # Jokkmokk
    "2513": (2.0, 1.0, 2),  # Överkalix
    "2518": (3.0, 1.0, 2),  # Övertorneå
    "2506": (0.0, 1.0, 3),  # Arjeplog
    "2582": (1.0, 1.0, 3),  # Boden
    "2514": (2.0, 1.0, 3),  # Kalix
    "2583": (3.0, 1.0, 3),  # Haparanda
    "2505": (0.25, 1.0, 4),  # Arvidsjaur
    "2560": (1.25, 1.0, 4),  # Älvsbyn
    "2580": (2.25, 1.0, 4),  # Luleå
    "2581": (1.5, 1.0, 5),  # Piteå
}
_COLUMNS, _ROWS = 4, 6


@dataclass(frozen=True, slots=True)
class Tile:
    """A municipality's rectangle, in the drawing's units; ``level`` is its shade, from 0 to ``LEVELS``."""

    code: str
    name: str
    count: int
    href: str
    level: int
    x: float
    y: float
    width: float
    height: float
    name_size: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True)
class CountyMap:
    """The tiles from north to south and west to east, which is the order of the keyboard.

    ``coast`` is the shore of the Bothnian Bay from Haparanda to Piteå, as an SVG path.
    """

    width: float
    height: float
    coast: str
    tiles: tuple[Tile, ...]
    total: int


def county_map(municipalities: Sequence[tuple[str, str, int, str]]) -> CountyMap:
    """The map of municipalities, each given by code, short name, number of open challenges and address of its list.

    Raises:
        KeyError: a code is none of Norrbotten's.
    """
    most = max((count for _, _, count, _ in municipalities), default=0)
    tiles = [_tile(code, name, count, href, _level(count, most)) for code, name, count, href in municipalities]
    return CountyMap(
        width=_COLUMNS * UNIT_WIDTH + 2 * MARGIN - GAP,
        height=_ROWS * UNIT_HEIGHT + 2 * MARGIN - GAP,
        coast=_coast(),
        tiles=tuple(sorted(tiles, key=lambda tile: (tile.y, tile.x))),
        total=sum(count for _, _, count, _ in municipalities),
    )


def _coast() -> str:
    corners = [(_edge(code, 2), _edge(code, 3)) for code in ("2583", "2580", "2581")]
    steps = [f"M{corners[0][0]:g} {corners[0][1]:g}"] + [f"H{x:g}V{y:g}" for x, y in corners[1:]]
    return "".join(steps)


def _edge(code: str, side: int) -> float:
    """The east (2) or south (3) edge of a tile with half of the gap."""
    west, wide, row = _PLACES[code]
    return MARGIN + ((west + wide) * UNIT_WIDTH if side == 2 else (row + 1) * UNIT_HEIGHT) - GAP / 2


def _tile(code: str, name: str, count: int, href: str, level: int) -> Tile:
    west, wide, row = _PLACES[code]
    width = wide * UNIT_WIDTH - GAP
    fits = text_width(name, NAME_SIZE) <= width - 6
    return Tile(
        code=code,
        name=name,
        count=count,
        href=href,
        level=level,
        x=MARGIN + west * UNIT_WIDTH,
        y=MARGIN + row * UNIT_HEIGHT,
        width=width,
        height=UNIT_HEIGHT - GAP,
        name_size=NAME_SIZE if fits else SMALL_NAME_SIZE,
    )


def _level(count: int, most: int) -> int:
    """0 for none; else by the share of the highest number, in equal steps."""
    return 0 if count <= 0 else min(LEVELS, 1 + (count - 1) * LEVELS // max(most, 1))
