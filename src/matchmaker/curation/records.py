"""Records made fit to be kept: plain text, a language for each, pseudonyms instead of persons."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import replace

from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.work import PSEUDONYM, Hint, HintScheme, Record, WorkText
from matchmaker.text.language import detect_language
from matchmaker.text.normalise import clean_text

LONGEST_ID = 300
LONGEST_HINT = 400
LONGEST_TEXT = 100_000
MOST_KEYWORDS = 60

Pseudonym = Callable[[str], str]
"""From a person's identifier the same stretch of letters each time, by which nobody can find the identifier."""


def pseudonyms(key: bytes) -> Pseudonym:
    """Keyed hashing (RFC 2104, SHA-256): without the installation's key identifiers cannot be tried out."""

    def pseudonym(identifier: str) -> str:
        text = f"person\x00{identifier.strip().lower()}"
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]

    return pseudonym


def stored_hint(hint: Hint, pseudonym: Pseudonym) -> Hint:
    """The hint as it is kept and compared: a person as a pseudonym, words without case and with single spaces."""
    if hint.scheme is HintScheme.PERSON:
        known = hint.value.removeprefix(PSEUDONYM)
        return Hint(hint.scheme, known if known != hint.value else pseudonym(hint.value))
    if hint.scheme in (HintScheme.SUBJECT, HintScheme.AFFILIATION):
        return Hint(hint.scheme, " ".join(clean_text(hint.value).text.casefold().split()))
    return Hint(hint.scheme, hint.value.strip())


def prepare_record(record: Record, pseudonym: Pseudonym) -> Record | FileProblem:
    """The record as it is kept, or why it cannot be."""
    if not record.id.strip() or len(record.id) > LONGEST_ID:
        return FileProblem(mark("has no usable identifier"), field="id")
    if record.deleted:
        return record
    texts = tuple(text for text in map(_prepared, record.texts) if text is not None)
    if not texts:
        return FileProblem(mark("{record} has no title"), field="title", record=record.id[:80])
    hints = (stored_hint(hint, pseudonym) for hint in record.hints)
    return replace(
        record,
        texts=_one_a_language(texts),
        hints=frozenset(hint for hint in hints if hint.value and len(hint.value) <= LONGEST_HINT),
    )


def _prepared(text: WorkText) -> WorkText | None:
    title, body = clean_text(text.title).text, clean_text(text.text).text[:LONGEST_TEXT]
    if not any(character.isalpha() for character in title):
        return None
    keywords = dict.fromkeys(clean_text(word).text for word in text.keywords[:MOST_KEYWORDS])
    return replace(
        text,
        title=" ".join(title.split()),
        text=body,
        language=text.language or detect_language(f"{title} {body}").language,
        keywords=tuple(word for word in keywords if word),
    )


def _one_a_language(texts: tuple[WorkText, ...]) -> tuple[WorkText, ...]:
    """Of several texts in one language the longest: some sources give one text in every field they have."""
    best: dict[object, WorkText] = {}
    for text in texts:
        known = best.get(text.language)
        if known is None or len(text.text) > len(known.text):
            best[text.language] = text
    return tuple(best.values())
