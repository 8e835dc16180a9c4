"""The sets that the pipeline is measured on: the shipped ones, files of their form, and sets kept outside."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matchmaker.catalogue.collaborator_file import read_challenges
from matchmaker.catalogue.importers.swecris import read_swecris_projects
from matchmaker.catalogue.text_file import read_text_file
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind, Document
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark
from matchmaker.domain.language import Language, LocalisedText
from matchmaker.text.query import MAXIMUM_CHARACTERS, MAXIMUM_TITLE_CHARACTERS, read_query

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
    lines = _json_lines(challenge_file)
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
    entries = _json(path)
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
        raise _wrong_form(path, error) from error


@dataclass(frozen=True, slots=True)
class SearchTask:
    """A judged set over collaborators of its own."""

    judged: JudgedSet
    collaborators: tuple[Collaborator, ...]


def read_leaders(path: Path, projects_file: Path) -> list[SearchTask]:
    """Find a project's leader by the leader's other projects: one challenge a leader, one right answer each.

    The tasks are Swedish query and English evidence, Swedish and both, English and both.

    ``path`` is ``{"items": [{"person", "query_project", "profile_projects"}]}`` over the projects of a SweCRIS export.

    Raises:
        InvalidFileError: a file is wrong, or a project is missing.
    """
    projects = read_swecris_projects(projects_file)
    swedish, english = Language.SWEDISH, Language.ENGLISH
    tasks = []
    try:
        items = _json(path)["items"]
        for query_language, evidence in (
            (swedish, {english}),
            (swedish, {swedish, english}),
            (english, {swedish, english}),
        ):
            challenges, leaders, qrels = [], [], {}
            for item in items:
                person = str(item["person"])
                text = projects[item["query_project"]].abstract(query_language)
                challenges.append(Challenge(person, text, None, query_language))
                qrels[person] = {person: 1}
                documents = [
                    document
                    for project in item["profile_projects"]
                    for document in projects[project].documents()
                    if document.language in evidence
                ]
                leaders.append(
                    Collaborator(person, LocalisedText(person), CollaboratorKind.PROJECT_LEADER, tuple(documents))
                )
            name = f"{path.stem}: query {query_language.value}, evidence {' and '.join(sorted(evidence))}"
            tasks.append(SearchTask(JudgedSet(name, query_language, tuple(challenges), qrels), tuple(leaders)))
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong_form(path, error) from error
    return tasks


def read_translations(path: Path, projects_file: Path) -> list[SearchTask]:
    """Find a project's text in the other language among all texts of both languages, from Swedish and from English.

    Asked are the projects that the leaders file ``path`` names, which no training has seen. Every text is a
    collaborator of its own. Projects with one text in both fields are left out.

    Raises:
        InvalidFileError: the file is wrong.
    """
    both = {
        project.id: {document.language: document for document in documents}
        for project in read_swecris_projects(projects_file).values()
        for documents in (project.documents(),)
        if len(documents) == len((Language.SWEDISH, Language.ENGLISH))
    }
    everyone = tuple(
        Collaborator(document.id, LocalisedText(document.id), CollaboratorKind.OTHER, (document,))
        for own in both.values()
        for document in own.values()
    )
    try:
        items = _json(path)["items"]
        named = {key for item in items for key in (item["query_project"], *item["profile_projects"])}
    except (KeyError, TypeError) as error:
        raise _wrong_form(path, error) from error
    sample = sorted(named & both.keys())
    tasks = []
    for asked, answer in ((Language.SWEDISH, Language.ENGLISH), (Language.ENGLISH, Language.SWEDISH)):
        texts = {key: both[key][asked] for key in sample}
        challenges = tuple(
            Challenge(key, text.text[:MAXIMUM_CHARACTERS], (text.title or "")[:MAXIMUM_TITLE_CHARACTERS], asked)
            for key, text in texts.items()
        )
        judged = JudgedSet(
            f"translations: from {asked.value}, among all texts",
            asked,
            challenges,
            {key: {both[key][answer].id: 1} for key in sample},
            left_out={key: text.id for key, text in texts.items()},
        )
        tasks.append(SearchTask(judged, everyone))
    return tasks


def read_searches(path: Path) -> SearchTask:
    """Scientific searches in English with their candidates, all candidates pooled; clicked ones are relevant.

    JSON lines of ``{"query", "candidates": [{"corpus_id", "title", "abstract", "score"}]}``, as in SciRepEval (Singh
    et al., EMNLP 2023).

    Raises:
        InvalidFileError: the file is of another form.
    """
    english = Language.ENGLISH
    candidates: dict[str, Collaborator] = {}
    challenges, qrels = [], {}
    try:
        for number, line in enumerate(read_text_file(path).splitlines()):
            entry = json.loads(line)
            challenges.append(Challenge(f"search-{number}", entry["query"], None, english))
            qrels[f"search-{number}"] = {str(one["corpus_id"]): int(one["score"]) for one in entry["candidates"]}
            for one in entry["candidates"]:
                key, title = str(one["corpus_id"]), one["title"] or ""
                document = Document(key, one["abstract"] or title, title, english)
                candidates[key] = Collaborator(key, LocalisedText(key), CollaboratorKind.OTHER, (document,))
    except (KeyError, TypeError, ValueError) as error:
        raise _wrong_form(path, error) from error
    judged = JudgedSet(f"{path.stem}: scientific searches in English", english, tuple(challenges), qrels)
    return SearchTask(judged, tuple(candidates.values()))


@dataclass(frozen=True, slots=True)
class ParaphraseSet:
    """Needs in several wordings of one language; ``needs`` has the wordings' challenge ids by need."""

    language: Language
    challenges: tuple[Challenge, ...]
    needs: Mapping[str, tuple[str, ...]]


