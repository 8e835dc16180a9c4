"""What a user could take instead, called as their own documentation calls them; runs in .venv/baselines.

    python rivals.py sentence-transformers|txtai CORPUS MODEL

Both get the same weights and passages. A collaborator ranks by its best passage. Prints a JSON object.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from measuring import memory, reciprocal_rank, since_start, timed

FOUND = 300
"""Passages that are asked for: enough for a ranking of a hundred collaborators."""

SHORT_WORDS = 8

Search = Callable[[str], Sequence[int]]


def with_faiss(model_folder: str, texts: Sequence[str]) -> tuple[Search, float]:
    """sentence-transformers with its defaults, and an exact FAISS index; with the seconds that building took."""
    import faiss
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(model_folder, device="cpu")
    begun = time.perf_counter()
    vectors = model.encode_document(list(texts))
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    took = time.perf_counter() - begun

    def search(text: str) -> Sequence[int]:
        return [int(one) for one in index.search(model.encode_query([text]), min(FOUND, len(texts)))[1][0]]

    return search, took


def with_txtai(model_folder: str, texts: Sequence[str]) -> tuple[Search, float]:
    """The hybrid search of txtai, with the prompts that the encoder asks for."""
    from txtai import Embeddings

    prompts = {"query": "query: ", "data": "passage: "}
    embeddings = Embeddings(path=model_folder, hybrid=True, instructions=prompts, gpu=False)
    begun = time.perf_counter()
    embeddings.index(list(texts))
    took = time.perf_counter() - begun

    def search(text: str) -> Sequence[int]:
        return [int(one) for one, _ in embeddings.search(text, min(FOUND, len(texts)))]

    return search, took


RIVALS = {"sentence-transformers": with_faiss, "txtai": with_txtai}


def measure(name: str, corpus: dict[str, Any], model_folder: str) -> dict[str, Any]:
    """Build, ask, count."""
    texts = [one["text"] for one in corpus["passages"]]
    owners = [one["owners"] for one in corpus["passages"]]
    queries = corpus["queries"]
    search, took = RIVALS[name](model_folder, texts)
    first = search("Halka på cykelvägar")
    assert first, "nothing was found"
    started = since_start() - took

    def ranking(text: str) -> list[str]:
        return list(dict.fromkeys(owner for row in search(text) for owner in owners[row]))

    ranks: dict[str, list[float]] = {}
    for query in queries:
        found = reciprocal_rank(ranking(query["text"]), query["relevant"])
        ranks.setdefault(query["language"], []).append(found)
    return {
        "passages": len(texts),
        "build_passages_per_second": len(texts) / took,
        "start_to_first_answer_s": started,
        "short": timed(search, [" ".join(query["text"].split()[:SHORT_WORDS]) for query in queries]),
        "long": timed(search, [query["text"] for query in queries]),
        "memory": memory(),
        "mrr": {language: sum(own) / len(own) for language, own in ranks.items()},
    }


def main() -> None:
    """Measure one of them."""
    name, corpus, model_folder = sys.argv[1:]
    result = measure(name, json.loads(Path(corpus).read_text(encoding="utf-8")), model_folder)
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
