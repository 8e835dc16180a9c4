"""Who comes in by a session, and who by sitting at the machine as long as sign-in is not set up."""

from collections.abc import Collection

from fastapi import Request

from matchmaker.domain.access import ANYBODY, Principal, Role
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.review.identity.accounts import sign_in_is_set_up
from matchmaker.review.identity.views import PREFIX, is_open_in
from matchmaker.workspace import Workspace
from matchmaker_api.identity.current import principal_of, resume_session
from matchmaker_api.identity.refusals import SignInNeeded
from matchmaker_api.pages.error_pages import PageRefusedError
from matchmaker_api.pages.guards import loopback_only

NOT_YOUR_ROLE = mark(
    "You are signed in, but this page is not for your role. "
    "If you need it, ask the one who runs Matchmaker at your organisation."
)

NO_ACCOUNT_YET = mark(
    "The desk is closed: others reach Matchmaker at an address of its own, and nobody can sign in yet. "
    "The one who runs Matchmaker makes the first account at the command line: matchmaker account add"
)


def admit(request: Request, roles: Collection[Role]) -> Principal:
    """As whom somebody may open a page that is for some roles.

    Raises:
        SignInNeeded: nobody is signed in.
        PageRefusedError: the signed-in account has none of the roles; or sign-in is not set up, and who asks does not
            sit at the machine, or cannot be told from a proxy that stands there.
    """
    workspace: Workspace = request.app.state.workspace
    if Role.OFFICER not in roles and not sign_in_is_set_up(workspace.database, workspace.settings):
        if workspace.settings.is_for_others:  # a proxy's request may look as if it were made at the machine
            raise PageRefusedError(NO_ACCOUNT_YET)
        loopback_only(request)
        return Principal(Role.ADVISER)
    session = resume_session(request)
    if session is None:
        raise SignInNeeded
    request.state.by_session = True
    if not session.account.roles & set(roles):
        raise PageRefusedError(NOT_YOUR_ROLE)
    return principal_of(session.account)


def admit_anybody(request: Request) -> Principal:
    """As whom somebody opens a page for everybody; who is signed in is looked up for the page to say so.

    Raises:
        SignInNeeded: the page stands for a private link in a session, and nobody is signed in.
        NotFoundError: … and it was not opened in this session.
    """
    session = resume_session(request)
    token = request.path_params.get("token", "")
    if not token.startswith(PREFIX):
        return ANYBODY
    if session is None:
        raise SignInNeeded
    workspace: Workspace = request.app.state.workspace
    if not is_open_in(workspace.database, session, token):
        raise NotFoundError(mark("This link opens nothing. It may be cut short, or the draft has been thrown away."))
    request.state.by_session = True
    return Principal(Role.LINK_HOLDER)
