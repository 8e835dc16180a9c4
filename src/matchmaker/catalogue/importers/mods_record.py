"""One MODS description as a record. MODS 3.2 to 3.8 as DiVA and SwePub write it ("SwePub MODS", National Library)."""

import re
from collections.abc import Iterator
from datetime import date

from lxml import etree

from matchmaker.catalogue.importers.field_text import believed_key, clean_line, language_key, short, shown
from matchmaker.catalogue.importers.mods_hints import MODS, find_funder, find_hints, subject_id
from matchmaker.catalogue.importers.source import LARGEST_FIELD, Reading
from matchmaker.catalogue.importers.work_texts import TextsByLanguage
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.work import Record, Scheme, WorkIdentifier, WorkKind, identifiers
from matchmaker.text.normalise import clean_text

LICENCE = "CC0-1.0"
"""Under which DiVA and SwePub give their descriptions (not the works)."""

DIVA, SWEPUB = "diva", "swepub"

_DIVA_OAI = re.compile(r"oai:DiVA\.org:([A-Za-z]+)-(\d+)", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?!\d)")
_THESES = frozenset({"dok", "lic", "dissertation"})
_RESOLVER = "https://urn.kb.se/resolve?urn="


def source_of(identifier: str) -> tuple[str, str]:
    """The source and its id of a work, from an identifier of OAI-PMH or DiVA.

    What a DiVA portal calls ``oai:DiVA.org:lnu-68370`` in a harvest is ``lnu:diva-68370`` in its other exports.
    """
    found = _DIVA_OAI.fullmatch(identifier)
    if found:
        return DIVA, f"{found.group(1).lower()}:diva-{found.group(2)}"
    if own := WorkIdentifier.of(Scheme.DIVA, identifier):
        return DIVA, own.value
    return (DIVA if identifier.startswith("diva2:") else SWEPUB), identifier


def deleted_record(identifier: str, retrieved: date | None) -> Record:
    """A record that its source has withdrawn."""
    source, own = source_of(identifier)
    return Record(source, own, WorkKind.PUBLICATION, (), retrieved=retrieved, deleted=True)


def read_mods(mods: etree._Element, row: int, identifier: str | None, retrieved: date | None) -> Reading:
    """The record in a ``mods`` element, or what is wrong with it.

    ``row`` is its number in the file, ``identifier`` that of OAI-PMH where it was harvested.
    """
    problem = _too_long(mods, row)
    if problem:
        return problem
    found = identifiers(_identifiers(mods))
    identifier = identifier or _own_identifier(mods, found)
    if not identifier:
        template = mark("is missing: nothing says which record this is, so that it could not be renewed")
        return FileProblem(template, row=row, field="identifier", value=shown(_main_title(mods)))
    texts = _texts(mods)
    if not texts.title:
        template = mark("is missing in record {id}, which was left out")
        return FileProblem(template, row=row, field="titleInfo", id=shown(identifier))
    source, own = source_of(identifier)
    return Record(
        source=source,
        id=own,
        kind=_kind(mods),
        texts=texts.to_texts(),
        year=_year(mods),
        identifiers=found,
        url=_url(mods),
        licence=LICENCE,
        funder=find_funder(mods),
        retrieved=retrieved,
        hints=find_hints(mods),
    )


def _too_long(mods: etree._Element, row: int) -> FileProblem | None:
    for element in mods.iter():
        if len(element.text or "") > LARGEST_FIELD:
            return FileProblem(
                mark("has {length} characters; at most {limit} are read"),
                row=row,
                field=etree.QName(element).localname,
                length=len(element.text or ""),
                limit=LARGEST_FIELD,
                value=shown(element.text or ""),
            )
    return None


def _identifiers(mods: etree._Element) -> Iterator[tuple[Scheme, str | None]]:
    """Of the description itself, not of what it is part of (``relatedItem``) nor of what it links to (``location``)."""
    for element in mods.iterfind(f"{MODS}identifier"):
        kind = (element.get("type") or "").lower()
        text = short(element.text)
        if element.get("invalid") == "yes":
            continue
        if kind in ("", "doi", "articleid", "uri", "url"):
            yield Scheme.DOI, text
        if kind in ("", "uri", "url", "urn"):
            yield Scheme.URN, text
            yield Scheme.DIVA, text
        if kind == "isbn":
            yield Scheme.ISBN, text


