"""How well a challenge can be matched as it stands, for whoever is writing it; it names nobody.

Names would make the draft look like an answer before a human has approved one. What is told is what the writer can act
on: how sure the match would be, which words carried it, which words nobody's texts have, and what is not said yet.

The level follows the learned probabilities of the shortlist that would be made. Of the 71 needs that the encoder was
not trained on, in each wording and language (568 texts), and of the 100 needs that nobody serves in both languages
(these texts taught the probabilities, so that the shares are a little kind; November 2026):

    level          of the needs   a right one among the first three   of what nobody serves
    good               .55                   .96                              .09
    fair               .16                   .85                              .10
    thin               .15                   .68                              .12
    nothing yet        .14                    -                               .69

A preview of a story that is not cached takes 27 to 50 ms (two cores, warm, 368 passages).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from matchmaker.domain.challenge import Challenge
from matchmaker.domain.language import Language
from matchmaker.domain.shortlist import Confidence, NoticeCode, Shortlist
from matchmaker.pipeline import Matcher
from matchmaker.review.understood import understood_words, unknown_words, words_of
from matchmaker.text.analysis import Analyzer
from matchmaker.text.need_parts import NeedPart, missing_parts
from matchmaker.text.normalise import clean_text, word_count
from matchmaker.text.query import Query, read_query

FAIR_PROBABILITY = 0.45
"""Between "possible" and "strong". Below it one need in three had nobody right among the first three (as above)."""

ENOUGH_WORDS = 20
"""Below it more words are asked for. Of the needs above, title and story cut to 6, 12, 20, 30 and 40 words, a right one
came among the first three for .51, .56, .60, .71 and .74 (November 2026)."""

LONG_WORDS = 40
"""From here on it is not asked for whom and what was tried: in the stories that lack either, and that were read, the
need did not turn on it."""

UNDERSTOOD, UNKNOWN, HINTS = 8, 4, 3
"""How many are shown at most: more are not read beside a form."""


class PreviewLevel(StrEnum):
    """How well a text can be matched."""

    NOTHING_YET = "nothing_yet"
    """No words, or nobody is near."""
    THIN = "thin"
    FAIR = "fair"
    GOOD = "good"


class TellMore(StrEnum):
    """What would help and is not there."""

    MORE_WORDS = "more_words"
    WHAT_IS_WANTED = NeedPart.WANTED.value
    PLACE_OR_CONDITIONS = NeedPart.PLACE_OR_CONDITIONS.value
    FOR_WHOM = NeedPart.FOR_WHOM.value
    WHAT_WAS_TRIED = NeedPart.TRIED.value
    UNANSWERED_PART = "unanswered_part"
    """For a part of the text nobody was found; the hint has its words."""


@dataclass(frozen=True, slots=True)
class Hint:
    """Something to tell; ``part`` is the unanswered part's text, otherwise None."""

    what: TellMore
    part: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """What is known of a challenge while it is written.

    ``understood`` and ``unknown`` are words as the writer wrote them, the most telling first: those that carried the
    match, and, unless the match is good, those that no collaborator's texts have.
    """

    level: PreviewLevel
    understood: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    tell_more: tuple[Hint, ...] = ()
    notices: tuple[NoticeCode, ...] = ()


def preview(matcher: Matcher, challenge: Challenge) -> Preview:
    """How well ``challenge`` can be matched as it stands. A text without words has the level ``nothing_yet``.

    Raises:
        InvalidChallengeError: it is too long, or has half characters.
        NotReadyError: the collection has just changed and is being indexed.
    """
    if not word_count(clean_text(f"{challenge.title or ''} {challenge.text}").text):
        return Preview(PreviewLevel.NOTHING_YET, tell_more=(Hint(TellMore.MORE_WORDS),))
    query = read_query(challenge)
    shortlist = matcher.match(challenge)
    level = _level(shortlist)
    if query.language is Language.OTHER:
        return Preview(level, notices=shortlist.notices)
    terms = {next(iter(own)): own for own in matcher.analyzer.query_terms(query.text, query.language)}
    words = words_of(query, matcher.analyzer, terms)
    weight = matcher.index.lexical.term_weight
    known = {term for own in terms.values() for term in own if weight(term) > 0}
    return Preview(
        level,
        tuple(understood_words(query, shortlist, matcher, words)[:UNDERSTOOD]),
        # Where the match is good they would be a puzzle, not a help.
        () if level is PreviewLevel.GOOD else tuple(unknown_words(words, known)[:UNKNOWN]),
        tuple(_hints(query, shortlist, level, matcher.analyzer)[:HINTS]),
        shortlist.notices,
    )


def _level(shortlist: Shortlist) -> PreviewLevel:
    best = max((one.probability for one in shortlist.experts), default=0.0)
    if not best:
        return PreviewLevel.NOTHING_YET
    doubtful = {NoticeCode.SHORT_TEXT, NoticeCode.UNSUPPORTED_LANGUAGE} & set(shortlist.notices)
    if doubtful or best < FAIR_PROBABILITY:
        return PreviewLevel.THIN
    strong = any(one.confidence is Confidence.STRONG for one in shortlist.experts)
    return PreviewLevel.GOOD if strong and NoticeCode.UNANSWERED_PART not in shortlist.notices else PreviewLevel.FAIR


def _hints(query: Query, shortlist: Shortlist, level: PreviewLevel, analyzer: Analyzer) -> list[Hint]:
    """What to tell, the most useful first; where the match is good only what the reader of the question would miss."""
    answered = {part for one in shortlist.experts for part in one.parts}
    hints = [
        Hint(TellMore.UNANSWERED_PART, text)
        for number, text in enumerate(shortlist.parts, start=1)
        if shortlist.experts and number not in answered
    ]
    words = word_count(query.text)
    if words < ENOUGH_WORDS:
        hints.append(Hint(TellMore.MORE_WORDS))
    asked: Sequence[NeedPart] = missing_parts(query.text, query.language, analyzer)
    if words >= LONG_WORDS or level is PreviewLevel.GOOD:
        asked = [part for part in asked if part in {NeedPart.WANTED, NeedPart.PLACE_OR_CONDITIONS}]
    return [*hints, *(Hint(TellMore(part.value)) for part in asked)]
