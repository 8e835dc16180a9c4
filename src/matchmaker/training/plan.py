"""From the texts to the batches: which kinds of pairs in which shares, and what is held out for choosing settings.

Half of the batches of projects are drawn from works that lie close together in the encoder's own index, so that the
negatives are those it confuses: Xiong et al., "Approximate Nearest Neighbor Negative Contrastive Learning for Dense
Text Retrieval", ICLR 2021. The second stage draws closer, by the encoder that the first one left.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from matchmaker.catalogue.importers.swecris import read_swecris_projects
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.language import Language
from matchmaker.training.data import (
    assignment_works,
    catalogue_texts,
    project_works,
    read_held_out,
    read_needs,
    tuning_task,
)
from matchmaker.training.pairs import (
    Mixture,
    Need,
    Pair,
    Work,
    assignment_pairs,
    batches,
    need_pairs,
    profile_pairs,
    project_pairs,
    translation_pairs,
    wording_pairs,
)

SHARES = {
    "projects": 0.35,
    "translations": 0.22,
    "needs": 0.20,
    "assignments": 0.10,
    "wordings": 0.07,
    "profiles": 0.06,
}
"""Of the batches. About half is research text, so that general text is not forgotten; the rest is what the encoder knew
least, needs and official Swedish. Not searched for: a first run without translations, and with as much Swedish as
English, left Swedish needs behind English ones."""

NEIGHBOURHOODS = 200
"""How many works are asked for their neighbours."""

CALIBRATION_NEED = 4
"""Of each group's needs the fourth is not trained on: the ranking's weights and probabilities are learned from it."""

Embed = Callable[[Sequence[str]], npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class TrainingTexts:
    """All that is trained on, read and free of what is held out."""

    works: Sequence[Work]
    assignments: Sequence[Work]
    needs: Sequence[Need]
    catalogue: Sequence[Collaborator]


def read_training_texts(
    catalogue: Sequence[Collaborator],
    needs_file: Path,
    projects_file: Path | None,
    held_out_file: Path | None,
    assignments_file: Path | None,
) -> TrainingTexts:
    """Read the files; leaders held out, and those on whom settings are chosen, are left out with all their projects.

    Raises:
        InvalidFileError: a file is wrong.
    """
    works: list[Work] = []
    if projects_file:
        projects = read_swecris_projects(projects_file)
        held_out = read_held_out(held_out_file, projects) if held_out_file else frozenset()
        tuning = {str(item["person"]) for item in tuning_task(projects, held_out)}
        works = project_works(projects.values(), held_out | tuning)
    needs = read_needs(needs_file, [one.id for one in catalogue])
    return TrainingTexts(
        works,
        assignment_works(assignments_file) if assignments_file else [],
        [need for need in needs if not for_calibration(need.id)],
        catalogue,
    )


def for_calibration(need_id: str) -> bool:
    """Whether a need is kept from the encoder's training."""
    return need_id.endswith(f"-{CALIBRATION_NEED}")


def plan_stage(
    texts: TrainingTexts, embed: Embed, steps: int, size: int, neighbours: int, seed: int
) -> list[list[Pair]]:
    """``steps`` batches of ``size`` pairs.

    ``embed`` gives unit vectors, shape (texts, dimension), by which the ``neighbours`` works that lie around one are
    found.
    """
    passages, keywords = catalogue_texts(texts.catalogue)
    mixtures = [
        Mixture(SHARES["translations"], translation_pairs(texts.works, texts.needs)),
        Mixture(SHARES["needs"], need_pairs(texts.needs, passages)),
        Mixture(SHARES["profiles"], profile_pairs(passages, keywords)),
        Mixture(SHARES["wordings"], wording_pairs(texts.needs)),
    ]
    if texts.works:
        close = [project_pairs(own) for own in _neighbourhoods(texts.works, embed, neighbours, seed)]
        mixtures.append(Mixture(SHARES["projects"], project_pairs(texts.works), close))
    if texts.assignments:
        mixtures.append(Mixture(SHARES["assignments"], assignment_pairs(texts.assignments)))
    return list(batches(mixtures, steps, size, seed))


def _neighbourhoods(works: Sequence[Work], embed: Embed, neighbours: int, seed: int) -> list[list[Work]]:
    """For a sample of works those of like content, whatever their language, by cosine."""
    languages = np.array([max(work.bodies, key=lambda one: one is Language.ENGLISH).value for work in works])
    texts = [work.bodies[Language(language)] for work, language in zip(works, languages, strict=True)]
    vectors = embed([" ".join(text.split()[:90]) for text in texts])
    for language in np.unique(languages):
        vectors[languages == language] -= vectors[languages == language].mean(axis=0)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    asked = np.random.default_rng(seed).choice(len(works), min(NEIGHBOURHOODS, len(works)), replace=False)
    nearest = np.argsort(-(vectors[asked] @ vectors.T), axis=1, kind="stable")[:, :neighbours]
    return [[works[one] for one in row] for row in nearest]
