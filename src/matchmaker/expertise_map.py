"""The map of expertise: everyone in a collection laid out by meaning, and where a challenge lands among them."""

import threading
from collections import OrderedDict
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import Collaborator
from matchmaker.pipeline import Matcher
from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.projection import Places, collaborator_vectors, place, project
from matchmaker.text.query import read_query

MOST_DRAWN = 300
"""More dots than this tell nobody anything and take more than a second to lay out (400: 0.9 s, November 2026). Of a
larger collection those nearest to the challenge are laid out, for each challenge anew."""

_KEPT_LAYOUTS = 64


@dataclass(frozen=True, slots=True)
class MappedCollaborator:
    """Somebody on the map, without documents; ``nearness`` is the cosine with the challenge, from -1 to 1."""

    collaborator: Collaborator
    x: float
    y: float
    nearness: float


@dataclass(frozen=True, slots=True)
class ExpertiseMap:
    """Collaborators, nearest to the challenge first, and the challenge's own place.

    Coordinates are in no unit; distances compare. ``total`` counts the collection, drawn or not.
    """

    collaborators: tuple[MappedCollaborator, ...]
    challenge: tuple[float, float]
    total: int


class _Layouts:
    """What is worked out once for an index: where its collaborators stand, and the layouts made of them."""

    def __init__(self, matcher: Matcher) -> None:
        self._lock = threading.Lock()
        self._layouts: OrderedDict[bytes, Places] = OrderedDict()
        self.positions, self.vectors = collaborator_vectors(matcher.index)

    def of(self, chosen: npt.NDArray[np.int64]) -> Places:
        """The places of the rows of ``vectors`` in ``chosen``."""
        key = chosen.tobytes()
        with self._lock:
            if key not in self._layouts:
                self._layouts[key] = project(self.vectors[chosen])
            self._layouts.move_to_end(key)
            if len(self._layouts) > _KEPT_LAYOUTS:
                self._layouts.popitem(last=False)
            return self._layouts[key]


# A matcher belongs to one index: with it, what was worked out for it goes.
_layouts: WeakKeyDictionary[Matcher, _Layouts] = WeakKeyDictionary()
_lock = threading.Lock()


def expertise_map(matcher: Matcher, challenge: Challenge) -> ExpertiseMap:
    """The map of the matcher's collection with the challenge on it; the same for the same index and text.

    The layout is worked out when it is first asked for (a fifth of a second for the shipped catalogue, and two
    seconds for loading scikit-learn), and kept as long as the matcher. Collaborators without passages are not on the
    map, nor are those who have left the collection since the index was built.

    Raises:
        InvalidChallengeError: the challenge cannot be read.
    """
    vector = matcher.query_vectors([read_query(challenge)])[0]
    layouts = _layouts_of(matcher)
    if not len(layouts.positions):
        return ExpertiseMap((), (0.0, 0.0), len(matcher.index.collaborators.ids))
    chosen = _drawn(layouts.vectors, vector)
    places = layouts.of(chosen)
    x, y = place(vector, layouts.vectors[chosen], places)
    nearness = layouts.vectors[chosen] @ vector
    ids = [matcher.index.collaborators.ids[position] for position in layouts.positions[chosen]]
    # Asked for anew each time: the layout outlives those who leave.
    found = matcher.collection.find_collaborators(ids)
    return ExpertiseMap(
        tuple(
            MappedCollaborator(found[ids[row]], float(places[row, 0]), float(places[row, 1]), float(nearness[row]))
            for row in sorted(range(len(ids)), key=lambda row: (-nearness[row], ids[row]))
            if ids[row] in found
        ),
        (float(x), float(y)),
        len(matcher.index.collaborators.ids),
    )


def _layouts_of(matcher: Matcher) -> _Layouts:
    with _lock:
        if matcher not in _layouts:
            _layouts[matcher] = _Layouts(matcher)
        return _layouts[matcher]


def _drawn(vectors: Vectors, query: Vectors) -> npt.NDArray[np.int64]:
    """The rows that are drawn, rising: all, or of very many those nearest to the challenge."""
    rows = np.arange(len(vectors))
    if len(rows) > MOST_DRAWN:
        rows = np.sort(np.lexsort((rows, -(vectors @ query)))[:MOST_DRAWN])
    return rows
