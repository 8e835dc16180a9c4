"""How build, growth, query and memory change with the number of passages.

    python scripts/benchmark_growth.py --sizes 10000 100000 1000000 --json growth.json

Passages are drawn from real ones: each collaborator is a real one with its passages' vectors moved by half the
difference of two others' (the nearest neighbour of a vector is then as near as among as many real texts) and a fifth of
their terms exchanged. Real are those of the shipped catalogue, or with ``--leaders`` and ``--projects`` those of a
SweCRIS export. The queries are the shipped judged challenges in both languages; a query is the whole of a ranking of
ten: analysis, encoding, both channels, scores. Each size is compared with exact scores of everybody.
"""

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from statistics import median
from typing import TypeVar

import numpy as np

from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.catalogue.seed import read_catalogue
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import Collaborator
from matchmaker.evaluation.search_tasks import read_leaders
from matchmaker.indexing import build_index
from matchmaker.pipeline import Matcher
from matchmaker.retrieval.candidates import CandidateSearch
from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.faiss_index import FaissForm
from matchmaker.retrieval.index import Attribution, IndexedCollaborators, PassageIndex, SentenceVectors
from matchmaker.retrieval.lexical import InvertedFile
from matchmaker.retrieval.onnx_encoder import OnnxEncoder
from matchmaker.retrieval.preparation.prepare import find_prepared
from matchmaker.retrieval.vector_index import Ids
from matchmaker.settings import read_settings
from matchmaker.text.query import read_query
from matchmaker.workspace import Workspace

MOVED, EXCHANGED = 0.5, 0.2
RECALL_DEPTH = 100
Result = TypeVar("Result")


@dataclass(frozen=True)
class Source:
    """Real passages: their index and their terms by row."""

    index: PassageIndex
    terms: Sequence[Sequence[str]]


@dataclass(frozen=True)
class Growth:
    """What was measured at a size; times in seconds unless they say otherwise."""

    passages: int
    collaborators: int
    dense_build: float
    lexical_build: float
    add_one_percent: float
    delete_one_percent: float
    index_bytes_per_passage: float
    """The graph or the vectors that are searched, and the ids; not the file from which found passages are scored."""
    query_median_ms: float
    query_p95_ms: float
    encoding_median_ms: float
    exact_query_median_ms: float
    recall_at_100: float
    overlap_at_10: float
    """Of the ten best collaborators, those that are the ten best by exact scores of everybody."""


def main() -> None:
    options = _options()
    workspace = Workspace(read_settings())
    source = _source(workspace, _collaborators(options, workspace))
    challenges = _challenges(workspace)[: options.queries]
    results = []
    for size in options.sizes:
        results.append(_measure(workspace, source, size, challenges))
        print(json.dumps(asdict(results[-1])), flush=True)  # noqa: T201
        gc.collect()
    if options.json:
        content = {"source_passages": source.index.passage_count, "growth": [asdict(one) for one in results]}
        options.json.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000], help="numbers of passages")
    parser.add_argument("--queries", type=int, default=60)
    parser.add_argument("--leaders", type=Path, help="who leads which project, as the evaluation reads it")
    parser.add_argument("--projects", type=Path, help="the SweCRIS export with these projects")
    parser.add_argument("--json", type=Path, help="the file that the figures are written to")
    return parser.parse_args()


def _collaborators(options: argparse.Namespace, workspace: Workspace) -> Sequence[Collaborator]:
    if options.leaders and options.projects:
        return read_leaders(options.leaders, options.projects)[1].collaborators
    return read_catalogue(workspace.settings.catalogue_folder)


def _source(workspace: Workspace, collaborators: Sequence[Collaborator]) -> Source:
    collection = MemoryCollection("growth", collaborators)
    index = build_index(collection, replace(workspace.recipe, with_sentences=False, vectors=FaissForm()))
    passages = collection.snapshot().passages
    return Source(index, [workspace.analyzer.terms(one.indexed_text, one.language) for one in passages])


def _challenges(workspace: Workspace) -> list[Challenge]:
    """The shipped judged challenges, Swedish and English in turn."""
    lists = []
    for language in ("sv", "en"):
        file = workspace.settings.evaluation_folder / f"challenges.{language}.jsonl"
        lines = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
        lists.append([Challenge(one["id"], one["text"]) for one in lines])
    return [one for pair in zip(*lists, strict=True) for one in pair]


