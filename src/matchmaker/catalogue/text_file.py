"""Text files that users give."""

from pathlib import Path

from matchmaker.domain.errors import FileProblem, InvalidFileError, mark


def read_text_file(path: Path) -> str:
    """The text of a UTF-8 file, without a byte-order mark.

    Raises:
        InvalidFileError: it cannot be opened, or is not UTF-8.
    """
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise file_error(path, error) from error
    except UnicodeDecodeError as error:
        raise InvalidFileError(str(path), [FileProblem(mark("is not UTF-8 text"))]) from error


def file_error(path: Path, error: OSError) -> InvalidFileError:
    """What the operating system says against a file, as an error for its user."""
    reason = error.strerror or str(error)
    return InvalidFileError(str(path), [FileProblem(mark("cannot be opened or written: {reason}"), reason=reason)])
