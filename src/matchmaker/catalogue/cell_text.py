"""Texts as cells of tables that people open in spreadsheet programs, and cells as texts again.

A cell that begins like a formula would be run when the table is opened. Such a text is written with an apostrophe
before it (source of the method: OWASP, CSV Injection; ASVS 5.0, 1.2.10). Reading takes that apostrophe away, and no
other: one stands before what would otherwise be dangerous, empty, or would itself lose an apostrophe. So every text
comes back as it was, and a text with an apostrophe of its own ('s-Hertogenbosch) needs none.
"""

import re

_SEPARATOR = ";"
_ESCAPE = "\\"

# Wide forms are formulas in East Asian versions; spaces before a sign are passed over by some programs. A row whose
# first cell begins with # explains the table and is not read.
_DANGEROUS = r"(?:[\t\r\n]|\s*[=+\-@＝＋－＠#]|\Z)"
_TO_ESCAPE = re.compile(rf"'*{_DANGEROUS}")
_ESCAPED = re.compile(rf"'+{_DANGEROUS}")
_NO_TEXT = re.compile("[\0\ud800-\udfff\ufffe\uffff]")
_PARTS = re.compile(r"((?:\\[\\;]|[^;\r\n])*)(?:[;\r\n]|\Z)")


def to_cell(text: str | None) -> str:
    """The text as a cell; an empty cell for None. What is no character (null, half a surrogate pair) is left out."""
    if text is None:
        return ""
    text = _NO_TEXT.sub("", text)
    return f"'{text}" if _TO_ESCAPE.match(text) else text


def from_cell(cell: str) -> str | None:
    """The text that was written as this cell; None of an empty cell."""
    if not cell:
        return None
    return cell[1:] if _ESCAPED.match(cell) else cell


def is_comment(cell: str) -> bool:
    """Whether a row that begins with this cell explains the table."""
    return cell.lstrip().startswith("#")


def join_items(items: tuple[str, ...]) -> str | None:
    """Several values in one cell, parted by semicolons; a semicolon within one gets a backslash before it."""
    escaped = (re.sub(r"[\\;]", lambda found: _ESCAPE + found.group(), " ".join(item.split())) for item in items)
    return f"{_SEPARATOR} ".join(escaped) or None


def split_items(text: str) -> tuple[str, ...]:
    """The values in one cell: parted by semicolons or line breaks, each once, without spaces around it."""
    parts = (re.sub(r"\\([\\;])", r"\1", part.strip()) for part in _PARTS.findall(text))
    return tuple(dict.fromkeys(part for part in parts if part))
