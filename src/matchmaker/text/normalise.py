"""Cleaning of text that people paste: markup, control characters, look-alike encodings of the same letter."""

import html
import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

_ELEMENTS = frozenset(
    "a abbr address article aside b big blockquote body br button caption center cite code col colgroup dd del details "
    "div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input "
    "ins label legend li link main mark meta nav object ol optgroup option p param pre q s script section select small "
    "span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead title tr tt u ul "
    "video".split()
)
_MARKUP = re.compile(rf"</?(?:{'|'.join(sorted(_ELEMENTS, key=len, reverse=True))})\b[^<>]*>|<!--|&(?:[a-zA-Z]+|#\d+);")
_SPACE = re.compile(r"[^\S\n]+")
_BLANK_LINES = re.compile(r"\s*\n\s*")
_HIDING = re.compile(r"<(?P<end>/?)(?P<name>script|style|template)\b[^<>]*>|<!--|-->", re.IGNORECASE)
"""Where what no reader sees begins and ends: elements, and comments."""

_TAG = re.compile(r"""</?(?P<name>[a-z][a-z0-9]*)\b(?:[^<>"']|"[^"<]*"|'[^'<]*'|["'])*+>|<[!?][^<>]*>""", re.IGNORECASE)
"""A tag, whose quoted values may have a ``>``; a declaration. None goes beyond the next ``<``, and none is tried twice,
so that the time to read a text grows with its length alone, whatever is opened in it and never closed."""

_BLOCK_ELEMENTS = frozenset(
    {"p", "br", "div", "li", "ul", "ol", "h1", "h2", "h3", "h4", "tr", "td", "section", "title"}
)


@dataclass(frozen=True, slots=True)
class CleanText:
    """Text fit for matching, and whether markup had to be taken out of it."""

    text: str
    markup_removed: bool


def clean_text(raw: str) -> CleanText:
    """Return ``raw`` as plain NFC text with single spaces, one line break between paragraphs, and no markup.

    Control and format characters (zero-width, soft hyphens, byte-order marks) are dropped: they are invisible to the
    sender, and would split or hide words.
    """
    has_markup = bool(_MARKUP.search(raw))
    text = _without_markup(raw) if has_markup else raw
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    if not text.replace("\n", "").isprintable():  # most texts need not be gone through letter by letter
        text = "".join(_visible(character) for character in text)
    text = _BLANK_LINES.sub("\n", _SPACE.sub(" ", text)).strip()
    return CleanText(text, has_markup)


def word_count(text: str) -> int:
    """How many words ``text`` has; signs, emoji and numbers alone are no words."""
    return sum(any(character.isalpha() for character in word) for word in text.split())


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character == "\n" or category not in ("Cc", "Cf", "Cs", "Co", "Cn"):
        return character
    return " " if category == "Cc" else ""


def _without_markup(raw: str) -> str:
    return html.unescape(_TAG.sub(_in_place_of, _without_hidden(raw)))


def _in_place_of(tag: re.Match[str]) -> str:
    """What a tag leaves; what only looks like one (an address in angle brackets) is text."""
    name = (tag["name"] or "").lower()
    if name and name not in _ELEMENTS:
        return tag[0]
    return "\n" if name in _BLOCK_ELEMENTS else ""


def _without_hidden(raw: str) -> str:
    """The text without what no reader sees; of what never ends only the tag goes, since the need itself may follow."""
    marks = list(_HIDING.finditer(raw))
    ends: dict[str, list[re.Match[str]]] = {}
    for mark in marks:
        if mark["end"] or mark[0] == "-->":
            ends.setdefault(_hides(mark), []).append(mark)
    kept, position = [], 0
    for mark in marks:
        if mark.start() < position or mark[0] == "-->":
            continue
        closing = [] if mark["end"] else ends.get(_hides(mark), [])
        after = bisect_left(closing, mark.end(), key=lambda one: one.start())
        kept.append(raw[position : mark.start()])
        position = closing[after].end() if after < len(closing) else mark.end()
    return " ".join([*kept, raw[position:]])


def _hides(mark: re.Match[str]) -> str:
    """The kind of what a mark begins or ends: an element's name, empty for a comment."""
    return (mark["name"] or "").lower()
