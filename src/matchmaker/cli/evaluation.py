"""``matchmaker evaluate``."""

import json
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from matchmaker.catalogue.collaborator_file import read_collaborators
from matchmaker.catalogue.seed import read_catalogue
from matchmaker.cli import app
from matchmaker.cli.opening import open_workspace
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark
from matchmaker.evaluation.judged import read_gold, read_judged, read_leaders
from matchmaker.evaluation.measures import MEASURES, ConfidenceBand
from matchmaker.evaluation.runner import SetResult, evaluate
from matchmaker.settings import read_settings

LANGUAGES = ("sv", "en")


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
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Measure the pipeline on judged challenges: lexical only, dense only and fused, per query language."""
    _check_pairs({"--challenges": challenges, "--qrels": qrels}, {"--leaders": leaders, "--projects": projects})
    settings = read_settings()
    results: list[SetResult] = []
    with ExitStack() as stack:
        workspace = open_workspace(stack)
        if (challenges and qrels) or gold or not leaders:
            catalogue = (
                read_collaborators(collaborators) if collaborators else read_catalogue(settings.catalogue_folder)
            )
            matcher, collection = workspace.memory_matcher("evaluation", catalogue)
            if challenges and qrels:
                sets = read_judged(challenges, qrels, split)
            elif gold:
                sets = []
            else:
                folder = settings.evaluation_folder
                own = [folder / f"challenges.{language}.jsonl" for language in LANGUAGES]
                sets = read_judged(own, folder / "qrels.txt", split or "test")
            sets += read_gold(gold, catalogue) if gold else []
            results += [result for one in sets for result in evaluate(one, matcher, collection)]
        if leaders and projects:
            for task in read_leaders(leaders, projects):
                matcher, collection = workspace.memory_matcher(task.judged.name, task.leaders)
                results += evaluate(task.judged, matcher, collection)
    if as_json:
        print(json.dumps([asdict(one) for one in results], ensure_ascii=False, indent=2))
    else:
        print(results_table(results))


def results_table(results: Sequence[SetResult]) -> str:
    """A block a set: a line a system, a column a measure, each with its 95 % interval."""
    lines: list[str] = []
    for name in dict.fromkeys(one.set_name for one in results):
        own = [one for one in results if one.set_name == name]
        lines.append(f"{name}: query language {own[0].query_language}, {own[0].challenges} challenges")
        if own[0].unanswerable:
            lines[-1] += f", {own[0].unanswerable} more without a relevant collaborator, not counted"
        lines.append("  " + "system".ljust(14) + "".join(measure.ljust(21) for measure in MEASURES))
        for one in own:
            cells = [f"{value.mean:.3f} [{value.low:.3f}, {value.high:.3f}]" for value in one.measures.values()]
            lines.append("  " + one.system.ljust(14) + "".join(cell.ljust(21) for cell in cells))
        lines += [f"  called {word}: {_band(band)}" for one in own for word, band in one.bands.items()]
        lines.append("")
    return "\n".join([*lines, "Means with 95 % bootstrap intervals over challenges."])


def _band(band: ConfidenceBand) -> str:
    shares = f"{band.relevant_share:.0%} of them with grade 2 or 3, {band.graded_share:.0%} with any"
    return f"{band.suggestions} of the best ten, {shares}"


def _check_pairs(*pairs: dict[str, object]) -> None:
    for pair in pairs:
        missing = [name for name, value in pair.items() if not value]
        if len(missing) == 1:
            given = next(name for name in pair if name not in missing)
            raise InvalidFileError(given, [FileProblem(mark("needs {option} beside it"), option=missing[0])])
