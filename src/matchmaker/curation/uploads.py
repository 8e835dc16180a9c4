"""A file that is sent becomes an import: it is put in its place, and nothing else happens before somebody says so."""

import errno
import hashlib
import re
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from matchmaker.catalogue.importers import SOURCES
from matchmaker.catalogue.importers.source import Source
from matchmaker.db import import_jobs as jobs
from matchmaker.db.session import Database, Session, Turn
from matchmaker.domain.errors import InvalidChallengeError, StorageError, mark
from matchmaker.domain.import_job import ImportJob
from matchmaker.text.normalise import clean_text

LONGEST_NAME = 120
COPIED = 1_000_000
"""Bytes that are in memory at a time while a file is put in its place."""

_SUFFIXES = re.compile(r"(?:\.[a-z0-9]{1,6}){1,2}$")
"""What is kept of a file's name where it lies: by it, readers know what is packed."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent. ``size`` in bytes; ``is_complete``: what it does not have is gone at its source."""

    source: str
    name: str
    content: BinaryIO
    size: int
    is_complete: bool


@dataclass(frozen=True, slots=True)
class Placed:
    """A file in its place, of which no import has been made; ``digest`` is the SHA-256 of its content."""

    job_id: str
    source: Source
    path: Path
    sent: Upload
    digest: str


def take_in(database: Database, uploads: Path, collection: str, sent: Upload, by: str) -> ImportJob:
    """Put a file under ``uploads`` and make a job of it that waits to be read.

    Raises:
        InvalidChallengeError: it is from no known source, or cannot be from the one that is named; the field is named.
        StorageError: there is no room, or nothing can be written there.
    """
    placed = place(uploads, sent)
    with database.transaction(Turn.NONE) as session:
        return add_import(session, collection, placed, by)


def place(uploads: Path, sent: Upload) -> Placed:
    """Put a file under ``uploads``. Raises as ``take_in``."""
    source, suffix = _checked(sent)
    job_id = str(uuid.uuid4())
    path = uploads / job_id / f"file{suffix}"
    return Placed(job_id, source, path, sent, digest=_store(sent.content, path))


def displace(placed: Placed) -> None:
    """Delete a file again of which no import is to be made."""
    shutil.rmtree(placed.path.parent, ignore_errors=True)


def add_import(session: Session, collection: str, placed: Placed, by: str) -> ImportJob:
    """Make a job of a file in its place."""
    source, sent = placed.source, placed.sent
    return jobs.add_job(
        session,
        collection,
        source.name,
        shown_name(sent.name),
        str(placed.path.resolve()),
        by,
        is_complete=source.is_complete or sent.is_complete,
        skip_rejected=False,
        job_id=placed.job_id,
    )


def _checked(sent: Upload) -> tuple[Source, str]:
    """The source that is named, and the suffixes that the file is kept under."""
    source = SOURCES.get(sent.source)
    if source is None:
        raise InvalidChallengeError("source", mark("Choose where the file is from."))
    if not sent.name:
        raise InvalidChallengeError("file", mark("Choose a file."))
    if not sent.size:
        raise InvalidChallengeError("file", mark("The file is empty."))
    name = sent.name.lower()
    suffix = _SUFFIXES.search(name)
    if suffix is None or not name.endswith(source.suffixes):
        template = mark("A file from this source ends in {suffixes}. Choose another file, or another source.")
        raise InvalidChallengeError("file", template, suffixes=", ".join(source.suffixes))
    return source, suffix.group()


def shown_name(name: str) -> str:
    """A file's name as it is shown: never used as a path, without folders and control characters."""
    return clean_text(re.split(r"[\\/]", name)[-1]).text.strip()[-LONGEST_NAME:] or "–"


def _store(content: BinaryIO, path: Path) -> str:
    """Put a file in its place; returns the SHA-256 of its content."""
    try:
        path.parent.mkdir(mode=0o700, parents=True)
        with path.open("xb") as target:
            shutil.copyfileobj(content, target, COPIED)
        with path.open("rb") as written:
            return hashlib.file_digest(written, "sha256").hexdigest()
    except OSError as error:
        shutil.rmtree(path.parent, ignore_errors=True)
        raise StorageError(is_full=error.errno == errno.ENOSPC) from error