def read_paraphrases(path: Path) -> list[ParaphraseSet]:
    """One set a language, from JSON lines of ``{"id", "sv": {wording: text}, "en": {...}}``.

    Raises:
        InvalidFileError: the file is of another form.
    """
    entries = _json_lines(path)
    sets = []
    try:
        for language in (Language.SWEDISH, Language.ENGLISH):
            needs = {one["id"]: tuple(f"{one['id']}{key}" for key in one[language.value]) for one in entries}
            challenges = tuple(
                Challenge(f"{one['id']}{key}", text, None, language)
                for one in entries
                for key, text in one[language.value].items()
            )
            sets.append(ParaphraseSet(language, challenges, needs))
    except (KeyError, TypeError, AttributeError) as error:
        raise _wrong_form(path, error) from error
    return sets


@dataclass(frozen=True, slots=True)
class ScopeSet:
    """Needs of one language of which it is known whether anyone in the catalogue serves them."""

    language: Language
    challenges: tuple[Challenge, ...]
    served: Mapping[str, bool]


def read_scope(path: Path) -> list[ScopeSet]:
    """One set a language, from JSON lines of ``{"id", "scope": "in" or "out", "sv": text, "en": text}``.

    Raises:
        InvalidFileError: the file is of another form.
    """
    entries = _json_lines(path)
    try:
        return [
            ScopeSet(
                language,
                tuple(Challenge(one["id"], one[language.value], None, language) for one in entries),
                {one["id"]: one["scope"] == "in" for one in entries},
            )
            for language in (Language.SWEDISH, Language.ENGLISH)
        ]
    except (KeyError, TypeError) as error:
        raise _wrong_form(path, error) from error


def _ids_of_split(path: Path, split: str) -> set[str]:
    return {str(line["id"]) for line in _json_lines(path) if line.get("split") == split}


def _json_lines(path: Path) -> list[Any]:
    try:
        return [json.loads(line) for line in read_text_file(path).splitlines() if line.strip()]
    except ValueError as error:
        raise _wrong_form(path, error) from error


def _json(path: Path) -> Any:
    try:
        return json.loads(read_text_file(path))
    except ValueError as error:
        raise _wrong_form(path, error) from error


def _wrong_form(path: Path, error: Exception) -> InvalidFileError:
    return InvalidFileError(
        str(path), [FileProblem(mark("is not of the expected form ({reason})"), reason=repr(error)[:200])]
    )
