"""CORDIS's zipped sets: their files by name, and whose a project is by the files beside ``project.csv``."""

import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from matchmaker.catalogue.importers.affiliations import find_affiliations
from matchmaker.catalogue.importers.csv_rows import read_csv_rows
from matchmaker.catalogue.importers.field_text import clean_line
from matchmaker.catalogue.importers.packed import open_member, open_zip
from matchmaker.catalogue.text_file import refusal
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark
from matchmaker.domain.work import Hint, HintScheme

MOST_HINTS = 1_000_000
"""Hints held while the projects are read; the largest programme has some 400,000 participations and subjects."""

VOCABULARY = "euroscivoc"
"""The register that CORDIS takes subjects from."""

_ORGANISATIONS, _SUBJECTS = "organization.csv", "euroSciVoc.csv"


class CordisSet:
    """A set that is open: ``unpack`` gives a file of it, ``hints`` what ``read_hints`` found, by project."""

    def __init__(self, path: Path, folder: Path) -> None:
        self.hints: defaultdict[str, set[Hint]] = defaultdict(set)
        self._path = path
        self._folder = folder
        self._known: dict[Hint, Hint] = {}
        self._count = 0

    def unpack(self, name: str) -> Path | None:
        """The file of that name, wherever in the archive it lies, under a name of our own; None where it is not."""
        with open_zip(self._path) as archive:
            members = {one.filename.lower().rsplit("/", 1)[-1]: one for one in archive.infolist()}
            member = members.get(name.lower())
            if not member:
                return None
            target = self._folder / name
            with open_member(self._path, archive, member) as stream, target.open("wb") as copy:
                shutil.copyfileobj(stream, copy)
            return target

    def read_hints(self) -> Iterator[FileProblem]:
        """Read organisations and subjects; yields what is wrong with rows of them."""
        for name, column in ((_ORGANISATIONS, "organisationID"), (_SUBJECTS, "euroSciVocTitle")):
            file = self.unpack(name)
            if not file:
                continue
            with named(self._path, name):
                for _, row in read_csv_rows(file, ("projectID", column)):
                    if isinstance(row, FileProblem):
                        row.field = name
                        yield row
                    else:
                        self._add(row["projectid"].strip(), row)
            file.unlink()

    def _add(self, project: str, row: Mapping[str, str]) -> None:
        for hint in _hints(row):
            self._count += 1
            if self._count > MOST_HINTS:
                template = mark("has more than {limit} organisations and subjects")
                raise refusal(self._path, FileProblem(template, limit=MOST_HINTS))
            # The same few thousand organisations take part in project after project.
            self.hints[project[:12]].add(self._known.setdefault(hint, hint))


@contextmanager
def open_set(path: Path) -> Iterator[CordisSet]:
    """A zipped set.

    Raises:
        InvalidFileError: on the way too: it is no zip archive, is damaged, or unpacks to more than it may.
    """
    with TemporaryDirectory(prefix="matchmaker-") as folder:
        yield CordisSet(path, Path(folder))


@contextmanager
def named(path: Path, name: str) -> Iterator[None]:
    """Errors of a file from a set name the set and the file, not the place where it was unpacked."""
    try:
        yield
    except InvalidFileError as error:
        raise InvalidFileError(f"{path} ({name})", error.problems) from error


def _hints(row: Mapping[str, str]) -> Iterator[Hint]:
    identifier = row.get("organisationid", "").strip()
    if identifier.isdigit() and len(identifier) <= 12:
        yield Hint(HintScheme.ORGANISATION, f"cordis:{identifier}")
    yield from find_affiliations([row.get("name", "")])
    subject = clean_line(row.get("euroscivoctitle", "")[:200])
    if subject:
        yield Hint(HintScheme.SUBJECT, f"{VOCABULARY}:{subject}")
