"""Which Swedish terms stand where which English ones do, learned from texts that exist in both languages.

Brown et al., "The Mathematics of Statistical Machine Translation", Computational Linguistics 1993, Model 1, over whole
texts as sets of terms: every English term of a text is explained by one of its Swedish terms, and the expectation of
who explains whom is refined until it settles. Done in both directions; a pair is kept for what both agree on, as in
Och and Ney, "A Systematic Comparison of Various Statistical Alignment Models", Computational Linguistics 2003.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

ITERATIONS = 12
MINIMUM_TEXTS = 3
"""Terms that fewer texts have are not translated: two coincidences prove nothing."""

MAXIMUM_SHARE = 0.15
"""Terms that a larger share of the texts has (project, study) are everywhere beside everything."""

TRANSLATIONS = 3
"""Kept of a term, the likeliest."""

MINIMUM_WEIGHT = 0.1

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TermPair:
    """A Swedish and an English term with the geometric mean of how likely each translates the other, in (0, 1]."""

    swedish: str
    english: str
    weight: float


def mine_terms(texts: Sequence[tuple[Collection[str], Collection[str]]]) -> list[TermPair]:
    """Pairs of terms from texts given as their Swedish and their English terms, the best ones first."""
    if not texts:
        return []
    swedish, english = _vocabulary([sv for sv, _ in texts]), _vocabulary([en for _, en in texts])
    sources, targets, owners = _cells(texts, swedish, english)
    if not len(sources):
        return []
    forward = _model_1(sources, targets, owners, len(swedish), len(english))
    backward = _model_1(targets, sources, owners, len(english), len(swedish))
    cells, first = np.unique(sources * len(english) + targets, return_index=True)
    weights = np.sqrt(forward[first] * backward[first])
    names_sv, names_en = list(swedish), list(english)
    kept: list[TermPair] = []
    used: Counter[tuple[str, str]] = Counter()
    for position in np.argsort(-weights, kind="stable"):
        weight = float(weights[position])
        if weight < MINIMUM_WEIGHT:
            break
        row, column = divmod(int(cells[position]), len(english))
        pair = TermPair(names_sv[row], names_en[column], round(weight, 3))
        if used["sv", pair.swedish] < TRANSLATIONS and used["en", pair.english] < TRANSLATIONS:
            used.update((("sv", pair.swedish), ("en", pair.english)))
            kept.append(pair)
    return kept


def _vocabulary(texts: Sequence[Collection[str]]) -> dict[str, int]:
    counts = Counter(term for text in texts for term in set(text))
    limit = max(MINIMUM_TEXTS, MAXIMUM_SHARE * len(texts))
    kept = sorted(
        term
        for term, count in counts.items()
        if MINIMUM_TEXTS <= count <= limit and len(term) > 1 and not term.isdigit()
    )
    return {term: number for number, term in enumerate(kept)}


def _cells(
    texts: Sequence[tuple[Collection[str], Collection[str]]], swedish: dict[str, int], english: dict[str, int]
) -> tuple[Ints, Ints, Ints]:
    """Every pairing of a Swedish with an English term of the same text, and the number of the text."""
    sources, targets, owners = [], [], []
    for number, (sv, en) in enumerate(texts):
        rows = np.array(sorted({swedish[term] for term in sv if term in swedish}), dtype=np.int64)
        columns = np.array(sorted({english[term] for term in en if term in english}), dtype=np.int64)
        sources.append(np.repeat(rows, len(columns)))
        targets.append(np.tile(columns, len(rows)))
        owners.append(np.full(len(rows) * len(columns), number, dtype=np.int64))
    return np.concatenate(sources), np.concatenate(targets), np.concatenate(owners)


def _model_1(sources: Ints, targets: Ints, owners: Ints, source_count: int, target_count: int) -> Floats:
    """The probability of the target given the source, for every cell."""
    _, pair = np.unique(sources * target_count + targets, return_inverse=True)
    _, explained = np.unique(owners * target_count + targets, return_inverse=True)
    probability = np.ones(len(sources))
    for _ in range(ITERATIONS):
        share = probability / np.bincount(explained, probability)[explained]
        probability = (np.bincount(pair, share)[pair]) / np.bincount(sources, share, source_count)[sources]
    return probability
