"""A societal challenge as its sender wrote it."""

from dataclasses import dataclass

from matchmaker.domain.language import Language


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a municipality wants help with.

    ``language`` is what the sender said; None asks the pipeline to detect it.
    """

    id: str
    text: str
    title: str | None = None
    language: Language | None = None
