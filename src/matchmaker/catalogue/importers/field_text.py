"""Texts of a source's fields: cleaned, in the language that they are really in, and cut where they are shown."""

from matchmaker.domain.language import Language
from matchmaker.text.language import detect_language
from matchmaker.text.normalise import clean_text

LONGEST_SHOWN = 80
"""Characters of a wrong value that its reader is shown."""

LONGEST_IDENTIFIER = 2000
"""Characters of a text that is searched for an identifier; addresses are no longer."""

ENOUGH_TO_TELL = 200
"""Characters from which a text's own words are believed rather than its label. Of 137 abstracts of two DiVA portals
two bear the wrong label, and detection erred on none of this length; it does on titles."""

_NO_LANGUAGE = frozenset({"", "und", "mul", "zxx", "mis"})
_KEYS = {Language.SWEDISH: "sv", Language.ENGLISH: "en"}


def clean_line(text: str | None) -> str:
    """A text without markup and invisible characters, on one line."""
    return " ".join(clean_text(text or "").text.split())


def shown(value: str) -> str:
    """A value as a problem shows it: without control characters, at most 80 characters."""
    line = " ".join("".join(one if one.isprintable() else " " for one in value[: 10 * LONGEST_SHOWN]).split())
    return line if len(line) <= LONGEST_SHOWN else line[: LONGEST_SHOWN - 1] + "…"


def language_key(code: str | None) -> str | None:
    """``sv``, ``en`` or the code as it stands; None where it names no language."""
    stripped = (code or "").strip().lower()
    if stripped in _NO_LANGUAGE or not Language.is_code(stripped):
        return None
    return _KEYS.get(Language.of(stripped) or Language.OTHER, stripped)


def believed_key(text: str, key: str | None) -> str | None:
    """The label of a text's language, unless the text is long and clearly in another one."""
    if len(text) < ENOUGH_TO_TELL:
        return key
    seen = detect_language(text)
    if not seen.certain or {key, seen.code}.isdisjoint(_KEYS.values()):
        return key  # whichever third language it is makes no difference here
    return seen.code


def short(text: str | None) -> str | None:
    """A text that may hold an identifier; None of one that is too long to be one."""
    return text if text and len(text) <= LONGEST_IDENTIFIER else None
