"""What every vector cache promises, and what the cached encoder makes of it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from matchmaker.db.session import Database, open_database
from matchmaker.db.vector_cache import DatabaseVectorCache, forget_queries
from matchmaker.retrieval.encoder import CachedEncoder, MemoryVectorCache, Role, VectorCache
from tests.fakes import HashingEncoder


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def cache(request: pytest.FixtureRequest, database_on: Callable[[str], Database]) -> VectorCache:
    if request.param == "memory":
        return MemoryVectorCache()
    return DatabaseVectorCache(database_on(request.param))


def test_what_is_stored_is_found_and_nothing_else(cache: VectorCache) -> None:
    vector = np.array([0.5, -0.25, 1.0], dtype=np.float32)
    cache.store({"a": vector}, Role.QUERY)
    found = cache.find(["a", "b"])
    assert list(found) == ["a"]
    assert np.array_equal(found["a"], vector)
    assert cache.known(["a", "b"]) == {"a"}


def test_storing_again_is_no_error(cache: VectorCache) -> None:
    vector = np.array([0.5], dtype=np.float32)
    cache.store({"a": vector}, Role.QUERY)
    cache.store({"a": vector, "b": vector}, Role.QUERY)
    assert set(cache.find(["a", "b"])) == {"a", "b"}


def test_more_keys_than_a_statement_takes(cache: VectorCache) -> None:
    vectors = {f"k{number}": np.array([number], dtype=np.float32) for number in range(1_200)}
    cache.store(vectors, Role.DOCUMENT)
    assert len(cache.find(list(vectors))) == len(cache.known(list(vectors))) == 1_200


def test_no_text_is_encoded_twice_but_each_role_once(cache: VectorCache) -> None:
    encoder = HashingEncoder()
    cached = CachedEncoder(encoder, cache)
    first = cached.encode(["snö", "is", "snö"], Role.DOCUMENT)
    again = cached.encode(["is", "snö"], Role.DOCUMENT)
    cached.encode(["snö"], Role.QUERY)
    assert encoder.encoded == ["snö", "is", "snö"]
    assert np.array_equal(first[[1, 0]], again)


def test_what_would_have_to_be_encoded_is_told_without_encoding(cache: VectorCache) -> None:
    encoder = HashingEncoder()
    cached = CachedEncoder(encoder, cache)
    cached.encode_parts(["snö och is"], [[(0, 3)]])
    encoder.encoded.clear()
    assert cached.unknown(["is", "snö och is", "snö och is"], [[], [(0, 3)], [(0, 3), (8, 10)]]) == [0, 2]
    assert encoder.encoded == []


def test_another_encoder_encodes_anew(cache: VectorCache) -> None:
    CachedEncoder(HashingEncoder("one"), cache).encode(["snö"], Role.DOCUMENT)
    other = HashingEncoder("two")
    CachedEncoder(other, cache).encode(["snö"], Role.DOCUMENT)
    assert other.encoded == ["snö"]


def test_a_later_process_finds_the_vectors(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.db'}"
    CachedEncoder(HashingEncoder(), DatabaseVectorCache(open_database(url))).encode(["snö"], Role.DOCUMENT)
    later = HashingEncoder()
    CachedEncoder(later, DatabaseVectorCache(open_database(url))).encode(["snö"], Role.DOCUMENT)
    assert later.encoded == []


def test_vectors_of_what_somebody_wrote_can_be_forgotten_and_those_of_the_catalogue_stay(database: Database) -> None:
    encoder = HashingEncoder()
    cached = CachedEncoder(encoder, DatabaseVectorCache(database))
    cached.encode(["snö"], Role.QUERY)
    cached.encode(["is"], Role.DOCUMENT)
    cached.encode_parts(["vatten"], [[(0, 6)]])
    now = datetime.now(UTC)
    with database.transaction() as session:
        assert forget_queries(session, now - timedelta(minutes=1)) == 0
        assert forget_queries(session, now + timedelta(minutes=1)) == 1
    encoder.encoded.clear()
    cached.encode(["snö"], Role.QUERY)
    cached.encode(["is"], Role.DOCUMENT)
    assert encoder.encoded == ["snö"]
