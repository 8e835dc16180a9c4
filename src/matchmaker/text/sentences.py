"""Sentences of Swedish and English prose."""

import re
from collections.abc import Sequence

# A full stop after these does not end a sentence. Lower case, without the last stop.
_ABBREVIATIONS = frozenset(
    "bl.a t.ex dvs d.v.s m.m m.fl o.s.v osv s.k p.g.a pga ca kl nr resp inkl exkl f.d jfr st tel e.g i.e etc cf no dr "
    "prof vs approx fig ref bl t.o.m tom fr.o.m m.a.o o.d dyl".split()
)
# A line break ends a sentence, unless the next line goes on in small letters: such text was wrapped by hand.
_BOUNDARY = re.compile(r"(?<=[.!?…])[\"”»)\]]*\s+(?=[\"“«(\[]*[A-ZÅÄÖÉ0-9])|\n\s*\n|\n(?!\s*[a-zåäöé])")
_LAST_WORD = re.compile(r"([^\s(\"]+)[.]$")


def split_sentences(text: str) -> list[str]:
    """Split ``text`` at sentence ends and line breaks; nothing but white space is lost, and no part is empty."""
    return [text[start:end] for start, end in sentence_spans(text)]


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Where each sentence begins and ends in ``text``, without the white space around it."""
    spans: list[tuple[int, int]] = []
    start = 0
    for boundary in _BOUNDARY.finditer(text):
        candidate = text[start : boundary.start()].strip()
        if not candidate or (_ends_in_abbreviation(candidate) and "\n" not in boundary.group()):
            continue
        spans.append(_trimmed(text, start, boundary.end()))
        start = boundary.end()
    return [*spans, _trimmed(text, start, len(text))] if text[start:].strip() else spans


def joined_evenly(sentences: Sequence[str], maximum: int) -> list[str]:
    """The sentences in their order, neighbours joined so that there are at most ``maximum``."""
    size = -(-len(sentences) // maximum) if sentences else 1
    return [" ".join(sentences[start : start + size]) for start in range(0, len(sentences), size)]


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip())


def _ends_in_abbreviation(text: str) -> bool:
    last = _LAST_WORD.search(text)
    return last is not None and last.group(1).lower() in _ABBREVIATIONS
