"""``matchmaker backup``, ``matchmaker restore`` and ``matchmaker move``: the database as a whole."""

from __future__ import annotations

from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.cli import app, console, interface_translator
from matchmaker.cli.comparing import (
    COMPARED,
    EXIT_DIFFERENT,
    VectorEngine,
    compare_workspaces,
    other_form,
    shipped_challenges,
    tell_comparison,
)
from matchmaker.cli.opening import open_workspace
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.errors import FileProblem, InvalidFileError, SetupError, mark

if TYPE_CHECKING:
    from matchmaker.db.session import Database
    from matchmaker.settings import Settings
    from matchmaker.workspace import Workspace


@app.command()
def backup(
    file: Annotated[Path, typer.Argument(help="The file to write.")],
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace a file that is there.")] = False,
) -> None:
    """Write the whole database to a file, as of one moment, while servers run. It holds personal data and secrets."""
    from matchmaker.catalogue.text_file import file_error
    from matchmaker.db.backup import save_backup
    from matchmaker.db.session import open_database
    from matchmaker.settings import read_settings

    if file.exists() and not overwrite:
        problem = FileProblem(mark("is there already; choose another name, or replace it with --overwrite"))
        raise InvalidFileError(str(file), [problem])
    try:
        with closing(open_database(read_settings().database)) as database:
            save_backup(database, file)
    except OSError as error:
        raise file_error(file, error) from error
    console.print(interface_translator().say(mark("Written: {path}"), path=file), markup=False)


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A file that 'matchmaker backup' wrote.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace what the database has now.")] = False,
) -> None:
    """Put a backup in the place of what the database has. Who has opted out since stays out."""
    from matchmaker.catalogue.text_file import file_error
    from matchmaker.curation.opt_outs import note_those_out, renew_opt_outs
    from matchmaker.db.backup import load_backup
    from matchmaker.db.session import open_database
    from matchmaker.settings import read_settings

    settings = read_settings()
    if not replace:
        raise SetupError(
            mark("What the database has now would be lost: back it up first, then say --replace."),
            remedy=f"matchmaker restore --replace {file}",
        )
    with closing(open_database(settings.database)) as present:
        note_those_out(present, settings.opt_outs)
        try:
            load_backup(present, file)
        except OSError as error:
            raise file_error(file, error) from error
    with closing(open_database(settings.database)) as restored:
        out = renew_opt_outs(restored, settings.opt_outs)
    say = interface_translator()
    console.print(say.say(mark("Restored. Groups opted out again: {count}."), count=out))
    console.print(say.say(mark("Start servers and workers anew.")))


@app.command()
def move(
    to: Annotated[str, typer.Option("--to", help="The address of an empty database: postgresql://… or sqlite:///…")],
    vectors: Annotated[
        VectorEngine | None, typer.Option(help="What is to hold the vectors there; as here when not given.")
    ] = None,
    challenges: Annotated[
        int, typer.Option(min=0, help="How many challenges both are to answer alike afterwards; 0 compares no answers.")
    ] = COMPARED,
) -> None:
    """Copy everything to another, empty database, and compare. Stop servers and workers first."""
    with ExitStack() as stack:
        here = open_workspace(stack)
        there = other_form(here.settings, to, vectors)
        stack.enter_context(closing(here.database))
        is_compared = bool(challenges) and _can_answer(here, there)
        _copy(here.database, to)
        _tell_settings(vectors)
        if is_compared:
            _compare(here, there, challenges)


def _can_answer(here: Workspace, there: Settings) -> bool:
    """Whether there is a catalogue to answer from.

    What comparing needs is opened before anything is copied, so that its lack does not end a move half way.
    """
    from matchmaker.db.collection import StoredCollection
    from matchmaker.domain.errors import NotFoundError
    from matchmaker.workspace import open_vectors

    try:
        _ = StoredCollection(here.database, MAIN_COLLECTION).revision
    except NotFoundError:
        return False
    here.matcher(MAIN_COLLECTION)
    open_vectors(there).close()
    return True


def _copy(source: Database, to: str) -> None:
    from matchmaker.db.moving import copy_rows
    from matchmaker.db.session import open_database

    say = interface_translator()
    with closing(open_database(to)) as target, console.status("") as status:
        rows = copy_rows(source, target, lambda table, count: status.update(f"{table}: {count}"))
    for table, count in rows.items():
        if count:
            console.print(f"  {table}  {count}", markup=False)
    console.print(
        say.say(mark("{count} rows are there as they were, by numbers and checksums."), count=sum(rows.values()))
    )


def _compare(here: Workspace, there: Settings, count: int) -> None:
    """Let both answer the same challenges; what differs more than rounding ends the command with an error."""
    say = interface_translator()
    console.print(say.say(mark("Comparing the answers of both …")))
    given = islice(shipped_challenges(here.settings), count)
    found = compare_workspaces(here, there, given, MAIN_COLLECTION)
    tell_comparison(found)
    if not found.is_accepted:
        console.print(say.say(mark("The rows are there, but the answers differ: find out why before you change over.")))
        raise typer.Exit(EXIT_DIFFERENT)


def _tell_settings(vectors: VectorEngine | None) -> None:
    say = interface_translator()
    console.print(say.say(mark("Set MATCHMAKER_DATABASE_URL to the new database, then start servers and workers.")))
    if vectors:
        console.print(say.say(mark("Set MATCHMAKER_VECTORS={vectors} as well."), vectors=vectors))
