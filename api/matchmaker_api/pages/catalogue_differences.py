"""What a changed record says now and would say afterwards, field by field."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matchmaker.domain.errors import mark
from matchmaker_api.pages.catalogue_words import CatalogueWords

LONGEST = 600
"""Letters of a text that are shown: the rest differs or does not, and is a click away at the source."""

FIELDS = {
    "title": mark("Title"),
    "text": mark("Text"),
    "keywords": mark("Keywords"),
    "kind": mark("Kind"),
    "year": mark("Year"),
    "url": mark("Web address"),
    "licence": mark("Licence"),
    "funder": mark("Funder"),
    "identifiers": mark("Identifiers"),
    "hints": mark("What it is linked by"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field with both of its values in words; empty where there is none."""

    name: str
    before: str
    after: str


def differences(before: Mapping[str, Any], after: Mapping[str, Any], words: CatalogueWords) -> list[Difference]:
    """The fields of records, as JSON, that differ."""
    old, new = _plain(before, words), _plain(after, words)
    return [
        Difference(key, _cut(old.get(key, "")), _cut(new.get(key, "")))
        for key in {**old, **new}
        if old.get(key) != new.get(key)
    ]


def title_of(record: Mapping[str, Any], identifier: str) -> str:
    """A record's title in whatever language comes first."""
    return next((str(text["title"]) for text in record.get("texts", ()) if text["title"]), identifier)


def _plain(record: Mapping[str, Any], words: CatalogueWords) -> dict[str, str]:
    """Field by field in words, by what the field is called; texts by language."""
    say = words.say.say
    found: dict[str, str] = {}
    for text in record.get("texts", ()):
        for name in ("title", "text", "keywords"):
            value = text[name] if name != "keywords" else ", ".join(text[name])
            found[f"{say(FIELDS[name])} ({words.language(text['language'])})"] = value
    for name in ("year", "url", "licence", "funder"):
        found[say(FIELDS[name])] = str(record.get(name) or "")
    found[say(FIELDS["kind"])] = words.work_kind(record["kind"]) if record.get("kind") else ""
    found[say(FIELDS["identifiers"])] = ", ".join(
        f"{scheme}:{value}" for scheme, value in record.get("identifiers", ())
    )
    # Persons are pseudonyms, which tell a reader nothing.
    hints = [value for scheme, value in record.get("hints", ()) if scheme != "person"]
    found[say(FIELDS["hints"])] = ", ".join(hints)
    return found


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rpartition(" ")[0] + " …"
