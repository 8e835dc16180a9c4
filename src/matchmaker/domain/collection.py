"""A collection: collaborators and their passages, wherever they are kept."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from matchmaker.domain.collaborator import Collaborator, Document
from matchmaker.domain.errors import InvalidNameError, mark
from matchmaker.domain.passage import Passage

MAIN_COLLECTION = "main"
"""The collection of the catalogue, which challenges are matched against unless told otherwise."""

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")


@dataclass(frozen=True, slots=True)
class CollectionSnapshot:
    """A collection's content at one moment.

    ``passages`` by rising id. ``passage_ids`` tells which speak for whom; collaborators without any are there too,
    with none. ``collaborators`` come without their documents.
    """

    revision: str
    passages: Sequence[Passage]
    collaborators: Mapping[str, Collaborator]
    passage_ids: Mapping[str, Sequence[int]]


class Collection(Protocol):
    """What indexing and matching ask of a catalogue. ``revision`` changes with every change of its content."""

    @property
    def name(self) -> str: ...

    @property
    def revision(self) -> str: ...

    def snapshot(self) -> CollectionSnapshot:
        """The whole content, as of one moment."""
        ...

    def find_passages(self, passage_ids: Sequence[int]) -> Mapping[int, tuple[Passage, Document]]:
        """The passages of these ids with the documents they are from; ids that do not exist are left out."""
        ...

    def find_collaborators(self, collaborator_ids: Sequence[str]) -> Mapping[str, Collaborator]:
        """The collaborators of these ids, without their documents; ids that do not exist are left out."""
        ...

    def find_pinned(self, collaborator_ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
        """By collaborator the works that they want to be shown by before others; who has none is left out."""
        ...


def check_collection_name(name: str) -> str:
    """Return the name of a stored collection if it may be one: it becomes the name of a folder.

    Raises:
        InvalidNameError: it may not.
    """
    if not _NAME.fullmatch(name):
        raise InvalidNameError(
            mark("«{name}» cannot name a collection: use small letters a-z, digits, - and _, at most 64."), name=name
        )
    return name
