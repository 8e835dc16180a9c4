"""Several sources' records of one work become one work; and how it is told that two records are of one work.

First by a shared identifier. Without one by the title: works whose titles have a key in common (blocking) are
compared letter by letter, since sources differ in subtitles, quotation marks and typing errors.
Christen, "Data Matching", Springer 2012, chapters 4 and 5.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from matchmaker.domain.language import Language
from matchmaker.domain.work import Record, Scheme, SourceNote, Work, WorkText

SAME_TITLE = 0.92
"""Share of letters that two titles must have in common, in order (Ratcliff and Obershelp)."""

SHORTEST_TITLE = 20
"""Letters below which a title alone says nothing: «Editorial», «Introduction»."""

YEARS_APART = 1
"""A work is often registered in the year before or after its printing."""

_UNIQUE = (Scheme.DOI, Scheme.OPENALEX, Scheme.SWECRIS, Scheme.CORDIS, Scheme.DIVA)
"""Identifiers of which a work has one: two different ones of a scheme are two works. Each DiVA portal counts for
itself, since a work of two universities is registered in both."""

MERGING = frozenset(_UNIQUE) | {Scheme.URN}
"""Identifiers by which records are of one work. Not the ISBN: the chapters of a book share it."""


def merge(work_id: str, records: Sequence[Record]) -> Work:
    """One work from at least one record of it, whatever their order.

    In each language the record with the longest text gives title and text; keywords are those of all. The oldest
    year counts, and the DOI's address before any other.
    """
    records = sorted(records, key=lambda one: (one.source, one.id))
    first = max(records, key=lambda one: sum(len(text.text) for text in one.texts))
    identifiers = frozenset(one for record in records for one in record.identifiers)
    years = [record.year for record in records if record.year]
    doi = min((one.value for one in identifiers if one.scheme is Scheme.DOI), default=None)
    url = first.url or next((one.url for one in records if one.url), None)
    return Work(
        id=work_id,
        kind=first.kind,
        texts=_merge_texts([text for record in records for text in record.texts]),
        year=min(years, default=None),
        url=f"https://doi.org/{doi}" if doi else url,
        identifiers=identifiers,
        hints=frozenset(hint for record in records for hint in record.hints),
        sources=tuple(SourceNote(one.source, one.id, one.retrieved, one.licence, one.url) for one in records),
    )


def _merge_texts(texts: Sequence[WorkText]) -> tuple[WorkText, ...]:
    """One text a language, Swedish before English before others; what a person wrote before what a program did."""
    order = {Language.SWEDISH: 0, Language.ENGLISH: 1}
    merged = []
    for language in sorted({text.language or Language.OTHER for text in texts}, key=lambda one: order.get(one, 2)):
        own = [text for text in texts if (text.language or Language.OTHER) is language]
        best = max(own, key=lambda one: (not one.machine_made, bool(one.text), len(one.text), len(one.title)))
        keywords = dict.fromkeys(word for text in own for word in text.keywords)
        merged.append(replace(best, language=language, keywords=tuple(keywords)))
    return tuple(merged)


def title_keys(texts: Iterable[WorkText]) -> frozenset[str]:
    """Keys of which records of one work share at least one: how the title begins, and its longest words."""
    keys = set()
    for text in texts:
        words = _folded(text.title)
        joined = "".join(words)
        if len(joined) >= SHORTEST_TITLE:
            keys.add("b:" + joined[:SHORTEST_TITLE])
            keys.add("w:" + "-".join(sorted(sorted(set(words), key=lambda one: (-len(one), one))[:3])))
    return frozenset(keys)


def are_same_work(one: Record, other: Record) -> bool:
    """Whether two records without an identifier in common are of one work, by title, year and kind."""
    if one.kind is not other.kind:
        return False
    if one.year and other.year and abs(one.year - other.year) > YEARS_APART:
        return False
    ours, theirs = _unique(one), _unique(other)
    if any(ours[scheme] != theirs[scheme] for scheme in ours.keys() & theirs.keys()):
        return False
    titles, others = ({"".join(_folded(text.title)) for text in record.texts} for record in (one, other))
    return any(
        min(len(a), len(b)) >= SHORTEST_TITLE and _alike(a, b) and _numbers(a) == _numbers(b)
        for a in titles
        for b in others
    )


def _alike(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    # A subtitle that one source leaves out: the rest is the same word for word.
    if len(shorter) >= 2 * SHORTEST_TITLE and longer.startswith(shorter):
        return True
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return matcher.quick_ratio() >= SAME_TITLE and matcher.ratio() >= SAME_TITLE


def _numbers(title: str) -> list[str]:
    """«Part 1» and «Part 2» differ in one letter of many."""
    return re.findall(r"\d+", title)


def _unique(record: Record) -> dict[str, str]:
    found = sorted(one for one in record.identifiers if one.scheme in _UNIQUE)
    return {f"{one.scheme} {one.value.split(':')[0] if one.scheme is Scheme.DIVA else ''}": one.value for one in found}


def _folded(title: str) -> list[str]:
    return re.findall(r"\w+", unicodedata.normalize("NFKC", title).casefold())
