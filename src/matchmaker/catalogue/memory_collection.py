"""A collection held in memory: for batches over a file, and for the evaluation of the shipped catalogue."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from matchmaker.domain.collaborator import Collaborator, Document
from matchmaker.domain.collection import CollectionSnapshot
from matchmaker.domain.passage import Passage
from matchmaker.text.passages import document_passages


class MemoryCollection:
    """Collaborators as given; documents that several share (same id and text) are kept once."""

    def __init__(self, name: str, collaborators: Iterable[Collaborator]) -> None:
        self._name = name
        self._collaborators: dict[str, Collaborator] = {}
        self._passages: list[tuple[Passage, Document]] = []
        self._by_collaborator: dict[str, list[int]] = {}
        passage_ids: dict[tuple[str, str | None, str], list[int]] = {}
        digest = hashlib.sha256()
        for collaborator in collaborators:
            self._collaborators[collaborator.id] = replace(collaborator, documents=())
            own = self._by_collaborator.setdefault(collaborator.id, [])
            digest.update(repr(collaborator).encode())
            for document in collaborator.documents:
                content = (document.id, document.title, document.text)
                if content not in passage_ids:
                    passage_ids[content] = self._add(document)
                own.extend(passage_ids[content])
        self._revision = digest.hexdigest()

    @property
    def name(self) -> str:
        return self._name

    @property
    def revision(self) -> str:
        return self._revision

    def snapshot(self) -> CollectionSnapshot:
        passages = [passage for passage, _ in self._passages]
        return CollectionSnapshot(self._revision, passages, self._collaborators, self._by_collaborator)

    def find_passages(self, passage_ids: Sequence[int]) -> Mapping[int, tuple[Passage, Document]]:
        return {key: self._passages[key] for key in passage_ids if 0 <= key < len(self._passages)}

    def find_collaborators(self, collaborator_ids: Sequence[str]) -> Mapping[str, Collaborator]:
        return {key: self._collaborators[key] for key in collaborator_ids if key in self._collaborators}

    def find_pinned(self, collaborator_ids: Sequence[str]) -> Mapping[str, frozenset[str]]:
        del collaborator_ids  # nobody looks after what is in memory only
        return {}

    def _add(self, document: Document) -> list[int]:
        language, texts = document_passages(document)
        first = len(self._passages)
        for position, text in enumerate(texts):
            passage = Passage(first + position, document.id, position, text, language, document.title or None)
            self._passages.append((passage, document))
        return list(range(first, len(self._passages)))
