"""The officer's form: six steps that keep whatever is typed, and the sending."""

from collections.abc import Mapping
from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from matchmaker.domain.access import TooManyRequestsError
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.description import FieldProblem, InvalidDescriptionError
from matchmaker.domain.errors import InvalidChallengeError, MatchmakerError, NotFoundError, StorageError, mark
from matchmaker.domain.open_page import read_digests, write_digests
from matchmaker.domain.workflow import IllegalActError
from matchmaker.messages import Translator
from matchmaker.review.drafts import OvertakenError, keep, open_link, start_draft
from matchmaker.review.personal_findings import find_in_fields
from matchmaker.review.sending import keep_somehow, send_and_match
from matchmaker.review.status import read_status
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.identity.attempt_rates import network_of
from matchmaker_api.pages.challenge_newer import different_fields
from matchmaker_api.pages.challenge_similar import similar_context
from matchmaker_api.pages.challenge_steps import (
    LABELS,
    LAST,
    STEPS,
    Form,
    choices,
    municipality_name,
    open_page_in,
    step_problems,
    typed_in,
    version_in,
)
from matchmaker_api.pages.challenge_views import (
    DraftView,
    draft_view,
    form_page,
    go_to,
    private_page,
    storage_trouble,
    writing_help,
)
from matchmaker_api.security.rates import Rate

router = APIRouter(prefix="/challenges", include_in_schema=False)

StepNumber = Annotated[int, Path(ge=1, le=LAST)]
READ = ["GET", "HEAD"]

CHANGED = mark(
    "Not saved: {fields}. It was changed in another window while you wrote here. Press Next to see both texts."
)
FINISHED = mark("This challenge has been closed or withdrawn, so that nothing more can be sent to it.")


@router.api_route("/new", methods=READ)
def new(request: Request, workspace: OpenWorkspace, say: Say, municipality: str = "") -> HTMLResponse:
    """The first step, with the municipality of the site that led here already chosen, where it says one.

    Nothing is stored before something is sent, so that a visit leaves nothing behind.
    """
    known = municipality in choices(workspace.settings).municipalities
    return form_page(request, workspace, say, 1, DraftView({"municipality": municipality} if known else {}))


@router.post("/new")
def begin(request: Request, workspace: OpenWorkspace, say: Say, form: Form) -> Response:
    """Keep what was typed behind a new private link, and go on there."""
    typed = typed_in(form, STEPS[0].fields)
    try:
        request.app.state.rates.spend(network_of(request), Rate.DRAFT)
        token = start_draft(workspace.database, MAIN_COLLECTION, typed)
    except TooManyRequestsError as error:
        trouble = say.say_error(error)
        return form_page(
            request, workspace, say, 1, DraftView(typed), trouble=trouble, status=HTTPStatus.TOO_MANY_REQUESTS
        )
    except StorageError as error:
        trouble, status = storage_trouble(error, say)
        return form_page(request, workspace, say, 1, DraftView(typed), trouble=trouble, status=status)
    wrong = step_problems(typed, 1, workspace.settings)
    # The errors are shown at the draft's own address, from where it can be sent again without a second draft.
    return go_to(f"/challenges/{token}/form/1?check=1" if wrong else f"/challenges/{token}/form/2?begun=1")


@router.api_route("/{token}/form/{number}", methods=READ)
def show_step(
    request: Request, workspace: OpenWorkspace, say: Say, token: str, number: StepNumber, check: bool = False
) -> Response:
    """A step as it is kept. ``check``: with what is wrong in it."""
    linked, participant = open_link(workspace.database, token)
    if participant or linked.draft is None:
        return go_to(f"/challenges/{token}")
    draft = draft_view(linked, token)
    problems = step_problems(draft.typed, number, workspace.settings) if check else []
    return _step(request, workspace, say, number, draft, problems=problems, status=422 if problems else 200)


@router.post("/{token}/form/{number}")
def take_step(
    request: Request, workspace: OpenWorkspace, say: Say, token: str, number: StepNumber, form: Form
) -> Response:
    """Keep what was typed, right or wrong; then go where the button says, on only when nothing is wrong."""
    typed, page = typed_in(form, STEPS[number - 1].fields), open_page_in(form)
    conflicts: frozenset[str] = frozenset()
    go = str(form.get("go", "next"))
    try:
        if number == LAST and go == "send":
            return _send(request, workspace, say, token, form)
        if typed:
            token, conflicts = keep_somehow(workspace.database, MAIN_COLLECTION, token, typed, page)
        linked, participant = open_link(workspace.database, token)
    except (StorageError, IllegalActError) as error:
        unkept = DraftView(typed, token, begun_from=page.begun_from, page=page)
        return _not_kept(request, workspace, say, number, unkept, error)
    if participant or linked.draft is None:
        return go_to(f"/challenges/{token}")
    if conflicts:
        return _changed_elsewhere(request, workspace, say, number, draft_view(linked, token, typed), conflicts)
    return _go(request, workspace, say, number, draft_view(linked, token), go)


def _changed_elsewhere(
    request: Request, workspace: Workspace, say: Translator, number: int, draft: DraftView, conflicts: frozenset[str]
) -> HTMLResponse:
    """The page as it was typed, beside what was kept of the same fields in another window; sent again, it is kept."""
    fields = different_fields(conflicts, draft.kept or {}, draft.typed, workspace, say)
    return _step(request, workspace, say, number, draft, elsewhere=fields, status=HTTPStatus.CONFLICT.value)


