"""Words in the order of a Swedish dictionary: å, ä and ö are letters of their own, behind z."""

import unicodedata

_BEHIND_Z = str.maketrans({"å": "{", "ä": "|", "æ": "|", "ö": "}", "ø": "}"})
"""The signs behind z in Unicode, in the alphabet's order; Danish and Norwegian letters stand with their like."""


def swedish_key(text: str) -> str:
    """What texts are sorted by: without case, other accents (é, ü) as if they were not there."""
    composed = unicodedata.normalize("NFC", text).casefold().translate(_BEHIND_Z)
    plain = unicodedata.normalize("NFD", composed)
    return "".join(one for one in plain if not unicodedata.combining(one))
