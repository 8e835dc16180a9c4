"""The folder that harvests of one source lie in: a folder of pages for each, and one file that says how far they got.

    harvest.json         what is harvested, until when it is complete, and the harvest under way
    0001/000001.xml ...  the answers of the first harvest, as the server gave them
    0002/...             what changed after that

The pages themselves say where a harvest goes on: the last one holds the token that asks for the next. A page is written
aside and renamed, so that whatever is there under its name is whole, whenever the program was killed.
"""

import os
from datetime import datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from matchmaker.catalogue.text_file import form_error, read_text_file

_STATE = "harvest.json"


class Harvest(BaseModel):
    """A harvest under way: its number, and the days or moments that it is limited to."""

    model_config = ConfigDict(frozen=True)

    number: int
    since: str | None
    until: str | None


class HarvestState(BaseModel):
    """What is harvested into a folder. All changes until ``complete_until`` are there."""

    model_config = ConfigDict(frozen=True)

    url: str
    prefix: str
    set: str | None = None
    complete_until: datetime | None = None
    finished: int = 0
    under_way: Harvest | None = None

    def is_of(self, other: "HarvestState") -> bool:
        """Whether both harvest the same."""
        return (self.url, self.prefix, self.set) == (other.url, other.prefix, other.set)


class HarvestFolder:
    """Reads and writes the folder; one program at a time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read_state(self) -> HarvestState | None:
        """How far the harvests are; None where there are none yet.

        Raises:
            InvalidFileError: the file cannot be read, or is damaged.
        """
        path = self.folder / _STATE
        if not path.exists():
            return None
        try:
            return HarvestState.model_validate_json(read_text_file(path))
        except ValidationError as error:
            raise form_error(path, error) from error

    def write_state(self, state: HarvestState) -> None:
        """Keep how far the harvests are."""
        part = self.folder / f"{_STATE}.part"
        with part.open("w", encoding="utf-8") as stream:
            stream.write(state.model_dump_json(indent=2) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        self._rename(part, self.folder / _STATE)

    def pages(self, harvest: Harvest) -> list[Path]:
        """The pages that a harvest has, in the order they came."""
        return sorted(self._of(harvest).glob("*.xml"))

    def part(self, harvest: Harvest) -> Path:
        """Where the next page is written before it has its name."""
        self._of(harvest).mkdir(parents=True, exist_ok=True)
        return self._of(harvest) / "page.part"

    def keep(self, harvest: Harvest, part: Path, number: int) -> None:
        """Give a page its name, by which it counts."""
        self._rename(part, self._of(harvest) / f"{number:06d}.xml")

    def discard(self, harvest: Harvest) -> None:
        """Take away the pages of a harvest that begins anew; the last first, so that what is left has no gap."""
        for page in reversed(self.pages(harvest)):
            page.unlink()

    def _of(self, harvest: Harvest) -> Path:
        return self.folder / f"{harvest.number:04d}"

    @staticmethod
    def _rename(part: Path, target: Path) -> None:
        os.replace(part, target)
        if os.name == "posix":  # elsewhere folders cannot be opened, and need not be
            folder = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
