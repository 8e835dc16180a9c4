"""Swedish compounds split into their parts.

The word list is hunspell-sv's (LGPL, installed as a dependency, never copied): its flags say which forms may begin a
compound (``gruv-``, ``skol-``, ``omsorgs-``) and which words may end one. Reading the flags directly costs 6
microseconds a word, where a full hunspell engine in Python takes 5 milliseconds, too slow for a catalogue.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import Stemmer

from matchmaker.domain.errors import SetupError, mark

MINIMUM_LENGTH = 6
"""Shorter words are never split: what looks like parts in them rarely is."""

MINIMUM_DOTLESS_LENGTH = 5
MAXIMUM_DOTLESS_LENGTH = 40
"""Shorter words are not given dots, since too many could be meant; longer ones are no words."""

_WITHOUT_DOTS = str.maketrans("åäöé", "aaoe")

_VOWELS_BEFORE_N = ("ö", "y", "o")
"""After which -n is most often the article: ``sjön``, ``byn``, ``bron``."""

_BEGINS_FLAGS = frozenset("XU")
_ENDS_FLAGS = frozenset("YA")
_REJECTED_FLAGS = frozenset("%!")


@dataclass(frozen=True, slots=True)
class _Lexicon:
    begins: dict[str, str]
    """Form that begins a compound -> the word it comes from."""
    words: frozenset[str]
    ends: frozenset[str]
    """Stems of the words that may end a compound."""


class CompoundSplitter:
    """Splits a lower-case word in two, by a word list; knows which forms are words at all."""

    def __init__(self) -> None:
        self._snowball: Callable[[str], str] = Stemmer.Stemmer("swedish").stemWord
        self._lexicon = _read_lexicon()

    def stem(self, form: str) -> str:
        """Snowball's stem, or that of the indefinite form where it leaves the article on (``verket``, ``snön``)."""
        stem = self._snowball(form)
        for ending in ("et", "ets"):
            if stem.endswith(ending) and self._ends_in_word(stem.removesuffix(ending)):
                return self._snowball(stem.removesuffix(ending))
        bare = stem.removesuffix("s").removesuffix("n")
        if bare.endswith(_VOWELS_BEFORE_N) and bare != stem and self._lexicon.begins.get(bare) == bare:
            return self._snowball(bare)
        return stem

    def _ends_in_word(self, form: str) -> bool:
        return any(form[start:] in self._lexicon.words for start in range(max(1, len(form) - 2)))

    def split(self, word: str) -> tuple[str, str] | None:
        """The likeliest two parts (the first as a word of its own, the second as it stands), or None.

        ``äldreomsorgens`` gives ``("äldre", "omsorgens")``; ``digitalisering`` gives None.
        """
        if len(word) < MINIMUM_LENGTH:
            return None
        best: tuple[float, str, str] | None = None
        for cut in range(2, len(word) - 2):
            first, second = word[:cut], word[cut:]
            if not self.is_word(second) or (len(second) == 3 and second not in self._lexicon.words):
                continue
            candidate = self._first_part(first)
            if candidate is None:
                continue
            lemma, uncertainty = candidate
            # Short parts are often chance; of the rest, parts of like length are likelier than one letter group
            # beside a long word; a linking form (omsorgs-) is better evidence than a bare word.
            cost = uncertainty + (cut <= 3) + (len(second) <= 4) + 0.05 * abs(len(first) - len(second))
            if best is None or cost < best[0]:
                best = (cost, lemma, second)
        return (best[1], best[2]) if best else None

    def restore_dots(self, word: str) -> str | None:
        """The word that ``word`` is when the dots and rings of å, ä and ö were left out, or None.

        ``aldre`` gives ``äldre``, ``snorojning`` gives ``snöröjning``. Only where the list knows a single answer, for
        the word or for its two parts. Meant for text that has no dots at all: in other text ``varken`` is no pain.
        """
        if not word.isascii() or not MINIMUM_DOTLESS_LENGTH <= len(word) <= MAXIMUM_DOTLESS_LENGTH:
            return None
        whole = self._with_dots(word)
        if whole or word in self._lexicon.words:
            return whole if whole and not whole.isascii() else None
        pairs = (
            (first, second)
            for cut in range(3, len(word) - 2)
            for first in self._dotted.get(word[:cut], ())
            for second in (self._with_dots(word[cut:]),)
            if second
        )
        answers = {f"{first}{second}" for first, second in pairs}
        return answers.pop() if len(answers) == 1 and not next(iter(answers)).isascii() else None

    def _with_dots(self, word: str) -> str | None:
        """The only form that ``word`` may be with dots, an inflected one by its stem; itself where it has none."""
        stem = self._snowball(word)
        for bare in (word, stem):
            forms = self._dotted.get(bare, ())
            if forms:
                return forms[0] + word[len(bare) :] if len(forms) == 1 else None
        return None

    @cached_property
    def _dotted(self) -> dict[str, tuple[str, ...]]:
        """Words and stems by their spelling without dots; those without dots stand for themselves."""
        found: dict[str, set[str]] = {}
        for form in self._lexicon.begins.keys() | self._lexicon.words | self._lexicon.ends:
            if len(form) >= 3:
                found.setdefault(form.translate(_WITHOUT_DOTS), set()).add(form)
        return {bare: tuple(sorted(forms)) for bare, forms in found.items()}

    def is_word(self, form: str) -> bool:
        """Whether the word list knows ``form``, in any inflection, as a word that may end a compound."""
        return self.stem(form) in self._lexicon.ends

    def _first_part(self, form: str) -> tuple[str, float] | None:
        listed = self._lexicon.begins.get(form)
        if listed is not None:
            return listed, -0.2 if listed != form else 0.0
        if len(form) >= 5:  # a compound as first part takes a linking s that the list does not spell out
            for word in (form, form.removesuffix("s")):
                if word in self._lexicon.words:
                    return word, 1.0
        return None


