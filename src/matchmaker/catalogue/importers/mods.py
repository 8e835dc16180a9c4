"""DiVA and SwePub in MODS: harvests over OAI-PMH (``swepub_mods``, ``mods``), exported files, folders of pages."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from lxml import etree

from matchmaker.catalogue.importers.field_text import shown
from matchmaker.catalogue.importers.mods_hints import MODS
from matchmaker.catalogue.importers.mods_record import deleted_record, read_mods
from matchmaker.catalogue.importers.source import Reading, Source
from matchmaker.catalogue.importers.xml_stream import read_elements
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark
from matchmaker.domain.work import Record

OAI = "{http://www.openarchives.org/OAI/2.0/}"

_ROOTS = (f"{OAI}OAI-PMH", f"{MODS}modsCollection", f"{MODS}mods")
_WANTED = frozenset({f"{OAI}responseDate", f"{OAI}error", f"{OAI}record", f"{MODS}mods"})


def read(path: Path) -> Iterator[Reading]:
    """The records of a file, or of all pages in a folder.

    In a folder the newest page, by its path's name, is read first, and of a record that several pages have only the
    newest is given: later harvests there hold what has changed since earlier ones.
    """
    if not path.is_dir():
        yield from _read_file(path)
        return
    pages = sorted(path.rglob("*.xml"), reverse=True)
    if not pages:
        raise InvalidFileError(str(path), [FileProblem(mark("has no .xml files"))])
    seen: set[tuple[str, str]] = set()
    for page in pages:
        for reading in _read_file(page):
            if isinstance(reading, Record):
                key = (reading.source, reading.id)
                if key in seen:
                    continue
                seen.add(key)
            yield reading


def _read_file(path: Path) -> Iterator[Reading]:
    retrieved: date | None = None
    row, is_empty = 0, False
    for element in read_elements(path, _ROOTS, _WANTED):
        if element.tag == f"{OAI}responseDate":
            retrieved = _date(element.text)
        elif element.tag == f"{OAI}error":
            is_empty = _is_empty(path, element)
        else:
            row += 1
            yield _read_record(element, row, retrieved)
    if not row and not is_empty:
        raise InvalidFileError(str(path), [FileProblem(mark("has no records"))])


def _read_record(element: etree._Element, row: int, retrieved: date | None) -> Reading:
    if element.tag == f"{MODS}mods":
        return read_mods(element, row, None, retrieved)
    header = element.find(f"{OAI}header")
    identifier = (element.findtext(f"{OAI}header/{OAI}identifier") or "").strip()
    if header is None or not identifier:
        return FileProblem(mark("is missing: the record has no identifier"), row=row, field="header")
    if header.get("status") == "deleted":
        return deleted_record(identifier, retrieved)
    mods = element.find(f"{OAI}metadata/{MODS}mods")
    if mods is None:
        metadata = element.find(f"{OAI}metadata")
        found = next((str(child.tag) for child in metadata), "–") if metadata is not None else "–"
        template = mark("of record {id} is not MODS but {value}")
        return FileProblem(template, row=row, field="metadata", id=shown(identifier), value=shown(found))
    return read_mods(mods, row, identifier, retrieved)


def _is_empty(path: Path, error: etree._Element) -> bool:
    """Whether the answer says that there is nothing; any other error is no harvest.

    Raises:
        InvalidFileError: it says something else.
    """
    code = error.get("code") or ""
    if code == "noRecordsMatch":
        return True
    template = mark("is no harvest but an error that the server told: {code} {reason}")
    raise InvalidFileError(str(path), [FileProblem(template, code=shown(code), reason=shown(error.text or ""))])


def _date(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "").strip()[:10])
    except ValueError:
        return None


_END = re.compile(rb"</(?:\w+:)?mods>")

SOURCE = Source(
    name="diva",
    label="DiVA, SwePub (MODS)",
    suffixes=(".xml", ".mods"),
    read=read,
    marks=dict.fromkeys((".xml", ".mods"), _END),
)
