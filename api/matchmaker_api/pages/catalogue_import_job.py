"""One import: the difference first, then the choice; how far it is; and taking it back."""

import io
from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from matchmaker.catalogue.cell_text import to_cell
from matchmaker.catalogue.importers import SOURCES
from matchmaker.catalogue.table_writing import write_csv
from matchmaker.curation import imports
from matchmaker.curation.worker import ImportWorker
from matchmaker.db import import_jobs as jobs
from matchmaker.db.import_samples import find_samples
from matchmaker.domain.errors import mark
from matchmaker.domain.import_job import ImportLine, ImportStateError, Verdict, possible_acts
from matchmaker.messages import Translator
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages.catalogue_common import (
    READ,
    Sent,
    catalogue_page,
    catalogue_router,
    catalogue_words,
    text_fields,
)
from matchmaker_api.pages.catalogue_differences import differences, title_of

router = catalogue_router()

SAMPLES = 10
WRONG = 25
MOST_WRONG = 10_000
"""Lines in a table of wrong ones; no import has more (``imports.MOST_PROBLEMS``)."""

SHOWN = (Verdict.CHANGED, Verdict.NEW, Verdict.GONE, Verdict.DOUBLE)
"""Verdicts with samples, those first that are most worth a look."""

HEADINGS = (mark("Line"), mark("Row"), mark("Field"), mark("Value"), mark("What is wrong"))
SECONDS_BETWEEN = 2


@router.api_route("/imports/{job_id}", methods=READ)
def show_import(request: Request, workspace: OpenWorkspace, job_id: str) -> Response:
    return _page(request, workspace, job_id)


@router.api_route("/imports/{job_id}/presence", methods=READ)
def look_again(request: Request, workspace: OpenWorkspace, job_id: str) -> Response:
    """The same page for itself to look at while the program works: that keeps no session alive."""
    return _page(request, workspace, job_id)


@router.api_route("/imports/{job_id}/wrong.csv", methods=READ)
def wrong_lines(workspace: OpenWorkspace, say: Say, job_id: str) -> Response:
    """The lines that are wrong, as a table to correct them by."""
    with workspace.database.reading() as session:
        jobs.get_job(session, job_id)
        lines = jobs.find_lines(session, job_id, [Verdict.REJECTED], limit=MOST_WRONG)
    stream = io.BytesIO()
    rows = ([to_cell(cell) for cell in wrong_line(line, say)] for line in lines)
    write_csv(stream, [say.say(one) for one in HEADINGS], rows, say.language)
    headers = {"Content-Disposition": f'attachment; filename="wrong-lines-{job_id[:8]}.csv"'}
    return Response(stream.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)


@router.post("/imports/{job_id}/act")
def act(request: Request, workspace: OpenWorkspace, say: Say, sent: Sent, job_id: str) -> Response:
    """Have the change made, stopped, gone on with or taken back."""
    typed = text_fields(sent)
    wanted = typed.get("act", "")
    try:
        if wanted == "stop":
            imports.ask_to_stop(workspace.database, job_id)
        else:
            leaves_out = typed.get("skip") == "yes" if wanted == "approve" else None
            imports.ask(workspace.database, job_id, wanted, skip_rejected=leaves_out)
    except ImportStateError as error:
        return _page(request, workspace, job_id, say.say_error(error), HTTPStatus.CONFLICT)
    importer: ImportWorker = request.app.state.importer
    importer.wake()
    return RedirectResponse(f"/catalogue/imports/{job_id}", HTTPStatus.SEE_OTHER)


def wrong_line(line: ImportLine, say: Translator) -> list[str]:
    """A wrong line as cells, in the order of ``HEADINGS``."""
    problem = line.problem or {}
    values = problem.get("values", {})
    places = [str(problem.get(name) or "") for name in ("line", "row", "field")]
    return [*places, str(values.get("value", "")), say.say(problem.get("template", ""), **values)]


def _page(
    request: Request, workspace: Workspace, job_id: str, trouble: str = "", status: int = HTTPStatus.OK
) -> Response:
    words = catalogue_words(request, workspace)
    after = request.query_params.get("after", "")
    first = int(after) if after.isdecimal() and len(after) < 10 else 0
    with workspace.database.reading() as session:
        job = jobs.get_job(session, job_id)
        samples = [(one, find_samples(session, job, one, SAMPLES)) for one in SHOWN] if job.counts else []
        wrong = jobs.find_lines(session, job_id, [Verdict.REJECTED], after=first, limit=WRONG) if job.counts else []
    return catalogue_page(
        request,
        "pages/catalogue_import_job.html",
        workspace,
        status=status,
        job=job,
        source=words.source_label(SOURCES[job.source]) if job.source in SOURCES else words.source(job.source),
        can=possible_acts(job),
        verdicts=[(one.value, words.verdict(one), job.counts.get(one.value, 0)) for one in Verdict],
        samples=[(verdict, found) for verdict, found in samples if found],
        differences=differences,
        title_of=title_of,
        wrong=[(line, wrong_line(line, words.say)) for line in wrong],
        after=first,
        page_size=WRONG,
        left=job.time_left(datetime.now(UTC)),
        seconds=SECONDS_BETWEEN,
        trouble=trouble,
    )
