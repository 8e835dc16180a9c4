"""What the holder of a private link sees after sending: the receipt, the status, and the ways to change it."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from matchmaker.case_wording import closing_word, participant_word, route_word
from matchmaker.db.case_records import MessageKind
from matchmaker.domain.case import reference
from matchmaker.domain.errors import InvalidChallengeError, StorageError, mark
from matchmaker.domain.workflow import Act, IllegalActError, Party, State, allowed
from matchmaker.messages import Translator
from matchmaker.review.drafts import open_link, start_amending
from matchmaker.review.letters import good_until
from matchmaker.review.status import OtherQuestionError, answer_question, read_status, withdraw
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say
from matchmaker_api.pages.approved_list import shown_list
from matchmaker_api.pages.challenge_drafts import resume
from matchmaker_api.pages.challenge_letters import shown_letters
from matchmaker_api.pages.challenge_others import asked_page
from matchmaker_api.pages.challenge_steps import LABELS, Form, area_name, municipality_name
from matchmaker_api.pages.challenge_views import (
    ShownError,
    go_to,
    link_address,
    pages_of,
    private_page,
    storage_trouble,
)
from matchmaker_api.pages.challenge_words import ANSWERED, history, state_and_meaning

router = APIRouter(prefix="/challenges", include_in_schema=False)
READ = ["GET", "HEAD"]

TOO_LATE = mark(
    "The adviser has gone on, and the question no longer waits for an answer. You can still tell what you wrote: "
    "change the description, and send it again."
)
ASKED_ANEW = mark(
    "The adviser has asked something else since you opened the page, so that your answer has not been sent. It is "
    "still here: read the new question, and change your answer if you need to."
)


@router.api_route("/{token}", methods=READ)
def show(request: Request, workspace: OpenWorkspace, say: Say, token: str) -> Response:
    """A draft is gone on with; of what was sent, the status is shown."""
    linked, participant = open_link(workspace.database, token)
    if not linked.is_sent:
        return resume(linked, token, workspace)
    if participant and not participant.is_admitted:
        return asked_page(request, workspace, say, token, participant)
    return _status_page(request, workspace, say, token)


@router.post("/{token}")
def answer(request: Request, workspace: OpenWorkspace, say: Say, token: str, form: Form) -> Response:
    """Answer the adviser's question."""
    linked, participant = open_link(workspace.database, token)
    if participant or not linked.is_sent:
        return go_to(f"/challenges/{token}")
    text = str(form.get("answer", ""))
    try:
        answer_question(workspace.database, linked.id, str(form.get("question", "")), text)
    except InvalidChallengeError as error:
        message = say.say(error.template, **error.values)
        errors = [ShownError("answer", message, "#field-answer")]
        return _status_page(request, workspace, say, token, answer_text=text, errors=errors, status=422)
    except StorageError as error:
        trouble, status = storage_trouble(error, say)
        return _status_page(request, workspace, say, token, answer_text=text, trouble=trouble, status=status)
    except IllegalActError:
        return _answered_already(request, workspace, say, token, text, TOO_LATE)
    except OtherQuestionError:
        return _answered_already(request, workspace, say, token, text, ASKED_ANEW)
    return go_to(f"/challenges/{token}?done=answer")


def _answered_already(
    request: Request, workspace: Workspace, say: Translator, token: str, text: str, why: str
) -> Response:
    """Sent twice it was answered once; an answer that came too late is shown again, not lost."""
    linked, _ = open_link(workspace.database, token)
    answers = [
        one.text for one in read_status(workspace.database, linked.id).messages if one.kind is MessageKind.ANSWER
    ]
    if text.replace("\r\n", "\n").strip() in answers:
        return go_to(f"/challenges/{token}?done=answer")
    return _status_page(
        request, workspace, say, token, answer_text=text, trouble=say.say(why), status=HTTPStatus.CONFLICT.value
    )


