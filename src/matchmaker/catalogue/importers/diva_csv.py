"""DiVA's own CSV exports: «CSV all metadata» (``csvall2``) and the newer one with chosen columns.

Columns used, by DiVA's names: PID, Title, Name, PublicationType, Language, Year, Abstract, Keywords, Categories,
ResearchSubjects, NBN, DOI, ISBN (ISBN_PRINT, ISBN_ELECTRONIC, ISBN_UNDEFINED in the newer one), Funder. Only PID and
Title must be there.

A source of its own beside harvests of DiVA: an export has less of a work, in one language, and must not replace that.
Works that both have are found to be one by their DiVA id (NBN) or DOI.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from matchmaker.catalogue.importers.csv_rows import read_csv_rows
from matchmaker.catalogue.importers.diva_names import find_name_hints
from matchmaker.catalogue.importers.field_text import believed_key, clean_line, language_key, short, shown
from matchmaker.catalogue.importers.mods_record import LICENCE
from matchmaker.catalogue.importers.source import LINE, Reading, Source
from matchmaker.catalogue.importers.work_texts import TextsByLanguage
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.work import Hint, HintScheme, Record, Scheme, WorkIdentifier, WorkKind, identifiers
from matchmaker.text.normalise import clean_text

NAME = "diva_csv"

_PID = re.compile(r"(?:diva2:)?(\d{1,12})")
_YEAR = re.compile(r"[12]\d{3}")
_CODE = re.compile(r"^(.*?)\s*[(\[](\d{1,9})[)\]]$")
"""A subject with the national or the portal's id behind it: ``Energy Systems (20702)``."""

_LANGUAGES = {"svenska": "sv", "swedish": "sv", "engelska": "en", "english": "en"}
_THESIS_WORDS = ("thesis", "avhandling", "dissertation", "studentuppsats", "examensarbete")
_ISBN_COLUMNS = ("isbn", "isbn_print", "isbn_electronic", "isbn_undefined")

Row = Mapping[str, str]


def read(path: Path) -> Iterator[Reading]:
    """The records of an export."""
    for line, row in read_csv_rows(path, ("PID", "Title")):
        yield row if isinstance(row, FileProblem) else _read_row(row, line)


def _read_row(row: Row, line: int) -> Reading:
    pid = _PID.fullmatch(row["pid"].strip())
    if not pid:
        template = mark("is {value}; expected: {expected}")
        return FileProblem(template, line=line, field="PID", value=shown(row["pid"]) or "–", expected="diva2:12345")
    texts = _texts(row)
    if not texts.title:
        template = mark("is missing in record {id}, which was left out")
        return FileProblem(template, line=line, field="Title", id=f"diva2:{pid.group(1)}")
    found = identifiers(_identifiers(row))
    portal = min((one.value.split(":")[0] for one in found if one.scheme is Scheme.DIVA), default=None)
    return Record(
        source=NAME,
        id=f"diva2:{pid.group(1)}",
        kind=_kind(row.get("publicationtype", "")),
        texts=texts.to_texts(),
        year=int(year.group()) if (year := _YEAR.fullmatch(row.get("year", "").strip())) else None,
        identifiers=found,
        url=_url(found, pid.group(1)),
        licence=LICENCE,
        funder=clean_line(row.get("funder", "").split("[")[0].split(";")[0]) or None,
        hints=frozenset(_hints(row, portal)),
    )


def _identifiers(row: Row) -> Iterator[tuple[Scheme, str | None]]:
    yield Scheme.DOI, short(row.get("doi"))
    yield Scheme.URN, short(row.get("nbn"))
    yield Scheme.DIVA, short(row.get("nbn"))
    for column in _ISBN_COLUMNS:
        for isbn in row.get(column, "").split(";"):
            yield Scheme.ISBN, short(isbn)


def _texts(row: Row) -> TextsByLanguage:
    """The column Language is the publication's; an abstract that is clearly in another is told apart."""
    texts = TextsByLanguage()
    stated = row.get("language", "").split(";")[0].strip().lower()
    key = language_key(_LANGUAGES.get(stated, stated))
    texts.add_title(clean_line(row["title"]), key)
    abstract = clean_text(row.get("abstract", "")).text
    texts.add_text(abstract, believed_key(abstract, key))
    for word in row.get("keywords", "").split(";"):
        texts.add_keyword(clean_line(word), key)
    return texts


def _kind(stated: str) -> WorkKind:
    words = stated.lower()
    if any(word in words for word in _THESIS_WORDS):
        return WorkKind.THESIS
    return WorkKind.PATENT if "patent" in words else WorkKind.PUBLICATION


def _hints(row: Row, portal: str | None) -> Iterator[Hint]:
    yield from find_name_hints(row.get("name", ""), portal)
    for column, authority in (("categories", "hsv"), ("researchsubjects", portal)):
        for subject in row.get(column, "").split(";"):
            name = clean_line(subject)
            coded = _CODE.match(name)
            if coded:
                name = coded.group(1)
                if authority:
                    yield Hint(HintScheme.SUBJECT, f"{authority}:{coded.group(2)}")
            if name and authority:
                yield Hint(HintScheme.SUBJECT, f"{authority}:{name}")


def _url(found: frozenset[WorkIdentifier], pid: str) -> str:
    urn = min((one.value for one in found if one.scheme is Scheme.URN), default=None)
    if urn:
        return f"https://urn.kb.se/resolve?urn={urn}"
    return f"https://www.diva-portal.org/smash/record.jsf?pid=diva2:{pid}"


SOURCE = Source(name=NAME, label="DiVA (CSV)", suffixes=(".csv", ".txt"), read=read, marks={".csv": LINE, ".txt": LINE})
