"""The column Name of DiVA's export: ids and affiliations in it. Names are passed over.

Example: ``Surname, Given [local1] [0000-0002-1825-0097] (KTH [177], Skolan (CBH) [879224]) (A company);Other, Name``.
What stands in square brackets behind a name is the portal's id or the ORCID iD, in parentheses the affiliations, where
square brackets hold the portal's ids of organisations.
"""

import re
from collections.abc import Iterator

from matchmaker.catalogue.importers.affiliations import find_affiliations
from matchmaker.catalogue.importers.person_ids import find_orcid
from matchmaker.domain.work import Hint, HintScheme

_BRACKETS = re.compile(r"\[([^\[\]]{1,64})\]")
_SPACE_BEFORE = re.compile(r"\s(?=,)")
_LOCAL_ID = re.compile(r"(?!\d{4}-\d{4}-)[A-Za-z0-9._-]+")
"""Not what is written like an ORCID iD but has a wrong digit; no e-mail address."""


def find_name_hints(names: str, portal: str | None) -> frozenset[Hint]:
    """Hints in a cell; ``portal`` is the DiVA portal whose ids they are, None where that is not known."""
    return frozenset(hint for person in _split(names, ";") for hint in _hints(person, portal))


def _hints(person: str, portal: str | None) -> Iterator[Hint]:
    name, affiliations = _parts(person)
    for identifier in _BRACKETS.findall(name):
        if orcid := find_orcid(identifier):
            yield Hint(HintScheme.PERSON, f"orcid:{orcid}")
        elif portal and _LOCAL_ID.fullmatch(identifier):
            yield Hint(HintScheme.PERSON, f"{portal}:{identifier}")
    for affiliation in affiliations:
        units = [one for one in _BRACKETS.findall(affiliation) if one.isdigit()]
        if portal:
            # The last one is the unit itself, those before it are what it belongs to.
            yield from (Hint(HintScheme.ORGANISATION, f"{portal}:{unit}") for unit in units[-1:])
        yield from find_affiliations([_SPACE_BEFORE.sub("", _BRACKETS.sub("", affiliation))])


def _parts(person: str) -> tuple[str, list[str]]:
    """What stands outside of all parentheses, and what stands in each outermost pair; one that never ends counts."""
    outside: list[str] = []
    groups: list[list[str]] = []
    depth = 0
    for character in person:
        if character == "(":
            depth += 1
            if depth == 1:
                groups.append([])
                continue
        elif character == ")" and depth:
            depth -= 1
            if not depth:
                continue
        (groups[-1] if depth else outside).append(character)
    return "".join(outside), ["".join(group) for group in groups]


def _split(text: str, separator: str) -> Iterator[str]:
    """The text's parts between separators that stand outside of parentheses."""
    depth, start = 0, 0
    for place, character in enumerate(text):
        if character == "(":
            depth += 1
        elif character == ")":
            depth = max(depth - 1, 0)
        elif character == separator and not depth:
            yield text[start:place]
            start = place + 1
    yield text[start:]
