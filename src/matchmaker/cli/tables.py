"""``matchmaker template`` and ``matchmaker export``: tables to fill in, and the catalogue as tables."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, cast

import typer

from matchmaker.cli import app, console, interface_translator
from matchmaker.cli.opening import open_workspace
from matchmaker.domain.collection import MAIN_COLLECTION, check_collection_name
from matchmaker.domain.errors import FileProblem, InvalidFileError, mark
from matchmaker.messages import translator

if TYPE_CHECKING:
    from matchmaker.catalogue.table_writing import TableFormat


class BlankFormat(StrEnum):
    """What a table to fill in can be."""

    CSV = "csv"
    XLSX = "xlsx"


class TableLanguage(StrEnum):
    """What language a table can be in."""

    SV = "sv"
    EN = "en"


Table = Annotated[str, typer.Argument(help="groups, contacts, evidence or links.")]
In = Annotated[TableLanguage | None, typer.Option("--language", help="The language of headings and choices.")]
Overwrite = Annotated[bool, typer.Option("--overwrite", help="Replace the file if it is there.")]


@app.command("template")
def write_template(
    table: Table,
    file: Annotated[Path | None, typer.Argument(help="The file to write; TABLE.xlsx where it is not given.")] = None,
    form: Annotated[BlankFormat, typer.Option("--format", help="The form of the file.")] = BlankFormat.XLSX,
    language: In = None,
    overwrite: Overwrite = False,
) -> None:
    """Write a table to fill in, with an explanation of each column."""
    from matchmaker.catalogue.blank_tables import write_blank
    from matchmaker.catalogue.seed import read_areas
    from matchmaker.catalogue.table_writing import TableFormat
    from matchmaker.catalogue.templates import find_template
    from matchmaker.settings import read_settings

    template = find_template(table, read_areas(read_settings().catalogue_folder))
    code = language or interface_translator().language
    say = translator(code).say
    path = file or Path(f"{table}.{form.value}")
    _write(path, lambda stream: write_blank(stream, template, TableFormat(form.value), code, say), overwrite=overwrite)


@app.command("export")
def export_table(
    table: Table,
    file: Annotated[Path, typer.Argument(help="The file to write: .csv, .xlsx or .json.")],
    collection: Annotated[str, typer.Option(help="The collection to export.")] = MAIN_COLLECTION,
    language: In = None,
    overwrite: Overwrite = False,
) -> None:
    """Write the catalogue's groups, contacts, evidence or links as a table that can be imported again."""
    from matchmaker.catalogue.seed import read_areas
    from matchmaker.catalogue.table_writing import write_table
    from matchmaker.catalogue.templates import find_template
    from matchmaker.curation.exporting import table_rows
    from matchmaker.settings import read_settings

    template = find_template(table, read_areas(read_settings().catalogue_folder))
    form = _form(file)
    code = language or interface_translator().language
    with ExitStack() as stack:
        database = open_workspace(stack).database
        rows = table_rows(database, check_collection_name(collection), table)
        _write(file, lambda stream: write_table(stream, template, rows, form, code), overwrite=overwrite)


def _form(path: Path) -> TableFormat:
    from matchmaker.catalogue.table_writing import TableFormat

    known = [form.value for form in TableFormat]
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in known:
        template = mark("must be one of these: {known}")
        problem = FileProblem(template, known=", ".join(f".{one}" for one in known))
        raise InvalidFileError(str(path), [problem])
    return TableFormat(suffix)


def _write(path: Path, write: Callable[[BinaryIO], None], *, overwrite: bool) -> None:
    """Write beside the target and rename, so that half a table never stands there; one that is there is not lost."""
    from matchmaker.catalogue.text_file import file_error

    if path.exists() and not overwrite:
        problem = FileProblem(mark("is there already; choose another name, or replace it with --overwrite"))
        raise InvalidFileError(str(path), [problem])
    fresh: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("wb", dir=path.parent, delete=False) as stream:
            fresh = Path(stream.name)
            write(cast(BinaryIO, stream))
        fresh.chmod(0o644)
        fresh.replace(path)
    except OSError as error:
        raise file_error(path, error) from error
    finally:
        if fresh is not None:
            fresh.unlink(missing_ok=True)
    console.print(interface_translator().say(mark("Written: {path}"), path=path), markup=False)