def _own_identifier(mods: etree._Element, found: frozenset[WorkIdentifier]) -> str | None:
    """What a description that was not harvested is known by: its DiVA id, the catalogue's number, its first address."""
    diva = min((one.value for one in found if one.scheme is Scheme.DIVA), default=None)
    number = clean_line(short(mods.findtext(f"{MODS}recordInfo/{MODS}recordIdentifier")))
    address = next(
        (clean_line(short(one.text)) for one in mods.iterfind(f"{MODS}identifier") if one.get("type") == "uri"), ""
    )
    return diva or number or address or None


def _texts(mods: etree._Element) -> TextsByLanguage:
    default = language_key(mods.findtext(f"{MODS}language/{MODS}languageTerm"))
    texts = TextsByLanguage()
    # An alternative title comes after the real one, whatever their order in the file.
    for title in sorted(mods.iterfind(f"{MODS}titleInfo"), key=lambda one: one.get("type") is not None):
        texts.add_title(_title(title), language_key(title.get("lang")) or default)
    for abstract in mods.iterfind(f"{MODS}abstract"):
        text = clean_text("".join(str(part) for part in abstract.itertext())).text
        texts.add_text(text, believed_key(text, language_key(abstract.get("lang")) or default))
    for subject in mods.iterfind(f"{MODS}subject"):
        if not subject_id(subject):
            for topic in subject.iterfind(f"{MODS}topic"):
                texts.add_keyword(clean_line(topic.text), language_key(subject.get("lang")) or default)
    return texts


def _main_title(mods: etree._Element) -> str:
    return next((_title(title) for title in mods.iterfind(f"{MODS}titleInfo")), "")


def _title(element: etree._Element) -> str:
    """``The title: the subtitle. Part``."""
    parts = {etree.QName(part).localname: clean_line(part.text) for part in element}
    title = " ".join(filter(None, (parts.get("nonSort"), parts.get("title"))))
    if parts.get("subTitle"):
        title = f"{title}{'' if title.endswith((':', '?', '!', '.')) else ':'} {parts['subTitle']}".lstrip(": ")
    return ". ".join(filter(None, (title, parts.get("partNumber"), parts.get("partName"))))


def _kind(mods: etree._Element) -> WorkKind:
    """By DiVA's and SwePub's codes, which may be addresses of the national library's terms."""
    codes = {(genre.text or "").strip().rstrip("/").split("/")[-1].lower() for genre in mods.iterfind(f"{MODS}genre")}
    if any(code in _THESES or code.endswith("thesis") for code in codes):
        return WorkKind.THESIS
    return WorkKind.PATENT if codes & {"patent", "pat"} else WorkKind.PUBLICATION


def _year(mods: etree._Element) -> int | None:
    """When it was issued, or else defended or copyrighted."""
    origin = f"{MODS}originInfo/{MODS}"
    defence = [one for one in mods.iterfind(f"{origin}dateOther") if one.get("type") == "defence"]
    for element in (*mods.iterfind(f"{origin}dateIssued"), *defence, *mods.iterfind(f"{origin}copyrightDate")):
        if found := _YEAR.search(element.text or ""):
            return int(found.group(1))
    return None


def _url(mods: etree._Element) -> str | None:
    """The description's own page, or else the first page that it links to."""
    own = [element.text for element in mods.iterfind(f"{MODS}identifier") if element.get("type") in ("uri", "url")]
    linked = [element.text for element in mods.iterfind(f"{MODS}location/{MODS}url")]
    for address in (clean_line(short(text)) for text in (*own, *linked)):
        if address.lower().startswith("urn:nbn:"):
            return _RESOLVER + address
        if address.lower().startswith(("https://", "http://")):
            return address
    return None
