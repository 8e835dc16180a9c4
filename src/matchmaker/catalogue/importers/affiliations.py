"""Organisations by the words of a record, without what names or reaches a person."""

import re
from collections.abc import Iterator

from matchmaker.catalogue.importers.field_text import clean_line
from matchmaker.domain.work import Hint, HintScheme

LONGEST_AFFILIATION = 400
MOST_AFFILIATIONS = 500

_MAIL = re.compile(r"(?:e-?mail(?:address)?s?\s*:?\s*)?[^\s;,()<>]{1,100}@[^\s;,()<>]{1,100}", re.IGNORECASE)
_NAMES_BEFORE = re.compile(r"\[[^\[\]]{0,2000}\]")
"""Web of Science puts the authors' names before their address: ``[Name, A.; Name, B.] Univ X, Dept Y``."""


def find_affiliations(texts: Iterator[str] | list[str]) -> Iterator[Hint]:
    """A hint for each affiliation in the texts; several in one are parted by semicolons or line breaks."""
    left = MOST_AFFILIATIONS
    for text in texts:
        for part in re.split(r"[;\n]", _NAMES_BEFORE.sub("", text[: 50 * LONGEST_AFFILIATION])):
            words = clean_line(_MAIL.sub("", part)).strip(" .,")
            if words and len(words) <= LONGEST_AFFILIATION and left:
                left -= 1
                yield Hint(HintScheme.AFFILIATION, words)
