"""Who is signed in at the browser that a request comes from."""

from starlette.requests import Request

from matchmaker.domain.access import Principal, Role
from matchmaker.domain.access_event import OPERATOR
from matchmaker.domain.account import Account, SignedIn
from matchmaker.review.identity import sessions
from matchmaker.review.identity.secrets import installation_key, keyed_digest
from matchmaker.workspace import Workspace
from matchmaker_api.identity.cookies import SESSION, read_cookie, set_later

BACKGROUND = "/presence"
"""How the paths end that a page asks for by itself, every few seconds: they keep no session alive."""


def resume_session(request: Request) -> SignedIn | None:
    """The session of the request's cookie, read from the database; None without one that is good."""
    token = read_cookie(request, SESSION)
    if token is None:
        return None
    workspace: Workspace = request.app.state.workspace
    is_use = not request.url.path.endswith(BACKGROUND)
    resumed = sessions.resume(workspace.database, workspace.settings, token, is_use=is_use)
    if resumed is None:
        return None
    if resumed.new_token:
        set_later(request, SESSION, resumed.new_token)
    request.state.signed_in = resumed.session
    request.state.form_token = form_token(workspace, resumed.session)
    return resumed.session


def signed_in(request: Request) -> SignedIn | None:
    """Who was found to be signed in, by ``resume_session`` earlier in the same request."""
    found: SignedIn | None = getattr(request.state, "signed_in", None)
    return found


def acting(request: Request) -> str:
    """Who acts, for the record: the signed-in account's label; the operator, as long as nobody can sign in."""
    session = signed_in(request)
    return session.account.label if session else OPERATOR


def form_token(workspace: Workspace, session: SignedIn) -> str:
    """What the forms of a session carry. It stays while the cookie's value changes, so that open forms stay good."""
    return keyed_digest(installation_key(workspace.settings), "form", session.id)


def begin_session(request: Request, account: Account) -> None:
    """Sign in at this browser, with a new value; what the browser brought along is never taken over."""
    workspace: Workspace = request.app.state.workspace
    token = sessions.begin(workspace.database, workspace.settings, account, read_cookie(request, SESSION))
    set_later(request, SESSION, token)


def end_session(request: Request) -> None:
    """Sign out at this browser."""
    workspace: Workspace = request.app.state.workspace
    session = signed_in(request)
    if session:
        sessions.end(workspace.database, session.id)
    set_later(request, SESSION, None)


def principal_of(account: Account) -> Principal:
    """As whom a signed-in account asks."""
    whose = None if account.role is not Role.OFFICER else frozenset({account.municipality or ""})
    return Principal(account.role, account.label, whose)
