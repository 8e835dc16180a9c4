"""One size of a collection: built, changed by a hundredth, asked; beside an exact FAISS index of the same vectors.

    python -m scripts.benchmark.growth build|ask SIZE STATE [--data FOLDER] [--queries N]

``build`` leaves an index in STATE that ``ask``, in a process of its own, opens. Passages are drawn as
``scripts/benchmark/drawn.py`` tells; encoding and analysing them is counted by the time that real ones take in the same
run. A query is a whole shortlist: encoding of the challenge and its sentences, both channels, parts, evidence.
Each prints a JSON object; times in seconds unless they say otherwise.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import numpy as np
from scripts.benchmark.corpus import of_catalogue, of_projects
from scripts.benchmark.drawn import NAME, Draw, DrawnAnalyzer, DrawnCollection, DrawnEncoder, Source
from scripts.benchmark.measuring import Result, memory, summary

from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.language import Language
from matchmaker.indexing import IndexRecipe, build_index, current_index
from matchmaker.pipeline import Matcher
from matchmaker.retrieval.candidates import CandidateSearch
from matchmaker.retrieval.encoder import Encoder, Role
from matchmaker.retrieval.faiss_index import FaissForm, FlatIndex
from matchmaker.retrieval.index import PassageIndex
from matchmaker.retrieval.index_folder import IndexFolder
from matchmaker.retrieval.onnx_encoder import OnnxEncoder
from matchmaker.retrieval.preparation.prepare import find_prepared
from matchmaker.settings import Settings
from matchmaker.text.query import read_query
from matchmaker.workspace import Workspace

RECALL_DEPTH = 100
TIMED_PASSAGES = 200
"""Real passages by which the encoding and the analysis of one are timed."""

IMPORTED_AT_MOST = 10_000
"""Up to so many passages go through the database too: an import takes a time by the document."""

EXACT_QUERIES = 10
"""How many shortlists from exact scores are timed: of a million passages one takes seconds."""

Made = TypeVar("Made")


class Place:
    """A draw of a size and a hundredth more, and what is needed to index and to ask it."""

    def __init__(self, size: int, state: Path, data: Path | None) -> None:
        self.size = size
        self.workspace = Workspace(Settings(state_dir=state))
        everyone, sets = of_projects(data, 0) if data else of_catalogue()
        # In the two languages in turn.
        self.challenges = [one for both in zip(*(own.challenges for own in sets), strict=True) for one in both]
        real = MemoryCollection("real", everyone)
        self.source = Source.of(real, self.workspace.encoder, self.workspace.analyzer)
        self.draw = Draw.of(self.source, size + size // 100)
        self.encoder = DrawnEncoder(self.draw, self.workspace.encoder)
        self.recipe: IndexRecipe = replace(
            self.workspace.recipe, encoder=self.encoder, analyzer=DrawnAnalyzer(self.draw), vectors=FaissForm()
        )
        self.path = state / f"index-{size}"
        self.folder = IndexFolder(self.path, self.recipe.vectors, self.recipe.lexical)

    def state(self, name: str) -> DrawnCollection:
        """The collection as built, with a hundredth added, or of that with a hundredth deleted, drawn by lot."""
        numbers = np.arange(self.size if name == "built" else len(self.draw.rows), dtype=np.int64)
        if name == "deleted":
            gone = np.random.default_rng(0).choice(len(numbers), self.size // 100, replace=False)
            numbers = np.delete(numbers, gone)
        return DrawnCollection(self.draw, numbers, name)

    def index(self, name: str) -> PassageIndex:
        """The index of a state, made from that which is there."""
        return current_index(self.folder, self.state(name), self.recipe)


def took(work: Callable[[], Made]) -> tuple[float, Made]:
    """Seconds, and what came of them."""
    begun = time.perf_counter()
    made = work()
    return time.perf_counter() - begun, made


def build(place: Place) -> Result:
    """Build, open again unchanged, add, delete. A passage counts with the time that real ones take besides."""
    encoding, analysing = _seconds_a_passage(place)
    each = encoding + analysing
    place.recipe.centres  # noqa: B018  # the encoding of the reference texts is the same for all sizes
    made = {"built": 0.0, "unchanged": 0.0, "added": 0.0, "deleted": 0.0}
    encoded = {}
    for step in made:
        before = place.encoder.encoded
        made[step], index = took(lambda name=step: place.index("built" if name == "unchanged" else name))
        encoded[step] = place.encoder.encoded - before
        del index
    whole = {step: seconds + encoded[step] * each for step, seconds in made.items()}
    return {
        "passages": place.size,
        "encoding_ms_a_passage": 1000 * encoding,
        "analysing_ms_a_passage": 1000 * analysing,
        "without_encoding_s": made,
        "encoded": encoded,
        "build_s": whole["built"],
        **{f"{step}_share": whole[step] / whole["built"] for step in ("unchanged", "added", "deleted")},
        "disk_bytes_a_passage": _bytes(place) / place.size,
        "import": _reimport(place) if place.size <= IMPORTED_AT_MOST else None,
    }


def _reimport(place: Place) -> Result:
    """The import of as many real documents, and again the same."""
    documents = [
        replace(document, id=f"{number}:{document.id}", title=f"{number}. {document.title}")
        for number in range(place.size)
        for _, document in [place.source.passages[place.draw.rows[number]]]
    ]
    first = place.source.owners[0][0]
    everyone = [
        replace(first, id=f"c{start}", documents=tuple(documents[start : start + 10]))
        for start in range(0, len(documents), 10)
    ]
    save = lambda: place.workspace.save(NAME, "benchmark", everyone, complete=True)  # noqa: E731
    (imported, _), (again, change) = took(save), took(save)
    assert change.is_empty
    return {"documents": len(documents), "first_s": imported, "again_s": again}


def _seconds_a_passage(place: Place) -> tuple[float, float]:
    encoder = _uncached(place)
    real = [one for one, _ in place.source.passages[:TIMED_PASSAGES]]
    encoder.encode(["warm"], Role.DOCUMENT)
    encoding, _ = took(lambda: encoder.encode([one.indexed_text for one in real], Role.DOCUMENT))
    analyzer = place.workspace.analyzer  # it has met these words already, as it soon has in a large collection
    analysing, _ = took(lambda: [analyzer.terms(one.indexed_text, one.language) for one in real])
    return encoding / len(real), analysing / len(real)


def _uncached(place: Place) -> Encoder:
    settings = place.workspace.settings
    prepared = find_prepared(settings.encoder_build_folder, settings.encoder_description)
    assert prepared is not None
    return OnnxEncoder(prepared.onnx)


def _bytes(place: Place) -> int:
    """All that the serving index has on the disk."""
    return sum(file.stat().st_size for file in _files(place))


def _files(place: Place) -> list[Path]:
    serving = place.path / (place.path / "CURRENT").read_text(encoding="utf-8")
    return [file for file in serving.rglob("*") if file.is_file()]


def ask(place: Place, queries: int) -> Result:
    """Whole shortlists, and how many of the nearest they find, in what the changes have left."""
    encoder = _uncached(place)
    challenges = place.challenges[:queries]
    collection = place.state("deleted")
    _warm(place, encoder, challenges)
    before = memory()
    opening, index = took(place.folder.read)
    assert index is not None
    matcher = Matcher(collection, index, encoder, place.workspace.analyzer, place.workspace.scorer)
    shortlists = _timed(matcher.match, challenges)
    grown = {key: (one - before[key]) * 1e6 / index.passage_count for key, one in memory().items()}
    encoding = _timed(lambda one: encoder.encode(_texts(one), Role.QUERY), challenges)
    return {
        "opening_s": opening,
        "query": summary(shortlists),
        "encoding": summary(encoding),
        "memory_bytes_a_passage": _walked(place) / index.passage_count + grown["anonymous_mb"],
        "resident_bytes_a_passage": grown["pss_mb"],
        **_beside_exact(matcher, collection, encoder, place, challenges),
    }


WALKED = (
    "dense/index.faiss",
    "dense/ids.npy",
    "dense/gone.npy",
    "arrays/passage_ids.npy",
    "arrays/starts.npy",
    "arrays/rows.npy",
    "lexical/ids.npy",
    "lexical/starts.npy",
)
"""The files that every search walks through; of the others a query reads what it found, and some terms' postings."""


