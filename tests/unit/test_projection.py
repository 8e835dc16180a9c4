"""Laying vectors out in the plane, and placing a newcomer among them."""

import numpy as np
import pytest

from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.projection import place, project


def clusters(count: int) -> Vectors:
    """Unit vectors around three directions, ``count`` of each."""
    random = np.random.default_rng(0)
    vectors = np.repeat(np.eye(3, 16), count, axis=0) + 0.05 * random.normal(size=(3 * count, 16))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def test_who_is_alike_lies_together_and_the_same_vectors_lie_the_same() -> None:
    vectors = clusters(10)
    places = project(vectors)
    assert np.array_equal(places, project(vectors))
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    group = np.repeat(np.arange(3), 10)
    nearest = np.argsort(distances, axis=1)[:, 1:4]
    assert (group[nearest] == group[:, None]).mean() > 0.9


@pytest.mark.parametrize("count", [0, 1, 2, 7])
def test_few_are_laid_out_too(count: int) -> None:
    places = project(clusters(3)[:count])
    assert places.shape == (count, 2)
    assert np.isfinite(places).all()


def test_many_that_are_the_same_are_no_fault() -> None:
    places = project(np.tile(clusters(1)[:1], (20, 1)))
    assert np.isfinite(places).all()


def test_a_newcomer_lands_among_those_nearest_to_it() -> None:
    vectors = clusters(10)
    places = project(vectors)
    landed = place(vectors[4], vectors, places)
    centres = [places[start : start + 10].mean(axis=0) for start in (0, 10, 20)]
    assert np.argmin([np.linalg.norm(landed - centre) for centre in centres]) == 0
