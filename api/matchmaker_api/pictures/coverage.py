"""Which candidate answers which part of a need, and which part nobody answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from matchmaker.domain.language import Language
from matchmaker.domain.shortlist import Suggestion
from matchmaker_api.pictures.labels import shortened

PART_LENGTH = 90
NAME_LENGTH = 24


@dataclass(frozen=True, slots=True)
class CoverageColumn:
    """A candidate."""

    rank: int
    name: str
    short_name: str


@dataclass(frozen=True, slots=True)
class CoverageRow:
    """A part of the need, by its number from 1; ``marks`` says of each column whether the candidate answers it."""

    number: int
    text: str
    short_text: str
    marks: tuple[bool, ...]

    @property
    def answered(self) -> int:
        """How many candidates answer the part."""
        return sum(self.marks)


@dataclass(frozen=True, slots=True)
class CoverageMatrix:
    """Parts by candidates."""

    columns: tuple[CoverageColumn, ...]
    rows: tuple[CoverageRow, ...]

    @property
    def unanswered(self) -> tuple[CoverageRow, ...]:
        """The parts that nobody answers."""
        return tuple(row for row in self.rows if not row.answered)


def coverage_matrix(
    parts: Sequence[str], candidates: Sequence[Suggestion], language: Language | str
) -> CoverageMatrix | None:
    """The matrix of a shortlist's parts and candidates, names in the language; None where the need is one."""
    if not parts:
        return None
    names = [one.name.in_language(language) for one in candidates]
    return CoverageMatrix(
        tuple(
            CoverageColumn(one.rank, name, shortened(name, NAME_LENGTH))
            for one, name in zip(candidates, names, strict=True)
        ),
        tuple(
            CoverageRow(
                number, text, shortened(text, PART_LENGTH), tuple(number in candidate.parts for candidate in candidates)
            )
            for number, text in enumerate(parts, start=1)
        ),
    )
