"""What a table that people fill in is: its columns, in both languages, and what belongs in each."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from matchmaker.domain.language import LocalisedText

YES = LocalisedText("ja", "yes")
NO = LocalisedText("nej", "no")
YES_NO = {"true": YES, "false": NO}


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``name`` is its name in code and JSON, ``meaning`` a message template that says what to write.

    ``choices`` are the values that it may have, by code, as people write them; several where ``is_list``.
    """

    name: str
    heading: LocalisedText
    meaning: str
    is_required: bool = False
    is_list: bool = False
    choices: Mapping[str, LocalisedText] = field(default_factory=dict)

    def word(self, code: str, language: str) -> str:
        """How people write the value; a code that is none of the choices as it is."""
        return self.choices[code].in_language(language) if code in self.choices else code

    def code(self, word: str) -> str | None:
        """The choice that a word means, in either language or as the code itself."""
        wanted = plain(word)
        for code, words in self.choices.items():
            if wanted in (plain(code), plain(words.sv or ""), plain(words.en or "")):
                return code
        return None

    @property
    def spellings(self) -> tuple[str, str, str]:
        """What the column may be called, in the form in which headings are compared."""
        return plain(self.name), plain(self.heading.sv or ""), plain(self.heading.en or "")


@dataclass(frozen=True, slots=True)
class Template:
    """A kind of table. ``title`` is the name of its sheet."""

    name: str
    title: LocalisedText
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of a name.

        Raises:
            KeyError: there is none.
        """
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def with_choices(self, name: str, choices: Mapping[str, LocalisedText]) -> "Template":
        """The same table, with these values for a column."""
        columns = tuple(replace(one, choices=choices) if one.name == name else one for one in self.columns)
        return replace(self, columns=columns)


def plain(text: str) -> str:
    """A heading or a word as it is compared: without case, with single spaces, letters in one encoding."""
    return " ".join(unicodedata.normalize("NFC", text).replace("_", " ").casefold().split())