def _dictionary_files() -> tuple[Path, Path]:
    try:
        found = {file.name: Path(str(file.locate())) for file in files("hunspell-sv") or ()}
        return found["sv_SE.dic"], found["sv_SE.aff"]
    except (PackageNotFoundError, KeyError):
        raise SetupError(
            mark("The Swedish word list (package hunspell-sv) is not installed."), remedy="make setup"
        ) from None


@cache
def _read_lexicon() -> _Lexicon:
    dictionary, affixes = _dictionary_files()
    rules = _compound_suffixes(affixes)
    begins: dict[str, str] = {}
    words: set[str] = set()
    for line in dictionary.read_text(encoding="utf-8").splitlines()[1:]:
        word, _, flags = line.strip().partition("/")
        if not flags or not word.isalpha() or word != word.lower() or _REJECTED_FLAGS & set(flags):
            continue
        if _BEGINS_FLAGS & set(flags):
            begins.setdefault(word, word)
        for flag in flags:
            for strip, add, ending in rules.get(flag, ()):
                if ending.search(word):
                    begins.setdefault(word.removesuffix(strip) + add, word)
        if _ENDS_FLAGS & set(flags) and len(word) >= 3:
            words.add(word)
    stems = Stemmer.Stemmer("swedish").stemWords(list(words))
    return _Lexicon(begins, frozenset(words), frozenset(stems))


def _compound_suffixes(affixes: Path) -> dict[str, list[tuple[str, str, re.Pattern[str]]]]:
    """Suffix rules whose result may begin a compound, by flag: what to strip, what to add, the ending it needs."""
    rules: dict[str, list[tuple[str, str, re.Pattern[str]]]] = {}
    for line in affixes.read_text(encoding="utf-8").splitlines():
        match line.split():
            case ["SFX", flag, strip, added, ending, *_] if "/" in added:
                add, _, result_flags = added.partition("/")
                if _BEGINS_FLAGS & set(result_flags):
                    plain = ("" if strip == "0" else strip, "" if add == "0" else add)
                    rules.setdefault(flag, []).append((*plain, re.compile(f"(?:{ending})$")))
    return rules
