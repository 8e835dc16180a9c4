"""ORCID: public records as JSON (API v3.0), one by one or several in a .zip or .tar.gz.

ORCID's yearly public data file is XML; its own converter makes such JSON of it.
"""

import json
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from matchmaker.catalogue.importers.orcid_work import ORCID, find_works, read_orcid_work
from matchmaker.catalogue.importers.packed import damage_told, open_member, open_unpacked, open_zip
from matchmaker.catalogue.importers.source import Reading, Source
from matchmaker.catalogue.text_file import refusal
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark

LARGEST_DOCUMENT = 16 * 1024**2
"""Bytes of one person's record; one with two thousand works has some ten million."""

_CHUNK = 1024**2


def read(path: Path) -> Iterator[Reading]:
    """The works of a record, or of all records in an archive; there a wrong file is a wrong row."""
    name = path.name.lower()
    is_archive, row = name.endswith((".zip", ".tar.gz", ".tgz")), 0
    documents = _in_zip(path) if name.endswith(".zip") else _in_tar(path) if is_archive else _alone(path)
    for row, document in enumerate(documents, start=1):
        try:
            works, owner = _works(path, document, row)
        except InvalidFileError as error:
            if not is_archive:
                raise
            yield from error.problems
            continue
        for descriptions in works:
            yield read_orcid_work(descriptions, owner, row)
    if not row:
        raise refusal(path, FileProblem(mark("has no .json files")))


def _works(path: Path, document: bytes, row: int) -> tuple[Iterator[list[Any]], str]:
    if len(document) > LARGEST_DOCUMENT:
        problem = FileProblem(mark("has a record of more than {limit} bytes"), row=row, limit=LARGEST_DOCUMENT)
        raise refusal(path, problem)
    try:
        found = find_works(json.loads(document.decode("utf-8-sig")))
    except UnicodeDecodeError as error:
        raise refusal(path, FileProblem(mark("is not UTF-8 text"), row=row)) from error
    except (ValueError, RecursionError) as error:
        problem = FileProblem(mark("is not JSON: {reason}"), row=row, reason=str(error)[:200])
        raise refusal(path, problem) from error
    if found is None:
        problem = FileProblem(mark("is no ORCID record with works (JSON of API version 3.0)"), row=row)
        raise refusal(path, problem)
    return found


def _alone(path: Path) -> Iterator[bytes]:
    with open_unpacked(path, LARGEST_DOCUMENT) as (stream, _):
        yield stream.read(LARGEST_DOCUMENT + 1)


def _in_zip(path: Path) -> Iterator[bytes]:
    with open_zip(path) as archive:
        for member in archive.infolist():
            if _is_document(member.filename):
                with open_member(path, archive, member) as stream:
                    yield stream.read(LARGEST_DOCUMENT + 1)


def _in_tar(path: Path) -> Iterator[bytes]:
    """Read as a stream, to its end, where the packing's check sum is."""
    with open_unpacked(path, LARGEST_DOCUMENT) as (stream, counted):
        with damage_told(path):
            archive = tarfile.TarFile.open(fileobj=stream, mode="r|")  # the stream is closed
        while True:
            with damage_told(path):
                member = archive.next()
                if member is None:
                    break
                file = archive.extractfile(member) if member.isfile() and not member.issparse() else None
                document = file.read(LARGEST_DOCUMENT + 1) if file and _is_document(member.name) else None
            if document is not None:
                yield document
            archive.members.clear()  # type: ignore[attr-defined]  # which would grow with each file that was read
            counted.begin_record()
        while stream.read(_CHUNK):
            counted.begin_record()


def _is_document(name: str) -> bool:
    """Whether a file in an archive is a record; what Macs put beside files begins with a dot."""
    return name.lower().endswith(".json") and not name.rsplit("/", 1)[-1].startswith(".")


SOURCE = Source(
    name=ORCID,
    label="ORCID",
    suffixes=(".json", ".zip", ".gz", ".tgz"),
    read=read,
    marks={".json": re.compile(rb'"put-code"')},
)
