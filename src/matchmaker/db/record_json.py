"""Records as they are stored: plain JSON, the same for the same record."""

from datetime import date
from typing import Any

from matchmaker.domain.language import Language
from matchmaker.domain.work import Hint, HintScheme, Record, Scheme, WorkIdentifier, WorkKind, WorkText


def record_to_json(record: Record) -> dict[str, Any]:
    """All of a record but the day it was read; what has no order is sorted."""
    return {
        "source": record.source,
        "id": record.id,
        "kind": record.kind.value,
        "texts": [text_to_json(text) for text in record.texts],
        "year": record.year,
        "identifiers": sorted([one.scheme.value, one.value] for one in record.identifiers),
        "url": record.url,
        "licence": record.licence,
        "funder": record.funder,
        "hints": sorted([one.scheme.value, one.value] for one in record.hints),
    }


def record_from_json(content: dict[str, Any], retrieved: date | None = None) -> Record:
    """The record that ``record_to_json`` wrote."""
    return Record(
        source=content["source"],
        id=content["id"],
        kind=WorkKind(content["kind"]),
        texts=tuple(text_from_json(text) for text in content["texts"]),
        year=content["year"],
        identifiers=frozenset(WorkIdentifier(Scheme(scheme), value) for scheme, value in content["identifiers"]),
        url=content["url"],
        licence=content["licence"],
        funder=content["funder"],
        retrieved=retrieved,
        hints=frozenset(Hint(HintScheme(scheme), value) for scheme, value in content["hints"]),
    )


def text_to_json(text: WorkText) -> dict[str, Any]:
    return {
        "title": text.title,
        "text": text.text,
        "language": text.language.value if text.language else None,
        "keywords": list(text.keywords),
        "machine_made": text.machine_made,
    }


def text_from_json(content: dict[str, Any]) -> WorkText:
    language = Language(content["language"]) if content["language"] else None
    return WorkText(
        content["title"], content["text"], language, tuple(content["keywords"]), bool(content["machine_made"])
    )
