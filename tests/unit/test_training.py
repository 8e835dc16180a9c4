"""What the encoder is trained on: who is held out, and that no negative is an answer."""

import hashlib
import json
import random
from pathlib import Path

import numpy as np
import pytest

from matchmaker.catalogue.importers.swecris import read_swecris_projects
from matchmaker.catalogue.seed import read_catalogue
from matchmaker.domain.errors import InvalidFileError, SetupError
from matchmaker.domain.language import Language
from matchmaker.retrieval.encoder import Role
from matchmaker.retrieval.preparation.adapter import CONFIGURATION, WEIGHTS, adapter_digest, merge_adapter
from matchmaker.retrieval.preparation.packed_weights import PackedEncoder, Sizes, SpecialTokens
from matchmaker.training.data import project_works, read_needs, tuning_task
from matchmaker.training.pairs import (
    Mixture,
    Need,
    Work,
    batches,
    need_pairs,
    project_pairs,
    translation_pairs,
    wording_pairs,
)
from matchmaker.training.plan import TrainingTexts, for_calibration, plan_stage, read_training_texts
from tests.conftest import ROOT
from tests.fakes import HashingEncoder

NEEDS = ROOT / "data" / "training" / "needs.jsonl"
SWEDISH, ENGLISH = Language.SWEDISH, Language.ENGLISH


def project(identifier: str, leader: str) -> dict:
    words = " ".join(hashlib.sha256(f"{identifier}{number}".encode()).hexdigest()[:6] for number in range(6))
    swedish = f"Forskning om {words} i kalla städer under lång tid. Den andra meningen handlar om något helt annat."
    return {
        "projectId": identifier,
        "projectTitleSv": f"Titel {identifier}",
        "projectTitleEn": f"Title {identifier}",
        "projectAbstractSv": swedish,
        "projectAbstractEn": f"In English: {swedish}",
        "involvedPeople": f"¤{leader}¤¤Projektledare",
        "fundingYear": 2020,
    }


@pytest.fixture
def export(tmp_path: Path) -> Path:
    rows = [project(f"p{leader}{number}", f"p{leader:06x}") for leader in range(130) for number in range(3)]
    path = tmp_path / "projects.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


def test_nobody_held_out_is_trained_on(export: Path) -> None:
    projects = read_swecris_projects(export)
    held_out = frozenset({"p000001", "p000002"})
    works = project_works(projects.values(), held_out)
    assert len(works) == 3 * 128
    assert not held_out & {work.subject for work in works}


def test_the_leaders_for_tuning_are_others_than_those_held_out_and_always_the_same(export: Path) -> None:
    projects = read_swecris_projects(export)
    held_out = frozenset({"p000001", "p000002"})
    task = tuning_task(projects, held_out)
    assert task == tuning_task(dict(reversed(projects.items())), held_out)
    assert not held_out & {item["person"] for item in task}
    for item in task:
        assert item["query_project"] not in item["profile_projects"]
        assert len(item["profile_projects"]) == 2


def test_both_are_left_out_of_what_is_trained_on(export: Path, tmp_path: Path) -> None:
    leaders = tmp_path / "leaders.json"
    leaders.write_text(
        json.dumps({"items": [{"person": "p000001", "query_project": "p20", "profile_projects": []}]}), encoding="utf-8"
    )
    texts = read_training_texts(read_catalogue(ROOT / "data" / "catalogue"), NEEDS, export, leaders, None)
    held_out = frozenset({"p000001", "p000002"})  # the second leads a project that the first one's task names
    tuning = {item["person"] for item in tuning_task(read_swecris_projects(export), held_out)}
    assert not (tuning | held_out) & {work.subject for work in texts.works}
    assert texts.needs
    assert not any(for_calibration(need.id) for need in texts.needs)


def work(identifier: str, subject: str) -> Work:
    return Work(
        identifier,
        subject,
        {SWEDISH: f"Titel {identifier}", ENGLISH: f"Title {identifier}"},
        {SWEDISH: f"Ett om {identifier}. Två om {identifier}.", ENGLISH: f"One of {identifier}. Two of {identifier}."},
    )


