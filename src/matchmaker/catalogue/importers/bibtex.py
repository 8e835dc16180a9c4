"""BibTeX and BibLaTeX, as reference managers and repositories export them.

Fields read: title, subtitle, abstract, keywords, year or date, language or langid, doi, url, urn, isbn, affiliation,
school, institution. Who wrote a work is not read.
"""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

from bibtexparser.entrypoint import parse_string
from bibtexparser.exceptions import BlockAbortedException
from bibtexparser.library import Library
from bibtexparser.model import Block, DuplicateBlockKeyBlock, Entry, ParsingFailedBlock

from matchmaker.catalogue.importers.citation import Citation, citation_record
from matchmaker.catalogue.importers.latex_text import plain_text
from matchmaker.catalogue.importers.source import LARGEST_FIELD, Reading, Source
from matchmaker.catalogue.importers.text_encoding import find_encoding
from matchmaker.catalogue.text_file import file_error, refusal
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.work import WorkKind

BIBTEX = "bibtex"

LARGEST_BIBTEX = 20 * 1024**2
"""Bytes of a file, since the parser takes it whole: some twenty thousand entries with abstracts."""

MOST_ENTRIES, MOST_FIELDS = 50_000, 1_000_000
"""The parser makes a kilobyte of an entry that is broken, whatever its length."""

_BLOCK = re.compile(r"@\w*[ \t]*[{(]")

_AT_END = "end of file"
"""In the parser's reason for giving an entry up."""

_KINDS = {
    "phdthesis": WorkKind.THESIS,
    "mastersthesis": WorkKind.THESIS,
    "thesis": WorkKind.THESIS,
    "patent": WorkKind.PATENT,
}

# The parser logs each wrong entry; here it becomes a problem that is told to the file's user.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)


def read(path: Path) -> Iterator[Reading]:
    """The records of a file; entries that are broken are problems, and the others are read."""
    try:
        if path.stat().st_size > LARGEST_BIBTEX:
            raise refusal(path, FileProblem(mark("is larger than {limit} bytes; divide it"), limit=LARGEST_BIBTEX))
        text = path.read_text(encoding=find_encoding(path))
    except OSError as error:
        raise file_error(path, error) from error
    if len(_BLOCK.findall(text)) > MOST_ENTRIES or text.count("=") > MOST_FIELDS:
        raise refusal(path, FileProblem(mark("has more than {limit} entries; divide it"), limit=MOST_ENTRIES))
    library = parse_string(text)
    _check_whole(path, library)
    for block in library.blocks:
        entry = _entry(block)
        if entry:
            yield citation_record(BIBTEX, _citation(entry), "title")
        elif isinstance(block, ParsingFailedBlock) and not isinstance(block, DuplicateBlockKeyBlock):
            # What stands there is not shown: it may be names.
            template = mark("begins an entry that cannot be read; is a brace, a comma or a quotation mark missing?")
            yield FileProblem(template, line=_line(block.start_line))


def _entry(block: Block) -> Entry | None:
    """The entry in a block; two under one key trouble LaTeX, but not a reader who does not go by keys."""
    inner = block.ignore_error_block if isinstance(block, DuplicateBlockKeyBlock) else block
    return inner if isinstance(inner, Entry) else None


def _check_whole(path: Path, library: Library) -> None:
    """Refuse what has no entries, or whose last one does not end.

    Raises:
        InvalidFileError: it is so.
    """
    if not any(_entry(block) for block in library.blocks):
        raise refusal(path, FileProblem(mark("has no entries that can be read")))
    last = library.blocks[-1]
    error = last.error if isinstance(last, ParsingFailedBlock) else None
    if isinstance(error, BlockAbortedException) and _AT_END in error.abort_reason:
        raise refusal(path, FileProblem(mark("is cut short: the last entry does not end"), line=_line(last.start_line)))


def _citation(entry: Entry) -> Citation:
    raw = {field.key.lower(): str(field.value) for field in entry.fields}

    def field(*names: str) -> str:
        return next((plain_text(raw[name][: LARGEST_FIELD + 1]) for name in names if raw.get(name)), "")

    title, subtitle = field("title"), field("subtitle")
    return Citation(
        line=_line(entry.start_line),
        kind=_KINDS.get(entry.entry_type.lower(), WorkKind.PUBLICATION),
        title=f"{title}: {subtitle}" if title and subtitle else title,
        abstract=field("abstract"),
        keywords=tuple(re.split(r"[;,]", field("keywords", "keyword"))),
        year=field("year", "date"),
        language=field("language", "langid"),
        addresses=tuple(field(name) for name in ("doi", "url", "urn", "eprint")),
        isbn=field("isbn"),
        affiliations=tuple(field(name) for name in ("affiliation", "affiliations", "school", "institution")),
    )


def _line(start: int | None) -> int:
    """Lines as readers count them, from 1."""
    return (start or 0) + 1


_ENTRY = re.compile(rb"@\w+[ \t]*\{")

SOURCE = Source(
    name=BIBTEX,
    label="BibTeX",
    suffixes=(".bib", ".bibtex"),
    read=read,
    marks=dict.fromkeys((".bib", ".bibtex"), _ENTRY),
)
