"""``matchmaker import works`` and what belongs to it: imports as jobs, seen before they change anything."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.cli import EXIT_INPUT, console, interface_translator
from matchmaker.cli.catalogue import importers
from matchmaker.cli.opening import open_workspace
from matchmaker.domain.collection import MAIN_COLLECTION, check_collection_name
from matchmaker.domain.errors import mark
from matchmaker.domain.import_job import ImportJob, JobState, Verdict

if TYPE_CHECKING:
    from matchmaker.workspace import Workspace

BY = "administrator"
SHOWN_PROBLEMS = 20

Collection = Annotated[str, typer.Option(help="The collection to import into.")]


@importers.command("works")
def import_works(
    source: Annotated[str, typer.Argument(help="The file's format: see docs/importers.md.")],
    file: Annotated[Path, typer.Argument(help="The file, or the folder of a harvest.", exists=True)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    skip_wrong: Annotated[bool, typer.Option("--skip-wrong", help="Leave out lines that are wrong.")] = False,
    complete: Annotated[
        bool, typer.Option("--complete", help="The file holds all there is: what it lacks has gone.")
    ] = False,
    collection: Collection = MAIN_COLLECTION,
) -> None:
    """Import publications, projects and other works, and link them to the groups that they are of."""
    from matchmaker.catalogue.importers import find_source
    from matchmaker.curation import imports
    from matchmaker.db import import_jobs as jobs

    known = find_source(source)
    with ExitStack() as stack:
        workspace = open_workspace(stack)
        with workspace.database.transaction() as session:
            job = jobs.add_job(
                session,
                check_collection_name(collection),
                known.name,
                file.name,
                str(file.resolve()),
                BY,
                is_complete=complete or known.is_complete,
                skip_rejected=skip_wrong,
            )
            jobs.claim_job(session, datetime.now(UTC), job.id)
        job = _run(workspace, job)
        _show(workspace, job)
        if job.state is not JobState.READY or dry_run:
            _end(job, ready=dry_run)
            return
        job = _go_on(workspace, imports.ask(workspace.database, job.id, "approve"))
        _end(job)
        workspace.matcher(collection)


@importers.command("resume")
def resume_import(job_id: Annotated[str, typer.Argument(metavar="IMPORT")]) -> None:
    """Go on with an import that was stopped or cut off, or make the change that a dry run has shown."""
    from matchmaker.curation import imports
    from matchmaker.db import import_jobs as jobs

    with ExitStack() as stack:
        workspace = open_workspace(stack)
        with workspace.database.reading() as session:
            job = jobs.get_job(session, job_id)
        if not job.state.is_waiting_for_program:
            job = imports.ask(workspace.database, job_id, "approve" if job.state is JobState.READY else "resume")
        job = _go_on(workspace, job)
        _show(workspace, job)
        _end(job)
        workspace.matcher(job.collection)


@importers.command("undo")
def undo_import(job_id: Annotated[str, typer.Argument(metavar="IMPORT")]) -> None:
    """Put back what was there before an import; what another import has changed since is left as it is."""
    from matchmaker.curation import imports

    with ExitStack() as stack:
        workspace = open_workspace(stack)
        job = _go_on(workspace, imports.ask(workspace.database, job_id, "undo"))
        _end(job)
        workspace.matcher(job.collection)


@importers.command("list")
def list_imports(collection: Collection = MAIN_COLLECTION) -> None:
    """The imports there were, the newest first."""
    from matchmaker.catalogue_wording import job_words
    from matchmaker.db import import_jobs as jobs

    say = interface_translator()
    with ExitStack() as stack, open_workspace(stack).database.reading() as session:
        for job in jobs.find_jobs(session, collection):
            print(f"{job.id}  {job.created_at:%Y-%m-%d %H:%M}  {job.source}  {job.file_name}  {job_words(job, say)}")


@importers.command("suggest-groups")
def suggest_groups(collection: Collection = MAIN_COLLECTION) -> None:
    """Suggest a group for works that are nobody's; a steward says whether it is right."""
    from matchmaker.curation import linking

    say = interface_translator()
    with ExitStack() as stack:
        workspace = open_workspace(stack)
        made = linking.suggest_groups(workspace.database, collection, workspace.matcher(collection))
    console.print(say.say(mark("Groups were suggested for {count} works; a steward confirms them."), count=made))


