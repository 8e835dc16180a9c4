"""Which language a text is written in.

Source of the method: Lui and Baldwin, "langid.py: An Off-the-shelf Language Identification Tool", ACL 2012 (through
py3langid), limited first to the languages a Norrbotten municipality may write in, since over 97 languages short
Swedish needs come out as German or Danish.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache, lru_cache
from math import exp

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from matchmaker.domain.language import Language

EXPECTED_LANGUAGES = ("sv", "en", "fi", "se", "no", "da")
"""Swedish, English, Finnish, North Sámi, Norwegian, Danish."""

CERTAIN_PROBABILITY = 0.9
"""Below it the guess is shown as uncertain. The model's probabilities crowd near 1, so this is lenient."""

FOREIGN_MINIMUM_LETTERS = 60
"""A text shorter than this is never called German, French and so on: identification over all languages errs there."""


@dataclass(frozen=True, slots=True)
class DetectedLanguage:
    """A guess: how the text will be treated, the identified ISO 639-1 code, and whether the guess is certain."""

    language: Language
    code: str
    certain: bool


def detect_language(text: str) -> DetectedLanguage:
    """Guess the language of ``text`` (plain text with at least one letter)."""
    letters = [character for character in text.lower() if character.isalpha()]
    scores = dict(_identifier().rank(text))
    open_code, open_probability = _likeliest(scores)
    if not letters or _share_of_latin(letters) < 0.5:
        return DetectedLanguage(Language.OTHER, open_code, open_probability >= CERTAIN_PROBABILITY)
    is_long = len(letters) >= FOREIGN_MINIMUM_LETTERS
    if is_long and open_code not in EXPECTED_LANGUAGES and open_probability >= CERTAIN_PROBABILITY:
        return DetectedLanguage(Language.OTHER, open_code, True)
    code, probability = _likeliest({code: scores[code] for code in EXPECTED_LANGUAGES})
    certain = probability >= CERTAIN_PROBABILITY
    if code in ("no", "da") and not certain and not {"æ", "ø"} & set(letters):
        # Neighbouring languages share most words of a short text; the senders are Swedish municipalities.
        code = "sv"
    return DetectedLanguage(Language.of(code) or Language.OTHER, code, certain)


def _likeliest(scores: dict[str, float]) -> tuple[str, float]:
    """The language of the highest log score, and its probability among the languages scored."""
    best = max(scores, key=lambda code: scores[code])
    return best, 1.0 / sum(exp(max(score - scores[best], -700.0)) for score in scores.values())


def _share_of_latin(letters: list[str]) -> float:
    return sum(map(_is_latin, letters)) / len(letters)


@lru_cache(maxsize=4096)
def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")


@cache
def _identifier() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=False)
