"""Builds in Milvus: one a stamp, seen only when it is whole, the one before kept, others' untouched."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import numpy as np
import pytest
from pymilvus import MilvusClient, MilvusException

from matchmaker.domain.errors import NotReadyError, SetupError
from matchmaker.retrieval import milvus_builds, milvus_index
from matchmaker.retrieval.encoder import Vectors
from matchmaker.retrieval.milvus_builds import MilvusForm, connect, open_milvus
from tests.milvus_server import running_milvus

IDS = np.arange(3, dtype=np.int64)
UNIT: Vectors = np.eye(3, dtype=np.float32)


@pytest.fixture
def client(milvus_uri: str) -> Iterator[MilvusClient]:
    with closing(connect(milvus_uri)) as connected:
        yield connected


@pytest.fixture
def form(milvus_uri: str) -> Iterator[MilvusForm]:
    with closing(open_milvus(milvus_uri)) as opened:
        yield opened


@pytest.fixture
def collection() -> str:
    """A collection of the test's own: the server is all tests'."""
    return f"of-{uuid4().hex}"


def stamp() -> str:
    return uuid4().hex


def builds(client: MilvusClient, collection: str) -> dict[str, list[str]]:
    """What the server has of a collection: its builds' names, and the stamps that they are published as."""
    told = [client.describe_collection(name) for name in client.list_collections() if name.startswith("mm_")]
    return {
        one["collection_name"]: [alias.removeprefix("mm_") for alias in one["aliases"]]
        for one in told
        if one["description"] == collection
    }


def test_a_build_that_another_machine_has_made_is_taken_as_it_is(form: MilvusForm, collection: str) -> None:
    made = stamp()
    form.build(collection, made, IDS, UNIT).upsert(np.array([9]), UNIT[:1])
    assert form.build(collection, made, IDS, UNIT).count == 4


def test_of_two_machines_that_build_the_same_at_once_one_is_taken_by_both(
    client: MilvusClient, milvus_uri: str, collection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_have_built, made = Barrier(2), stamp()
    publish = MilvusForm._publish

    def publish_when_both_have_built(self: MilvusForm, name: str, stamp: str) -> milvus_index.MilvusIndex:
        both_have_built.wait()
        return publish(self, name, stamp)

    monkeypatch.setattr(MilvusForm, "_publish", publish_when_both_have_built)

    def build(_machine: int) -> int:
        with closing(open_milvus(milvus_uri)) as own:
            return own.build(collection, made, IDS, UNIT).count

    with ThreadPoolExecutor(2) as machines:
        assert list(machines.map(build, range(2))) == [3, 3]
    assert list(builds(client, collection).values()) == [[made]]


def test_the_newest_build_and_the_one_before_are_kept_and_those_of_other_collections(
    form: MilvusForm, client: MilvusClient, collection: str, tmp_path: Path
) -> None:
    form.build(f"{collection}-other", other := stamp(), IDS, UNIT)
    stamps = [stamp() for _ in range(3)]
    for made in stamps:
        form.build(collection, made, IDS, UNIT)
    assert sorted(builds(client, collection).values()) == sorted([one] for one in stamps[1:])
    assert form.read(tmp_path, collection, stamps[1]).count == 3
    assert form.read(tmp_path, f"{collection}-other", other).count == 3
    with pytest.raises(OSError, match="no vectors"):
        form.read(tmp_path, collection, stamps[0])


def test_a_build_that_fails_leaves_nothing_and_the_one_that_serves_as_it_was(
    form: MilvusForm, client: MilvusClient, collection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    serving = form.build(collection, first := stamp(), IDS, UNIT)

    def fail(*_given: object) -> None:
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(MilvusForm, "_publish", fail)
    with pytest.raises(RuntimeError):
        form.build(collection, stamp(), IDS, UNIT)
    assert list(builds(client, collection).values()) == [[first]]
    assert serving.search(UNIT[2], 1).ids.tolist() == [2]


def test_a_build_whose_publishing_was_not_confirmed_is_not_dropped(
    form: MilvusForm, client: MilvusClient, collection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = MilvusClient.create_alias

    def create_without_an_answer(self: MilvusClient, name: str, alias: str) -> None:
        create(self, name, alias)
        raise MilvusException(message="the connection is gone")

    monkeypatch.setattr(MilvusClient, "create_alias", create_without_an_answer)
    assert form.build(collection, made := stamp(), IDS, UNIT).count == 3
    assert list(builds(client, collection).values()) == [[made]]


def test_a_build_that_was_cut_short_is_dropped_once_it_is_old(
    form: MilvusForm, client: MilvusClient, collection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    form._fill(left_behind := f"{milvus_builds._family(collection)}_killed", collection, IDS, UNIT)
    form.build(collection, stamp(), IDS, UNIT)
    assert left_behind in builds(client, collection)
    monkeypatch.setattr(milvus_builds, "ABANDONED_HOURS", 0)
    form.build(collection, stamp(), IDS, UNIT)
    assert left_behind not in builds(client, collection)


def test_a_build_that_somebody_has_released_is_loaded_when_it_is_opened(
    form: MilvusForm, client: MilvusClient, collection: str, tmp_path: Path
) -> None:
    form.build(collection, made := stamp(), IDS, UNIT)
    client.release_collection(f"mm_{made}")
    assert form.read(tmp_path, collection, made).search(UNIT[1], 1).ids.tolist() == [1]


def test_a_server_that_is_out_of_reach_is_told_with_what_to_do() -> None:
    with pytest.raises(SetupError) as raised:
        open_milvus("http://127.0.0.1:1", "root:a-secret")
    assert "a-secret" not in str(raised.value)
    assert "MATCHMAKER_MILVUS_URI" in raised.value.remedy


def test_a_server_that_is_too_old_is_refused(milvus_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MilvusClient, "get_server_version", lambda *_given, **_named: "v2.2.16")
    with pytest.raises(SetupError, match=r"2\.2\.16"):
        open_milvus(milvus_uri)


def test_a_search_whose_server_is_gone_is_told_as_passing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milvus_index, "ANSWER_SECONDS", 1)
    with running_milvus() as uri:
        form = open_milvus(uri)
        index = form.build("main", stamp(), IDS, UNIT)
    with pytest.raises(NotReadyError, match="nothing that was sent is lost"):
        index.search(UNIT[0], 1)
    with pytest.raises(NotReadyError):
        index.scores(UNIT[0], IDS)
    form.close()
