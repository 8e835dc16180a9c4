"""The index as a build product: built aside, verified, swapped; whatever happens, the old one serves."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.errors import SetupError
from matchmaker.domain.passage import Passage
from matchmaker.indexing import build_index, current_index, index_stamp
from matchmaker.pipeline import Matcher
from matchmaker.retrieval.correction import LanguageCentres
from matchmaker.retrieval.encoder import CachedEncoder, MemoryVectorCache
from matchmaker.retrieval.index import PassageIndex
from matchmaker.retrieval.index_folder import IndexFolder
from matchmaker.text.analysis import Analyzer
from tests.conftest import collaborator
from tests.fakes import HashingEncoder

OLD = MemoryCollection("main", [collaborator("snow", "snö och is på vägen"), collaborator("water", "vatten i röret")])
NEW = MemoryCollection("main", [*[collaborator("snow", "snö och is på vägen")], collaborator("ore", "malm i berget")])


class BrokenCollection(MemoryCollection):
    """Fails half-way, as a killed process would."""

    def passages(self) -> Iterator[Passage]:
        yield from list(super().passages())[:1]
        raise KeyboardInterrupt


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index")


def build(
    folder: IndexFolder,
    collection: MemoryCollection,
    encoder: HashingEncoder,
    analyzer: Analyzer,
    reference: LanguageCentres,
) -> PassageIndex:
    return current_index(folder, collection, encoder, analyzer, lambda: reference)


def ranking(index: PassageIndex, collection: MemoryCollection, analyzer: Analyzer) -> list[tuple[str, float]]:
    matcher = Matcher(collection, index, HashingEncoder(), analyzer)
    ((_, ranked),) = matcher.rank([Challenge("c", "Isen på vägen är hal")])
    return [(one.collaborator_id, one.score) for one in ranked]


def test_an_index_read_from_files_ranks_as_the_one_in_memory(
    folder: IndexFolder, encoder: HashingEncoder, analyzer: Analyzer, reference: LanguageCentres
) -> None:
    read = build(folder, OLD, encoder, analyzer, reference)
    assert ranking(read, OLD, analyzer) == ranking(build_index(OLD, encoder, analyzer, reference), OLD, analyzer)


def test_a_current_index_is_not_built_again(
    folder: IndexFolder, encoder: HashingEncoder, analyzer: Analyzer, reference: LanguageCentres
) -> None:
    build(folder, OLD, encoder, analyzer, reference)
    encoder.encoded.clear()
    build(folder, OLD, encoder, analyzer, reference)
    assert encoder.encoded == []


def test_a_stale_index_is_replaced_and_only_what_is_new_is_encoded(
    folder: IndexFolder, encoder: HashingEncoder, analyzer: Analyzer, reference: LanguageCentres
) -> None:
    cached = CachedEncoder(encoder, MemoryVectorCache())
    current_index(folder, OLD, cached, analyzer, lambda: reference)
    encoder.encoded.clear()
    index = current_index(folder, NEW, cached, analyzer, lambda: reference)
    assert encoder.encoded == ["malm i berget"]
    assert set(index.attribution.collaborator_ids) == {"snow", "ore"}


def test_a_crash_while_building_leaves_the_old_index_serving(
    folder: IndexFolder, tmp_path: Path, encoder: HashingEncoder, analyzer: Analyzer, reference: LanguageCentres
) -> None:
    build(folder, OLD, encoder, analyzer, reference)
    broken = BrokenCollection("main", [collaborator("ore", "malm"), collaborator("coal", "kol")])
    with pytest.raises(KeyboardInterrupt):
        build(folder, broken, encoder, analyzer, reference)
    serving = folder.read()
    assert serving is not None
    assert serving.stamp == index_stamp(OLD, encoder)
    assert ranking(serving, OLD, analyzer)[0][0] == "snow"
    assert len([one for one in (tmp_path / "index").iterdir() if one.is_dir()]) == 1, "the half-built one is gone"


def test_a_reader_goes_on_with_the_index_it_opened(
    folder: IndexFolder, encoder: HashingEncoder, analyzer: Analyzer, reference: LanguageCentres
) -> None:
    opened = build(folder, OLD, encoder, analyzer, reference)
    before = ranking(opened, OLD, analyzer)
    build(folder, NEW, encoder, analyzer, reference)
    assert ranking(opened, OLD, analyzer) == before


@pytest.mark.parametrize("part", ["stamp.json", "arrays.npz", "dense.faiss", "lexical/vocab.index.json"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "foreign"])
def test_a_damaged_index_is_noticed_and_rebuilt(
    part: str,
    damage: str,
    folder: IndexFolder,
    tmp_path: Path,
    encoder: HashingEncoder,
    analyzer: Analyzer,
    reference: LanguageCentres,
) -> None:
    build(folder, OLD, encoder, analyzer, reference)
    file = next((tmp_path / "index").glob(f"*/{part}"))
    content = file.read_bytes()
    match damage:
        case "missing":
            file.unlink()
        case "truncated":
            file.write_bytes(content[: len(content) // 2])
        case _:
            file.write_bytes(bytes(len(content)))
    with pytest.raises(SetupError) as raised:
        PassageIndex.read(file.parent if "/" not in part else file.parent.parent)
    assert raised.value.remedy == "matchmaker prepare"
    index = build(folder, OLD, encoder, analyzer, reference)
    assert ranking(index, OLD, analyzer)[0][0] == "snow"


def test_an_empty_collection_has_an_index(
    folder: IndexFolder, encoder: HashingEncoder, analyzer: Analyzer, reference: LanguageCentres
) -> None:
    empty = MemoryCollection("main", [collaborator("nobody")])
    index = build(folder, empty, encoder, analyzer, reference)
    assert index.passage_count == 0
    assert ranking(index, empty, analyzer) == [("nobody", -10.0)]


def test_the_parts_of_an_index_must_agree(
    encoder: HashingEncoder, analyzer: Analyzer, reference: LanguageCentres
) -> None:
    index = build_index(OLD, encoder, analyzer, reference)
    with pytest.raises(ValueError, match="disagree"):
        PassageIndex(
            index.stamp, np.arange(5), index.languages, index.attribution, index.centres, index.dense, index.lexical
        )
