"""What encoding a text file is in: UTF-8, or what Swedish Windows programs write."""

import codecs
from pathlib import Path

from matchmaker.catalogue.text_file import refusal
from matchmaker.domain.errors import FileProblem, mark

_CHUNK = 1024**2
_NOT_IN_WINDOWS = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""Bytes that are no characters in Windows-1252."""


def find_encoding(path: Path) -> str:
    """UTF-8 where all of the file is, otherwise Windows-1252, which Swedish spreadsheets save CSV in.

    Raises:
        OSError: it cannot be read.
        InvalidFileError: neither fits, or it has null characters, as UTF-16 and files that are no text do.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8, had_letters, is_windows = True, False, True
    with path.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            if b"\0" in chunk:
                raise refusal(path, FileProblem(mark("has null characters: it is no text, or not in UTF-8")))
            is_windows = is_windows and not any(byte in chunk for byte in _NOT_IN_WINDOWS)
            if is_utf8:
                try:
                    had_letters = not decoder.decode(chunk).isascii() or had_letters
                except UnicodeDecodeError as error:
                    is_utf8 = False
                    had_letters = had_letters or not chunk[: error.start].isascii()
    if is_utf8 and not decoder.getstate()[0]:
        return "utf-8-sig"
    if had_letters or not is_windows:
        # Letters that were right in UTF-8 up to here: then it is UTF-8 that is damaged or cut short.
        raise refusal(path, FileProblem(mark("is not UTF-8 text")))
    return "cp1252"
