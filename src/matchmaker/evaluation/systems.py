"""What is compared: what a user could pick instead, the whole pipeline, and the pipeline without each of its parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.domain.collaborator import Collaborator
from matchmaker.pipeline import Matcher
from matchmaker.ranking.scorer import ALL_CHANNELS, Channel


@dataclass(frozen=True, slots=True)
class System:
    """A way of ranking. ``adapted``: with our encoder, not the original; ``corrected``: languages centred;
    ``translated``: terms also by their translations; ``quantised``: with the encoder in 8 bits; ``cached``: no text is
    encoded twice, which is what a measurement of speed must do without.
    """

    name: str
    channels: frozenset[Channel] = ALL_CHANNELS
    adapted: bool = True
    corrected: bool = True
    translated: bool = True
    quantised: bool = True
    cached: bool = True


LEXICAL = System("lexical only", frozenset({Channel.LEXICAL}), translated=False)
RAW = System("raw encoder", frozenset({Channel.DENSE}), adapted=False, corrected=False)
DENSE = System("dense only", frozenset({Channel.DENSE}))
FULL = System("full")
FULL_PRECISION = System("32 bits", quantised=False)
UNCACHED = System("uncached", cached=False)

MAIN_SYSTEMS = (LEXICAL, RAW, System("raw fused", adapted=False, corrected=False, translated=False), DENSE, FULL)

ABLATIONS = (
    System("without our adapter", adapted=False),
    System("without language correction", corrected=False),
    System("without translated terms", translated=False),
    DENSE,
    System("without meaning", frozenset({Channel.LEXICAL})),
)
"""The whole pipeline but for one part; without words it is the dense channel alone."""

MatcherOf = Callable[[System, str, Sequence[Collaborator]], tuple[Matcher, MemoryCollection]]
"""Makes a system's matcher over collaborators; the name is the collection's."""