def test_no_document_of_a_batch_answers_another_query_of_it() -> None:
    works = [work(f"w{number}", f"s{number % 5}") for number in range(20)]
    needs = [
        Need(
            f"n{number}",
            {SWEDISH: [f"behov {number}"], ENGLISH: [f"need {number}"]},
            [f"g{number % 4}"],
            frozenset({f"g{number % 4}", "g0"}),
        )
        for number in range(12)
    ]
    profiles = {f"g{number}": {SWEDISH: [f"profil {number}"], ENGLISH: [f"profile {number}"]} for number in range(4)}
    mixtures = [
        Mixture(1, project_pairs(works)),
        Mixture(1, need_pairs(needs, profiles)),
        Mixture(1, wording_pairs([Need("a", {SWEDISH: ["x", "y"], ENGLISH: ["z"]}, ["g1"], frozenset({"g1"}))])),
    ]
    planned = list(batches(mixtures, 30, 8, seed=1))
    assert len(planned) == 30
    assert max(len(batch) for batch in planned) > 3
    for batch in planned:
        for place, pair in enumerate(batch):
            assert not any(pair.conflicts(other) for other in batch[:place])


def test_the_same_seed_plans_the_same_batches() -> None:
    source = project_pairs([work(f"w{number}", f"s{number}") for number in range(20)])
    first, second = (list(batches([Mixture(1, source)], 5, 8, seed=3)) for _ in range(2))
    assert first == second != list(batches([Mixture(1, source)], 5, 8, seed=4))


def test_a_query_is_not_read_off_its_document() -> None:
    """In the same language the sentences asked with are taken out of the text that answers."""
    long_work = Work(
        "w", "s", {SWEDISH: "Titel"}, {SWEDISH: " ".join(f"Mening nummer {number} är en egen." for number in range(12))}
    )
    source = project_pairs([long_work])
    rng = random.Random(5)
    for _ in range(50):
        pair = source(rng)
        if pair.query.startswith("Mening"):
            assert pair.query.split(". ")[0] not in pair.document


def test_translations_are_aligned_by_sentence_only_where_both_texts_have_as_many() -> None:
    uneven = Work(
        "u",
        "u",
        {SWEDISH: "Titeln u", ENGLISH: "The title u"},
        {SWEDISH: "En. Två är mer än en.", ENGLISH: "One only."},
    )
    source = translation_pairs([work("w", "s"), uneven], [])
    rng = random.Random(2)
    drawn = {(pair.query, pair.document) for pair in (source(rng) for _ in range(200))}
    assert ("Titeln u", "The title u") in drawn
    assert all({query, document} != {"En.", "One only."} for query, document in drawn)
    assert all(("Titel" in query) != ("Titel" in document) for query, document in drawn if "itle" in query + document)


def test_a_whole_plan_uses_every_kind_of_text(export: Path) -> None:
    texts = read_training_texts(read_catalogue(ROOT / "data" / "catalogue"), NEEDS, export, None, None)
    encoder = HashingEncoder()
    planned = plan_stage(texts, lambda own: encoder.encode(own, Role.DOCUMENT), 60, 16, 40, seed=1)
    assert len(planned) == 60
    documents = [pair.document for batch in planned for pair in batch]
    assert any("In English:" in one for one in documents)
    profiles = {f"{document.title}. " for one in texts.catalogue for document in one.documents}
    assert any(one.startswith(tuple(profiles)) for one in documents)


