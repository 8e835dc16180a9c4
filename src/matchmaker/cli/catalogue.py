"""``matchmaker prepare`` and ``matchmaker import``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from matchmaker.cli import app, console, interface_translator
from matchmaker.cli.opening import open_workspace
from matchmaker.cli.progress import showing
from matchmaker.domain.collaborator import Collaborator
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.errors import mark

if TYPE_CHECKING:
    from matchmaker.db.catalogue import CatalogueChange

importers = typer.Typer(help="Import collaborators and their evidence from a source.", no_args_is_help=True)
app.add_typer(importers, name="import")


@app.command()
def prepare(
    again: Annotated[bool, typer.Option("--again", help="Prepare the encoder even if it is there.")] = False,
) -> None:
    """Make ready all that matching needs: encoder, database, catalogue, index. Safe to repeat."""
    say = interface_translator()
    with ExitStack() as stack:
        workspace = open_workspace(stack)
        change = workspace.prepare(lambda step: console.print(f"{say.say(step)} …"), again=again)
    console.print(_summary(change))
    console.print(say.say(mark("Ready.")))


@importers.command("swecris")
def import_swecris(
    file: Annotated[Path, typer.Argument(help="A SweCRIS export: .json (API field names) or .csv.")],
    collection: Annotated[str, typer.Option(help="The collection to import into.")] = MAIN_COLLECTION,
) -> None:
    """Import SweCRIS projects: their leaders become collaborators, the projects their evidence."""
    from matchmaker.catalogue.importers.swecris import read_swecris

    say = interface_translator()
    console.print(say.say(mark("Reading {path} …"), path=file))
    _store(collection, "swecris", read_swecris(file))


def _store(collection: str, origin: str, collaborators: Sequence[Collaborator]) -> None:
    say = interface_translator()
    documents = len({document.id for one in collaborators for document in one.documents})
    with ExitStack() as stack:
        workspace = open_workspace(stack)
        with showing(say.say(mark("Storing documents")), documents) as progress:
            change = workspace.save(collection, origin, collaborators, progress=progress)
        console.print(_summary(change))
        workspace.matcher(collection)
    console.print(say.say(mark("The collection {name} is indexed."), name=collection))


def _summary(change: CatalogueChange) -> str:
    say = interface_translator()
    if change.is_empty:
        return say.say(
            mark("Nothing has changed: {collaborators} collaborators and {documents} documents are there already."),
            collaborators=change.unchanged,
            documents=change.documents_unchanged,
        )
    return say.say(
        mark(
            "Collaborators: {new} new, {changed} changed, {unchanged} unchanged, {removed} removed. "
            "Documents: {documents_new} new, {documents_changed} changed, {documents_unchanged} unchanged, "
            "{documents_removed} removed."
        ),
        new=change.new,
        changed=change.changed,
        unchanged=change.unchanged,
        removed=change.removed,
        documents_new=change.documents_new,
        documents_changed=change.documents_changed,
        documents_unchanged=change.documents_unchanged,
        documents_removed=change.documents_removed,
    )
