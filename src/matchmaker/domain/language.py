"""Languages of texts and of the interface."""

import re
from dataclasses import dataclass
from enum import StrEnum


class Language(StrEnum):
    """A language the text stages treat on their own terms (ISO 639-1); any other text is ``OTHER``.

    ``OTHER`` is still encoded by the multilingual encoder; only stemming, stop words and the language
    correction are missing for it.
    """

    SWEDISH = "sv"
    ENGLISH = "en"
    OTHER = "und"

    @staticmethod
    def is_code(code: str) -> bool:
        """Whether ``code`` has the form of a language code: two or three letters, then perhaps a region."""
        return _CODE.fullmatch(code.strip()) is not None

    @classmethod
    def of(cls, code: str | None) -> "Language | None":
        """The language of an ISO code such as ``sv``, ``sv-SE`` or ``swe``; None for None or blank."""
        if not code or not code.strip():
            return None
        primary = code.strip().lower().replace("_", "-").split("-")[0]
        return _CODES.get(primary, cls.OTHER)


_CODE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_CODES = {"sv": Language.SWEDISH, "swe": Language.SWEDISH, "en": Language.ENGLISH, "eng": Language.ENGLISH}


@dataclass(frozen=True, slots=True)
class LocalisedText:
    """A name in Swedish and English; either may be missing, not both."""

    sv: str | None = None
    en: str | None = None

    def __post_init__(self) -> None:
        if not (self.sv or self.en):
            raise ValueError("a localised text needs at least one language")

    def in_language(self, language: Language | str) -> str:
        """The text in the wanted language, or in the other one when it is missing."""
        preferred, fallback = (self.en, self.sv) if language == Language.ENGLISH else (self.sv, self.en)
        return preferred or fallback or ""
