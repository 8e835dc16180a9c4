"""Swedish and English terms that stand for each other, with weights: how words meet across languages.

The table is mined from texts in both languages (``matchmaker train``, training/term_mining.py) and comes with the
program; its terms are those of the analyzer.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from matchmaker.domain.errors import SetupError, mark
from matchmaker.domain.language import Language

FILE = "term-bridge.tsv"
HEADER = "swedish\tenglish\tweight"

Alternatives = Mapping[str, float]
"""A query term, which comes first and counts 1, and its translations with what each counts."""


@dataclass(frozen=True)
class TermBridge:
    """Translations of terms, by the language they are asked in; empty, it translates nothing."""

    english: Mapping[str, Sequence[tuple[str, float]]]
    """English terms of a Swedish one."""
    swedish: Mapping[str, Sequence[tuple[str, float]]]
    """Swedish terms of an English one."""

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str, float]]) -> "TermBridge":
        """From triples of a Swedish term, an English one and the weight."""
        english: dict[str, list[tuple[str, float]]] = {}
        swedish: dict[str, list[tuple[str, float]]] = {}
        for sv, en, weight in pairs:
            english.setdefault(sv, []).append((en, weight))
            swedish.setdefault(en, []).append((sv, weight))
        return cls(english, swedish)

    @classmethod
    def read(cls, path: Path) -> "TermBridge":
        """Read the table.

        Raises:
            SetupError: it is missing or damaged.
        """
        try:
            header, *lines = path.read_text(encoding="utf-8").splitlines()
            if header != HEADER:
                raise ValueError(f"its first line is not {HEADER!r}")
            rows = [line.split("\t") for line in lines]
            return cls.of((sv, en, float(weight)) for sv, en, weight in rows)
        except (OSError, ValueError) as error:
            raise SetupError(
                mark("The table of terms {path} is missing or damaged ({problem})."),
                remedy="git checkout -- models/lexical",
                path=path,
                problem=str(error)[:200],
            ) from error

    @cached_property
    def fingerprint(self) -> str:
        """Changes whenever a translation or its weight does."""
        rows = sorted((sv, en, weight) for sv, own in self.english.items() for en, weight in own)
        return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]

    def alternatives(self, terms: Iterable[str], language: Language) -> list[Alternatives]:
        """Each distinct term with its translations into the other language; one spelt like the term adds none."""
        table: Mapping[str, Sequence[tuple[str, float]]]
        match language:
            case Language.SWEDISH:
                table = self.english
            case Language.ENGLISH:
                table = self.swedish
            case _:
                table = {}
        return [
            {term: 1.0, **{other: weight for other, weight in table.get(term, ()) if other != term}}
            for term in dict.fromkeys(terms)
        ]


NO_BRIDGE = TermBridge({}, {})