def _measure(workspace: Workspace, source: Source, size: int, challenges: Sequence[Challenge]) -> Growth:
    rng = np.random.default_rng(size)
    drawn, starts = _drawn(source, size, rng)
    ids = np.arange(size, dtype=np.int64)
    vectors = _vectors(source, drawn, rng)
    dense_build, dense = _timed(lambda: FaissForm().build("growth", "growth", ids, vectors))
    lexical_build, lexical = _timed(lambda: InvertedFile.build(ids, _terms(source, drawn, rng)))
    count = len(starts) - 1
    index = replace(
        source.index,
        passage_ids=ids,
        collaborators=IndexedCollaborators(
            tuple(f"c{number}" for number in range(count)), np.zeros(count, np.bool_), np.zeros(count, np.bool_)
        ),
        attribution=Attribution(starts, ids),
        dense=dense,
        lexical=lexical,
        sentences=SentenceVectors(np.zeros(size + 1, np.int64), np.zeros((0, vectors.shape[1]), np.float16)),
    )
    queries = _queries(workspace, index, challenges)
    percent = ids[: size // 100]
    more = _vectors(source, drawn[: len(percent)], rng)
    stored = _stored_bytes(index)
    adding, _ = _timed(lambda: dense.upsert(percent + size, more))
    deleting, _ = _timed(lambda: dense.delete(percent + size))
    return Growth(size, count, dense_build, lexical_build, adding, deleting, stored / size, **queries)


def _drawn(source: Source, size: int, rng: np.random.Generator) -> tuple[Ids, Ids]:
    """Real rows, collaborator by collaborator, shape (size,), and where each collaborator begins."""
    own = source.index.attribution
    filled = np.flatnonzero(np.diff(own.starts))
    many = filled[rng.integers(0, len(filled), size)]
    drawn = own.of_positions(many)
    count = int(np.searchsorted(drawn.starts, size))
    return drawn.rows[:size], np.append(drawn.starts[:count], size)


def _vectors(source: Source, drawn: Ids, rng: np.random.Generator) -> Vectors:
    real = source.index.dense.vectors_of(source.index.passage_ids)
    vectors = np.empty((len(drawn), real.shape[1]), dtype=np.float32)
    for first in range(0, len(drawn), 50_000):
        some = drawn[first : first + 50_000]
        one, other = rng.integers(0, len(real), (2, len(some)))
        moved = real[some] + np.float32(MOVED) * (real[one] - real[other])
        vectors[first : first + len(some)] = moved / np.linalg.norm(moved, axis=1, keepdims=True)
    return vectors


def _terms(source: Source, drawn: Ids, rng: np.random.Generator) -> list[list[str]]:
    everything = np.array([term for terms in source.terms for term in terms], dtype=object)
    passages = []
    for row in drawn:
        terms = list(source.terms[row])
        for place in np.flatnonzero(rng.random(len(terms)) < EXCHANGED):
            terms[place] = everything[rng.integers(len(everything))]
        passages.append(terms)
    return passages


def _queries(workspace: Workspace, index: PassageIndex, challenges: Sequence[Challenge]) -> dict[str, float]:
    prepared = find_prepared(workspace.settings.encoder_build_folder, workspace.settings.encoder_description)
    assert prepared is not None
    encoder, analyzer, scorer = OnnxEncoder(prepared.onnx), workspace.analyzer, workspace.scorer
    nothing = MemoryCollection("growth", [])
    matcher = Matcher(nothing, index, encoder, analyzer, scorer)
    everybody = CandidateSearch(index, small=index.passage_count)
    exact = Matcher(nothing, index, encoder, analyzer, scorer, everybody)
    next(matcher.rank(challenges[:1], top_k=10))
    times, encodings, exact_times, recalls, overlaps = [], [], [], [], []
    for challenge in challenges:
        spent, found = _timed(lambda one=challenge: _ten_best(matcher, one))
        times.append(spent)
        query = read_query(challenge)
        spent, vectors = _timed(lambda one=query: matcher.query_vectors([one]))
        encodings.append(spent)
        spent, right = _timed(lambda one=challenge: _ten_best(exact, one))
        exact_times.append(spent)
        overlaps.append(len(found & right) / 10)
        scores = index.dense.scores(vectors[0], index.passage_ids)
        nearest = np.argpartition(-scores, RECALL_DEPTH)[:RECALL_DEPTH]
        hits = index.dense.search(vectors[0], RECALL_DEPTH).ids
        recalls.append(len(np.intersect1d(hits, index.passage_ids[nearest])) / RECALL_DEPTH)
    return {
        "query_median_ms": 1000 * median(times),
        "query_p95_ms": 1000 * float(np.percentile(times, 95)),
        "encoding_median_ms": 1000 * median(encodings),
        "exact_query_median_ms": 1000 * median(exact_times),
        "recall_at_100": float(np.mean(recalls)),
        "overlap_at_10": float(np.mean(overlaps)),
    }


def _ten_best(matcher: Matcher, challenge: Challenge) -> set[str]:
    ((_, ranked),) = matcher.rank([challenge], top_k=10)
    return {one.collaborator_id for one in ranked}


def _stored_bytes(index: PassageIndex) -> int:
    """What a search keeps in memory, measured as files."""
    with tempfile.TemporaryDirectory() as folder:
        index.dense.write(Path(folder))
        return sum(file.stat().st_size for file in Path(folder).iterdir() if file.name != "vectors.npy")


def _timed(work: Callable[[], Result]) -> tuple[float, Result]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    main()
