"""Text files that users give."""

import json
from pathlib import Path
from typing import Any

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


def read_json_file(path: Path) -> Any:
    """The content of a JSON file.

    Raises:
        InvalidFileError: it cannot be read, or is not JSON.
    """
    text = read_text_file(path)
    try:
        return json.loads(text)
    except ValueError as error:
        raise form_error(path, error) from error


def read_json_lines(path: Path) -> list[Any]:
    """The content of each line of a file of JSON lines; empty lines are left out.

    Raises:
        InvalidFileError: it cannot be read, or a line is not JSON.
    """
    text = read_text_file(path)
    try:
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except ValueError as error:
        raise form_error(path, error) from error


def form_error(path: Path, error: Exception) -> InvalidFileError:
    """A file that is of another form than was expected, as an error for its user."""
    return InvalidFileError(
        str(path), [FileProblem(mark("is not of the expected form ({reason})"), reason=repr(error)[:200])]
    )


def file_error(path: Path, error: OSError) -> InvalidFileError:
    """What the operating system says against a file, as an error for its user."""
    reason = error.strerror or str(error)
    return InvalidFileError(str(path), [FileProblem(mark("cannot be opened or written: {reason}"), reason=reason)])


def refusal(path: Path, problem: FileProblem) -> InvalidFileError:
    """What makes a whole file unreadable, as an error for its user."""
    return InvalidFileError(str(path), [problem])
