"""What reference managers export (RIS, BibTeX) as records; the two formats differ in their names of fields only."""

import hashlib
import re
from dataclasses import dataclass

from matchmaker.catalogue.importers.affiliations import find_affiliations
from matchmaker.catalogue.importers.field_text import believed_key, clean_line, language_key, short
from matchmaker.catalogue.importers.source import LARGEST_FIELD, Reading
from matchmaker.catalogue.importers.work_texts import TextsByLanguage
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.work import Record, Scheme, WorkIdentifier, WorkKind, identifiers
from matchmaker.text.normalise import clean_text

_YEAR = re.compile(r"(?<!\d)([12]\d{3})(?!\d)")
_LANGUAGES = {"svenska": "sv", "swedish": "sv", "engelska": "en", "english": "en", "american": "en", "british": "en"}


@dataclass(frozen=True, slots=True)
class Citation:
    """A reference's fields as they stand in the file, empty where they are missing. No names of people are here."""

    line: int
    kind: WorkKind
    title: str
    abstract: str = ""
    keywords: tuple[str, ...] = ()
    year: str = ""
    language: str = ""
    addresses: tuple[str, ...] = ()
    """Whatever may hold an identifier or a page: DOI, URN, links."""
    isbn: str = ""
    affiliations: tuple[str, ...] = ()


def citation_record(source: str, citation: Citation, title_field: str) -> Reading:
    """The record of a reference, or what is wrong with it; ``title_field`` is the format's name of the title."""
    longest = max(len(citation.title), len(citation.abstract), sum(map(len, citation.keywords)))
    if longest > LARGEST_FIELD:
        template = mark("has {length} characters; at most {limit} are read")
        return FileProblem(template, line=citation.line, field=title_field, length=longest, limit=LARGEST_FIELD)
    texts = _texts(citation)
    if not texts.title:
        return FileProblem(mark("is missing; the record was left out"), line=citation.line, field=title_field)
    addresses = [short(clean_line(address)) for address in citation.addresses]
    schemes = (Scheme.DOI, Scheme.URN, Scheme.DIVA)
    found = identifiers((scheme, address) for address in addresses for scheme in schemes)
    page = next((one for one in addresses if one and one.startswith(("https://", "http://"))), None)
    doi = min((one.value for one in found if one.scheme is Scheme.DOI), default=None)
    year = _YEAR.search(citation.year)
    return Record(
        source=source,
        id=_own_id(found, texts.title, year.group(1) if year else ""),
        kind=citation.kind,
        texts=texts.to_texts(),
        year=int(year.group(1)) if year else None,
        # A chapter's ISBN is its book's: it is an identifier only of what has no better one.
        identifiers=found or identifiers([(Scheme.ISBN, short(citation.isbn))]),
        url=f"https://doi.org/{doi}" if doi else page,
        hints=frozenset(find_affiliations(list(citation.affiliations))),
    )


def _own_id(found: frozenset[WorkIdentifier], title: str, year: str) -> str:
    """The work's identifier, or else a digest of title and year.

    Keys and numbers of reference managers are no use: two people's files both have a ``smith2020`` and a record 1.
    """
    for scheme in (Scheme.DOI, Scheme.DIVA, Scheme.URN):
        values = sorted(one.value for one in found if one.scheme is scheme)
        if values:
            return values[0]
    words = " ".join(re.findall(r"\w+", title.casefold()))
    return hashlib.sha256(f"{words}\n{year}".encode(errors="replace")).hexdigest()[:24]


def _texts(citation: Citation) -> TextsByLanguage:
    texts = TextsByLanguage()
    stated = citation.language.split(";")[0].strip().lower()
    key = language_key(_LANGUAGES.get(stated, stated))
    texts.add_title(clean_line(citation.title), key)
    abstract = clean_text(citation.abstract).text
    texts.add_text(abstract, believed_key(abstract, key))
    for word in citation.keywords:
        texts.add_keyword(clean_line(word), key)
    return texts
