"""Ids of persons in records. Names are never read."""

import re

_ORCID = re.compile(r"(?<!\d)(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])(?![\dA-Za-z])")


def find_orcid(text: str) -> str | None:
    """The ORCID iD in a text, in capitals; None where there is none, or its check digit is wrong.

    Source of the method: ISO 7064 MOD 11-2, as ORCID's "Structure of the ORCID Identifier" describes it.
    """
    found = _ORCID.search(text)
    if not found:
        return None
    orcid = found.group(1).upper()
    total = 0
    for digit in orcid.replace("-", "")[:-1]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return orcid if orcid[-1] == ("X" if check == 10 else str(check)) else None
