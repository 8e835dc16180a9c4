"""``matchmaker evaluate``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.cli import app
from matchmaker.cli.opening import open_workspace
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark
from matchmaker.domain.language import Language

if TYPE_CHECKING:
    from matchmaker.evaluation.judged import JudgedSet
    from matchmaker.evaluation.measures import ConfidenceBand
    from matchmaker.evaluation.runner import SetResult
    from matchmaker.evaluation.search_tasks import SearchTask
    from matchmaker.evaluation.systems import System
    from matchmaker.settings import Settings

LANGUAGES = ("sv", "en")

GOLD, LEADERS, PROJECTS = "ltu_gold_dev.json", "swecris_expert_dev.json", "swecris_projects.json"
FULL_PRECISION_LIMIT = 2000
"""Collaborators of a set up to which the encoder is also run in 32 bits, which takes three times as long as in 8."""

SEARCHES = Path("scirepeval") / "search_small.jsonl"
"""Names of the sets in a folder of development data; those that are not there are left out."""


@app.command("evaluate")
def evaluate_command(
    challenges: Annotated[
        list[Path] | None, typer.Option(help="Judged challenges as JSON lines, a file a language; repeatable.")
    ] = None,
    qrels: Annotated[Path | None, typer.Option(help="Their judgments in TREC form.")] = None,
    collaborators: Annotated[
        Path | None, typer.Option(help="Collaborators as JSON lines; the shipped catalogue when not given.")
    ] = None,
    split: Annotated[
        str | None, typer.Option(help="Only challenges of this split; of the shipped set, 'test' when not given.")
    ] = None,
    gold: Annotated[Path | None, typer.Option(help="A set whose judgments name research subjects (JSON).")] = None,
    leaders: Annotated[Path | None, typer.Option(help="A set of project leaders to find (JSON).")] = None,
    projects: Annotated[Path | None, typer.Option(help="The SweCRIS export that --leaders refers to.")] = None,
    development: Annotated[
        Path | None, typer.Option(help="A folder of development data: every set in it, beside the shipped ones.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Write a report as HTML into this folder as well.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Measure the pipeline beside what could be used instead; with --report also without each of its parts."""
    from matchmaker.catalogue.collaborator_file import read_collaborators
    from matchmaker.catalogue.importers.swecris import read_swecris
    from matchmaker.catalogue.seed import read_catalogue
    from matchmaker.evaluation.judged import read_gold, read_groupings
    from matchmaker.evaluation.report import ReportContext, check_report_can_be_written, write_report
    from matchmaker.evaluation.robustness import read_paraphrases, read_scope
    from matchmaker.evaluation.runner import evaluate, evaluate_paraphrases, evaluate_scope, measure_speed
    from matchmaker.settings import read_settings

    _check_pairs({"--challenges": challenges, "--qrels": qrels}, {"--leaders": leaders, "--projects": projects})
    if report:
        check_report_can_be_written()
    settings = read_settings()
    catalogue = read_collaborators(collaborators) if collaborators else read_catalogue(settings.catalogue_folder)
    judged, tasks = _asked_for(settings, catalogue, challenges, qrels, split, gold, leaders, projects)
    if development:
        judged += read_gold(development / GOLD, catalogue) if (development / GOLD).is_file() else []
        tasks += _tasks_of(development)
    systems = _systems(settings, report=report is not None, development=development is not None)
    results: list[SetResult] = []
    with ExitStack() as stack:
        workspace = open_workspace(stack)
        matcher_of = workspace.matcher_of_system
        for one in judged:
            results += evaluate(one, catalogue, systems, matcher_of)
        if (development or report) and not collaborators:
            for paraphrases in read_paraphrases(settings.evaluation_folder / "paraphrases.jsonl"):
                results += evaluate_paraphrases(paraphrases, catalogue, systems, matcher_of)
            for scope in read_scope(settings.evaluation_folder / "scope.jsonl"):
                results += evaluate_scope(scope, catalogue, systems, matcher_of)
        for task in tasks:
            own = [one for one in systems if one.quantised or len(task.collaborators) <= FULL_PRECISION_LIMIT]
            results += evaluate(task.judged, task.collaborators, own, matcher_of)
        print(_as_json(results) if as_json else results_table(results))
        if report:
            (shipped, *_) = _shipped(settings, "test")
            crowds = [catalogue]
            if development and (development / PROJECTS).is_file():
                crowds.append([*catalogue, *read_swecris(development / PROJECTS)])
            context = ReportContext(
                encoder=workspace.encoder.fingerprint,
                scorer=workspace.scorer.version,
                names={one.id: one.name.in_language(Language.ENGLISH) for one in catalogue},
                groupings=read_groupings(settings.evaluation_folder / f"challenges.{LANGUAGES[0]}.jsonl"),
                evidence_counts={
                    task.judged.name: {one.id: len(one.documents) for one in task.collaborators} for task in tasks
                },
                speed=[measure_speed(shipped.challenges, crowd, matcher_of) for crowd in crowds],
            )
            write_report(results, [*judged, *(task.judged for task in tasks)], context, report)


