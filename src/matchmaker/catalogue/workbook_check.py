"""Excel workbooks made safe to open.

A workbook is a packed folder of XML. Before it is opened its parts are unpacked within limits, read once, and packed
anew, so that what is opened is what was checked. Beside zip bombs there are two that stay small when unpacked: a sheet
with a cell far away, for which the reader would set aside all the cells between (two cells can ask for half a terabyte
and end the program), and one long text that many cells share.
"""

import io
import re
import zipfile
from collections import Counter
from pathlib import Path

from lxml import etree

from matchmaker.catalogue.importers.packed import damage_told, open_zip
from matchmaker.catalogue.text_file import file_error
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark

LARGEST_WORKBOOK = 50 * 1024**2
"""Bytes that a workbook may have; more belongs in CSV, which is read row by row."""

LARGEST_UNPACKED = 200 * 1024**2
"""Bytes of its parts, and characters of its cells."""

HIGHEST_RATIO = 200
"""Bytes unpacked for a byte packed; tables of real text have 3 to 30."""

ALWAYS_ALLOWED = 4 * 1024**2
"""Bytes unpacked that are no danger whatever the ratio."""

MOST_CELLS = 2_000_000
"""Cells between a sheet's first possible place and its last cell."""

MOST_PARTS = 1000

_PLACE = re.compile(r"([A-Z]{1,3})([1-9]\d{0,6})")
_ROW = re.compile(r"[1-9]\d{0,6}")


def check_workbook(path: Path) -> io.BytesIO:
    """The workbook with its XML parts alone: no pictures, no macros.

    Raises:
        InvalidFileError: it cannot be opened, is no workbook or not whole, or is larger than a table can be.
    """
    try:
        size = path.stat().st_size
        if size > LARGEST_WORKBOOK:
            raise _too_large(path)
        with path.open("rb") as stream:
            is_packed = stream.read(2) == b"PK"
        if not is_packed:
            raise not_whole(path)
        with open_zip(path) as packed, damage_told(path):
            return _copy(path, packed, min(LARGEST_UNPACKED, max(ALWAYS_ALLOWED, HIGHEST_RATIO * size)))
    except OSError as error:
        raise file_error(path, error) from error


def not_whole(path: Path) -> InvalidFileError:
    """The error for a file that is no workbook that can be read."""
    template = mark("is not a whole Excel workbook; save it as .xlsx, without a password")
    return InvalidFileError(str(path), [FileProblem(template)])


def _too_large(path: Path) -> InvalidFileError:
    return InvalidFileError(str(path), [FileProblem(mark("is too large for a workbook; save it as CSV"))])


def _copy(path: Path, packed: zipfile.ZipFile, limit: int) -> io.BytesIO:
    parts = [one for one in packed.infolist() if one.filename.lower().endswith((".xml", ".rels"))]
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > limit:
        raise _too_large(path)
    extent, copy, left = _Extent(), io.BytesIO(), limit
    with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as checked:
        for part in parts:
            with packed.open(part) as stream:
                content = stream.read(left + 1)  # what a part says of its own size need not be true
            left -= len(content)
            if left < 0:
                raise _too_large(path)
            try:
                extent.add(content)
            except (etree.XMLSyntaxError, ValueError) as error:
                raise not_whole(path) from error
            if extent.most_cells > MOST_CELLS:
                raise _too_large(path)
            checked.writestr(part.filename, content)
    if extent.count_shared() > LARGEST_UNPACKED:
        raise _too_large(path)
    copy.seek(0)
    return copy


class _Extent:
    """How much the parts of a workbook become when they are read as cells."""

    def __init__(self) -> None:
        self.most_cells = 0
        self._shared: list[int] = []
        self._uses: Counter[int] = Counter()

    def add(self, content: bytes) -> None:
        """Read a part.

        Raises:
            ValueError: it declares a document type, is a second table of shared texts, or has a cell at no place.
            XMLSyntaxError: it is no XML.
        """
        known = len(self._shared)
        row = column = cell_row = rows = columns = 0
        events = etree.iterparse(
            io.BytesIO(content),
            events=("start", "end"),
            tag=("{*}row", "{*}c", "{*}si"),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=False,
        )
        for event, element in events:
            name = etree.QName(element).localname
            if event == "start" and name == "row":
                row, column = _row_number(element.get("r"), row + 1), 0
            elif event == "start" and name == "c":
                cell_row, column = _place(element.get("r"), row, column + 1)
            elif event == "end":
                if name == "c" and len(element):
                    # A cell may say that it is in another row than the one that it stands in: whichever is further.
                    rows, columns = max(rows, row, cell_row), max(columns, column)
                    self._note_use(element)
                elif name == "si":
                    self._shared.append(sum(map(len, element.itertext("{*}t"))))
                _forget(element)
        if events.root.getroottree().docinfo.doctype or 0 < known < len(self._shared):
            raise ValueError("not as workbooks are")
        self.most_cells = max(self.most_cells, rows * columns)

    def count_shared(self) -> int:
        """Characters of all cells that share a text with others."""
        known = len(self._shared)
        return sum(self._shared[index] * times for index, times in self._uses.items() if index < known)

    def _note_use(self, cell: etree._Element) -> None:
        if cell.get("t") == "s":
            self._uses[int(cell.findtext("{*}v") or 0)] += 1


def _row_number(given: str | None, following: int) -> int:
    if given is None:
        return following
    if not _ROW.fullmatch(given):
        raise ValueError("a row without a number")
    return int(given)


def _place(given: str | None, row: int, following: int) -> tuple[int, int]:
    if given is None:
        return row, following
    found = _PLACE.fullmatch(given)
    if not found:
        raise ValueError("a cell at no place")
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(found.group(2)), column


def _forget(element: etree._Element) -> None:
    """Give back what has been read, so that the whole tree is never in memory."""
    element.clear()
    parent = element.getparent()
    if parent is not None:
        while element.getprevious() is not None:
            del parent[0]
