"""Collections of any size, drawn from real passages: each is a real one that is moved and whose terms are exchanged.

A passage's vector is a real one's, moved by half the difference of two others in one language: its nearest neighbour is
then as near as among as many real texts. Its sentences' vectors are the real ones. A fifth of its terms are exchanged
for others, as frequent ones as often as they occur; so the vocabulary stays that of the real passages, and a term has
more postings than in as many real texts. Collaborators are real ones, each with as many passages as it has.

Everything follows from a passage's number, so that a million take no more memory than their numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matchmaker.domain.collaborator import Collaborator, Document
from matchmaker.domain.collection import Collection, CollectionSnapshot
from matchmaker.domain.language import Language
from matchmaker.domain.passage import Passage
from matchmaker.retrieval.encoder import Encoder, Progress, Role, Span, Vectors
from matchmaker.text.analysis import Analyzer
from matchmaker.text.sentences import sentence_spans

MOVED, EXCHANGED = 0.7, 0.2
SEED = 2017
NAME = "growth"

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Source:
    """Real passages by row, with the encoder's vectors of each and of its sentences, and its terms."""

    passages: Sequence[tuple[Passage, Document]]
    parts: Sequence[Vectors]
    """Of each passage its own vector and those of its sentences, shape (1 + sentences, dimension)."""
    terms: Sequence[Sequence[str]]
    owners: Sequence[tuple[Collaborator, Sequence[int]]]
    """Collaborators with the rows of their passages; those who have any."""

    @classmethod
    def of(cls, collection: Collection, encoder: Encoder, analyzer: Analyzer) -> "Source":
        content = collection.snapshot()
        texts = [one.indexed_text for one in content.passages]
        spans = [
            [(start + one.text_offset, end + one.text_offset) for start, end in sentence_spans(one.text)]
            for one in content.passages
        ]
        found = collection.find_passages([one.id for one in content.passages])
        row_of = {one.id: row for row, one in enumerate(content.passages)}
        return cls(
            [found[one.id] for one in content.passages],
            encoder.encode_parts(texts, spans),
            [analyzer.terms(one.indexed_text, one.language) for one in content.passages],
            [
                (content.collaborators[key], [row_of[one] for one in ids])
                for key, ids in content.passage_ids.items()
                if ids
            ],
        )

    @cached_property
    def vectors(self) -> Vectors:
        return np.array([own[0] for own in self.parts], dtype=np.float32)

    @cached_property
    def all_terms(self) -> npt.NDArray[np.object_]:
        return np.array([term for own in self.terms for term in own], dtype=object)


@dataclass(frozen=True)
class Draw:
    """Which real row each drawn passage is made of, shape (passages,), and whose it is."""

    source: Source
    rows: Numbers
    moves: npt.NDArray[np.int64]
    """The two rows by whose difference each is moved, shape (passages, 2)."""
    starts: Numbers
    owners: Numbers
    """Collaborator ``k`` is a copy of the real ``owners[k]``; its passages are ``starts[k]`` to ``starts[k + 1]``."""

    @classmethod
    def of(cls, source: Source, size: int) -> "Draw":
        draw = np.random.default_rng(SEED)
        sizes = np.array([len(rows) for _, rows in source.owners])
        owners = draw.integers(0, len(sizes), size)
        ends = np.cumsum(sizes[owners])
        count = int(np.searchsorted(ends, size)) + 1
        owners, starts = owners[:count], np.minimum(np.concatenate([[0], ends[:count]]), size)
        rows = np.concatenate([source.owners[one][1] for one in owners])[:size].astype(np.int64)
        languages = np.array([one.language.value for one, _ in source.passages])
        moves = np.zeros((size, 2), dtype=np.int64)
        for language in np.unique(languages):
            own = np.flatnonzero(languages == language)
            there = languages[rows] == language
            moves[there] = own[draw.integers(0, len(own), (int(there.sum()), 2))]
        return cls(source, rows, moves, starts, owners)

    def vectors(self, numbers: Numbers) -> Vectors:
        """The unit vectors of some passages, shape (numbers, dimension)."""
        real, (one, other) = self.source.vectors, self.moves[numbers].T
        moved = real[self.rows[numbers]] + np.float32(MOVED) * (real[one] - real[other])
        vectors: Vectors = moved / np.linalg.norm(moved, axis=1, keepdims=True)
        return vectors

    def terms(self, number: int) -> list[str]:
        """The terms of a passage."""
        terms = list(self.source.terms[self.rows[number]])
        draw = np.random.default_rng(number)
        exchanged = np.flatnonzero(draw.random(len(terms)) < EXCHANGED)
        others = self.source.all_terms[draw.integers(0, len(self.source.all_terms), len(exchanged))]
        for place, term in zip(exchanged.tolist(), others, strict=True):
            terms[place] = term
        return terms


