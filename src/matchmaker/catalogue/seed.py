"""The shipped catalogue: research groups, offices, companies and centres as TOML files under data/catalogue."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, HttpUrl, StringConstraints, ValidationError

from matchmaker.catalogue.group_entry import GroupEntry
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind, Contact
from matchmaker.domain.errors import SetupError, mark
from matchmaker.domain.language import LocalisedText

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

LABELS = {"sv": "LTU:s katalog i Matchmaker", "en": "LTU catalogue in Matchmaker"}
"""What is shown as the source of a profile."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Bilingual(_Strict):
    sv: Line
    en: Line


class _Keywords(_Strict):
    sv: list[Line] = Field(min_length=1)
    en: list[Line] = Field(min_length=1)


class _Contact(_Strict):
    role: _Bilingual
    web_page: HttpUrl | None = None


class _Entry(_Strict):
    id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
    kind: CollaboratorKind
    department: str | None = None
    areas: list[str] = Field(min_length=1)
    web_page: HttpUrl | None = None
    sources: list[Line] = Field(min_length=1)
    basis: Literal["sourced", "partly_sourced", "general_knowledge"]
    name: _Bilingual
    summary: _Bilingual
    keywords: _Keywords
    contact: list[_Contact] = []
    is_entrance: bool = False


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality of Norrbotten: official code, short name, names by language code."""

    code: str
    short: str
    names: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Area:
    """An area of the letter of intent: id, names and descriptions by language code."""

    id: str
    names: Mapping[str, str]
    descriptions: Mapping[str, str]


def read_catalogue(folder: Path) -> list[Collaborator]:
    """All collaborators of the shipped catalogue, by file name and place in the file.

    Raises:
        SetupError: the folder or a file is missing, cut short or wrong; the error names the file and the entry.
    """
    files = sorted(folder.glob("research-groups-*.toml")) + sorted(folder.glob("offices-*.toml"))
    if not files:
        raise SetupError(
            mark("There is no catalogue in {folder}."), remedy="export MATCHMAKER_DATA_DIR=...", folder=folder
        )
    collaborators = [_collaborator(path, entry) for path in files for entry in _tables(path, "collaborator")]
    doubled = {one.id for one in collaborators if sum(other.id == one.id for other in collaborators) > 1}
    if doubled:
        raise _wrong(folder, f"{sorted(doubled)[0]} occurs twice")
    return collaborators


@cache
def read_municipalities(folder: Path) -> tuple[Municipality, ...]:
    """The 14 municipalities, by code; read once, since the files do not change while the program runs.

    Raises:
        SetupError: the file is missing or wrong.
    """
    path = folder / "municipalities.toml"
    try:
        return tuple(
            Municipality(table["code"], table["short"], dict(table["name"])) for table in _tables(path, "municipality")
        )
    except KeyError as error:
        raise _wrong(path, f"{error} is missing") from error


@cache
def read_areas(folder: Path) -> tuple[Area, ...]:
    """The areas that a challenge may belong to, in the order of the file; read once.

    Raises:
        SetupError: the file is missing or wrong.
    """
    path = folder / "areas.toml"
    try:
        return tuple(
            Area(table["id"], dict(table["name"]), dict(table["description"])) for table in _tables(path, "area")
        )
    except KeyError as error:
        raise _wrong(path, f"{error} is missing") from error


@cache
def read_departments(folder: Path) -> Mapping[str, Mapping[str, str]]:
    """The university's departments: names by language code, by the department's code; read once.

    Raises:
        SetupError: the file is missing or wrong.
    """
    path = folder / "departments.toml"
    try:
        return {table["code"]: dict(table["name"]) for table in _tables(path, "department")}
    except KeyError as error:
        raise _wrong(path, f"{error} is missing") from error


def _tables(path: Path, name: str) -> list[dict[str, Any]]:
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8")).get(name)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(path, str(error)) from error
    if not isinstance(tables, list):
        raise _wrong(path, f"no [[{name}]]")
    return tables


def _collaborator(path: Path, table: dict[str, Any]) -> Collaborator:
    try:
        entry = _Entry.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise _wrong(path, f"{table.get('id', '?')}: {field}: {first['msg']}") from error
    described = GroupEntry(
        id=entry.id,
        name=LocalisedText(entry.name.sv, entry.name.en),
        kind=entry.kind,
        summary={code: " ".join(text.split()) for code, text in (("sv", entry.summary.sv), ("en", entry.summary.en))},
        keywords={"sv": tuple(entry.keywords.sv), "en": tuple(entry.keywords.en)},
        department=entry.department,
        areas=tuple(entry.areas),
        web_page=str(entry.web_page) if entry.web_page else None,
        sources=tuple(entry.sources),
        basis=entry.basis,
        is_entrance=entry.is_entrance,
    )
    contacts = (
        Contact(LocalisedText(one.role.sv, one.role.en), str(one.web_page) if one.web_page else None)
        for one in entry.contact
    )
    return described.to_collaborator(LABELS, tuple(contacts))


def _wrong(path: Path, problem: str) -> SetupError:
    return SetupError(
        mark("The catalogue file {path} cannot be read: {problem}."),
        remedy="git checkout -- data/catalogue",
        path=path,
        problem=problem,
    )
