"""Collections to indexes: passages encoded and analysed, both channels built, stale indexes replaced."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from matchmaker.domain.collection import Collection, CollectionSnapshot
from matchmaker.domain.errors import SetupError
from matchmaker.domain.language import Language
from matchmaker.domain.passage import Passage
from matchmaker.retrieval.correction import LanguageCentres, language_centres
from matchmaker.retrieval.encoded import EncodedPassages, SentenceVectors
from matchmaker.retrieval.encoder import CachedEncoder, Encoder, Progress, Role, Span, Vectors
from matchmaker.retrieval.faiss_index import FaissForm
from matchmaker.retrieval.index import Attribution, IndexedCollaborators, IndexStamp, PassageIndex
from matchmaker.retrieval.index_folder import IndexFolder
from matchmaker.retrieval.lexical import InvertedFileForm
from matchmaker.retrieval.lexical_index import LexicalForm, LexicalIndex
from matchmaker.retrieval.vector_index import Ids, VectorForm, VectorIndex
from matchmaker.text.analysis import Analyzer
from matchmaker.text.sentences import sentence_spans

CHUNK = 2048
CORRECTED_AT_ONCE = 50_000
"""Passages encoded at once, with their sentences, and corrected at once: either takes less than 100 MB."""

MOST_DRIFT = 0.02
"""How far a language's mean may have moved from where a graph's vectors were centred before all is centred anew."""

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
    collection: Collection,
    recipe: IndexRecipe,
    progress: ProgressFactory | None = None,
    most_new: int | None = None,
    earlier: PassageIndex | None = None,
) -> PassageIndex:
    """Build a collection's index in memory.

    With ``most_new`` it waits for the encoding of that many passages at most, the newest; the others that were never
    encoded are left out, and its stamp says how many these are. What ``earlier``, an index of the same collection, has
    of it is taken over; it must not be searched any more.
    """
    content = collection.snapshot()
    wanted = recipe.stamp(collection.name, content.revision)
    if earlier is not None and replace(earlier.stamp, revision=wanted.revision, missing=wanted.missing) != wanted:
        earlier = None
    left_out = _unknown(_fresh(content.passages, earlier), recipe)[most_new:] if most_new is not None else []
    content = _without(content, left_out)
    stamp = replace(wanted, missing=len(left_out))
    ids = np.array([passage.id for passage in content.passages], dtype=np.int64)
    fresh = _fresh(content.passages, earlier)
    encoded, kept = _encoded(fresh, recipe, progress), None
    if earlier is not None:
        kept = earlier.rows.of(ids)
        kept[np.isin(ids, [one.id for one in fresh])] = -1
        encoded = earlier.encoded.renewed(kept, encoded)
    gone = earlier.passage_ids if earlier is not None else ids[:0]
    changes = _Changes(stamp, content.passages, fresh, ids, np.setdiff1d(gone, ids if kept is None else ids[kept >= 0]))
    centres, dense = _dense(recipe, changes, encoded, earlier)
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
        lexical=_lexical(recipe, changes, earlier),
        encoded=encoded,
    )


@dataclass(frozen=True, slots=True)
class _Changes:
    """What an index is to hold, and what of it an earlier one has not."""

    stamp: IndexStamp
    passages: Sequence[Passage]
    fresh: Sequence[Passage]
    ids: Ids
    gone: Ids
    """The passages of the earlier index that are not there any more, or have changed."""


def _fresh(passages: Sequence[Passage], earlier: PassageIndex | None) -> Sequence[Passage]:
    """The passages that an earlier index lacks, or has with another content."""
    if earlier is None:
        return passages
    rows = earlier.rows.of(np.array([one.id for one in passages], dtype=np.int64))
    digests = earlier.encoded.digests
    return [
        one for one, row in zip(passages, rows.tolist(), strict=True) if row < 0 or int(digests[row]) != _digest(one)
    ]


def _digest(passage: Passage) -> int:
    """64 bits that change with whatever of a passage is encoded or analysed."""
    content = f"{passage.language.value} {passage.text_offset} {passage.indexed_text}"
    return int.from_bytes(hashlib.sha256(content.encode()).digest()[:8])


def _unknown(passages: Sequence[Passage], recipe: IndexRecipe) -> list[Passage]:
    """The passages that were never encoded, the newest first; none where the encoder keeps nothing."""
    if not isinstance(recipe.encoder, CachedEncoder):
        return []
    texts = [one.indexed_text for one in passages]
    places = recipe.encoder.unknown(texts, [_sentences_in(one) for one in passages])
    return [passages[place] for place in reversed(places)]


def encode_ahead(collection: Collection, recipe: IndexRecipe, go_on: Callable[[int], bool]) -> None:
    """Encode what was never encoded, so that an index can be built of it without waiting.

    ``go_on`` is asked before each ``CHUNK`` whether to, given how many passages are left, and told at the end that
    none is. What has been encoded stays when it says no, or the process ends.
    """
    left = _unknown(collection.snapshot().passages, recipe)
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


def _encoded(passages: Sequence[Passage], recipe: IndexRecipe, progress: ProgressFactory | None) -> EncodedPassages:
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
    digests = np.array([_digest(passage) for passage in passages], dtype=np.uint64)
    return EncodedPassages(digests, languages, vectors, sentences)


def _dense(
    recipe: IndexRecipe, changes: _Changes, encoded: EncodedPassages, earlier: PassageIndex | None
) -> tuple[LanguageCentres, VectorIndex]:
    """The dense channel, and the centres that its vectors are corrected by.

    A graph takes additions and deletions, but each language's mean moves with every passage, and with it all vectors.
    So the centres that a graph was built with hold until the means are ``MOST_DRIFT`` away.
    """
    centres = language_centres(encoded.vectors, encoded.languages, recipe.centres)
    stamp, ids = changes.stamp, changes.ids
    if (
        earlier is None
        or not recipe.vectors.takes_changes(earlier.dense, len(ids))
        or centres.distance(earlier.centres) > MOST_DRIFT
    ):
        corrected = _corrected(encoded, np.arange(len(ids)), centres)
        return centres, recipe.vectors.build(stamp.collection, stamp.digest, ids, corrected)
    fresh = np.flatnonzero(np.isin(ids, [one.id for one in changes.fresh]))
    earlier.dense.delete(changes.gone)
    earlier.dense.upsert(ids[fresh], _corrected(encoded, fresh, earlier.centres))
    return earlier.centres, earlier.dense


def _lexical(recipe: IndexRecipe, changes: _Changes, earlier: PassageIndex | None) -> LexicalIndex:
    stamp, terms = changes.stamp, recipe.analyzer.terms
    if earlier is None or not recipe.lexical.takes_changes(earlier.lexical):
        passages = (terms(one.indexed_text, one.language) for one in changes.passages)
        return recipe.lexical.build(stamp.collection, stamp.digest, changes.ids, passages)
    if len(changes.gone):
        earlier.lexical.delete(changes.gone)
    if changes.fresh:
        fresh = np.array([one.id for one in changes.fresh], dtype=np.int64)
        earlier.lexical.upsert(fresh, [terms(one.indexed_text, one.language) for one in changes.fresh])
    return earlier.lexical


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
    folder: IndexFolder,
    collection: Collection,
    recipe: IndexRecipe,
    progress: ProgressFactory | None = None,
    most_new: int | None = None,
) -> PassageIndex:
    """The serving index of a collection; built and swapped in first where it is missing, stale or damaged.

    What the one before has of unchanged passages is taken over; nothing is read where nothing has changed.
    ``most_new`` as in ``build_index``.
    """
    stamp = recipe.stamp(collection.name, collection.revision)
    if folder.current_stamp() == stamp:
        try:
            index = folder.read()
            if index is not None:
                return index
        except SetupError:
            folder.discard()
    return folder.publish(stamp, lambda earlier: build_index(collection, recipe, progress, most_new, earlier))
