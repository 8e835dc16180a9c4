"""A collection: collaborators and their passages, wherever they are kept."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from matchmaker.domain.collaborator import Collaborator, Document
from matchmaker.domain.passage import Passage


class Collection(Protocol):
    """What indexing and matching ask of a catalogue. ``revision`` changes with every change of its content."""

    @property
    def name(self) -> str: ...

    @property
    def revision(self) -> str: ...

    def passages(self) -> Iterator[Passage]:
        """All passages, by rising id."""
        ...

    def passage_ids_by_collaborator(self) -> Mapping[str, Sequence[int]]:
        """Which passages speak for whom; collaborators without any are there too, with none."""
        ...

    def find_passages(self, passage_ids: Sequence[int]) -> Mapping[int, tuple[Passage, Document]]:
        """The passages of these ids with the documents they are from; ids that do not exist are left out."""
        ...

    def find_collaborators(self, collaborator_ids: Sequence[str]) -> Mapping[str, Collaborator]:
        """The collaborators of these ids, without their documents; ids that do not exist are left out."""
        ...
