"""Whose a work in MODS is, by its record: subjects, organisations, affiliations, ids of persons. No names are read."""

import re
from collections.abc import Iterator

from lxml import etree

from matchmaker.catalogue.importers.affiliations import find_affiliations
from matchmaker.catalogue.importers.field_text import clean_line
from matchmaker.catalogue.importers.person_ids import find_orcid
from matchmaker.domain.work import Hint, HintScheme

MODS = "{http://www.loc.gov/mods/v3}"
HREF = "{http://www.w3.org/1999/xlink}href"

_AUTHORS = frozenset({"aut", "cre", "edt", "ctb", "prl", "ive"})
"""Roles (MARC relators) of those whose work it is: no supervisors, opponents, translators."""

_FUNDERS = frozenset({"fnd", "spn"})
_NATIONAL = frozenset({"hsv", "uka.se", "ssif"})
"""Names under which portals cite the national standard of research subjects."""


def find_hints(mods: etree._Element) -> frozenset[Hint]:
    """All hints of a record."""
    return frozenset([*_subjects(mods), *_organisations(mods), *_persons(mods)])


def subject_id(element: etree._Element) -> str | None:
    """``authority:id`` of a subject or an organisation of some register; None of free words."""
    authority = (element.get("authority") or "").strip().lower()
    reference = (element.get(HREF) or element.get("valueURI") or "").strip().rstrip("/")
    identifier = re.split(r"[/#]", reference)[-1]
    if not authority or not identifier:
        return None
    return f"{'hsv' if authority in _NATIONAL else authority}:{identifier}"


def find_funder(mods: etree._Element) -> str | None:
    """Who paid, by a note or by a role; without the grant's number."""
    notes = (note.text or "" for note in mods.iterfind(f"{MODS}note") if note.get("type") == "funder")
    names = (_name(one) for one in mods.iterfind(f"{MODS}name") if _roles(one) & _FUNDERS)
    found = (clean_line(text.split("[")[0]) for text in (*notes, *names))
    return next((one for one in found if one), None)


def _subjects(mods: etree._Element) -> Iterator[Hint]:
    for subject in mods.iterfind(f"{MODS}subject"):
        identifier = subject_id(subject)
        if identifier:
            yield Hint(HintScheme.SUBJECT, identifier)
            topics = [clean_line(topic.text) for topic in subject.iterfind(f"{MODS}topic")]
            # The national standard gives the way from its widest heading; only the last topic is the subject.
            if topics and topics[-1]:
                register = identifier.split(":")[0]  # «Datavetenskap» of one university is not that of another
                yield Hint(HintScheme.SUBJECT, f"{register}:{topics[-1]}")


def _organisations(mods: etree._Element) -> Iterator[Hint]:
    for name in mods.iterfind(f"{MODS}name"):
        if name.get("type") != "corporate" or _roles(name) & _FUNDERS:
            continue
        identifier = subject_id(name)
        if identifier:
            yield Hint(HintScheme.ORGANISATION, identifier)
        yield from find_affiliations([_name(name)])


def _persons(mods: etree._Element) -> Iterator[Hint]:
    for name in mods.iterfind(f"{MODS}name"):
        roles = _roles(name)
        if name.get("type") != "personal" or (roles and not roles & _AUTHORS):
            continue
        identifier = subject_id(name)
        if identifier and "@" not in identifier:  # e-mail addresses are not read
            yield Hint(HintScheme.PERSON, identifier)
        for element in (*name.iterfind(f"{MODS}description"), *name.iterfind(f"{MODS}nameIdentifier")):
            orcid = find_orcid(element.text or "") if "orcid" in _label(element) else None
            if orcid:
                yield Hint(HintScheme.PERSON, f"orcid:{orcid}")
        for affiliation in name.iterfind(f"{MODS}affiliation"):
            identifier = subject_id(affiliation)
            if identifier:
                yield Hint(HintScheme.ORGANISATION, identifier)
        yield from find_affiliations([one.text or "" for one in name.iterfind(f"{MODS}affiliation")])


def _name(name: etree._Element) -> str:
    """A corporate name's parts, from the whole to the unit: ``Universitetet, Institutionen``."""
    return ", ".join(filter(None, (clean_line(part.text) for part in name.iterfind(f"{MODS}namePart"))))


def _roles(name: etree._Element) -> set[str]:
    return {(term.text or "").strip().lower() for term in name.iter(f"{MODS}roleTerm")}


def _label(element: etree._Element) -> str:
    """What tells that an element holds an ORCID iD: its type, or ``orcid.org=`` before the iD."""
    return f"{element.get('type') or ''} {element.text or ''}".lower()
