"""A whole training run: texts read, terms mined, adapter trained, reference vectors written."""

import json
import shutil
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from safetensors.numpy import save_file

from matchmaker.catalogue.reference import LANGUAGES
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.language import Language
from matchmaker.retrieval.encoder import Role
from matchmaker.retrieval.preparation.adapter import merge_adapter
from matchmaker.retrieval.preparation.model_folder import write_model_folder
from matchmaker.retrieval.preparation.packed_weights import PackedEncoder
from matchmaker.retrieval.preparation.prepare import ADAPTER, REFERENCE, read_original
from matchmaker.retrieval.preparation.smoothing import FILE as SMOOTHING
from matchmaker.retrieval.preparation.smoothing import smoothing_factors
from matchmaker.retrieval.transformer_encoder import TransformerEncoder
from matchmaker.text.analysis import Analyzer
from matchmaker.text.term_bridge import FILE, HEADER
from matchmaker.training.activations import greatest_activations
from matchmaker.training.data import catalogue_texts
from matchmaker.training.plan import TrainingTexts, plan_stage, read_training_texts
from matchmaker.training.term_mining import TermPair, mine_terms
from matchmaker.training.trainer import TrainingOptions, train_adapter

REFERENCE_TEXTS = (
    (Role.QUERY, "Källare översvämmas vid skyfall och snösmältning i ett äldre bostadsområde."),
    (Role.QUERY, "Older people who fall at home often wait a long time for help."),
    (Role.DOCUMENT, "VA-teknik. Gruppen forskar om dagvatten, dricksvatten och avlopp i kallt klimat."),
    (Role.DOCUMENT, "Robotics. Autonomous drones inspect infrastructure and search for missing people."),
)


def train(
    *,
    catalogue: Sequence[Collaborator],
    needs_file: Path,
    projects_file: Path | None,
    held_out_file: Path | None,
    assignments_file: Path | None,
    steps: int | None,
    start: Path | None,
    target: Path,
    say: Callable[[str], None],
) -> None:
    """Write ``encoder/adapter/`` and ``lexical/term-bridge.tsv`` under ``target``.

    ``start`` is an adapter to go on from: then only the second stage is run.

    Raises:
        InvalidFileError: an input is wrong.
        SetupError: the original encoder cannot be read.
    """
    options = TrainingOptions()
    if start:
        options = replace(options, stages=options.stages[-1:])
    if steps:
        options = replace(options, stages=tuple(replace(one, steps=min(steps, one.steps)) for one in options.stages))
    texts = read_training_texts(catalogue, needs_file, projects_file, held_out_file, assignments_file)
    say(f"{len(texts.works)} projects, {len(texts.assignments)} assignments, {len(texts.needs)} needs")
    pairs = mine_terms(parallel_terms(texts, Analyzer()))
    say(f"{len(pairs)} pairs of terms")
    started = time.monotonic()
    original = read_original(lambda _: None)
    with tempfile.TemporaryDirectory() as scratch:
        folder, adapted = Path(scratch) / "original", Path(scratch) / "adapted"
        write_model_folder(original, folder)
        encoder = TransformerEncoder(str(folder))
        if start:
            encoder = _adapted(original, start, adapted)
        fresh = start
        for number, stage in enumerate(options.stages, 1):
            batches = plan_stage(
                texts,
                partial(encoder.encode, role=Role.DOCUMENT),
                stage.steps,
                options.batch_size,
                stage.neighbours,
                options.seed + stage.neighbours,
            )
            say(f"stage {number}: {len(batches)} batches, {time.monotonic() - started:.0f} s")
            begun, fresh = fresh, Path(scratch) / f"{ADAPTER}-{number}"
            train_adapter(
                folder,
                batches,
                stage.learning_rate,
                options,
                fresh,
                lambda step, loss: say(f"step {step}, loss {loss:.3f}, {time.monotonic() - started:.0f} s"),
                begun,
            )
            encoder = _adapted(original, fresh, adapted)
        assert fresh is not None
        _write_reference(encoder, fresh / REFERENCE)
        greatest = greatest_activations(encoder.model, activation_texts(texts))
        save_file(smoothing_factors(merge_adapter(original, fresh), greatest), fresh / SMOOTHING)
        _write_bridge(pairs, target / "lexical" / FILE)
        adapter = target / "encoder" / ADAPTER
        shutil.rmtree(adapter, ignore_errors=True)
        shutil.copytree(fresh, adapter)
    say(f"written to {target}")


def _adapted(original: PackedEncoder, adapter: Path, folder: Path) -> TransformerEncoder:
    shutil.rmtree(folder, ignore_errors=True)
    write_model_folder(merge_adapter(original, adapter), folder)
    return TransformerEncoder(str(folder))


def activation_texts(texts: TrainingTexts) -> list[str]:
    """Some texts of each kind and language, that their numbers be looked at: some two hundred."""
    bodies = [body for work in [*texts.works[::60], *texts.assignments[::200]] for body in work.bodies.values()]
    needs = [
        wordings[number % 3] for number, need in enumerate(texts.needs[::6]) for wordings in need.wordings.values()
    ]
    return bodies + needs


def parallel_terms(texts: TrainingTexts, analyzer: Analyzer) -> list[tuple[set[str], set[str]]]:
    """The terms of texts that exist in both languages: titles and bodies of projects, wordings of needs, keywords."""
    swedish, english = LANGUAGES
    parallel: list[tuple[str, str]] = []
    for work in texts.works:
        if len(work.bodies) == len(LANGUAGES):
            parallel += [(work.titles[swedish], work.titles[english]), (work.bodies[swedish], work.bodies[english])]
    for need in texts.needs:
        parallel += zip(need.wordings[swedish], need.wordings[english], strict=True)
    passages, keywords = catalogue_texts(texts.catalogue)
    for one in keywords:
        # The keywords of the two languages stand in the same order; where the numbers differ only the shorter part.
        parallel += zip(keywords[one][swedish], keywords[one][english], strict=False)
        parallel.append((" ".join(passages[one][swedish]), " ".join(passages[one][english])))
    return [
        (set(analyzer.terms(sv, Language.SWEDISH)), set(analyzer.terms(en, Language.ENGLISH))) for sv, en in parallel
    ]


def _write_bridge(pairs: Sequence[TermPair], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [HEADER, *(f"{one.swedish}\t{one.english}\t{one.weight}" for one in pairs)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_reference(encoder: TransformerEncoder, path: Path) -> None:
    entries = [
        {"role": role.value, "text": text, "vector": [round(float(x), 5) for x in encoder.encode([text], role)[0]]}
        for role, text in REFERENCE_TEXTS
    ]
    path.write_text(
        "[\n" + ",\n".join(json.dumps(one, ensure_ascii=False) for one in entries) + "\n]\n", encoding="utf-8"
    )
