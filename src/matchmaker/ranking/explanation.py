"""Why a collaborator was suggested: the passages that carried its score, and in each what met the challenge."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from matchmaker.domain.collaborator import Document
from matchmaker.domain.passage import Passage
from matchmaker.domain.shortlist import Evidence

EVIDENCE_COUNT = 3
"""Passages shown for a suggestion: more are not read (two to three is what reviewers asked of comparable systems)."""

MATCHED_WORDS = 8


@dataclass(frozen=True, slots=True)
class ScoredPassage:
    """A passage by row of the index, with its score and each channel's."""

    row: int
    score: float
    dense_score: float
    lexical_score: float


def carrying_passages(
    rows: npt.NDArray[np.int64],
    scores: npt.NDArray[np.float32],
    dense: npt.NDArray[np.float32],
    lexical: npt.NDArray[np.float32],
) -> list[ScoredPassage]:
    """A collaborator's passages, best first; ``scores`` and both channels' parts are theirs, shape (rows,)."""
    order = np.argsort(-scores, kind="stable")
    return [ScoredPassage(int(rows[one]), float(scores[one]), float(dense[one]), float(lexical[one])) for one in order]


def choose_evidence(
    passages: Sequence[ScoredPassage],
    works: Mapping[int, str],
    count: int = EVIDENCE_COUNT,
    pinned: frozenset[str] = frozenset(),
) -> list[ScoredPassage]:
    """The best passage of each of the best ``count`` works: a text and its translation are one piece of evidence.

    ``works`` tells each row's work; rows that it lacks cannot be shown. Of the passages, which all carried the score,
    those of ``pinned`` works come first.
    """
    chosen: dict[str, ScoredPassage] = {}
    for passage in passages:
        if passage.row in works:
            chosen.setdefault(works[passage.row], passage)
    return sorted(chosen.values(), key=lambda one: works[one.row] not in pinned)[:count]


def telling_words(words: Mapping[str, frozenset[str]], weight: Callable[[str], float]) -> tuple[str, ...]:
    """The words that met the challenge, those that tell most first; ``words`` has the terms each shares with it."""
    ordered = sorted(words, key=lambda word: -max(weight(term) for term in words[word]))
    return tuple(ordered[:MATCHED_WORDS])


def evidence_of(
    scored: ScoredPassage,
    passage: Passage,
    document: Document,
    sentence: str,
    matched_words: tuple[str, ...],
    translated_words: tuple[tuple[str, str], ...],
) -> Evidence:
    """A piece of evidence as it is shown and kept."""
    return Evidence(
        document_id=document.id,
        passage_id=passage.id,
        title=document.title,
        text=passage.text,
        sentence=sentence,
        language=passage.language,
        year=document.year,
        kind=document.kind,
        url=document.url,
        source=document.source,
        basis=document.basis,
        matched_words=matched_words,
        dense_score=scored.dense_score,
        lexical_score=scored.lexical_score,
        translated_words=translated_words,
    )
