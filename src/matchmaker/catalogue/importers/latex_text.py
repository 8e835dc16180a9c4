"""LaTeX in fields of BibTeX as plain text: accents, braces that keep capitals, simple mathematics."""

import re
from functools import cache

from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalkerParseError

DEEPEST = 40
"""Levels of braces; the decoder calls itself for each."""

_HAS_LATEX = re.compile(r"[\\{}$~]")
_PERCENT = re.compile(r"(?<!\\)%")
_MARKS = re.compile(r"\\[a-zA-Z]+\s?|[{}$\\]")


def plain_text(latex: str) -> str:
    """The text that LaTeX would print. What cannot be decoded keeps its words and loses its commands."""
    if not _HAS_LATEX.search(latex):
        return latex
    if _depth(latex) > DEEPEST:
        return _MARKS.sub("", latex)
    try:
        # In BibTeX a percent sign is one: it begins no comment, as it would in LaTeX, and few programs escape it.
        return str(_decoder().latex_to_text(_PERCENT.sub(r"\\%", latex)))
    except (LatexWalkerParseError, RecursionError, ValueError, IndexError):
        return _MARKS.sub("", latex)


@cache
def _decoder() -> LatexNodes2Text:
    return LatexNodes2Text(math_mode="text", keep_comments=False, strict_latex_spaces=False)


def _depth(latex: str) -> int:
    depth = deepest = 0
    for sign in latex:
        depth += (sign == "{") - (sign == "}" and depth > 0)
        deepest = max(deepest, depth)
    return deepest
