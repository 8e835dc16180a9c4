"""The officer's form: six steps that keep whatever is typed, and the sending."""

from dataclasses import replace
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from matchmaker.domain.access import TooManyRequestsError
from matchmaker.domain.description import FieldProblem, InvalidDescriptionError
from matchmaker.domain.errors import InvalidChallengeError, MatchmakerError, NotFoundError, StorageError, mark
from matchmaker.domain.workflow import IllegalActError
from matchmaker.messages import Translator
from matchmaker.review.drafts import OvertakenError, keep, open_link, start_draft
from matchmaker.review.personal_findings import find_in_fields
from matchmaker.review.sending import keep_somehow, send_and_match
from matchmaker.settings import MAIN_COLLECTION
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.identity.attempt_rates import network_of
from matchmaker_api.pages.challenge_similar import similar_context
from matchmaker_api.pages.challenge_steps import (
    LAST,
    STEPS,
    Form,
    choices,
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
    typed, begun_from = typed_in(form, STEPS[number - 1].fields), version_in(form, "begun_from")
    go = str(form.get("go", "next"))
    try:
        if number == LAST and go == "send":
            return _send(request, workspace, say, token, form)
        if typed:
            token = keep_somehow(workspace.database, MAIN_COLLECTION, token, typed, begun_from)
        linked, participant = open_link(workspace.database, token)
    except (StorageError, IllegalActError) as error:
        unkept = DraftView(typed, token, begun_from=begun_from)
        return _not_kept(request, workspace, say, number, unkept, error)
    if participant or linked.draft is None:
        return go_to(f"/challenges/{token}")
    return _go(request, workspace, say, number, draft_view(linked, token), go)


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
    more = similar_context(workspace, draft) if number == LAST - 1 else {}
    return form_page(request, workspace, say, number, draft, **more, **context)


def _not_kept(
    request: Request, workspace: Workspace, say: Translator, number: int, unkept: DraftView, error: MatchmakerError
) -> HTMLResponse:
    """The page with everything on it that could not be kept."""
    trouble, status = say.say(FINISHED), HTTPStatus.CONFLICT.value
    if isinstance(error, StorageError):
        trouble, status = storage_trouble(error, say)
    try:
        linked, _ = open_link(workspace.database, str(unkept.token))
        draft = replace(draft_view(linked, str(unkept.token), unkept.typed), begun_from=unkept.begun_from)
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
    )


@router.post("/{token}/autosave/{number}")
def autosave(
    request: Request, workspace: OpenWorkspace, say: Say, token: str, number: StepNumber, form: Form
) -> HTMLResponse:
    """Keep what is being typed; answers with a line that says so, and with the help for the step."""
    typed = typed_in(form, STEPS[number - 1].fields)
    template = "partials/challenge_saved.html"
    try:
        whole = keep(workspace.database, token, typed, version_in(form, "begun_from"))
        linked, _ = open_link(workspace.database, token)
    except StorageError as error:
        trouble, status = storage_trouble(error, say)
        return private_page(request, template, status=status, trouble=trouble)
    except NotFoundError:
        gone = say.say(mark("This draft is no longer open."))
        return private_page(request, template, status=HTTPStatus.NOT_FOUND.value, trouble=gone)
    shown = {"trouble": "", "draft": draft_view(linked, token), "step": STEPS[number - 1]}
    return private_page(request, template, status=200, **shown, **writing_help(workspace, say, number, whole))