def _systems(settings: Settings, *, report: bool, development: bool) -> list[System]:
    """What is compared: for a glance the channels, for the development sets the original encoder, for a report all."""
    from matchmaker.evaluation.systems import ABLATIONS, DENSE, FULL, FULL_PRECISION, LEXICAL, MAIN_SYSTEMS
    from matchmaker.settings import DEFAULT_ENCODER

    systems: list[System] = [LEXICAL, DENSE, FULL]
    if development or report:
        systems = list(MAIN_SYSTEMS)
    if report:
        systems = list(dict.fromkeys([*MAIN_SYSTEMS, *ABLATIONS, FULL_PRECISION]))
    if settings.encoder != DEFAULT_ENCODER:  # another encoder has no original, and comes in one precision
        systems = [one for one in systems if one.adapted and one.quantised]
    return systems


def _shipped(settings: Settings, split: str) -> list[JudgedSet]:
    from matchmaker.evaluation.judged import read_judged

    folder = settings.evaluation_folder
    own = [folder / f"challenges.{language}.jsonl" for language in LANGUAGES]
    return read_judged(own, folder / "qrels.txt", split)


def _asked_for(
    settings: Settings,
    catalogue: Sequence[Collaborator],
    challenges: Sequence[Path] | None,
    qrels: Path | None,
    split: str | None,
    gold: Path | None,
    leaders: Path | None,
    projects: Path | None,
) -> tuple[list[JudgedSet], list[SearchTask]]:
    """The sets that the options name; the shipped one when they name none."""
    from matchmaker.evaluation.judged import read_gold, read_judged
    from matchmaker.evaluation.search_tasks import read_leaders

    judged: list[JudgedSet] = []
    if challenges and qrels:
        judged = read_judged(challenges, qrels, split)
    elif not gold and not leaders:
        judged = _shipped(settings, split or "test")
    judged += read_gold(gold, catalogue) if gold else []
    return judged, read_leaders(leaders, projects) if leaders and projects else []


def _tasks_of(folder: Path) -> list[SearchTask]:
    from matchmaker.evaluation.search_tasks import read_leaders, read_searches, read_translations

    tasks: list[SearchTask] = []
    if (folder / PROJECTS).is_file() and (folder / LEADERS).is_file():
        tasks += read_leaders(folder / LEADERS, folder / PROJECTS)
        tasks += read_translations(folder / LEADERS, folder / PROJECTS)
    return [*tasks, read_searches(folder / SEARCHES)] if (folder / SEARCHES).is_file() else tasks


def results_table(results: Sequence[SetResult]) -> str:
    """A block a set: a line a system, a column a measure, each with its 95 % interval."""
    from matchmaker.evaluation.systems import FULL

    lines: list[str] = []
    for name in dict.fromkeys(one.set_name for one in results):
        own = [one for one in results if one.set_name == name]
        lines.append(f"{name}: query language {own[0].query_language}, {own[0].challenges} challenges")
        if own[0].unanswerable:
            lines[-1] += f", {own[0].unanswerable} more without a relevant collaborator, not counted"
        width = max(len(one.system) for one in own) + 2
        lines.append("  " + "system".ljust(width) + "".join(measure.ljust(21) for measure in own[0].measures))
        for one in own:
            cells = [f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]" for value in one.measures.values()]
            lines.append("  " + one.system.ljust(width) + "".join(cell.ljust(21) for cell in cells))
        lines += [
            f"  called {word}: {_band(band)}"
            for one in own
            if one.system == FULL.name
            for word, band in one.bands.items()
        ]
        lines.append("")
    return "\n".join([*lines, "Means with 95 % bootstrap intervals over challenges."])


def _band(band: ConfidenceBand) -> str:
    shares = f"{band.relevant_share:.0%} of them with grade 2 or 3, {band.graded_share:.0%} with any"
    return f"{band.suggestions} of the best ten, {shares}"


def _as_json(results: Sequence[SetResult]) -> str:
    entries = [asdict(one) for one in results]
    for entry in entries:
        del entry["values"], entry["found"]
    return json.dumps(entries, ensure_ascii=False, indent=2)


def _check_pairs(*pairs: dict[str, object]) -> None:
    for pair in pairs:
        missing = [name for name, value in pair.items() if not value]
        if len(missing) == 1:
            given = next(name for name in pair if name not in missing)
            raise InvalidFileError(given, [FileProblem(mark("needs {option} beside it"), option=missing[0])])
