"""The administrator's page: API keys, accounts and sessions, mail domains, and the way to the webhooks."""

from datetime import UTC, datetime
from http import HTTPStatus

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from matchmaker.domain.access import ApiKey, Scope
from matchmaker.domain.errors import InvalidChallengeError
from matchmaker.notify.endpoints import list_endpoints
from matchmaker.review import client_keys
from matchmaker.review.access import list_keys, revoke_key
from matchmaker.review.access_record import list_acts
from matchmaker.review.client_keys import WantedKey
from matchmaker.review.identity import sessions
from matchmaker.review.identity.accounts import end_account, list_accounts, sign_in_is_set_up, take_up_account
from matchmaker.review.identity.domains import mail_domains
from matchmaker.workspace import Workspace
from matchmaker_api.deps import OpenWorkspace, Say, Sent
from matchmaker_api.identity.current import acting
from matchmaker_api.language import request_translator
from matchmaker_api.pages import desk_places
from matchmaker_api.pages.access_words import shown_acts
from matchmaker_api.pages.account_words import account_word, role_word
from matchmaker_api.pages.desk_common import READ, Adviser, desk_page, desk_router, text_fields

router = desk_router()

LONGEST_DIGITS = len(str(client_keys.LONGEST_DAYS))
USUAL_DAYS = "365"


@router.api_route("/access", methods=READ)
def show_access(request: Request, workspace: OpenWorkspace, adviser: Adviser) -> HTMLResponse:
    return _page(request, workspace, adviser, done=request.query_params.get("done", ""))


@router.post("/access/keys")
def make_key(request: Request, workspace: OpenWorkspace, adviser: Adviser, say: Say, sent: Sent) -> HTMLResponse:
    """A new key, shown on the page that answers and never again."""
    known = desk_places.municipality_names(workspace.settings.catalogue_folder)
    try:
        key, text = client_keys.make_key(workspace.database, _wanted_key(sent), known, by=acting(request))
    except InvalidChallengeError as error:
        errors = [(error.field, say.say_error(error))]
        return _page(request, workspace, adviser, errors=errors, sent=sent, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return _page(request, workspace, adviser, made=(key, text))


@router.post("/access/keys/{key_id}/revoke")
def take_key_back(request: Request, workspace: OpenWorkspace, key_id: str) -> Response:
    revoke_key(workspace.database, key_id, by=acting(request))
    return _back("revoked")


@router.post("/access/sessions/{session_id}/end")
def end_session(request: Request, workspace: OpenWorkspace, session_id: str) -> Response:
    sessions.end_others(workspace.database, session_id, by=acting(request))
    return _back("session")


@router.post("/access/accounts/{label}/end")
def end_one(request: Request, workspace: OpenWorkspace, label: str) -> Response:
    end_account(workspace.database, label, by=acting(request))
    return _back("ended")


@router.post("/access/accounts/{label}/take-up")
def take_up_one(request: Request, workspace: OpenWorkspace, label: str) -> Response:
    take_up_account(workspace.database, label, by=acting(request))
    return _back("taken-up")


def _back(done: str) -> RedirectResponse:
    return RedirectResponse(f"/desk/access?done={done}", HTTPStatus.SEE_OTHER)


def _wanted_key(sent: FormData) -> WantedKey:
    """What the form says that a key is to be like."""
    typed, chosen = text_fields(sent), {str(one) for one in sent.getlist("scopes")}
    days = typed.get("days", "").strip()
    return WantedKey(
        client=typed.get("client", "").strip(),
        scopes=[one for one in Scope if one.value in chosen],
        municipalities=None if typed.get("all") == "yes" else [str(one) for one in sent.getlist("municipalities")],
        days=int(days) if days.isdecimal() and len(days) <= LONGEST_DIGITS else 0,
    )


def _page(
    request: Request,
    workspace: Workspace,
    adviser: str,
    *,
    made: tuple[ApiKey, str] | None = None,
    errors: list[tuple[str, str]] | None = None,
    sent: FormData | None = None,
    done: str = "",
    status: int = HTTPStatus.OK,
) -> HTMLResponse:
    database, settings = workspace.database, workspace.settings
    names = desk_places.municipality_short_names(settings.catalogue_folder)
    return desk_page(
        request,
        "pages/desk_access.html",
        workspace,
        adviser,
        status=status,
        keys=list_keys(database),
        now=datetime.now(UTC),
        made=made,
        errors=errors or [],
        typed=text_fields(sent) if sent else {"days": USUAL_DAYS},
        chosen={name: sent.getlist(name) if sent else [] for name in ("scopes", "municipalities")},
        scopes=[(one.value, one.value) for one in Scope],
        municipalities=list(names.items()),
        names=names,
        accounts=list_accounts(database),
        live=sessions.list_live(database, settings),
        domains=mail_domains(settings),
        endpoints=list_endpoints(database, None),
        acts=shown_acts(list_acts(database), request_translator(request)),
        is_set_up=sign_in_is_set_up(database, settings),
        account_word=account_word,
        role_word=role_word,
        done=done,
    )
