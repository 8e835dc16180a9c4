"""The catalogue as tables to take along, and tables to fill in."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, StreamingResponse

from matchmaker.catalogue.blank_tables import write_blank
from matchmaker.catalogue.seed import read_areas
from matchmaker.catalogue.table_writing import TableFormat, write_table
from matchmaker.catalogue.template import Template
from matchmaker.catalogue.templates import EVIDENCE, TEMPLATES, find_template
from matchmaker.curation.exporting import table_rows
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.downloads import download
from matchmaker_api.pages.catalogue_common import COLLECTION, READ, catalogue_page, catalogue_router

router = catalogue_router()

BLANK = (TableFormat.XLSX, TableFormat.CSV)


@router.api_route("/tables", methods=READ)
def show_tables(request: Request, workspace: OpenWorkspace) -> HTMLResponse:
    return tables_page(request, workspace, [], {})


def tables_page(
    request: Request, workspace: Workspace, errors: Sequence[tuple[str, str]], typed: Mapping[str, str]
) -> HTMLResponse:
    """What can be taken along and filled in, and a form to send what was; with what is wrong with what was sent."""
    return catalogue_page(
        request,
        "pages/catalogue_tables.html",
        workspace,
        status=HTTPStatus.UNPROCESSABLE_ENTITY if errors else HTTPStatus.OK,
        tables=[(name, template.title) for name, template in TEMPLATES.items()],
        formats=list(TableFormat),
        blanks=BLANK,
        sent=[(name, template.title) for name, template in TEMPLATES.items() if name != EVIDENCE.name],
        chosen=typed.get("table", ""),
        errors=errors,
        complaints=dict(errors),
        done=request.query_params.get("done", ""),
    )


@router.api_route("/tables/export/{table}/{form}", methods=READ)
def export(workspace: OpenWorkspace, say: Say, table: str, form: str) -> StreamingResponse:
    """All of a table, as it can be read in again."""
    template, written = _template(workspace, table), _form(form)
    rows = table_rows(workspace.database, COLLECTION, table)
    return download(table, written, lambda stream: write_table(stream, template, rows, written, say.language))


@router.api_route("/tables/blank/{table}/{form}", methods=READ)
def blank(workspace: OpenWorkspace, say: Say, table: str, form: str) -> StreamingResponse:
    """A table to fill in, with an explanation of each column."""
    template, written = _template(workspace, table), _form(form)
    if written not in BLANK:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return download(table, written, lambda stream: write_blank(stream, template, written, say.language, say.say))


def _template(workspace: Workspace, table: str) -> Template:
    if table not in TEMPLATES:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return find_template(table, read_areas(workspace.settings.catalogue_folder))


def _form(form: str) -> TableFormat:
    if form not in {one.value for one in TableFormat}:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return TableFormat(form)
