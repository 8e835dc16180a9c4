"""Judged sets over collaborators of their own: leaders of projects, translations, scientific searches."""

from dataclasses import dataclass
from pathlib import Path

from matchmaker.catalogue.importers.swecris import read_swecris_projects
from matchmaker.catalogue.text_file import form_error, read_json_file, read_json_lines
from matchmaker.domain.challenge import Challenge
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind, Document
from matchmaker.domain.language import Language, LocalisedText
from matchmaker.evaluation.judged import JudgedSet
from matchmaker.text.query import MAXIMUM_CHARACTERS, MAXIMUM_TITLE_CHARACTERS


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
        items = read_json_file(path)["items"]
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
        raise form_error(path, error) from error
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
    sample = sorted(named_projects(path) & both.keys())
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
        for number, entry in enumerate(read_json_lines(path)):
            challenges.append(Challenge(f"search-{number}", entry["query"], None, english))
            qrels[f"search-{number}"] = {str(one["corpus_id"]): int(one["score"]) for one in entry["candidates"]}
            for one in entry["candidates"]:
                key, title = str(one["corpus_id"]), one["title"] or ""
                document = Document(key, one["abstract"] or title, title, english)
                candidates[key] = Collaborator(key, LocalisedText(key), CollaboratorKind.OTHER, (document,))
    except (KeyError, TypeError, ValueError) as error:
        raise form_error(path, error) from error
    judged = JudgedSet(f"{path.stem}: scientific searches in English", english, tuple(challenges), qrels)
    return SearchTask(judged, tuple(candidates.values()))


def named_projects(path: Path) -> set[str]:
    """The projects that a leaders file names, as queries or as profiles.

    Raises:
        InvalidFileError: the file is of another form.
    """
    try:
        items = read_json_file(path)["items"]
        return {key for item in items for key in (item["query_project"], *item["profile_projects"])}
    except (KeyError, TypeError) as error:
        raise form_error(path, error) from error
