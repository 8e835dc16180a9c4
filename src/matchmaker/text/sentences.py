"""Sentences of Swedish and English prose."""

import re

# A full stop after these does not end a sentence. Lower case, without the last stop.
_ABBREVIATIONS = frozenset(
    "bl.a t.ex dvs d.v.s m.m m.fl o.s.v osv s.k p.g.a pga ca kl nr resp inkl exkl f.d jfr st tel e.g i.e etc cf no dr "
    "prof vs approx fig ref bl t.o.m tom fr.o.m m.a.o o.d dyl".split()
)
_BOUNDARY = re.compile(r"(?<=[.!?…])[\"”»)\]]*\s+(?=[\"“«(\[]*[A-ZÅÄÖÉ0-9])|\n+")
_LAST_WORD = re.compile(r"([^\s(\"]+)[.]$")


def split_sentences(text: str) -> list[str]:
    """Split ``text`` at sentence ends and line breaks; nothing but white space is lost, and no part is empty."""
    sentences: list[str] = []
    start = 0
    for boundary in _BOUNDARY.finditer(text):
        candidate = text[start : boundary.start()].strip()
        if not candidate or (_ends_in_abbreviation(candidate) and "\n" not in boundary.group()):
            continue
        sentences.append(text[start : boundary.end()].strip())
        start = boundary.end()
    rest = text[start:].strip()
    return [*sentences, rest] if rest else sentences


def _ends_in_abbreviation(text: str) -> bool:
    last = _LAST_WORD.search(text)
    return last is not None and last.group(1).lower() in _ABBREVIATIONS
