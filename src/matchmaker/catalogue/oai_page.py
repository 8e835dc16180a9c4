"""One answer of an OAI-PMH server, read from a file. Source: The Open Archives Initiative Protocol 2.0."""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from matchmaker.catalogue.importers.field_text import shown
from matchmaker.catalogue.importers.mods import OAI
from matchmaker.catalogue.importers.xml_stream import read_elements
from matchmaker.domain.errors import InvalidFileError, MatchmakerError

_FIELDS = ("responseDate", "error", "resumptionToken", "record", "granularity", "deletedRecord", "repositoryName")


class HarvestError(MatchmakerError):
    """A harvest cannot go on. What has come so far is kept, and the same command goes on from there."""

    code = "harvest"


class MalformedPageError(Exception):
    """An answer that is no OAI-PMH, or only a part of one; asked again, servers often answer rightly."""


@dataclass(frozen=True, slots=True)
class Page:
    """What an answer says. ``token`` asks for the next page; None on the last one.

    ``announced`` is how many records the server says that the whole list has. ``error`` is a code of the protocol.
    """

    responded: datetime
    records: int = 0
    token: str | None = None
    announced: int | None = None
    error: str | None = None
    message: str = ""
    has_seconds: bool = False
    keeps_deleted: bool = True


def read_page(path: Path) -> Page:
    """Read an answer, whole: one that stops short is found out.

    Raises:
        MalformedPageError: it is not one.
    """
    values: dict[str, str] = {}
    records, announced, error = 0, None, None
    try:
        for element in read_elements(path, (f"{OAI}OAI-PMH",), {f"{OAI}{name}" for name in _FIELDS}):
            name = str(element.tag).removeprefix(OAI)
            values[name] = (element.text or "").strip()
            if name == "record":
                records += 1
            elif name == "error":
                error = element.get("code") or "unknown"
            elif name == "resumptionToken":
                size = element.get("completeListSize") or ""
                announced = int(size) if size.isdecimal() and len(size) < 12 else None
    except InvalidFileError as problem:
        raise MalformedPageError(str(problem.problems[0])) from problem
    # A page may have no records and yet a token that leads on; an answer without any of these is something else.
    if not values.keys() & {"record", "error", "resumptionToken", "granularity", "repositoryName"}:
        raise MalformedPageError("no records and no error")
    return Page(
        responded=_moment(values.get("responseDate", "")),
        records=records,
        token=values.get("resumptionToken") or None,
        announced=announced,
        error=error,
        message=shown(values.get("error", "")),
        has_seconds="T" in values.get("granularity", ""),
        keeps_deleted=values.get("deletedRecord") != "no",
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise MalformedPageError(f"responseDate: {shown(text)}") from error
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
