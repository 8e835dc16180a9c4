"""RIS, as reference managers and databases export it.

Tags read: TY, TI or T1 (or CT), AB or N2, KW, PY or Y1 or DA, LA, DO, UR, L2, AN, ID, SN, AD, C1. A line that begins
with no tag goes on the field before it, as the format's specification allows. Who wrote a work is not read.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from matchmaker.catalogue.importers.citation import Citation, citation_record
from matchmaker.catalogue.importers.source import LARGEST_FIELD, LARGEST_FILE, Reading, Source
from matchmaker.catalogue.importers.text_encoding import find_encoding
from matchmaker.catalogue.text_file import file_error, refusal
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.work import WorkKind

RIS = "ris"

LARGEST_REFERENCE = 5 * LARGEST_FIELD
"""Characters of one reference, in the tags that are read."""

_TAG = re.compile(r"([A-Z][A-Z0-9])  -(?:\s(.*))?$", re.DOTALL)
_READ = frozenset("TI T1 CT AB N2 KW PY Y1 DA LA DO UR L2 AN ID SN AD C1".split())
_KINDS = {"THES": WorkKind.THESIS, "PAT": WorkKind.PATENT, "GRANT": WorkKind.PROJECT}

Fields = Mapping[str, list[str]]


def read(path: Path) -> Iterator[Reading]:
    """The records of a file."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise refusal(path, FileProblem(mark("is larger than {limit} bytes"), limit=LARGEST_FILE))
        with path.open(encoding=find_encoding(path)) as stream:
            # A line without end is read in pieces, which are joined as lines of one field are.
            lines = iter(lambda: stream.readline(LARGEST_FIELD), "")
            yield from _read_lines(path, lines)
    except OSError as error:
        raise file_error(path, error) from error


def _read_lines(path: Path, lines: Iterator[str]) -> Iterator[Reading]:
    reference: _Reference | None = None
    had_references = False
    for number, line in enumerate(lines, start=1):
        tag, text = _parts(line)
        if tag == "TY":
            if reference:
                yield FileProblem(
                    mark("is missing at the end of the reference; it was left out"), line=number, field="ER"
                )
            reference, had_references = _Reference(number, text), True
        elif tag == "ER" and reference:
            yield reference.reading()
            reference = None
        elif reference:
            reference.add(tag, text)
        elif tag and tag != "ER":
            yield FileProblem(mark("stands outside of a reference"), line=number, field=tag)
    if reference:
        raise refusal(path, FileProblem(mark("is cut short: the last reference has no end (ER)"), line=reference.line))
    if not had_references:
        raise refusal(path, FileProblem(mark("has no references that begin with TY")))


class _Reference:
    """A reference while its lines are read."""

    def __init__(self, line: int, kind: str) -> None:
        self.line = line
        self._kind = _KINDS.get(kind.strip().upper(), WorkKind.PUBLICATION)
        self._fields: dict[str, list[str]] = {}
        self._last = ""
        self._left = LARGEST_REFERENCE

    def add(self, tag: str, text: str) -> None:
        """Add a field, or, without a tag, another line of the last one."""
        self._last = tag or self._last
        if self._last not in _READ or self._left < 0:
            return
        self._left -= len(text) + 1
        values = self._fields.setdefault(self._last, [])
        if tag or not values:
            values.append(text.strip())
        else:
            values.append(f"{values.pop()} {text.strip()}".strip())

    def reading(self) -> Reading:
        """The record, or what is wrong with it."""
        if self._left < 0:
            template = mark("has more than {limit} characters; at most so many are read")
            return FileProblem(template, line=self.line, field="TY", limit=LARGEST_REFERENCE)
        return citation_record(RIS, _citation(self.line, self._kind, self._fields), "TI")


def _citation(line: int, kind: WorkKind, fields: Fields) -> Citation:
    def first(*tags: str) -> str:
        return next((text for tag in tags for text in fields.get(tag, []) if text), "")

    return Citation(
        line=line,
        kind=kind,
        title=first("TI", "T1", "CT"),
        abstract=first("AB", "N2"),
        # One word a line by the specification; some write all into one.
        keywords=tuple(word for text in fields.get("KW", []) for word in re.split(r"[;\n]", text)),
        year=first("PY", "Y1", "DA"),
        language=first("LA"),
        addresses=tuple(text for tag in ("DO", "UR", "L2", "AN", "ID") for text in fields.get(tag, [])),
        isbn=first("SN"),
        affiliations=tuple(text for tag in ("AD", "C1") for text in fields.get(tag, [])),
    )


def _parts(line: str) -> tuple[str, str]:
    """The line's tag and text; no tag where it has none."""
    found = _TAG.match(line.strip("\r\n"))
    return (found.group(1), found.group(2) or "") if found else ("", line)


_END = re.compile(rb"ER  -")

SOURCE = Source(
    name=RIS, label="RIS", suffixes=(".ris", ".txt"), read=read, marks=dict.fromkeys((".ris", ".txt"), _END)
)
