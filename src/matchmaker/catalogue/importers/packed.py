"""Files that may be packed, read as streams that unpack no more than they may.

What is unpacked is counted: all of it, its ratio to the packed file, and what one record takes. A small file that
unpacks to gigabytes is so refused after megabytes, whatever its headers declare.
"""

import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from gzip import GzipFile
from pathlib import Path
from typing import BinaryIO, cast

from matchmaker.catalogue.importers.source import LARGEST_FILE
from matchmaker.catalogue.text_file import file_error, refusal
from matchmaker.domain.errors import FileProblem, mark

LARGEST_RECORD = 8 * 1024**2
"""Bytes of one record; a work with three thousand authors has three million."""

LARGEST_RATIO = 200
"""How many times a file may grow; texts grow some ten times."""

LARGEST_LIST = 16 * 1024**2
"""Bytes of an archive's list of its files, for a hundred thousand of them."""

_ALWAYS_ALLOWED = 64 * 1024**2
_AHEAD = 2 * 1024**2
"""Bytes that buffers may have read of the next record."""

_BUFFER = 256 * 1024
_GZIP = b"\x1f\x8b"
_DAMAGED = (
    *(zipfile.BadZipFile, tarfile.TarError, zlib.error, lzma.LZMAError, struct.error),
    *(EOFError, ValueError, OverflowError, NotImplementedError),
)
"""What the standard library raises for packed files that are damaged, or packed in a way that it does not know."""


class Unpacked(io.RawIOBase):
    """A stream's bytes, counted. ``begin_record`` tells that what is read from now on belongs to another record."""

    def __init__(self, path: Path, source: BinaryIO, packed: int, largest_record: int = LARGEST_RECORD) -> None:
        self._path = path
        self._source = source
        self._most = min(LARGEST_FILE, max(_ALWAYS_ALLOWED, packed * LARGEST_RATIO))
        self._largest_record = largest_record + _AHEAD
        self._total = self._record = 0

    def begin_record(self) -> None:
        """Count anew what a record takes."""
        self._record = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]  # what BufferedReader passes
        with damage_told(self._path):
            data = self._source.read(len(buffer))
        self._total += len(data)
        self._record += len(data)
        if self._total > self._most:
            raise refusal(self._path, FileProblem(mark("unpacks to more than {limit} bytes"), limit=self._most))
        if self._record > self._largest_record:
            template = mark("has a record of more than {limit} bytes")
            raise refusal(self._path, FileProblem(template, limit=self._largest_record))
        buffer[: len(data)] = data
        return len(data)


@contextmanager
def damage_told(path: Path) -> Iterator[None]:
    """What the standard library raises for damaged packed files, as errors for their user."""
    try:
        yield
    except OSError as error:
        if error.errno is not None:
            raise file_error(path, error) from error
        raise refusal(path, FileProblem(mark("is damaged: {reason}"), reason=str(error)[:200])) from error
    except _DAMAGED as error:
        raise refusal(
            path, FileProblem(mark("is damaged: {reason}"), reason=str(error)[:200] or type(error).__name__)
        ) from error
    except RuntimeError as error:  # what zipfile raises for a file that needs a password
        raise refusal(path, FileProblem(mark("cannot be unpacked: {reason}"), reason=str(error)[:200])) from error


@contextmanager
def open_unpacked(path: Path, largest_record: int = LARGEST_RECORD) -> Iterator[tuple[io.BufferedReader, Unpacked]]:
    """A file's bytes, unpacked where it is gzip, and their count.

    Raises:
        InvalidFileError: on the way too: it cannot be opened, is damaged, or unpacks to more than it may.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise file_error(path, error) from error
    with stream:
        with damage_told(path):
            packed = path.stat().st_size
            is_packed = stream.read(len(_GZIP)) == _GZIP
            stream.seek(0)
        source = cast(BinaryIO, GzipFile(fileobj=stream)) if is_packed else stream
        counted = Unpacked(path, source, packed if is_packed else LARGEST_FILE, largest_record)
        yield io.BufferedReader(counted, _BUFFER), counted


class _ListFirst(io.FileIO):
    """A file of which only so much may be read until its list of contents is known."""

    left: int | None = LARGEST_LIST

    def read(self, size: int | None = -1, /) -> bytes:
        if self.left is None:
            return super().read(-1 if size is None else size) or b""
        if size is not None and size > self.left:
            raise zipfile.BadZipFile(f"its list of files is longer than {LARGEST_LIST} bytes")
        data = super().read(self.left if size is None or size < 0 else size) or b""
        self.left -= len(data)
        return data


@contextmanager
def open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """A zip archive.

    Raises:
        InvalidFileError: it cannot be opened, is none, or lists too many files.
    """
    with damage_told(path):
        stream = _ListFirst(path)
    with stream:
        with damage_told(path):
            archive = zipfile.ZipFile(cast(BinaryIO, stream))
        stream.left = None
        yield archive


@contextmanager
def open_member(path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[io.BufferedReader]:
    """A file in a zip archive, unpacked as it is read.

    Raises:
        InvalidFileError: on the way too: it is damaged or unpacks to more than it may.
    """
    with damage_told(path):
        source = archive.open(member)
    with source:
        packed = path.stat().st_size
        yield io.BufferedReader(Unpacked(path, cast(BinaryIO, source), packed, largest_record=LARGEST_FILE), _BUFFER)
