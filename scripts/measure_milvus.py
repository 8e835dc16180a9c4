"""What a passage and a query cost in Milvus: ``python -m scripts.measure_milvus --passages 50000``.

A server of the tests' is started for it. Vectors are drawn from those of the catalogue that this installation has, each
moved by half the difference of two others. Times on the clock depend on what else the machine does; the processor's
time of the server does not.
"""

import argparse
import json
import os
import time
from pathlib import Path
from statistics import median

import numpy as np
from tests.milvus_server import running_milvus

from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.faiss_index import FlatIndex
from matchmaker.retrieval.milvus_builds import MilvusForm, connect
from matchmaker.settings import read_settings
from matchmaker.workspace import Workspace

MOVED = 0.5
NEAREST = 100
SCORED = 3_000
"""Passages that are scored exactly for a query of a large collection: those of its candidates."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--passages", type=int, default=50_000)
    parser.add_argument("--queries", type=int, default=100)
    options = parser.parse_args()
    index = Workspace(read_settings()).matcher().index
    real = index.dense.vectors_of(index.passage_ids)
    rng = np.random.default_rng(0)
    vectors, queries = _drawn(real, options.passages, rng), _drawn(real, options.queries, rng)
    with running_milvus() as uri:
        print(json.dumps(_measured(uri, vectors, queries, rng), indent=2))  # noqa: T201


def _drawn(real: Vectors, count: int, rng: np.random.Generator) -> Vectors:
    one, other, third = rng.integers(0, len(real), (3, count))
    moved = real[one] + MOVED * (real[other] - real[third])
    drawn: Vectors = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(np.float32)
    return drawn


def _measured(uri: str, vectors: Vectors, queries: Vectors, rng: np.random.Generator) -> dict[str, float]:
    place = Path(uri.removeprefix("unix:")).parent
    server = _server(place)
    ids = np.arange(len(vectors), dtype=np.int64)
    exact = FlatIndex.build(ids, vectors)
    form = MilvusForm(connect(uri), small=0)
    form.build("empty", "0" * 32, ids[:1], vectors[:1])
    memory, disk, busy, began = _memory(server), _disk(place), _busy(server), time.perf_counter()
    index = form.build("measured", "1" * 32, ids, vectors)
    built = {
        "passages": len(ids),
        "build_seconds": round(time.perf_counter() - began, 1),
        "build_processor_ms_a_passage": round((_busy(server) - busy) * 1000 / len(ids), 3),
        "memory_bytes_a_passage": round((_memory(server) - memory) / len(ids)),
        **{f"{kind}_bytes_a_passage": round((size - disk[kind]) / len(ids)) for kind, size in _disk(place).items()},
    }
    took, found, busy = [], [], _busy(server)
    for query in queries:
        began = time.perf_counter()
        hits = index.search(query, NEAREST)
        took.append(time.perf_counter() - began)
        found.append(len(np.intersect1d(hits.ids, exact.search(query, NEAREST).ids)) / NEAREST)
    searching = (_busy(server) - busy) / len(queries)
    some, busy, scoring = rng.permutation(ids)[:SCORED], _busy(server), []
    for query in queries:
        began = time.perf_counter()
        assert np.allclose(index.scores(query, some), exact.scores(query, some), atol=1e-5)
        scoring.append(time.perf_counter() - began)
    return built | {
        f"recall_at_{NEAREST}": round(float(np.mean(found)), 4),
        "search_ms": round(median(took) * 1000, 1),
        "search_processor_ms": round(searching * 1000, 1),
        f"scores_of_{SCORED}_ms": round(median(scoring) * 1000, 1),
        "scores_processor_ms": round((_busy(server) - busy) * 1000 / len(queries), 1),
    }


def _server(place: Path) -> Path:
    """The server's folder in /proc."""
    return next(one for one in Path("/proc").glob("[0-9]*") if _runs_in(place, one))


def _runs_in(place: Path, process: Path) -> bool:
    try:
        is_server = (process / "exe").readlink().name == "milvus"
        return is_server and f"{place}/".encode() in (process / "environ").read_bytes()
    except OSError:
        return False  # another user's, or gone


def _busy(server: Path) -> float:
    """Seconds of the processor's time so far."""
    fields = (server / "stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(server: Path) -> int:
    """Resident bytes."""
    return int((server / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _disk(place: Path) -> dict[str, int]:
    """Bytes in the server's files by what they are: rows as they came, indexes, and the log of messages."""
    data = place / "data"
    return {
        kind: sum(file.stat().st_size for file in (data / kind).rglob("*") if file.is_file())
        for kind in ("insert_log", "index_files", "rocksmq")
    }


if __name__ == "__main__":
    main()