@importers.command("relink")
def relink_works(collection: Collection = MAIN_COLLECTION) -> None:
    """Link all works anew by the tables of subjects, organisations and persons as they are now."""
    from matchmaker.curation import linking

    with ExitStack() as stack:
        workspace = open_workspace(stack)
        linking.relink(workspace.database, collection)
        workspace.matcher(collection)


def _go_on(workspace: Workspace, job: ImportJob) -> ImportJob:
    from matchmaker.db import import_jobs as jobs

    with workspace.database.transaction() as session:
        claimed = jobs.claim_job(session, datetime.now(UTC), job.id)
    if claimed is None:  # a server beside has taken it up
        console.print(interface_translator().say(mark("The server is at work on this import.")))
        return job
    return _run(workspace, claimed)


def _run(workspace: Workspace, job: ImportJob) -> ImportJob:
    from matchmaker.catalogue.importers import find_source
    from matchmaker.curation import imports

    say = interface_translator()
    reading = job.state in (JobState.WAITING, JobState.READING)

    def told(done: int, total: int) -> None:
        if console.is_terminal:
            text = say.say(mark("{done} lines read"), done=done) if reading else f"{done}/{total}"
            console.print(text, end="\r")

    return imports.run_job(workspace.database, job, find_source, workspace.pseudonym, told)


def _show(workspace: Workspace, job: ImportJob) -> None:
    """The difference, and the first lines that are wrong."""
    from matchmaker.catalogue_wording import job_words, problem_words
    from matchmaker.db import import_jobs as jobs

    say = interface_translator()
    console.print(job_words(job, say))
    with workspace.database.reading() as session:
        wrong = jobs.find_lines(session, job.id, [Verdict.REJECTED], limit=SHOWN_PROBLEMS)
    for line in wrong:
        console.print("  " + problem_words(line.problem or {}, say))
    if job.rejected > len(wrong):
        console.print(say.say(mark("… and {count} more."), count=job.rejected - len(wrong)))


def _end(job: ImportJob, *, ready: bool = False) -> None:
    from matchmaker.catalogue_wording import job_words, problem_words

    say = interface_translator()
    if ready and job.state is JobState.READY:
        hint = mark("Nothing was changed. To make the change: matchmaker import resume {id}")
        console.print(say.say(hint, id=job.id))
        return
    console.print(job_words(job, say))
    if job.problem:
        console.print(problem_words(job.problem, say))
    if job.state in (JobState.FAILED, JobState.READY):
        raise typer.Exit(EXIT_INPUT)


@importers.command("table")
def import_table(
    table: Annotated[str, typer.Argument(help="groups, contacts or links.")],
    file: Annotated[Path, typer.Argument(help="The table: .csv or .xlsx, see docs/tables.md.", exists=True)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    skip_wrong: Annotated[bool, typer.Option("--skip-wrong", help="Leave out lines that are wrong.")] = False,
    collection: Collection = MAIN_COLLECTION,
) -> None:
    """Take in a table of groups, contacts or links; what is said there holds over later imports."""
    from matchmaker.catalogue.seed import read_areas
    from matchmaker.catalogue.templates import find_template
    from matchmaker.curation import tables

    say = interface_translator()
    name = check_collection_name(collection)
    with ExitStack() as stack:
        workspace = open_workspace(stack)
        areas = read_areas(workspace.settings.catalogue_folder)
        given = (workspace.database, name, find_template(table, areas).name, file, areas, workspace.pseudonym)
        difference = tables.compare_table(*given) if dry_run else tables.apply_table(*given, BY, skip_wrong=skip_wrong)
        for change in difference.changes:
            console.print(f"  {change.group} {change.field}: {change.old!s:.60} → {change.new!s:.60}", markup=False)
        for problem in difference.problems[:SHOWN_PROBLEMS]:
            console.print(say.say_problem(problem), markup=False)
        summary = mark("{changes} changes, {unchanged} rows that change nothing, {wrong} that are wrong.")
        console.print(
            say.say(
                summary,
                changes=len(difference.changes),
                unchanged=difference.unchanged,
                wrong=len(difference.problems),
            )
        )
        if not dry_run:
            workspace.matcher(name)
