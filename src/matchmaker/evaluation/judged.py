"""Challenges whose collaborators were judged: the shipped set, files of its form, and one that names subjects."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from matchmaker.catalogue.collaborator_file import read_challenges
from matchmaker.catalogue.text_file import form_error, read_json_file, read_json_lines, read_text_file
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark
from matchmaker.domain.language import Language
from matchmaker.text.query import read_query

Qrels = Mapping[str, Mapping[str, int]]
"""Relevance judgments: grade 0 to 3 by challenge and collaborator. Who is not there is unjudged, not irrelevant."""

MAXIMUM_GRADE = 3


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """Challenges of one query language with their judgments.

    ``kinds`` limits whom is ranked to the kinds that were judged; None ranks all. ``left_out`` names, by challenge,
    a collaborator that is taken out of its ranking: the text that the challenge itself is.
    """

    name: str
    language: Language
    challenges: tuple[Challenge, ...]
    qrels: Qrels
    kinds: frozenset[CollaboratorKind] | None = None
    left_out: Mapping[str, str] = field(default_factory=dict)


def read_judged(challenge_files: Sequence[Path], qrels_file: Path, split: str | None = None) -> list[JudgedSet]:
    """One set a file, in the contract of batch ranking; ``split`` keeps the challenges that carry that split.

    Raises:
        InvalidFileError: a file is wrong; every bad line is named.
    """
    qrels = read_qrels(qrels_file)
    sets = []
    for path in challenge_files:
        challenges = read_challenges(path, read_query)
        if split:
            kept = _ids_of_split(path, split)
            challenges = [one for one in challenges if one.id in kept]
        language = challenges[0].language if challenges else None
        name = path.stem if split is None else f"{path.stem} ({split})"
        known = {one.id for one in challenges}
        own = {key: grades for key, grades in qrels.items() if key in known}
        if not any(grade > 0 for grades in own.values() for grade in grades.values()):
            raise InvalidFileError(
                str(qrels_file),
                [FileProblem(mark("finds nobody relevant for any of the challenges of {file}"), file=path)],
            )
        sets.append(JudgedSet(name, language or Language.OTHER, tuple(challenges), own))
    return sets


def read_groupings(challenge_file: Path) -> dict[str, dict[str, list[str]]]:
    """The municipality and the areas of each challenge of a file, by kind of label and challenge."""
    lines = read_json_lines(challenge_file)
    return {
        "municipality": {str(line["id"]): [line["municipality"]] for line in lines if line.get("municipality")},
        "area": {str(line["id"]): list(line["areas"]) for line in lines if line.get("areas")},
    }


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Judgments in TREC form: ``challenge 0 collaborator grade`` a line.

    Raises:
        InvalidFileError: lines are wrong; every one is named.
    """
    qrels: dict[str, dict[str, int]] = {}
    problems: list[FileProblem] = []
    for number, line in enumerate(read_text_file(path).splitlines(), start=1):
        match line.split():
            case []:
                continue
            case [challenge, _, collaborator, grade] if re.fullmatch(r"-?\d+", grade):
                if int(grade) <= MAXIMUM_GRADE:
                    qrels.setdefault(challenge, {})[collaborator] = max(0, int(grade))
                else:
                    problems.append(FileProblem(mark("has a grade above {limit}"), line=number, limit=MAXIMUM_GRADE))
            case _:
                problems.append(FileProblem(mark("is not «challenge 0 collaborator grade»"), line=number))
    if problems:
        raise InvalidFileError(str(path), problems)
    return qrels


def read_gold(path: Path, catalogue: Sequence[Collaborator]) -> list[JudgedSet]:
    """A set in both languages whose judgments name research subjects in English; only research groups are ranked.

    A JSON list of ``{"id", "challenge_sv", "challenge_en", "relevant_subjects": [{"name_en", "grade"}]}``.

    Raises:
        InvalidFileError: the file is of another form, or names a subject that the catalogue lacks.
    """
    by_name = {one.name.en: one.id for one in catalogue}
    entries = read_json_file(path)
    try:
        unknown = {one["name_en"] for entry in entries for one in entry["relevant_subjects"]} - set(by_name)
        if unknown:
            raise InvalidFileError(
                str(path), [FileProblem(mark("names {name}, whom the catalogue lacks"), name=sorted(unknown)[0])]
            )
        qrels = {
            entry["id"]: {by_name[one["name_en"]]: int(one["grade"]) for one in entry["relevant_subjects"]}
            for entry in entries
        }
        return [
            JudgedSet(
                f"{path.stem}.{language.value}",
                language,
                tuple(Challenge(one["id"], one[f"challenge_{language.value}"], None, language) for one in entries),
                qrels,
                frozenset({CollaboratorKind.RESEARCH_GROUP}),
            )
            for language in (Language.SWEDISH, Language.ENGLISH)
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise form_error(path, error) from error


def _ids_of_split(path: Path, split: str) -> set[str]:
    return {str(line["id"]) for line in read_json_lines(path) if line.get("split") == split}
