"""Collections to indexes: passages encoded and analysed, both channels built, stale indexes replaced."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from matchmaker.domain.collection import Collection, CollectionSnapshot
from matchmaker.domain.errors import SetupError
from matchmaker.domain.language import Language
from matchmaker.domain.passage import Passage
from matchmaker.retrieval.correction import LanguageCentres, language_centres
from matchmaker.retrieval.encoder import CachedEncoder, Encoder, Progress, Role, Span, Vectors
from matchmaker.retrieval.faiss_index import FaissForm
from matchmaker.retrieval.index import Attribution, IndexedCollaborators, IndexStamp, PassageIndex, SentenceVectors
from matchmaker.retrieval.index_folder import IndexFolder
from matchmaker.retrieval.lexical import InvertedFileForm
from matchmaker.retrieval.lexical_index import LexicalForm
from matchmaker.retrieval.vector_index import VectorForm
from matchmaker.text.analysis import Analyzer
from matchmaker.text.sentences import sentence_spans

CHUNK = 2048
"""Passages encoded and corrected at once: their sentences, some six each, take 20 MB."""

MOST_NEW = 1000
"""Passages that an index is waited for which is to serve soon: some twenty seconds of encoding."""

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
    lexical: LexicalForm = field(default_factory=InvertedFileForm)
    """The engine that holds the terms."""

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
    collection: Collection, recipe: IndexRecipe, progress: ProgressFactory | None = None, most_new: int | None = None
) -> PassageIndex:
    """Build a collection's index in memory.

    With ``most_new`` it waits for the encoding of that many passages at most, the newest; the others that were never
    encoded are left out, and its stamp says how many these are.
    """
    content = collection.snapshot()
    left_out = to_be_encoded(content, recipe)[most_new:] if most_new is not None else []
    content = _without(content, left_out)
    languages = np.array([passage.language.value for passage in content.passages], dtype=np.str_)
    vectors, sentences = _encoded(content.passages, recipe, progress)
    centres = language_centres(vectors, languages, recipe.centres)
    _correct(sentences, languages, centres)
    row_of = {passage.id: row for row, passage in enumerate(content.passages)}
    ids = np.array([passage.id for passage in content.passages], dtype=np.int64)
    stamp = replace(recipe.stamp(collection.name, content.revision), missing=len(left_out))
    corrected = centres.correct(vectors, languages, Role.DOCUMENT)
    return PassageIndex(
        stamp=stamp,
        passage_ids=ids,
        collaborators=IndexedCollaborators.of(content.collaborators.values()),
        attribution=Attribution.of(
            [[row_of[passage_id] for passage_id in content.passage_ids[key]] for key in content.collaborators]
        ),
        centres=centres,
        dense=recipe.vectors.build(collection.name, stamp.digest, ids, corrected),
        lexical=recipe.lexical.build(
            collection.name,
            stamp.digest,
            ids,
            (recipe.analyzer.terms(one.indexed_text, one.language) for one in content.passages),
        ),
        sentences=sentences,
    )


def to_be_encoded(content: CollectionSnapshot, recipe: IndexRecipe) -> list[Passage]:
    """The passages that were never encoded, the newest first; none where the encoder keeps nothing."""
    if not isinstance(recipe.encoder, CachedEncoder):
        return []
    texts = [one.indexed_text for one in content.passages]
    places = recipe.encoder.unknown(texts, [_sentences_in(one) for one in content.passages])
    return [content.passages[place] for place in reversed(places)]


def encode_ahead(collection: Collection, recipe: IndexRecipe, go_on: Callable[[int], bool]) -> None:
    """Encode what was never encoded, so that an index can be built of it without waiting.

    ``go_on`` is asked before each ``CHUNK`` whether to, given how many passages are left, and told at the end that
    none is. What has been encoded stays when it says no, or the process ends.
    """
    left = to_be_encoded(collection.snapshot(), recipe)
    while go_on(len(left)) and left:
        some, left = left[:CHUNK], left[CHUNK:]
        recipe.encoder.encode_parts([one.indexed_text for one in some], [_sentences_in(one) for one in some])


def _without(content: CollectionSnapshot, passages: Sequence[Passage]) -> CollectionSnapshot:
    if not passages:
        return content
    out = {one.id for one in passages}
    return replace(
        content,
        passages=[one for one in content.passages if one.id not in out],
        passage_ids={key: [one for one in ids if one not in out] for key, ids in content.passage_ids.items()},
    )


def _encoded(
    passages: Sequence[Passage], recipe: IndexRecipe, progress: ProgressFactory | None
) -> tuple[Vectors, SentenceVectors]:
    """Vectors of passages and, not yet corrected, of their sentences: few at a time, since there are many of these."""
    dimension = recipe.encoder.dimension
    spans = [_sentences_in(passage) if recipe.with_sentences else [] for passage in passages]
    starts = np.cumsum([0, *(len(own) for own in spans)], dtype=np.int64)
    vectors = np.empty((len(passages), dimension), dtype=np.float32)
    sentences = np.empty((int(starts[-1]), dimension), dtype=np.float16)
    told = progress(len(passages)) if progress and passages else None
    for first in range(0, len(passages), CHUNK):
        some = slice(first, first + CHUNK)
        encoded = recipe.encoder.encode_parts([one.indexed_text for one in passages[some]], spans[some], told)
        for row, own in enumerate(encoded, start=first):
            vectors[row] = own[0]
            sentences[starts[row] : starts[row + 1]] = own[1:]
    return vectors, SentenceVectors(starts, sentences)


def _correct(sentences: SentenceVectors, languages: npt.NDArray[np.str_], centres: LanguageCentres) -> None:
    """Correct the sentences' vectors for the languages of their passages, in place."""
    for first in range(0, len(languages), CHUNK):
        starts = sentences.starts[first : first + CHUNK + 1]
        rows = slice(int(starts[0]), int(starts[-1]))
        of = np.repeat(languages[first : first + CHUNK], np.diff(starts))
        own = sentences.vectors[rows].astype(np.float32)
        sentences.vectors[rows] = centres.correct(own, of, Role.DOCUMENT).astype(np.float16)


def _sentences_in(passage: Passage) -> list[Span]:
    """Where the passage's sentences stand in what the channels read."""
    return [(start + passage.text_offset, end + passage.text_offset) for start, end in sentence_spans(passage.text)]


def current_index(
    folder: IndexFolder,
    collection: Collection,
    recipe: IndexRecipe,
    progress: ProgressFactory | None = None,
    most_new: int | None = None,
) -> PassageIndex:
    """The serving index of a collection; built and swapped in first where it is missing, stale or damaged.

    An unchanged passage is not encoded again: the encoder's cache has it. ``most_new`` as in ``build_index``.
    """
    stamp = recipe.stamp(collection.name, collection.revision)
    if folder.current_stamp() == stamp:
        try:
            index = folder.read()
            if index is not None:
                return index
        except SetupError:
            folder.discard()
    return folder.publish(stamp, lambda: build_index(collection, recipe, progress, most_new))
