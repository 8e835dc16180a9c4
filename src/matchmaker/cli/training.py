"""``matchmaker train``, ``tuning-leaders`` and ``calibrate``."""

import json
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from matchmaker.cli import app
from matchmaker.cli.opening import open_workspace
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark


@app.command("train")
def train_command(
    projects: Annotated[
        Path | None,
        typer.Option(help="A SweCRIS export; without it only the catalogue and its needs are learned from."),
    ] = None,
    held_out: Annotated[
        Path | None, typer.Option(help="A leaders file (JSON): none of these persons' projects is trained on.")
    ] = None,
    assignments: Annotated[
        Path | None, typer.Option(help="Official assignments as JSON lines with id, title, text, language.")
    ] = None,
    continue_from: Annotated[
        Path | None, typer.Option(help="An adapter to go on from: only the second stage is run.")
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="At most so many in each stage, for a trial.")] = None,
    output: Annotated[
        Path | None, typer.Option(help="Instead of models/: where adapter and table are written.")
    ] = None,
) -> None:
    """Train the encoder's adapter and mine the table of translated terms. Takes an hour on two cores."""
    from matchmaker.catalogue.seed import read_catalogue
    from matchmaker.settings import read_settings
    from matchmaker.training.run import train

    if projects and not held_out:
        raise InvalidFileError("--projects", [FileProblem(mark("needs {option} beside it"), option="--held-out")])
    if (steps or not projects) and not output:
        # What is shipped took an hour and the projects; a trial is not to replace it by accident.
        raise InvalidFileError("--steps", [FileProblem(mark("needs {option} beside it"), option="--output")])
    settings = read_settings()
    train(
        catalogue=read_catalogue(settings.catalogue_folder),
        needs_file=settings.training_folder / "needs.jsonl",
        projects_file=projects,
        held_out_file=held_out,
        assignments_file=assignments,
        steps=steps,
        start=continue_from,
        target=output or settings.models_folder,
        say=lambda line: print(line, flush=True),
    )


@app.command("tuning-leaders")
def tuning_leaders_command(
    projects: Annotated[Path, typer.Option(help="A SweCRIS export.")],
    held_out: Annotated[Path, typer.Option(help="The leaders file (JSON) that is reported on.")],
    output: Annotated[Path, typer.Option(help="The leaders file to write, for 'matchmaker evaluate --leaders'.")],
) -> None:
    """Write the leaders that are left out of the training so that settings can be chosen on them."""
    from matchmaker.catalogue.importers.swecris import read_swecris_projects
    from matchmaker.training.data import read_held_out, tuning_task

    exported = read_swecris_projects(projects)
    items = tuning_task(exported, read_held_out(held_out, exported))
    output.write_text(json.dumps({"items": items}, indent=1) + "\n", encoding="utf-8")
    print(f"{len(items)} leaders")


@app.command("calibrate")
def calibrate_command() -> None:
    """Learn the probabilities of the ranking anew, for the encoder and the catalogue that are in use."""
    from matchmaker.catalogue.seed import read_catalogue
    from matchmaker.evaluation.judged import read_judged
    from matchmaker.settings import read_settings
    from matchmaker.training.calibration import CalibrationTexts, calibrate, calibration_needs, read_out_of_scope
    from matchmaker.training.data import read_needs

    settings = read_settings()
    folder = settings.evaluation_folder
    catalogue = read_catalogue(settings.catalogue_folder)
    challenges = [folder / f"challenges.{language}.jsonl" for language in ("sv", "en")]
    texts = CalibrationTexts(
        read_judged(challenges, folder / "qrels.txt", "dev"),
        calibration_needs(read_needs(settings.training_folder / "needs.jsonl", [one.id for one in catalogue])),
        read_out_of_scope(settings.training_folder / "out_of_scope.jsonl"),
    )
    with ExitStack() as stack:
        workspace = open_workspace(stack)
        matcher, _ = workspace.memory_matcher("calibration", catalogue)
        scorer = calibrate(workspace.scorer, matcher, texts)
    scorer.write(settings.ranking_weights)
    print(
        f"score {scorer.score_slope}, length {scorer.length_slope}, expertise {scorer.expertise_slope}, "
        f"intercept {scorer.intercept}"
    )
