"""Collections to indexes: passages encoded and analysed, both channels built, stale indexes replaced."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matchmaker.domain.collection import Collection
from matchmaker.domain.errors import SetupError
from matchmaker.domain.language import Language
from matchmaker.domain.passage import Passage
from matchmaker.retrieval.correction import LanguageCentres, language_centres
from matchmaker.retrieval.encoded import EncodedPassages, SentenceVectors
from matchmaker.retrieval.encoder import Encoder, Progress, Role, Span, Vectors
from matchmaker.retrieval.faiss_index import FaissForm
from matchmaker.retrieval.index import Attribution, IndexedCollaborators, IndexStamp, PassageIndex
from matchmaker.retrieval.index_folder import IndexFolder
from matchmaker.retrieval.lexical import LexicalIndex
from matchmaker.retrieval.vector_index import Ids, VectorForm, VectorIndex
from matchmaker.text.analysis import Analyzer
from matchmaker.text.sentences import sentence_spans

CHUNK = 2048
CORRECTED_AT_ONCE = 50_000
"""Passages encoded at once, with their sentences, and corrected at once: either takes less than 100 MB."""

MOST_DRIFT = 0.02
"""How far a language's mean may have moved from where a graph's vectors were centred before all is centred anew."""

ProgressFactory = Callable[[int], Progress]
"""Given the number of passages to come, returns what is told of each one done."""


@dataclass(frozen=True)
class ReferenceTexts:
    """Texts by language from which an encoder's language regions are measured."""

    profiles: Mapping[Language, Sequence[str]]
    challenges: Mapping[Language, Sequence[str]]

    @cached_property
    def digest(self) -> str:
        """Changes whenever a text does."""
        return hashlib.sha256(
            repr((sorted(self.profiles.items()), sorted(self.challenges.items()))).encode()
        ).hexdigest()


NO_REFERENCE = ReferenceTexts({}, {})
"""Without reference texts no language is corrected."""


@dataclass(frozen=True)
class IndexRecipe:
    """Everything besides a collection's content that an index is made of."""

    encoder: Encoder
    analyzer: Analyzer
    reference: ReferenceTexts
    with_sentences: bool = True
    """Whether sentences are encoded too: what is only ranked shows none."""
    vectors: VectorForm = field(default_factory=FaissForm)
    """The engine that holds the vectors."""

    def stamp(self, name: str, revision: str) -> IndexStamp:
        """What an index of a collection at a revision is built from."""
        return IndexStamp(name, revision, self.encoder.fingerprint, self.analyzer.fingerprint, self.reference.digest)

    @cached_property
    def centres(self) -> LanguageCentres:
        """Where the encoder puts each language.

        The queries' centre is the mean of two kinds of text, each with half the weight: needs, which are short and
        practical, and profiles, which are long and descriptive; real queries lie between them.
        """
        documents, queries = {}, {}
        for language, profiles in self.reference.profiles.items():
            documents[language.value] = self.encoder.encode(profiles, Role.DOCUMENT).mean(axis=0)
            kinds = (self.reference.challenges[language], profiles)
            means = [self.encoder.encode(kind, Role.QUERY).mean(axis=0) for kind in kinds]
            queries[language.value] = np.mean(means, axis=0).astype(np.float32)
        return LanguageCentres(documents, queries)


def build_index(
    collection: Collection,
    recipe: IndexRecipe,
    progress: ProgressFactory | None = None,
    earlier: PassageIndex | None = None,
) -> PassageIndex:
    """Build a collection's index in memory.

    What ``earlier``, an index of the same collection, has of it is taken over; it must not be searched any more.
    """
    content = collection.snapshot()
    stamp = recipe.stamp(collection.name, content.revision)
    if earlier is not None and replace(earlier.stamp, revision=stamp.revision) != stamp:
        earlier = None
    digests = np.array([_digest(one) for one in content.passages], dtype=np.uint64)
    ids = np.array([passage.id for passage in content.passages], dtype=np.int64)
    kept = _kept(ids, digests, earlier)
    fresh = [passage for passage, row in zip(content.passages, kept, strict=True) if row < 0]
    encoded = _encoded(fresh, digests[kept < 0], recipe, progress)
    terms = (recipe.analyzer.terms(one.indexed_text, one.language) for one in fresh)
    if earlier is not None:
        encoded = earlier.encoded.renewed(kept, encoded)
    centres, dense = _dense(recipe, stamp, ids, encoded, kept, earlier)
    row_of = {passage.id: row for row, passage in enumerate(content.passages)}
    return PassageIndex(
        stamp=stamp,
        passage_ids=ids,
        collaborators=IndexedCollaborators.of(content.collaborators.values()),
        attribution=Attribution.of(
            [[row_of[passage_id] for passage_id in content.passage_ids[key]] for key in content.collaborators]
        ),
        centres=centres,
        dense=dense,
        lexical=earlier.lexical.renewed(kept, terms) if earlier is not None else LexicalIndex.build(terms),
        encoded=encoded,
    )


