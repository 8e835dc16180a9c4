"""OpenAlex works: parts of its snapshot (JSON lines, packed or not) and pages of its API (``results``)."""

import re
from collections.abc import Iterator
from pathlib import Path

from matchmaker.catalogue.importers.json_stream import read_json_array, read_json_lines
from matchmaker.catalogue.importers.openalex_work import OPENALEX, read_openalex_work
from matchmaker.catalogue.importers.packed import open_unpacked
from matchmaker.catalogue.importers.source import LINE, Reading, Source
from matchmaker.domain.errors import FileProblem

_PAGE = re.compile(rb'(?:\xef\xbb\xbf)?\s*(?:\[|\{\s*"(?:meta|results|group_by)"\s*:)')
"""How a page of the API begins, or an array of works; a work's own keys are others."""


def read(path: Path) -> Iterator[Reading]:
    """The records of a file."""
    with open_unpacked(path) as (stream, counted):
        if _PAGE.match(stream.peek(1024)):
            for row, item in read_json_array(path, stream, counted, "results"):
                yield read_openalex_work(item, row=row)
        else:
            for line, found in read_json_lines(path, stream, counted):
                yield found if isinstance(found, FileProblem) else read_openalex_work(found, line=line)


SOURCE = Source(
    name=OPENALEX,
    label="OpenAlex",
    suffixes=(".jsonl", ".json", ".gz"),
    read=read,
    marks={".jsonl": LINE, ".json": re.compile(rb'"publication_year"')},
)