@router.api_route("/{token}/receipt", methods=READ)
def receipt(request: Request, workspace: OpenWorkspace, say: Say, token: str) -> Response:
    """What has been sent or joined, what happens now, and the link to keep."""
    linked, participant = open_link(workspace.database, token)
    if not linked.is_sent:
        return go_to(f"/challenges/{token}")
    if participant and not participant.is_admitted:
        return asked_page(request, workspace, say, token, participant)
    status = read_status(workspace.database, linked.id, reader=participant)
    return private_page(
        request,
        "pages/challenge_receipt.html",
        status_shown=status,
        participant=participant,
        reference=reference(linked.id),
        link=link_address(request, token),
        good_until=good_until(workspace.database, token),
        letters=shown_letters(workspace, say, linked.id, participant),
        path=pages_of(request, token),
        draft_name=linked.id,
        owner=municipality_name(workspace.settings, status.case.description.municipality, say.language),
    )


@router.post("/{token}/amend")
def amend(workspace: OpenWorkspace, token: str) -> Response:
    """Begin the next version in the form."""
    linked, participant = open_link(workspace.database, token)
    if participant or not linked.is_sent:
        return go_to(f"/challenges/{token}")
    try:
        start_amending(workspace.database, token)
    except IllegalActError:
        return go_to(f"/challenges/{token}")  # closed meanwhile, as its page says
    return go_to(f"/challenges/{token}/form/1")


@router.api_route("/{token}/withdraw", methods=READ)
def ask_to_withdraw(request: Request, workspace: OpenWorkspace, token: str) -> Response:
    linked, participant = open_link(workspace.database, token)
    if participant or Act.WITHDRAW not in allowed(linked.state, Party.OFFICER):
        return go_to(f"/challenges/{token}")
    title = read_status(workspace.database, linked.id).case.description.title
    return private_page(request, "pages/challenge_withdraw.html", title=title, path=pages_of(request, token))


@router.post("/{token}/withdraw")
def take_withdrawal(workspace: OpenWorkspace, token: str) -> Response:
    """Withdraw it; what is withdrawn already stays so."""
    linked, participant = open_link(workspace.database, token)
    if participant or Act.WITHDRAW not in allowed(linked.state, Party.OFFICER):
        return go_to(f"/challenges/{token}")
    withdraw(workspace.database, linked.id)
    return go_to(f"/challenges/{token}?done=withdraw")


def _status_page(
    request: Request,
    workspace: Workspace,
    say: Translator,
    token: str,
    *,
    answer_text: str = "",
    errors: list[ShownError] | None = None,
    trouble: str = "",
    status: int = 200,
) -> HTMLResponse:
    linked, participant = open_link(workspace.database, token)
    shown = read_status(workspace.database, linked.id, reader=participant)
    settings = workspace.settings
    state, meaning = state_and_meaning(shown, say)
    acts = allowed(shown.case.state, Party.OFFICER) if participant is None else frozenset()
    return private_page(
        request,
        "pages/challenge_status.html",
        status=status,
        path=pages_of(request, token),
        link=link_address(request, token),
        good_until=good_until(workspace.database, token),
        letters=shown_letters(workspace, say, linked.id, participant),
        shown=shown,
        described=shown.case.description,
        state=state,
        meaning=meaning,
        reference=reference(linked.id),
        participant=participant,
        approved=shown_list(shown.approved, say) if shown.approved else None,
        history=history(shown, participant, say),
        messages=shown.messages,
        question=shown.question,
        may_amend=Act.AMEND in acts,
        may_withdraw=Act.WITHDRAW in acts,
        has_changes=linked.draft is not None,
        is_answered=shown.state in ANSWERED,
        is_open=shown.state not in {State.CLOSED, State.WITHDRAWN},
        owner=municipality_name(settings, shown.case.description.municipality, say.language),
        others=[
            (one, municipality_name(settings, one.municipality, say.language), participant_word(one, say))
            for one in shown.others
            if one.is_admitted or participant is None
        ],
        areas=[area_name(settings, one, say.language) for one in shown.case.description.areas],
        labels={name: say.say(label) for name, label in LABELS.items()},
        closing=closing_word(shown.case.closing_reason, say) if shown.case.closing_reason else None,
        closing_route=route_word(shown.case.route, say) if shown.case.closing_reason and shown.case.route else None,
        done=request.query_params.get("done", ""),
        answer_text=answer_text,
        errors=errors or [],
        trouble=trouble,
    )
