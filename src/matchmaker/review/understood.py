"""Which words of a challenge carried its match, and which nobody's texts have, as its writer wrote them."""

import itertools
import re
from collections.abc import Mapping, Set

from matchmaker.domain.collaborator import KEYWORDS
from matchmaker.domain.shortlist import Shortlist
from matchmaker.pipeline import Matcher
from matchmaker.text.analysis import Analyzer
from matchmaker.text.query import Query
from matchmaker.text.term_bridge import Alternatives

CARRYING_EXPERTS = 3
"""Whose evidence tells what was understood: the first three, as far as most readers look."""

TELLING_WEIGHT = 2.0
"""Words that more than every eighth passage has (inverse document frequency below this) tell nothing by themselves."""

KEYWORD_FACTOR = 1.5
"""A word that is among a collaborator's keywords says more than one from its prose. Not tuned."""

UNKNOWN_LETTERS = 5
"""Shorter words that nobody has are mostly slips and abbreviations."""

_UNTELLING = frozenset(
    "två tre fyra fem sex sju åtta nio tio elva tolv tjugo trettio fyrtio femtio sextio sjuttio åttio nittio hundra "
    "tusen miljon miljoner kilometer meter mil grader procent kronor timmar minuter dagar dag veckor vecka månad "
    "månader år måndag tisdag onsdag torsdag fredag lördag söndag ur över säger frågar vet two three four five six "
    "seven eight nine ten eleven twelve twenty thirty forty fifty sixty seventy eighty ninety hundred thousand "
    "million kilometres kilometre metres degrees percent hours minutes days day week weeks month months years year "
    "seventies eighties nineties also another way say says everybody".split()
)
"""Words that tell nothing of a need's matter and are no stop words to the search."""

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_UNTELLING_END = re.compile(r"(?:ades?|ligt|igt|ligen|aste|vis|ly|ing|ed)$")


def words_of(query: Query, analyzer: Analyzer, terms: Mapping[str, Alternatives]) -> dict[str, Alternatives]:
    """The telling words of a challenge in its order, each once, with all the terms that they are searched by."""
    words: dict[str, Alternatives] = {}
    seen: set[tuple[str, ...]] = set()
    for match in _WORD.finditer(query.text):
        own = analyzer.word_terms(match.group().lower(), query.language)
        if own and own not in seen and match.group().lower() not in _UNTELLING:
            seen.add(own)
            words[_shown(query.text, match)] = {
                term: share for one in own for term, share in terms.get(one, {one: 1.0}).items()
            }
    return words


def _shown(text: str, match: re.Match[str]) -> str:
    """A word as it was written, but without the capital of a sentence's first word."""
    before = text[: match.start()].rstrip(' "“”»(–-')
    begins = not before or before[-1] in ".!?:\n"
    return match.group().lower() if begins and match.group()[1:].islower() else match.group()


def understood_words(
    query: Query, shortlist: Shortlist, matcher: Matcher, words: Mapping[str, Alternatives]
) -> list[str]:
    """The words that carried the match, the most telling first; two that stand together in the evidence as one."""
    carrying = _carrying(shortlist, matcher.analyzer)
    weight = matcher.index.lexical.term_weight
    value = {
        word: max(carrying[term] * share * weight(term) for term, share in own.items() if term in carrying)
        for word, own in words.items()
        if any(term in carrying and weight(term) >= TELLING_WEIGHT for term in own)
    }
    ordered = sorted(value, key=lambda word: -value[word])
    pairs = _neighbours(shortlist, matcher.analyzer) if len(ordered) > 1 else set()
    for first, second in zip(words, list(words)[1:], strict=False):
        together = f"{first} {second}"
        met = any((one, other) in pairs for one in words[first] for other in words[second])
        if first in ordered and second in ordered and met and together.lower() in query.text.lower():
            place = min(ordered.index(first), ordered.index(second))
            ordered = [word for word in ordered if word not in {first, second}]
            ordered.insert(place, together)
    return ordered


def _neighbours(shortlist: Shortlist, analyzer: Analyzer) -> set[tuple[str, str]]:
    """Pairs of terms whose words stand side by side in the evidence of the first experts."""
    pairs: set[tuple[str, str]] = set()
    for suggestion in shortlist.experts[:CARRYING_EXPERTS]:
        for piece in suggestion.evidence:
            terms = [analyzer.word_terms(word, piece.language) for word in _WORD.findall(piece.text.lower())]
            for before, after in itertools.pairwise(terms):
                pairs.update((one, other) for one in before for other in after)
    return pairs


def unknown_words(words: Mapping[str, Alternatives], known: Set[str]) -> list[str]:
    """Words that nobody has in either language, the longest first: they are the most particular.

    Names are left out, for a place that no researcher has written of is no gap in the text.
    """
    found = [
        word
        for word, own in words.items()
        if len(word) >= UNKNOWN_LETTERS
        and word.islower()
        and not known & own.keys()
        and not _UNTELLING_END.search(word)
    ]
    return sorted(found, key=lambda word: -len(word))


def _carrying(shortlist: Shortlist, analyzer: Analyzer) -> dict[str, float]:
    """What each term in the evidence of the first experts counts: the more and the surer, the more they share it."""
    carried: dict[str, float] = {}
    for suggestion in shortlist.experts[:CARRYING_EXPERTS]:
        own: dict[str, float] = {}
        for piece in suggestion.evidence:
            factor = KEYWORD_FACTOR if piece.kind == KEYWORDS else 1.0
            for word in piece.matched_words:
                for term in analyzer.word_terms(word.lower(), piece.language):
                    own[term] = max(own.get(term, 0.0), factor)
        for term, factor in own.items():
            carried[term] = carried.get(term, 0.0) + suggestion.probability * factor
    return carried