class DrawnCollection:
    """Some of the passages of a draw, by number, which is their id and for the index their title."""

    def __init__(self, draw: Draw, numbers: Numbers, revision: str) -> None:
        self._draw = draw
        self._numbers = numbers
        self._revision = revision

    @property
    def name(self) -> str:
        return NAME

    @property
    def revision(self) -> str:
        return self._revision

    def snapshot(self) -> CollectionSnapshot:
        draw, numbers = self._draw, self._numbers.tolist()
        passages = [self._passage(number) for number in numbers]
        places = np.searchsorted(self._numbers, draw.starts).tolist()
        own = {
            f"c{one:07}": numbers[places[one] : places[one + 1]]
            for one in range(len(draw.owners))
            if places[one] < places[one + 1]
        }
        return CollectionSnapshot(self._revision, passages, self.find_collaborators(list(own)), own)

    def _passage(self, number: int) -> Passage:
        real, _ = self._draw.source.passages[self._draw.rows[number]]
        return Passage(number, f"d{number}", 0, real.text, real.language, str(number))

    def find_passages(self, passage_ids: Sequence[int]) -> Mapping[int, tuple[Passage, Document]]:
        """The real passages that these are made of, as evidence to be read."""
        return {number: self._draw.source.passages[self._draw.rows[number]] for number in passage_ids}

    def find_collaborators(self, collaborator_ids: Sequence[str]) -> Mapping[str, Collaborator]:
        owners = self._draw.source.owners
        return {key: replace(owners[self._draw.owners[int(key[1:])]][0], id=key) for key in collaborator_ids}

    def find_pinned(self, collaborator_ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
        del collaborator_ids
        return {}


class DrawnEncoder:
    """Gives drawn passages their vectors; the reference texts and the queries go through the real encoder."""

    def __init__(self, draw: Draw, real: Encoder) -> None:
        self._draw = draw
        self._real = real
        self.encoded = 0

    @property
    def fingerprint(self) -> str:
        return self._real.fingerprint

    @property
    def dimension(self) -> int:
        return self._real.dimension

    def encode(self, texts: Sequence[str], role: Role, progress: Progress | None = None) -> Vectors:
        return self._real.encode(texts, role, progress)

    def encode_parts(
        self, texts: Sequence[str], parts: Sequence[Sequence[Span]], progress: Progress | None = None
    ) -> list[Vectors]:
        del parts, progress
        self.encoded += len(texts)
        numbers = np.array([number_of(text) for text in texts], dtype=np.int64)
        real = [self._draw.source.parts[row] for row in self._draw.rows[numbers]]
        return [
            np.concatenate([vector[None], own[1:]])
            for vector, own in zip(self._draw.vectors(numbers), real, strict=True)
        ]


class DrawnAnalyzer(Analyzer):
    """Gives drawn passages their terms."""

    def __init__(self, draw: Draw) -> None:
        super().__init__()
        self._draw = draw

    def terms(self, text: str, language: Language) -> list[str]:  # noqa: ARG002
        return self._draw.terms(number_of(text))


def number_of(indexed_text: str) -> int:
    """A drawn passage's number, from what is encoded and analysed of it."""
    return int(indexed_text.partition(". ")[0])