def _go(request: Request, workspace: Workspace, say: Translator, number: int, draft: DraftView, go: str) -> Response:
    base = f"/challenges/{draft.token}"
    if go == "next":
        problems = step_problems(draft.typed, number, workspace.settings)
        if problems:
            return _step(request, workspace, say, number, draft, problems=problems, status=422, kept=True)
        return go_to(f"{base}/form/{min(number + 1, LAST)}")
    if go == "help":
        return go_to(f"{base}/form/{number}#step-help")
    if go == "later":
        return go_to(f"{base}/saved")
    if go.removeprefix("step-") in {str(one.number) for one in STEPS}:
        return go_to(f"{base}/form/{go.removeprefix('step-')}")
    return go_to(f"{base}/form/{max(number - 1, 1)}")


def _send(request: Request, workspace: Workspace, say: Translator, token: str, form: Form) -> Response:
    """Send it once: sent again it leads to the same receipt."""
    linked, participant = open_link(workspace.database, token)
    if participant or linked.draft is None:
        return go_to(f"/challenges/{token}/receipt")
    draft = draft_view(linked, token)
    problems = step_problems(draft.typed, LAST, workspace.settings)
    if problems:
        return _step(request, workspace, say, LAST, draft, problems=problems, status=422)
    if find_in_fields(draft.typed) and form.get("checked") != "yes":
        return _step(request, workspace, say, LAST, draft, unchecked=True, status=422)
    settings = workspace.settings
    try:
        allowed, matcher, seen = choices(settings), workspace.matcher, version_in(form, "seen")
        send_and_match(workspace.database, token, allowed, settings.answer_days, matcher, say.language, seen)
    except OvertakenError as error:
        draft = draft_view(open_link(workspace.database, token)[0], token)
        return _step(request, workspace, say, LAST, draft, trouble=say.say_error(error), status=409)
    except NotFoundError:
        pass  # another request was first: the button was pressed twice
    except (InvalidDescriptionError, InvalidChallengeError) as error:
        return _step(request, workspace, say, LAST, draft, problems=_problems_of(error), status=422)
    return go_to(f"/challenges/{token}/receipt")


def _problems_of(error: InvalidDescriptionError | InvalidChallengeError) -> list[FieldProblem]:
    if isinstance(error, InvalidDescriptionError):
        return error.problems
    return [FieldProblem(error.field if error.field in {"title"} else "problem", error.template, error.values)]


def _step(
    request: Request, workspace: Workspace, say: Translator, number: int, draft: DraftView, **context: Any
) -> HTMLResponse:
    more: dict[str, Any] = {}
    if number == LAST - 1:
        more = similar_context(workspace, draft)
    elif draft.is_amending and "visibility" in STEPS[number - 1].fields:
        more = {"joined": _joined(workspace, say, draft.name)}
    return form_page(request, workspace, say, number, draft, **more, **context)


def _joined(workspace: Workspace, say: Translator, challenge_id: str) -> str:
    """The municipalities that have been let in, by name."""
    codes = dict.fromkeys(one.municipality for one in read_status(workspace.database, challenge_id).admitted)
    return ", ".join(municipality_name(workspace.settings, one, say.language) for one in codes)


def _not_kept(
    request: Request, workspace: Workspace, say: Translator, number: int, unkept: DraftView, error: MatchmakerError
) -> HTMLResponse:
    """The page with everything on it that could not be kept."""
    trouble, status = say.say(FINISHED), HTTPStatus.CONFLICT.value
    if isinstance(error, StorageError):
        trouble, status = storage_trouble(error, say)
    try:
        linked, _ = open_link(workspace.database, str(unkept.token))
        draft = draft_view(linked, str(unkept.token), unkept.typed)
        draft = replace(draft, begun_from=unkept.begun_from, page=unkept.page)
    except MatchmakerError:  # not even read: what was sent is all that there is
        draft = unkept
    return form_page(
        request,
        workspace,
        say,
        number,
        draft,
        trouble=trouble,
        status=status,
        kept=False,
        unchecked=False,
        similar=None,
        compared=False,
    )


@router.post("/{token}/autosave/{number}")
def autosave(
    request: Request, workspace: OpenWorkspace, say: Say, token: str, number: StepNumber, form: Form
) -> HTMLResponse:
    """Keep what is being typed; answers with a line that says so, and with the help for the step."""
    typed = typed_in(form, STEPS[number - 1].fields)
    template = "partials/challenge_saved.html"
    try:
        page = open_page_in(form)
        met = keep(workspace.database, token, typed, page)
        linked, _ = open_link(workspace.database, token)
    except StorageError as error:
        trouble, status = storage_trouble(error, say)
        return private_page(request, template, status=status, trouble=trouble)
    except NotFoundError:
        gone = say.say(mark("This draft is no longer open."))
        return private_page(request, template, status=HTTPStatus.NOT_FOUND.value, trouble=gone)
    step = STEPS[number - 1]
    # A field that was changed elsewhere stays known as it was filled here, so that the next saving tells of it again.
    filled = {**read_digests(write_digests(met.whole, step.fields)), **_of(page.filled, met.conflicts)}
    draft = replace(draft_view(linked, token), page=replace(page, filled=filled))
    changed = ", ".join(say.say(LABELS[name]) for name in step.fields if name in met.conflicts)
    trouble = say.say(CHANGED, fields=changed) if changed else ""
    status = HTTPStatus.CONFLICT if changed else HTTPStatus.OK
    help_shown = writing_help(workspace, say, number, met.whole)
    return private_page(request, template, status=status.value, trouble=trouble, draft=draft, step=step, **help_shown)


def _of(values: Mapping[str, str], names: frozenset[str]) -> dict[str, str]:
    return {name: value for name, value in values.items() if name in names}