def _digest(passage: Passage) -> int:
    """64 bits that change with whatever of a passage is encoded or analysed."""
    content = f"{passage.language.value} {passage.text_offset} {passage.indexed_text}"
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:8])


def _kept(ids: Ids, digests: npt.NDArray[np.uint64], earlier: PassageIndex | None) -> Ids:
    """The row that each passage has in the earlier index; -1 where it is new there or has changed."""
    if earlier is None:
        return np.full(len(ids), -1, dtype=np.int64)
    rows = earlier.rows.of(ids)
    known = rows >= 0
    rows[known] = np.where(earlier.encoded.digests[rows[known]] == digests[known], rows[known], -1)
    return rows


def _encoded(
    passages: Sequence[Passage],
    digests: npt.NDArray[np.uint64],
    recipe: IndexRecipe,
    progress: ProgressFactory | None,
) -> EncodedPassages:
    """Passages and their sentences through the encoder: few at a time, since there are many sentences."""
    dimension = recipe.encoder.dimension
    spans = [_sentences_in(passage) if recipe.with_sentences else [] for passage in passages]
    counts = np.array([len(own) for own in spans], dtype=np.int64)
    vectors = np.empty((len(passages), dimension), dtype=np.float16)
    sentences = SentenceVectors.of(counts, np.empty((int(counts.sum()), dimension), dtype=np.float16))
    told = progress(len(passages)) if progress and passages else None
    for first in range(0, len(passages), CHUNK):
        some = slice(first, first + CHUNK)
        encoded = recipe.encoder.encode_parts([one.indexed_text for one in passages[some]], spans[some], told)
        for row, own in enumerate(encoded, start=first):
            vectors[row] = own[0]
            start = int(sentences.starts[row])
            sentences.files[0][start : start + len(own) - 1] = own[1:]
    languages = np.array([passage.language.value for passage in passages], dtype=np.str_)
    return EncodedPassages(digests, languages, vectors, sentences)


def _dense(
    recipe: IndexRecipe,
    stamp: IndexStamp,
    ids: Ids,
    encoded: EncodedPassages,
    kept: Ids,
    earlier: PassageIndex | None,
) -> tuple[LanguageCentres, VectorIndex]:
    """The dense channel, and the centres that its vectors are corrected by.

    A graph takes additions and deletions, but each language's mean moves with every passage, and with it all vectors.
    So the centres that a graph was built with hold until the means are ``MOST_DRIFT`` away.
    """
    centres = language_centres(encoded.vectors, encoded.languages, recipe.centres)
    if (
        earlier is None
        or not recipe.vectors.takes_changes(earlier.dense, len(ids))
        or centres.distance(earlier.centres) > MOST_DRIFT
    ):
        corrected = _corrected(encoded, np.arange(len(ids)), centres)
        return centres, recipe.vectors.build(stamp.collection, stamp.digest, ids, corrected)
    fresh = np.flatnonzero(kept < 0)
    earlier.dense.delete(np.setdiff1d(earlier.passage_ids, ids[kept >= 0]))
    earlier.dense.upsert(ids[fresh], _corrected(encoded, fresh, earlier.centres))
    return earlier.centres, earlier.dense


def _corrected(encoded: EncodedPassages, rows: Ids, centres: LanguageCentres) -> Vectors:
    """The corrected unit vectors of passages by row, shape (rows, dimension)."""
    corrected = np.empty((len(rows), encoded.vectors.shape[1]), dtype=np.float32)
    for first in range(0, len(rows), CORRECTED_AT_ONCE):
        some = rows[first : first + CORRECTED_AT_ONCE]
        corrected[first : first + len(some)] = centres.correct(
            encoded.vectors[some], encoded.languages[some], Role.DOCUMENT
        )
    return corrected


def _sentences_in(passage: Passage) -> list[Span]:
    """Where the passage's sentences stand in what the channels read."""
    return [(start + passage.text_offset, end + passage.text_offset) for start, end in sentence_spans(passage.text)]


def current_index(
    folder: IndexFolder, collection: Collection, recipe: IndexRecipe, progress: ProgressFactory | None = None
) -> PassageIndex:
    """The serving index of a collection; built and swapped in first where it is missing, stale or damaged.

    What the one before has of unchanged passages is taken over; nothing is read where nothing has changed.
    """
    stamp = recipe.stamp(collection.name, collection.revision)
    if folder.current_stamp() == stamp:
        try:
            index = folder.read()
            if index is not None:
                return index
        except SetupError:
            folder.discard()
    return folder.publish(stamp, lambda earlier: build_index(collection, recipe, progress, earlier))
