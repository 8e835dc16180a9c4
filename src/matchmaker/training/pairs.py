"""Pairs of texts that belong together, in batches: what the encoder's adapter is trained on.

Everything is bilingual on both sides at random, so that a text's language says nothing about its partner. Queries are
what a municipality might write about a text: its title, a few sentences, a list of words. Batches are the negatives,
so half of those on projects are drawn from works that are alike.
"""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.catalogue.reference import LANGUAGES
from matchmaker.domain.language import Language
from matchmaker.text.sentences import split_sentences

DOCUMENT_WORDS = 90
"""Longest document side of a pair; with the sentence it ends in, about what the trainer's window holds."""

QUERY_WORDS = 70

SAME_WORK = 0.55
"""Share of the project pairs whose two sides are one project; the others are two projects of one leader."""

CLOSE_BATCHES = 0.5
"""Share of the batches of projects that are drawn from works that are alike."""

SWEDISH_QUERIES = 0.6
"""Share of the queries that are Swedish where a text has both: the encoder knew less Swedish to begin with."""

KEYWORD_QUERIES = 0.1
"""Share of the queries on projects that are a list of the text's rarest words."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A query and a document that answers it.

    ``subject`` names what the document speaks for; ``answers`` everything that may answer the query. A document is
    no negative for a query whose answers contain its subject.
    """

    query: str
    document: str
    subject: str
    answers: frozenset[str]

    def conflicts(self, other: "Pair") -> bool:
        """Whether one's document would be a false negative of the other."""
        return self.subject in other.answers or other.subject in self.answers


@dataclass(frozen=True, slots=True)
class Work:
    """A text in each language that it has: titles and bodies. ``subject`` is its author, or itself."""

    id: str
    subject: str
    titles: Mapping[Language, str]
    bodies: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class Need:
    """A need in several wordings of each language, with all the collaborators who could answer, and the first call."""

    id: str
    wordings: Mapping[Language, Sequence[str]]
    first_calls: Sequence[str]
    answers: frozenset[str]


Source = Callable[[random.Random], Pair]
"""Draws a pair."""


def project_pairs(works: Sequence[Work]) -> Source:
    """Queries on a project, answered by the project itself or by another one of its leader."""
    by_subject: dict[str, list[Work]] = defaultdict(list)
    for work in works:
        by_subject[work.subject].append(work)
    several = [subject for subject, own in by_subject.items() if len(own) > 1]
    rarity = _document_frequencies(works)

    def draw(rng: random.Random) -> Pair:
        if not several or rng.random() < SAME_WORK:
            asked = answering = rng.choice(works)
        else:
            asked, answering = rng.sample(by_subject[rng.choice(several)], 2)
        return _project_pair(asked, answering, rarity, rng)

    return draw


def assignment_pairs(works: Sequence[Work]) -> Source:
    """The title or the first sentences of an official assignment, answered by the rest of its text."""

    def draw(rng: random.Random) -> Pair:
        work = rng.choice(works)
        language = next(iter(work.bodies))
        sentences = split_sentences(work.bodies[language])
        asked = rng.choice((0, 0, 1, 2))
        query = work.titles[language] if not asked else _joined(sentences[:asked], QUERY_WORDS)
        rest = sentences[asked:] or sentences
        return Pair(query, _joined(rest, DOCUMENT_WORDS), work.id, frozenset({work.id}))

    return draw


def need_pairs(needs: Sequence[Need], profiles: Mapping[str, Mapping[Language, Sequence[str]]]) -> Source:
    """A need in one of its wordings, answered by a passage of the profile of a first call."""

    def draw(rng: random.Random) -> Pair:
        need = rng.choice(needs)
        subject = rng.choice(need.first_calls)
        passage = rng.choice(profiles[subject][rng.choice(LANGUAGES)])
        wording = rng.choice(need.wordings[_query_language(LANGUAGES, rng)])
        return Pair(_joined([wording], QUERY_WORDS), _joined([passage], 2 * DOCUMENT_WORDS), subject, need.answers)

    return draw


def wording_pairs(needs: Sequence[Need]) -> Source:
    """A need in one wording, answered by another wording of it in either language."""

    def draw(rng: random.Random) -> Pair:
        need = rng.choice(needs)
        query, document = rng.sample([one for language in LANGUAGES for one in need.wordings[language]], 2)
        return Pair(query, document, need.id, frozenset({need.id}))

    return draw


def translation_pairs(works: Sequence[Work], needs: Sequence[Need]) -> Source:
    """A title, a sentence or a wording, answered by the same in the other language.

    Sentences are taken from texts that have equally many in both languages, which then stand in the same order.
    """
    swedish, english = LANGUAGES
    parallel = [
        (need.id, sv, en) for need in needs for sv, en in zip(*(need.wordings[one] for one in LANGUAGES), strict=True)
    ]
    for work in works:
        if len(work.bodies) < len(LANGUAGES):
            continue
        parallel.append((work.id, work.titles[swedish], work.titles[english]))
        sentences = [split_sentences(work.bodies[one]) for one in LANGUAGES]
        if len(sentences[0]) == len(sentences[1]):
            parallel += [(work.id, sv, en) for sv, en in zip(*sentences, strict=True) if len(sv.split()) > 4]

    def draw(rng: random.Random) -> Pair:
        subject, sv, en = rng.choice(parallel)
        query, document = (sv, en) if rng.random() < SWEDISH_QUERIES else (en, sv)
        return Pair(_joined([query], QUERY_WORDS), _joined([document], QUERY_WORDS), subject, frozenset({subject}))

    return draw


