"""Challenges and collaborators as JSON lines: the contract of batch ranking."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from matchmaker.catalogue.text_file import read_text_file
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind, Document
from matchmaker.domain.errors import FileProblem, InvalidFileError, MatchmakerError, mark
from matchmaker.domain.language import Language, LocalisedText

Identifier = Annotated[str, StringConstraints(min_length=1, max_length=500, pattern=r"^\S+$")]
"""Run files separate their columns by white space, so that ids cannot hold any."""


def _language_code(code: str | None) -> str | None:
    if code and code.strip() and not Language.is_code(code):
        raise ValueError("a language code such as sv or en was expected")
    return code


LanguageCode = Annotated[str | None, AfterValidator(_language_code)]


class _Line(BaseModel):
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class _ChallengeLine(_Line):
    id: Identifier
    text: str
    title: str | None = None
    language: LanguageCode = None


class _DocumentLine(_Line):
    id: Annotated[str, StringConstraints(min_length=1)]
    text: str | None = None
    title: str | None = None
    language: LanguageCode = None
    year: Annotated[int, Field(ge=1000, le=2999)] | None = None


class _NameLine(_Line):
    sv: str | None = None
    en: str | None = None


class _CollaboratorLine(_Line):
    id: Identifier
    name: str | _NameLine | None = None
    kind: str | None = None
    documents: list[_DocumentLine] | None = None


def read_challenges(path: Path, check: Callable[[Challenge], object]) -> list[Challenge]:
    """All challenges of a file; ``check`` raises a MatchmakerError for one that cannot be matched.

    Raises:
        InvalidFileError: lines are wrong; every one is named, with what is wrong.
    """

    def challenge(value: dict[str, Any]) -> Challenge:
        line = _ChallengeLine.model_validate(value)
        challenge = Challenge(line.id, line.text, line.title, Language.of(line.language))
        check(challenge)
        return challenge

    return _read(path, challenge, lambda one: one.id)


def read_collaborators(path: Path) -> list[Collaborator]:
    """All collaborators of a file with their documents.

    Raises:
        InvalidFileError: lines are wrong; every one is named, with what is wrong.
    """

    def collaborator(value: dict[str, Any]) -> Collaborator:
        line = _CollaboratorLine.model_validate(value)
        name = line.name if isinstance(line.name, _NameLine) else _NameLine(sv=line.name, en=line.name)
        documents = tuple(
            Document(one.id, one.text or "", one.title, Language.of(one.language), one.year)
            for one in line.documents or ()
        )
        return Collaborator(
            line.id, LocalisedText(name.sv or name.en or line.id, name.en or name.sv), _kind(line.kind), documents
        )

    return _read(path, collaborator, lambda one: one.id)


def _kind(code: str | None) -> CollaboratorKind:
    known = {kind.value: kind for kind in CollaboratorKind}
    return known.get(code or "", CollaboratorKind.OTHER)


Record = TypeVar("Record")


def _read(path: Path, parse: Callable[[dict[str, Any]], Record], identify: Callable[[Record], str]) -> list[Record]:
    records: dict[str, Record] = {}
    problems: list[FileProblem] = []
    # Not splitlines: it also splits at characters that a JSON string may hold.
    for number, line in enumerate(read_text_file(path).split("\n"), start=1):
        if not line.strip():
            continue
        record, wrong = _parse_line(number, line, parse)
        problems += wrong
        if record is None:
            continue
        if identify(record) in records:
            problems.append(FileProblem(mark("the id {id} occurs twice"), line=number, id=identify(record)))
        records[identify(record)] = record
    if not records and not problems:
        problems.append(FileProblem(mark("has no lines")))
    if problems:
        raise InvalidFileError(str(path), problems)
    return list(records.values())


def _parse_line(
    number: int, line: str, parse: Callable[[dict[str, Any]], Record]
) -> tuple[Record | None, list[FileProblem]]:
    try:
        value = json.loads(line)
        json.dumps(value, ensure_ascii=False).encode()  # refuses escaped halves of characters, which are no text
    except (ValueError, RecursionError) as error:
        reason = getattr(error, "msg", None) or type(error).__name__
        return None, [FileProblem(mark("is not JSON: {reason}"), line=number, reason=reason)]
    if not isinstance(value, dict):
        return None, [FileProblem(mark("is not a JSON object"), line=number)]
    try:
        return parse(value), []
    except ValidationError as error:
        return None, [_schema_problem(number, dict(detail)) for detail in error.errors()]
    except MatchmakerError as error:
        field = getattr(error, "field", None)
        problem = FileProblem(error.template, line=number, field=field)
        problem.values = error.values
        return None, [problem]


def _schema_problem(number: int, detail: dict[str, Any]) -> FileProblem:
    field = ".".join(str(part) for part in detail["loc"])
    return FileProblem(mark("{reason}"), line=number, field=field, reason=detail["msg"])
