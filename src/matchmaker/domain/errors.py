"""Errors a user can act on.

Each carries its message as an English template (the key of the message catalogues) and the values to fill in, so
that the edge that shows it can say it in the reader's language. Nothing here formats for a screen.
"""

from collections.abc import Mapping
from typing import ClassVar


def mark(template: str) -> str:
    """Mark a template for extraction into the message catalogues; returns it unchanged."""
    return template


class MatchmakerError(Exception):
    """Base of all errors that are told to a user rather than reported as a fault."""

    code: ClassVar[str] = "error"

    def __init__(self, template: str, **values: object) -> None:
        super().__init__(template.format(**values))
        self.template = template
        self.values: Mapping[str, object] = values


class InvalidChallengeError(MatchmakerError):
    """The challenge's text cannot be matched; ``field`` names the part that is wrong."""

    code = "invalid-challenge"

    def __init__(self, field: str, template: str, **values: object) -> None:
        super().__init__(template, **values)
        self.field = field


class InvalidNameError(MatchmakerError):
    """A name that a user chose is not allowed."""

    code = "invalid-name"


class NotFoundError(MatchmakerError):
    """What was asked for does not exist."""

    code = "not-found"


class InvalidFileError(MatchmakerError):
    """A file that a user gave cannot be read as what it should be; ``problems`` name its lines."""

    code = "invalid-file"

    def __init__(self, path: str, problems: list["FileProblem"]) -> None:
        self.path = path
        self.problems = problems
        super().__init__(mark("{path} has {count} problems; nothing was written."), path=path, count=len(problems))


class FileProblem:
    """One thing wrong in a file: at which line or row (None for the whole file), in which field, and what."""

    def __init__(
        self,
        template: str,
        *,
        line: int | None = None,
        row: int | None = None,
        field: str | None = None,
        **values: object,
    ) -> None:
        self.template = template
        self.values: Mapping[str, object] = values
        self.line = line
        self.row = row
        self.field = field

    def __str__(self) -> str:
        return self.template.format(**self.values)


class NotReadyError(MatchmakerError):
    """What was asked for is being made ready just now; asking again a little later will do."""

    code = "not-ready"


class SetupError(MatchmakerError):
    """Something the installation needs is missing, damaged or foreign; ``remedy`` is the command that mends it."""

    code = "setup"

    def __init__(self, template: str, *, remedy: str, **values: object) -> None:
        super().__init__(template, **values)
        self.remedy = remedy


class StorageError(MatchmakerError):
    """Nothing could be written, or read, just now; what was sent is not kept. ``is_full``: there is no room left."""

    code = "storage"

    def __init__(self, *, is_full: bool) -> None:
        super().__init__(mark("Nothing can be saved just now."))
        self.is_full = is_full
