"""The catalogue's tables to take along and to fill in, and how much is known of whom."""

from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import StreamingResponse

from matchmaker.catalogue.blank_tables import write_blank
from matchmaker.catalogue.seed import read_areas
from matchmaker.catalogue.table_writing import TableFormat, write_table
from matchmaker.catalogue.templates import CONTACTS, EVIDENCE, GROUPS, LINKS, find_template
from matchmaker.curation.coverage import by_department, list_experts
from matchmaker.curation.exporting import table_rows
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.downloads import MEDIA_TYPES, download
from matchmaker_api.schemas.coverage import CatalogueCoverage

router = APIRouter(prefix="/api/v1/catalogue", tags=["catalogue"])


class Table(StrEnum):
    """The tables that there are."""

    GROUPS = GROUPS.name
    CONTACTS = CONTACTS.name
    EVIDENCE = EVIDENCE.name
    LINKS = LINKS.name


class BlankFormat(StrEnum):
    """The forms of tables to fill in."""

    XLSX = TableFormat.XLSX.value
    CSV = TableFormat.CSV.value


def _files(*forms: TableFormat) -> dict[int | str, dict[str, Any]]:
    schemas = {TableFormat.JSON: {"type": "array", "items": {"type": "object"}}}
    plain = {"type": "string", "format": "binary"}
    content = {MEDIA_TYPES[one].partition(";")[0]: {"schema": schemas.get(one, plain)} for one in forms}
    name = {"Content-Disposition": {"description": "The file's name.", "schema": {"type": "string"}}}
    return {200: {"description": "The table.", "content": content, "headers": name}}


@router.get(
    "/tables/export/{table}/{form}",
    response_class=Response,
    responses=_files(*TableFormat),
    summary="Take a table of the catalogue along",
)
def export_table(table: Table, form: TableFormat, workspace: OpenWorkspace, say: Say) -> StreamingResponse:
    """All of it, as it can be read in again; headings are in the language of Accept-Language."""
    template = find_template(table, read_areas(workspace.settings.catalogue_folder))
    rows = table_rows(workspace.database, MAIN_COLLECTION, table)
    return download(table, form, lambda stream: write_table(stream, template, rows, form, say.language))


@router.get(
    "/tables/blank/{table}/{form}",
    response_class=Response,
    responses=_files(TableFormat.XLSX, TableFormat.CSV),
    summary="Get a table to fill in",
)
def blank_table(table: Table, form: BlankFormat, workspace: OpenWorkspace, say: Say) -> StreamingResponse:
    """With an explanation of each column. Filled in, evidence is sent as an import."""
    template, written = find_template(table, read_areas(workspace.settings.catalogue_folder)), TableFormat(form.value)
    return download(table, written, lambda stream: write_blank(stream, template, written, say.language, say.say))


@router.get("/coverage", summary="Read how much is known of whom")
def read_coverage(workspace: OpenWorkspace) -> CatalogueCoverage:
    """Of the groups that take part and are found by their works, the thinnest first, and of departments."""
    with workspace.database.reading() as session:
        groups = list_experts(session, MAIN_COLLECTION)
    return CatalogueCoverage.of(groups, by_department(groups))
