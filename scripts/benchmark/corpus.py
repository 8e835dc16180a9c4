"""What all are asked, and of what: written as a file, so that each program reads the same.

    python -m scripts.benchmark.corpus FILE [--data FOLDER] [--passages N]

With development data: the leaders of its SweCRIS projects with their passages in both languages, filled up to N with
passages of its other projects. Without: the shipped catalogue and its judged challenges.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from matchmaker.catalogue.importers.swecris import read_swecris_projects
from matchmaker.catalogue.memory_collection import MemoryCollection
from matchmaker.catalogue.seed import read_catalogue
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind
from matchmaker.domain.language import LocalisedText
from matchmaker.evaluation.judged import JudgedSet, read_judged
from matchmaker.evaluation.search_tasks import read_leaders
from matchmaker.settings import read_settings

PROJECTS, LEADERS = "swecris_projects.json", "swecris_expert_dev.json"
SHORT_WORDS = 8
"""A short query is the first words of a long one: about a title, or what is typed into a search box."""


def of_projects(data: Path, passages: int, leaders: int | None = None) -> tuple[list[Collaborator], list[JudgedSet]]:
    """Leaders with all their evidence, and further projects as collaborators of their own up to a number of passages.

    The projects that are asked for are not among these: each holds its own answer. ``leaders`` keeps the first few.
    """
    tasks = read_leaders(data / LEADERS, data / PROJECTS)[1:]  # the two tasks with evidence in both languages
    everyone = list(tasks[0].collaborators[:leaders])
    items = json.loads((data / LEADERS).read_text(encoding="utf-8"))["items"]
    taken = {key for item in items for key in [item["query_project"], *item["profile_projects"]]}
    missing = passages - len(MemoryCollection("count", everyone).snapshot().passages)
    for key, project in read_swecris_projects(data / PROJECTS).items():
        if missing <= 0:
            break
        if key not in taken:
            one = Collaborator(key, LocalisedText(key), CollaboratorKind.OTHER, tuple(project.documents()))
            missing -= len(MemoryCollection("count", [one]).snapshot().passages)
            everyone.append(one)
    return everyone, [replace(task.judged, challenges=task.judged.challenges[:leaders]) for task in tasks]


def of_catalogue() -> tuple[list[Collaborator], list[JudgedSet]]:
    """The shipped catalogue and its test challenges."""
    settings = read_settings()
    files = [settings.evaluation_folder / f"challenges.{language}.jsonl" for language in ("sv", "en")]
    return (
        list(read_catalogue(settings.catalogue_folder)),
        read_judged(files, settings.evaluation_folder / "qrels.txt", "test"),
    )


def collaborators_and_sets(given: argparse.Namespace) -> tuple[list[Collaborator], list[JudgedSet]]:
    """Whom is searched among, and the judged challenges, by the options of ``parser_of``."""
    return of_projects(given.data, given.passages, given.leaders) if given.data else of_catalogue()


def parser_of(description: str | None) -> argparse.ArgumentParser:
    """The options that say what is searched."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--passages", type=int, default=0)
    parser.add_argument("--leaders", type=int, help="Only so many leaders, for a quick run.")
    return parser


def write(path: Path, everyone: Sequence[Collaborator], sets: Sequence[JudgedSet]) -> None:
    """Passages with the collaborators that they speak for, and queries with the right answers."""
    content = MemoryCollection("benchmark", everyone).snapshot()
    owners: dict[int, list[str]] = {}
    for collaborator, ids in content.passage_ids.items():
        for one in ids:
            owners.setdefault(one, []).append(collaborator)
    passages = [{"text": one.indexed_text, "owners": owners[one.id]} for one in content.passages]
    queries = [
        {
            "id": challenge.id,
            "language": one.language.value,
            "text": challenge.text,
            "relevant": [key for key, grade in one.qrels.get(challenge.id, {}).items() if grade > 0],
        }
        for one in sets
        for challenge in one.challenges
    ]
    answerable = [query for query in queries if query["relevant"]]
    path.write_text(json.dumps({"passages": passages, "queries": answerable}, ensure_ascii=False), encoding="utf-8")


def short(text: str) -> str:
    """The beginning of a query, as a query."""
    return " ".join(text.split()[:SHORT_WORDS])


def main() -> None:
    """Write the file."""
    given = parser_of(__doc__).parse_args()
    write(given.corpus, *collaborators_and_sets(given))


if __name__ == "__main__":
    main()
