"""Vectors to places in a drawing: who is near whom, in two dimensions."""

import numpy as np
import numpy.typing as npt

from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.index import PassageIndex

Places = npt.NDArray[np.float64]
"""Places in the plane, shape (collaborators, 2); only distances between them have a meaning."""

PERPLEXITY = 15.0
EXAGGERATION = 4.0
ITERATIONS = 500
SEED = 2017
FEWEST_FOR_NEIGHBOURS = 8
"""Below this many there are no neighbourhoods to keep: plain principal components are drawn."""

PLACING_NEIGHBOURS = 5
PLACING_TEMPERATURE = 0.05
"""How fast a neighbour's pull falls with its cosine; chosen with the number of neighbours, see ``place``."""


def collaborator_vectors(index: PassageIndex) -> tuple[npt.NDArray[np.int64], Vectors]:
    """Where each collaborator stands: the mean of its passages' corrected unit vectors, of length 1 again.

    Returns the positions of the collaborators that have passages, shape (some,), and their vectors, shape
    (some, dimension). Whoever has no passages stands nowhere.
    """
    starts, rows = index.attribution.starts, index.attribution.rows
    counts = np.diff(starts)
    filled = np.flatnonzero(counts > 0)
    if not len(filled):
        return filled, np.empty((0, 0), dtype=np.float32)
    means = np.add.reduceat(index.dense.vectors_of(index.passage_ids[rows]), starts[:-1][filled]) / counts[filled, None]
    means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
    return filled, means.astype(np.float32)


def project(vectors: Vectors) -> Places:
    """Lay out unit vectors, shape (collaborators, dimension), in the plane so that neighbours stay neighbours.

    t-SNE (van der Maaten and Hinton, "Visualizing Data using t-SNE", JMLR 2008) from principal components (Kobak and
    Berens, "The art of using t-SNE for single-cell transcriptomics", Nature Communications 2019) with a fixed seed:
    the same vectors always give the same picture. The result is turned so that it is widest from left to right.

    Trustworthiness of the five nearest (Venna and Kaski, ICANN 2001: 1 when everyone drawn as a neighbour is one) on
    the shipped catalogue, 92 collaborators, November 2026: t-SNE .954 (perplexity 5: .941, 10: .952, 30: .945;
    exaggeration 12: .941), MDS .877, Isomap .807, PCA .806. Of the five nearest 65 % are drawn so, 29 % by PCA.
    """
    if len(vectors) < FEWEST_FOR_NEIGHBOURS:
        return _principal(vectors.astype(np.float64))
    from sklearn.manifold import TSNE
    from threadpoolctl import threadpool_limits

    tsne = TSNE(
        2,
        perplexity=min(PERPLEXITY, (len(vectors) - 1) / 3),
        early_exaggeration=EXAGGERATION,
        max_iter=ITERATIONS,
        init="random" if _flat(vectors) else "pca",
        random_state=SEED,
        n_jobs=1,
    )
    # Several threads wait for each other at each of many short steps: on busy cores 22 seconds instead of 0.2. One
    # thread also adds up in the same order everywhere.
    with threadpool_limits(limits=1):
        return _principal(np.asarray(tsne.fit_transform(vectors), dtype=np.float64))


def place(query: Vectors, vectors: Vectors, places: Places) -> npt.NDArray[np.float64]:
    """Where a challenge lands, shape (2,): the weighted barycentre of the collaborators nearest to it in meaning.

    ``query`` is its corrected unit vector, shape (dimension,); weights fall exponentially with the cosine. t-SNE has
    no function from vectors to places, so that a newcomer is placed by those who are there. Each collaborator of the
    shipped catalogue placed so among the others, November 2026: its nearest is among the five that are drawn nearest
    in 96 % of cases, and 60 % of its five nearest are (weights alike: 68 and 56 %; the nearest alone: 100 and 56 %).
    """
    if not len(vectors):
        return np.zeros(2)
    cosines = (vectors @ query).astype(np.float64)
    nearest = np.lexsort((np.arange(len(cosines)), -cosines))[:PLACING_NEIGHBOURS]
    weights = np.exp((cosines[nearest] - cosines[nearest[0]]) / PLACING_TEMPERATURE)
    landed: npt.NDArray[np.float64] = weights @ places[nearest] / weights.sum()
    return landed


def _flat(vectors: Vectors) -> bool:
    """Whether all vectors are the same, so that they have no principal components to start from."""
    return bool(np.allclose(vectors, vectors[0], atol=1e-6))


def _principal(points: Places) -> Places:
    """Points in their two widest directions, the signs fixed, shape (points, 2)."""
    found = np.zeros((len(points), 2))
    if len(points) < 2:
        return found
    centred = points - points.mean(axis=0)
    _, _, directions = np.linalg.svd(centred, full_matrices=False)
    used = directions[:2]
    used = used * np.where(used[np.arange(len(used)), np.abs(used).argmax(axis=1)] < 0, -1, 1)[:, None]
    found[:, : len(used)] = centred @ used.T
    return found