def test_half_the_batches_of_projects_are_of_works_that_the_encoder_puts_close_together() -> None:
    """Two subjects that share no word: a batch from one neighbourhood is of one of them."""
    works = [
        Work(f"{kind}{number}", f"{kind}{number}", {ENGLISH: f"{kind} title"}, {ENGLISH: f"{kind} {kind} text."})
        for kind in ("water", "school")
        for number in range(40)
    ]
    encoder = HashingEncoder()
    catalogue = read_catalogue(ROOT / "data" / "catalogue")
    texts = TrainingTexts(works, [], read_needs(NEEDS, [one.id for one in catalogue]), catalogue)
    planned = plan_stage(texts, lambda own: encoder.encode(own, Role.DOCUMENT), 150, 16, 30, seed=1)
    of_works = [batch for batch in planned if all(pair.document.startswith(("water", "school")) for pair in batch)]
    alike = [batch for batch in of_works if len({pair.document.split()[0] for pair in batch}) == 1]
    assert 0.3 < len(alike) / len(of_works) < 0.7


def test_the_shipped_needs_cover_every_research_group_in_both_languages() -> None:
    catalogue = read_catalogue(ROOT / "data" / "catalogue")
    needs = read_needs(NEEDS, [one.id for one in catalogue])
    groups = {one.id for one in catalogue if one.kind.value == "research_group"}
    first_calls = [call for need in needs for call in need.first_calls]
    assert {call: first_calls.count(call) >= 4 for call in groups} == dict.fromkeys(groups, True)
    assert all(len(need.wordings[SWEDISH]) == len(need.wordings[ENGLISH]) == 4 for need in needs)


def test_a_need_for_nobody_known_is_named_by_line(tmp_path: Path) -> None:
    path = tmp_path / "needs.jsonl"
    wording = {"title": "a", "sentence": "b", "story": "c"}
    lines = [{"id": "n1", "groups": {name: 3}, "sv": wording, "en": wording} for name in ("known", "nobody")]
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    with pytest.raises(InvalidFileError) as raised:
        read_needs(path, ["known"])
    assert raised.value.problems[0].line == 2


@pytest.fixture
def packed() -> PackedEncoder:
    sizes = Sizes(4, 1, 1, 4, 5, 4, 1, 1e-12)
    weights = {"encoder.layer.0.attention.self.query.weight": np.ones((4, 4), dtype=np.float32)}
    return PackedEncoder(sizes, SpecialTokens(0, 1, 2, 3), [], weights)


def write_adapter(folder: Path, **tensors: np.ndarray) -> Path:
    from safetensors.numpy import save_file

    folder.mkdir()
    (folder / CONFIGURATION).write_text(json.dumps({"r": 2, "lora_alpha": 4}), encoding="utf-8")
    prefix = "base_model.model.encoder.layer.0.attention.self.query.lora_"
    save_file(
        {f"{prefix}{name}.weight": tensor.astype(np.float16) for name, tensor in tensors.items()}, folder / WEIGHTS
    )
    return folder


def test_an_adapter_adds_its_scaled_product_and_leaves_the_original_alone(
    packed: PackedEncoder, tmp_path: Path
) -> None:
    down, up = np.arange(8).reshape(2, 4) / 8, np.arange(8).reshape(4, 2) / 8
    merged = merge_adapter(packed, write_adapter(tmp_path / "adapter", A=down, B=up))
    name = "encoder.layer.0.attention.self.query.weight"
    assert np.allclose(merged.weights[name], 1 + 2 * (up @ down), atol=1e-3)
    assert (packed.weights[name] == 1).all()


def test_another_encoders_or_a_damaged_adapter_is_refused(packed: PackedEncoder, tmp_path: Path) -> None:
    wrong = write_adapter(tmp_path / "wrong", A=np.ones((2, 3)), B=np.ones((4, 2)))
    half = write_adapter(tmp_path / "half", A=np.ones((2, 4)))
    damaged = write_adapter(tmp_path / "damaged", A=np.ones((2, 4)), B=np.ones((4, 2)))
    (damaged / WEIGHTS).write_bytes((damaged / WEIGHTS).read_bytes()[:40])
    for folder in (wrong, half, damaged, tmp_path / "missing"):
        with pytest.raises(SetupError, match="adapter"):
            merge_adapter(packed, folder)
    with pytest.raises(SetupError, match="adapter"):
        adapter_digest(tmp_path / "missing")
