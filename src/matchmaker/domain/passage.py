"""The unit of retrieval: a stretch of a document short enough to encode whole and to show as evidence."""

from dataclasses import dataclass

from matchmaker.domain.language import Language


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of a document's text; ``id`` is unique within its collection, ``position`` counts from 0.

    ``title`` is the document's: it is encoded and indexed with the text, and shown beside it.
    """

    id: int
    document_id: str
    position: int
    text: str
    language: Language
    title: str | None = None

    @property
    def indexed_text(self) -> str:
        """What the channels read: the document's title and the passage's text."""
        return f"{self._heading}{self.text}"

    @property
    def text_offset(self) -> int:
        """Where the passage's own text begins in what the channels read."""
        return len(self._heading)

    @property
    def _heading(self) -> str:
        return f"{self.title}. " if self.title else ""
