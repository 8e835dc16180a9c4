"""The index as a build product: built aside, verified, swapped; whatever happens, the old one serves."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.errors import SetupError
from matchmaker.indexing import IndexRecipe, ReferenceTexts, build_index, current_index
from matchmaker.pipeline import Matcher
from matchmaker.ranking.scorer import Scorer
from matchmaker.retrieval.encoder import CachedEncoder, MemoryVectorCache, Progress, Role, Vectors
from matchmaker.retrieval.faiss_index import FaissForm
from matchmaker.retrieval.index import Attribution, PassageIndex
from matchmaker.retrieval.index_folder import IndexFolder
from matchmaker.retrieval.lexical import InvertedFileForm
from matchmaker.text.analysis import Analyzer
from tests.conftest import ROOT, collaborator
from tests.fakes import HashingEncoder

OLD = MemoryCollection("main", [collaborator("snow", "snö och is på vägen"), collaborator("water", "vatten i röret")])
NEW = MemoryCollection("main", [*[collaborator("snow", "snö och is på vägen")], collaborator("ore", "malm i berget")])


class KilledEncoder(HashingEncoder):
    """Fails half-way, as a killed process would."""

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        super().encode(texts[:1], role, progress)
        raise KeyboardInterrupt


@pytest.fixture
def folder(tmp_path: Path) -> IndexFolder:
    return IndexFolder(tmp_path / "index", FaissForm(), InvertedFileForm())


def build(folder: IndexFolder, collection: MemoryCollection, recipe: IndexRecipe) -> PassageIndex:
    return current_index(folder, collection, recipe)


def ranking(index: PassageIndex, collection: MemoryCollection, analyzer: Analyzer) -> list[tuple[str, float]]:
    matcher = Matcher(
        collection, index, HashingEncoder(), analyzer, Scorer.read(ROOT / "models" / "ranking" / "weights.json")
    )
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
    assert set(index.collaborators.ids) == {"snow", "ore"}


def test_a_crash_while_building_leaves_the_old_index_serving(
    folder: IndexFolder, tmp_path: Path, recipe: IndexRecipe, encoder: HashingEncoder, analyzer: Analyzer
) -> None:
    build(folder, OLD, recipe)
    killed = replace(recipe, encoder=KilledEncoder())
    with pytest.raises(KeyboardInterrupt):
        build(folder, NEW, killed)
    serving = folder.read()
    assert serving is not None
    assert serving.stamp == recipe.stamp("main", OLD.revision)
    assert ranking(serving, OLD, analyzer)[0][0] == "snow"
    assert len([one for one in (tmp_path / "index").iterdir() if one.is_dir()]) == 1, "the half-built one is gone"


def test_a_reader_goes_on_with_the_index_it_opened(
    folder: IndexFolder, recipe: IndexRecipe, encoder: HashingEncoder, analyzer: Analyzer
) -> None:
    opened = build(folder, OLD, recipe)
    before = ranking(opened, OLD, analyzer)
    for collection in (NEW, OLD, NEW):
        build(folder, collection, recipe)
    assert ranking(opened, OLD, analyzer) == before


@pytest.mark.parametrize(
    "part",
    [
        "stamp.json",
        "arrays/passage_ids.npy",
        "arrays/vectors.npy",
        "dense/index.faiss",
        "dense/ids.npy",
        "sentences.0.npy",
        "lexical/terms.json",
        "lexical/counts.npy",
    ],
)
@pytest.mark.parametrize("damage", ["missing", "truncated", "foreign", "one bit"])
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
        case "foreign":
            file.write_bytes(bytes(len(content)))
        case _:
            middle = len(content) // 2
            file.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
    with pytest.raises(SetupError) as raised:
        PassageIndex.read(file.parent if "/" not in part else file.parent.parent, FaissForm(), InvertedFileForm())
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
    with pytest.raises(ValueError, match="passages"):
        replace(index, passage_ids=np.arange(5))
    with pytest.raises(ValueError, match="collaborators"):
        replace(index, attribution=Attribution.of([[0]]))


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
    assert folder.current_stamp() != recipe.stamp("main", OLD.revision)
    assert build(folder, OLD, recipe).stamp == recipe.stamp("main", OLD.revision)