def profile_pairs(
    profiles: Mapping[str, Mapping[Language, Sequence[str]]], keywords: Mapping[str, Mapping[Language, Sequence[str]]]
) -> Source:
    """A few keywords of a collaborator, or a sentence of its profile, answered by its profile in either language."""
    subjects = sorted(profiles)

    def draw(rng: random.Random) -> Pair:
        subject = rng.choice(subjects)
        asked, answering = rng.choice(LANGUAGES), rng.choice(LANGUAGES)
        if rng.random() < 0.5 and keywords[subject][asked]:
            words = list(keywords[subject][asked])
            query = ", ".join(rng.sample(words, min(len(words), rng.randint(1, 4))))
        else:
            query = rng.choice(split_sentences(rng.choice(profiles[subject][asked])))
        passage = rng.choice(profiles[subject][answering])
        return Pair(query, _joined([passage.replace(query, " ")], 2 * DOCUMENT_WORDS), subject, frozenset({subject}))

    return draw


@dataclass(frozen=True, slots=True)
class Mixture:
    """A source with its share of the batches. ``close`` are sources of works that are alike, for hard batches."""

    share: float
    source: Source
    close: Sequence[Source] = ()


def batches(mixtures: Sequence[Mixture], count: int, size: int, seed: int) -> Iterator[list[Pair]]:
    """``count`` batches of at most ``size`` pairs, each from one source; no pair's document answers another's query.

    Raises:
        ValueError: a source gives nothing but empty pairs.
    """
    rng = random.Random(seed)  # noqa: S311  # sampling, not a secret
    shares = [mixture.share for mixture in mixtures]
    for _ in range(count):
        [mixture] = rng.choices(mixtures, shares)
        source = mixture.source
        if mixture.close and rng.random() < CLOSE_BATCHES:
            source = rng.choice(mixture.close)
        batch: list[Pair] = []
        for _attempt in range(8 * size):
            pair = source(rng)
            if pair.query and pair.document and not any(pair.conflicts(one) for one in batch):
                batch.append(pair)
            if len(batch) == size:
                break
        if not batch:
            raise ValueError("a source has no pairs")
        yield batch


def _project_pair(asked: Work, answering: Work, rarity: Mapping[str, int], rng: random.Random) -> Pair:
    query_language = _query_language(sorted(asked.bodies), rng)
    document_language = rng.choice(sorted(answering.bodies))
    title, sentences = asked.titles[query_language], split_sentences(asked.bodies[query_language])
    kind = rng.random()
    used: list[str] = []
    if kind < KEYWORD_QUERIES:
        query = ", ".join(_rarest(asked.bodies[query_language], rarity, rng))
    elif kind < 0.3:
        query = title
    elif kind < 0.75:
        start = rng.randrange(len(sentences))
        used = sentences[start : start + rng.randint(1, 3)]
        query = _joined(used, QUERY_WORDS)
    else:
        query = _joined([f"{title}."] * (rng.random() < 0.5) + sentences, QUERY_WORDS)
        used = sentences[:3]
    rest = split_sentences(answering.bodies[document_language])
    if asked.id == answering.id and query_language is document_language:
        rest = [one for one in rest if one not in used] or rest
    start = rng.randrange(len(rest)) if rng.random() < 0.4 else 0
    heading = [f"{answering.titles[document_language]}."] if query != title or rng.random() < 0.2 else []
    document = _joined(heading + rest[start:], DOCUMENT_WORDS)
    return Pair(query, document, answering.subject, frozenset({asked.subject}))


def _query_language(languages: Sequence[Language], rng: random.Random) -> Language:
    if len(languages) == 1:
        return languages[0]
    return Language.SWEDISH if rng.random() < SWEDISH_QUERIES else Language.ENGLISH


def _document_frequencies(works: Iterable[Work]) -> Counter[str]:
    counts: Counter[str] = Counter()
    for work in works:
        for body in work.bodies.values():
            counts.update(set(body.lower().split()))
    return counts


def _rarest(body: str, frequencies: Mapping[str, int], rng: random.Random) -> list[str]:
    """Three to six words that few texts have, but not this text alone."""
    words = sorted({word.strip(".,;:()\"'«»”") for word in body.lower().split()})
    known = [word for word in words if len(word) > 4 and word.isalpha() and frequencies.get(word, 0) > 1]
    rare = sorted(known, key=lambda word: frequencies[word])[:12]
    return rng.sample(rare, min(len(rare), rng.randint(3, 6)))


def _joined(parts: Iterable[str], maximum_words: int) -> str:
    return " ".join(" ".join(parts).split()[:maximum_words])
