"""Builds in Milvus: for more passages than one server holds.

Each is a collection of Milvus's own, which nobody sees until an alias named after its stamp points to it: that is one
step, so that a build that is cut short leaves what serves as it was, and of two machines that build the same the first
to finish wins. An old build is dropped as a whole, and no search has to leave out other collections' vectors.
"""

import hashlib
import re
import uuid
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from pymilvus import DataType, MilvusClient, MilvusException

from matchmaker.domain.errors import SetupError, mark
from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.milvus_index import (
    ANSWER_SECONDS,
    ID,
    OWN_WRITES,
    SENT_AT_ONCE,
    VECTOR,
    MilvusIndex,
    blocks,
    rows_of,
    telling_faults,
)
from matchmaker.retrieval.vector_index import SMALL_COLLECTION, Ids, VectorIndex

OLDEST_VERSION = (2, 3)
"""The first that counts what is there and takes upserts."""

GRAPH = {"M": 16, "efConstruction": 200}
"""HNSW's links a passage, and how many neighbours its building keeps in view. The vectors in it are whole (32 bits), so
that the scores of what it finds are exact."""

KEPT_BUILDS = 2
"""Of each collection: the newest, and the one before it for processes that have not opened the newest yet."""

ABANDONED_HOURS = 48
"""After which a build that was never published is taken for one that was cut short."""


class MilvusForm:
    """Vectors on a server or cluster of Milvus; up to ``small`` passages have no graph, and are searched exactly."""

    def __init__(self, client: MilvusClient, small: int = SMALL_COLLECTION) -> None:
        self._client = client
        self._small = small

    def close(self) -> None:
        """End the connection."""
        self._client.close()

    def takes_changes(self, index: VectorIndex, count: int) -> bool:  # noqa: ARG002
        """Never: its collections are searched by every machine."""
        return False

    def build(self, collection: str, stamp: str, ids: Ids, vectors: Vectors) -> VectorIndex:
        """As promised by ``VectorForm``; a build that another machine has made already is taken as it is."""
        with telling_faults():
            published = self._opened(_alias(stamp))
            if published is not None:
                return published
            name = f"{_family(collection)}_{stamp}_{uuid.uuid4().hex[:8]}"
            try:
                self._fill(name, collection, ids, vectors)
                published = self._publish(name, stamp)
            except BaseException:
                with suppress(MilvusException):  # what cannot be dropped now is, when it is old
                    self._client.drop_collection(name)
                raise
            self._drop_old_builds(collection)
            return published

    def read(self, folder: Path, collection: str, stamp: str) -> VectorIndex:  # noqa: ARG002
        with telling_faults():
            published = self._opened(_alias(stamp))
            if published is None:
                raise OSError(f"the server has no vectors of {collection} of the build {stamp}")
            self._client.load_collection(published.name)  # nothing to do, unless somebody has released it
        return published

    def _fill(self, name: str, collection: str, ids: Ids, vectors: Vectors) -> None:
        """Make a collection that answers."""
        client = self._client
        schema = client.create_schema(auto_id=False, enable_dynamic_field=False, description=collection)
        schema.add_field(ID, DataType.INT64, is_primary=True)
        schema.add_field(VECTOR, DataType.FLOAT_VECTOR, dim=vectors.shape[1])
        client.create_collection(name, schema=schema, consistency_level=OWN_WRITES)
        for block in blocks(len(ids), SENT_AT_ONCE):
            client.insert(name, rows_of(ids[block], vectors[block]))
        if len(ids) > self._small:
            client.flush(name)  # a graph is made of what is written down; made after that, it is waited for
        client.create_index(name, self._index_of(len(ids)))
        client.load_collection(name)

    def _index_of(self, count: int) -> Any:
        parameters: Any = MilvusClient.prepare_index_params()
        kind, how = ("FLAT", {}) if count <= self._small else ("HNSW", GRAPH)
        parameters.add_index(VECTOR, index_type=kind, metric_type="IP", params=how)
        return parameters

    def _publish(self, name: str, stamp: str) -> MilvusIndex:
        """Let the alias point to a finished build, unless another machine was first: then that one's is taken."""
        try:
            self._client.create_alias(name, _alias(stamp))
        except MilvusException:
            if self._opened(_alias(stamp)) is None:
                raise
        published = self._opened(_alias(stamp))
        assert published is not None
        if published.name != name:
            self._client.drop_collection(name)
        return published

    def _opened(self, name: str) -> MilvusIndex | None:
        """The index of a build's name or alias; None if there is none."""
        told = self._described(name)
        if told is None:
            return None
        dimension = next(field["params"]["dim"] for field in told["fields"] if field["name"] == VECTOR)
        return MilvusIndex(self._client, told["collection_name"], int(dimension))

    def _described(self, name: str) -> Mapping[str, Any] | None:
        if not self._client.has_collection(name, timeout=ANSWER_SECONDS):
            return None
        told: Mapping[str, Any] = self._client.describe_collection(name, timeout=ANSWER_SECONDS)
        return told

    def _drop_old_builds(self, collection: str) -> None:
        """Drop published builds but the newest, and those that were given up; told by the server's clock alone."""
        names = [one for one in self._client.list_collections() if one.startswith(f"{_family(collection)}_")]
        builds = [told for name in names if (told := self._described(name)) is not None]
        published = sorted((one for one in builds if one["aliases"]), key=_made_at, reverse=True)
        latest = max(map(_made_at, builds))
        given_up = [
            one for one in builds if not one["aliases"] and latest - _made_at(one) > ABANDONED_HOURS * 3_600_000
        ]
        for build in published[KEPT_BUILDS:] + given_up:
            with suppress(MilvusException):  # another machine drops it just now; else the next build does
                for alias in build["aliases"]:
                    self._client.drop_alias(alias)
                self._client.drop_collection(build["collection_name"])


def open_milvus(uri: str, token: str = "") -> MilvusForm:
    """Vectors in the Milvus of a URI, ``https://host:19530/database``; ``token`` is ``user:password`` or a key.

    Raises:
        SetupError: it is out of reach, does not let us in, or is older than 2.3.
    """
    return MilvusForm(connect(uri, token))


def connect(uri: str, token: str = "") -> MilvusClient:
    """A connection of its own to a Milvus that is new enough; what it raises is told at ``open_milvus``."""
    try:
        client = MilvusClient(uri, token=token, timeout=ANSWER_SECONDS, dedicated=True)
        version = client.get_server_version(timeout=ANSWER_SECONDS)
    except MilvusException as error:
        raise _unusable(error.message) from error
    known = re.match(r"v?(\d+)\.(\d+)", version)
    if known and (int(known[1]), int(known[2])) < OLDEST_VERSION:
        client.close()
        raise _unusable(f"{version} < {'.'.join(map(str, OLDEST_VERSION))}")
    return client


def _unusable(problem: str) -> SetupError:
    return SetupError(
        mark("Vectors cannot be kept in Milvus: {problem}."),
        remedy="start Milvus 2.3 or later, and correct MATCHMAKER_MILVUS_URI  (or unset MATCHMAKER_VECTORS)",
        problem=problem.strip().rstrip("."),
    )


def _alias(stamp: str) -> str:
    return f"mm_{stamp}"


def _family(collection: str) -> str:
    """How the names of a collection's builds begin: Milvus's names take no hyphen."""
    return f"mm_{hashlib.sha256(collection.encode()).hexdigest()[:12]}"


def _made_at(build: Mapping[str, Any]) -> int:
    """When a build was begun, in milliseconds of the server's clock: the last 18 bits only count."""
    return int(build["created_timestamp"]) >> 18
