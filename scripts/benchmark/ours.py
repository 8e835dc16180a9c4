"""Matchmaker on the same passages and queries, in a process of its own with an empty cache.

    python -m scripts.benchmark.ours CORPUS STATE [--data FOLDER] [--passages N]

Prints a JSON object: as for what it is compared with, and besides where a query's time goes.
"""

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from scripts.benchmark.corpus import collaborators_and_sets, parser_of, short
from scripts.benchmark.measuring import Result, memory, reciprocal_rank, summary, timed

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.language import Language
from matchmaker.evaluation.systems import FULL, UNCACHED
from matchmaker.pipeline import Matcher
from matchmaker.retrieval.encoder import Role
from matchmaker.settings import Settings
from matchmaker.text.query import read_query
from matchmaker.workspace import Workspace

NAME = "benchmark"


def ranking(matcher: Matcher, text: str) -> list[str]:
    """The best hundred collaborators for a text."""
    [(_, ranked)] = matcher.rank([Challenge("", text, None, None)], 100)
    return [one.collaborator_id for one in ranked]


def shares(matcher: Matcher, texts: list[str]) -> Result:
    """How long the encoder takes of a ranking and of a whole shortlist, and the scan of the vectors, by itself.

    A shortlist's encoding is that of the whole and of its sentences, by which its parts are found.
    """
    encoding, ranked, whole = [], [], []
    for text in texts:
        challenge = Challenge("", text, None, None)
        query = read_query(challenge)
        begun = time.perf_counter()
        matcher.query_vectors([query])
        encoded = time.perf_counter()
        ranking(matcher, text)
        asked = time.perf_counter()
        matcher.match(challenge)
        encoding.append(encoded - begun)
        ranked.append(asked - encoded)
        whole.append(time.perf_counter() - asked)
    rest = [1 - one / all_of_it for one, all_of_it in zip(encoding, ranked, strict=True)]
    return {
        "encoding": summary(encoding),
        "ranking": summary(ranked),
        "shortlist": summary(whole),
        "all_but_encoding_share": float(np.median(rest)),
    }


def scan(matcher: Matcher) -> Result:
    """Gigabytes a second of the product that scores every passage, beside a plain sum over the same memory."""
    dense, ids = matcher.index.dense, matcher.index.passage_ids
    vectors = dense.vectors_of(ids)
    query = np.ascontiguousarray(vectors[0])
    by_product = timed(lambda _: dense.scores(query, ids), [""] * 100)
    by_sum = timed(lambda _: vectors.sum(), [""] * 100)
    size = vectors.nbytes / 1e9
    return {
        "scan_ms": by_product["median_ms"],
        "scan_gb_per_second": size / by_product["median_ms"] * 1000,
        "read_gb_per_second": size / by_sum["median_ms"] * 1000,
    }


def measure(corpus: dict[str, Any], state: Path, everyone: list[Collaborator]) -> Result:
    """Build, ask, count."""
    workspace = Workspace(Settings(state_dir=state))
    workspace.recipe.encoder.encode(["warm"], Role.DOCUMENT)
    workspace.analyzer.terms("varm", Language.SWEDISH)
    begun = time.perf_counter()
    full, _ = workspace.matcher_of_system(FULL, NAME, everyone)
    took = time.perf_counter() - begun
    queries = corpus["queries"]
    texts = [query["text"] for query in queries]
    ranks: dict[str, list[float]] = {}
    for query in queries:
        found = reciprocal_rank(ranking(full, query["text"]), query["relevant"])
        ranks.setdefault(query["language"], []).append(found)
    held = memory()  # before a second encoder is opened, which does without the cache
    matcher, _ = workspace.matcher_of_system(UNCACHED, NAME, everyone)
    return {
        "passages": full.index.passage_count,
        "build_passages_per_second": full.index.passage_count / took,
        "short": timed(lambda text: ranking(matcher, text), [short(text) for text in texts]),
        "long": timed(lambda text: ranking(matcher, text), texts),
        "memory": held,
        "mrr": {language: sum(own) / len(own) for language, own in ranks.items()},
        "limits": {**shares(matcher, texts), **scan(matcher)},
    }


def main() -> None:
    """Measure."""
    parser = parser_of(__doc__)
    parser.add_argument("state", type=Path)
    given = parser.parse_args()
    corpus = json.loads(given.corpus.read_text(encoding="utf-8"))
    everyone, _ = collaborators_and_sets(given)
    sys.stdout.write(json.dumps(measure(corpus, given.state, everyone)) + "\n")


if __name__ == "__main__":
    main()
