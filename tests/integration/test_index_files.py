"""The index as a build product: built aside, verified, swapped; whatever happens, the old one serves."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.errors import SetupError
from matchmaker.domain.passage import Passage
from matchmaker.indexing import IndexRecipe, ReferenceTexts, build_index, current_index
from matchmaker.pipeline import Matcher
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


def build(folder: IndexFolder, collection: MemoryCollection, recipe: IndexRecipe) -> PassageIndex:
    return current_index(folder, collection, recipe)


def ranking(index: PassageIndex, collection: MemoryCollection, analyzer: Analyzer) -> list[tuple[str, float]]:
    matcher = Matcher(collection, index, HashingEncoder(), analyzer)
    ((_, ranked),) = matcher.rank([Challenge("c", "Isen på vägen är hal")])
    return [(one.collaborator_id, one.score) for one in ranked]


def test_an_index_read_from_files_ranks_as_the_one_in_memory(
    folder: IndexFolder, recipe: IndexRecipe, encoder: HashingEncoder, analyzer: Analyzer
) -> None:
    read = build(folder, OLD, recipe)
    assert ranking(read, OLD, analyzer) == ranking(build_index(OLD, recipe), OLD, analyzer)


def test_a_current_index_is_not_built_again(
    folder: IndexFolder, recipe: IndexRecipe, encoder: HashingEncoder, analyzer: Analyzer
) -> None:
    build(folder, OLD, recipe)
    encoder.encoded.clear()
    build(folder, OLD, recipe)
    assert encoder.encoded == []


def test_a_stale_index_is_replaced_and_only_what_is_new_is_encoded(
    folder: IndexFolder, recipe: IndexRecipe, encoder: HashingEncoder, analyzer: Analyzer
) -> None:
    cached = replace(recipe, encoder=CachedEncoder(encoder, MemoryVectorCache()))
    build(folder, OLD, cached)
    encoder.encoded.clear()
    index = build(folder, NEW, cached)
    assert encoder.encoded == ["malm i berget"]
    assert set(index.attribution.collaborator_ids) == {"snow", "ore"}


def test_a_crash_while_building_leaves_the_old_index_serving(
    folder: IndexFolder, tmp_path: Path, recipe: IndexRecipe, encoder: HashingEncoder, analyzer: Analyzer
) -> None:
    build(folder, OLD, recipe)
    broken = BrokenCollection("main", [collaborator("ore", "malm"), collaborator("coal", "kol")])
    with pytest.raises(KeyboardInterrupt):
        build(folder, broken, recipe)
    serving = folder.read()
    assert serving is not None
    assert serving.stamp == recipe.stamp(OLD)
    assert ranking(serving, OLD, analyzer)[0][0] == "snow"
    assert len([one for one in (tmp_path / "index").iterdir() if one.is_dir()]) == 1, "the half-built one is gone"


def test_a_reader_goes_on_with_the_index_it_opened(
    folder: IndexFolder, recipe: IndexRecipe, encoder: HashingEncoder, analyzer: Analyzer
) -> None:
    opened = build(folder, OLD, recipe)
    before = ranking(opened, OLD, analyzer)
    build(folder, NEW, recipe)
    assert ranking(opened, OLD, analyzer) == before


@pytest.mark.parametrize("part", ["stamp.json", "arrays.npz", "dense.faiss", "lexical/vocab.index.json"])
@pytest.mark.parametrize("damage", ["missing", "truncated", "foreign"])
def test_a_damaged_index_is_noticed_and_rebuilt(
    part: str,
    damage: str,
    folder: IndexFolder,
    tmp_path: Path,
    recipe: IndexRecipe,
    analyzer: Analyzer,
) -> None:
    build(folder, OLD, recipe)
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
    index = build(folder, OLD, recipe)
    assert ranking(index, OLD, analyzer)[0][0] == "snow"


def test_an_empty_collection_has_an_index(
    folder: IndexFolder, recipe: IndexRecipe, encoder: HashingEncoder, analyzer: Analyzer
) -> None:
    empty = MemoryCollection("main", [collaborator("nobody")])
    index = build(folder, empty, recipe)
    assert index.passage_count == 0
    assert ranking(index, empty, analyzer) == [("nobody", -10.0)]


def test_the_parts_of_an_index_must_agree(recipe: IndexRecipe) -> None:
    index = build_index(OLD, recipe)
    with pytest.raises(ValueError, match="disagree"):
        PassageIndex(
            index.stamp, np.arange(5), index.languages, index.attribution, index.centres, index.dense, index.lexical
        )


@pytest.mark.parametrize("change", ["encoder", "analysis", "reference"])
def test_an_index_made_in_another_way_is_stale(
    folder: IndexFolder, recipe: IndexRecipe, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    build(folder, OLD, recipe)
    match change:
        case "encoder":
            recipe = replace(recipe, encoder=HashingEncoder("other"))
        case "analysis":
            monkeypatch.setattr(recipe.analyzer, "fingerprint", "other")
        case _:
            more = {language: [*texts, "en text till"] for language, texts in recipe.reference.challenges.items()}
            recipe = replace(recipe, reference=ReferenceTexts(recipe.reference.profiles, more))
    assert folder.current_stamp() != recipe.stamp(OLD)
    assert build(folder, OLD, recipe).stamp == recipe.stamp(OLD)
