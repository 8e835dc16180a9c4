"""Where in a form's fields personal data seem to stand, with the words around them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from matchmaker.text.personal_data import PersonalDataKind, find_personal_data

CHECKED = ("title", "problem", "tried", "success", "offers", "contact_role")
"""The fields in which people write. The contact's address is asked for, and is no mistake."""

AROUND = 40
"""Characters on either side of a finding by which the writer finds it again."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Words in a field that look like personal data, and the text before and after them."""

    field: str
    kind: PersonalDataKind
    before: str
    words: str
    after: str


def find_in_fields(typed: Mapping[str, Any], fields: Sequence[str] = CHECKED) -> list[Finding]:
    """What looks like personal data in the given fields, in their order."""
    return [finding for name in fields if name in CHECKED for finding in _find(name, str(typed.get(name, "")))]


def _find(name: str, text: str) -> list[Finding]:
    found = []
    for one in find_personal_data(text):
        start, end = max(one.start - AROUND, 0), min(one.end + AROUND, len(text))
        before = ("… " if start else "") + text[start : one.start]
        after = text[one.end : end] + (" …" if end < len(text) else "")
        found.append(Finding(name, one.kind, before, text[one.start : one.end], after))
    return found
