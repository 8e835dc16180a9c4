"""Sets without judgments of who is relevant: needs in several wordings, and needs in and out of scope."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from matchmaker.catalogue.text_file import form_error, read_json_lines
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.language import Language


@dataclass(frozen=True, slots=True)
class ParaphraseSet:
    """Needs in several wordings of one language; ``needs`` has the wordings' challenge ids by need."""

    language: Language
    challenges: tuple[Challenge, ...]
    needs: Mapping[str, tuple[str, ...]]


def read_paraphrases(path: Path) -> list[ParaphraseSet]:
    """One set a language, from JSON lines of ``{"id", "sv": {wording: text}, "en": {...}}``.

    Raises:
        InvalidFileError: the file is of another form.
    """
    entries = read_json_lines(path)
    sets = []
    try:
        for language in (Language.SWEDISH, Language.ENGLISH):
            needs = {one["id"]: tuple(f"{one['id']}{key}" for key in one[language.value]) for one in entries}
            challenges = tuple(
                Challenge(f"{one['id']}{key}", text, None, language)
                for one in entries
                for key, text in one[language.value].items()
            )
            sets.append(ParaphraseSet(language, challenges, needs))
    except (KeyError, TypeError, AttributeError) as error:
        raise form_error(path, error) from error
    return sets


@dataclass(frozen=True, slots=True)
class ScopeSet:
    """Needs of one language of which it is known whether anyone in the catalogue serves them."""

    language: Language
    challenges: tuple[Challenge, ...]
    served: Mapping[str, bool]


def read_scope(path: Path) -> list[ScopeSet]:
    """One set a language, from JSON lines of ``{"id", "scope": "in" or "out", "sv": text, "en": text}``.

    Raises:
        InvalidFileError: the file is of another form.
    """
    entries = read_json_lines(path)
    try:
        return [
            ScopeSet(
                language,
                tuple(Challenge(one["id"], one[language.value], None, language) for one in entries),
                {one["id"]: one["scope"] == "in" for one in entries},
            )
            for language in (Language.SWEDISH, Language.ENGLISH)
        ]
    except (KeyError, TypeError) as error:
        raise form_error(path, error) from error