def _walked(place: Place) -> int:
    return sum(file.stat().st_size for file in _files(place) if "/".join(file.parts[-2:]) in WALKED)


def _warm(place: Place, encoder: Encoder, challenges: Sequence[Challenge]) -> None:
    """Load what any index needs: dictionaries (one for Swedish typed without dots), models, libraries."""
    place.workspace.analyzer.query_terms("snorojning", Language.SWEDISH)
    few = DrawnCollection(place.draw, np.arange(20, dtype=np.int64), "few")
    matcher = Matcher(few, build_index(few, place.recipe), encoder, place.workspace.analyzer, place.workspace.scorer)
    _timed(matcher.match, challenges)


def _beside_exact(
    matcher: Matcher, collection: DrawnCollection, encoder: Encoder, place: Place, challenges: Sequence[Challenge]
) -> Result:
    """The same vectors in an exact FAISS index: recall, and the time of either search."""
    index = matcher.index
    vectors = np.empty((index.passage_count, encoder.dimension), dtype=np.float32)
    for first in range(0, index.passage_count, 50_000):
        some = slice(first, first + 50_000)
        vectors[some] = index.centres.correct(index.encoded.vectors[some], index.encoded.languages[some], Role.DOCUMENT)
    building, flat = took(lambda: FlatIndex.build(index.passage_ids, vectors))
    queries = matcher.query_vectors([read_query(one) for one in challenges])
    searches, exact_searches, recalls = [], [], []
    for query in queries:
        spent, hits = took(lambda one=query: index.dense.search(one, RECALL_DEPTH))
        exact_spent, right = took(lambda one=query: flat.search(one, RECALL_DEPTH))
        searches.append(spent)
        exact_searches.append(exact_spent)
        recalls.append(len(np.intersect1d(hits.ids, right.ids)) / len(right.ids))
    exact = replace(index, dense=flat)
    everybody = Matcher(
        collection,
        exact,
        encoder,
        place.workspace.analyzer,
        place.workspace.scorer,
        CandidateSearch(exact, small=index.passage_count),
    )
    right_lists = [_ten_best(everybody, one) for one in challenges]
    overlaps = [
        len(_ten_best(matcher, one) & right) / max(len(right), 1)
        for one, right in zip(challenges, right_lists, strict=True)
    ]
    return {
        "search": summary(searches),
        "exact": {
            "build_s": building,
            "search": summary(exact_searches),
            "query": summary(_timed(everybody.match, challenges[:EXACT_QUERIES])),
            "memory_bytes_a_passage": 4 * vectors.shape[1],
        },
        "recall_at_100": float(np.mean(recalls)),
        "overlap_at_10": float(np.mean(overlaps)),
    }


def _timed(action: Callable[[Challenge], object], challenges: Sequence[Challenge]) -> list[float]:
    """Seconds of each, after the first few once more."""
    for one in challenges[:3]:
        action(one)
    return [took(lambda one=one: action(one))[0] for one in challenges]


def _texts(challenge: Challenge) -> list[str]:
    """What of a challenge is encoded for a shortlist."""
    query = read_query(challenge)
    return [*query.passages, *(query.sentences if len(query.sentences) > 1 else [])]


def _ten_best(matcher: Matcher, challenge: Challenge) -> set[str]:
    ((_, ranked),) = matcher.rank([challenge], top_k=10)
    return {one.collaborator_id for one in ranked}


def main() -> None:
    """Measure one size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("step", choices=("build", "ask"))
    parser.add_argument("size", type=int)
    parser.add_argument("state", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--queries", type=int, default=60)
    given = parser.parse_args()
    place = Place(given.size, given.state, given.data)
    result = build(place) if given.step == "build" else ask(place, given.queries)
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
