"""Cleaning of text that people paste: markup, control characters, look-alike encodings of the same letter."""

import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser

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
_HIDDEN = re.compile(
    r"<(script|style|template)\b[^<>]*>.*?</\1\s*>|</?(?:script|style|template)\b[^<>]*>", re.DOTALL | re.IGNORECASE
)
"""Elements that no reader sees; of one that never ends only the tag, since what follows may be the need itself."""

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


class _TextOnly(HTMLParser):
    """Keeps text. What only looks like an element (an address in angle brackets) is text too."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []

    def handle_starttag(self, tag: str, _attributes: list[tuple[str, str | None]]) -> None:
        if tag not in _ELEMENTS:
            self.parts.append(self.get_starttag_text() or "")
        elif tag in _BLOCK_ELEMENTS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag not in _ELEMENTS:
            self.parts.append(f"</{tag}>")
        elif tag in _BLOCK_ELEMENTS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


def _without_markup(raw: str) -> str:
    parser = _TextOnly()
    parser.feed(_HIDDEN.sub(" ", raw))
    parser.close()
    return "".join(parser.parts)
