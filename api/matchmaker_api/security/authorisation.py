"""Puts the policy into force: a dependency of the whole application, which every route passes before it runs."""

import logging

from fastapi import Request

from matchmaker.domain.access import (
    ANYBODY,
    ForbiddenError,
    KeyRefusedError,
    MissingScopeError,
    NoKeyError,
    Principal,
    Role,
    TooManyRequestsError,
)
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.review.access import authenticate
from matchmaker.review.identity.personal_tokens import bearer_of
from matchmaker.workspace import Workspace
from matchmaker_api.identity.admission import admit, admit_anybody
from matchmaker_api.pages.error_pages import PageRefusedError
from matchmaker_api.paths import is_page
from matchmaker_api.security.incidents import Incident, note_incident
from matchmaker_api.security.policy import Rule, find_rule
from matchmaker_api.security.private_links import link_holder
from matchmaker_api.security.rates import Rates

SCHEME = "bearer"

log = logging.getLogger("matchmaker_api")


def authorise(request: Request) -> None:
    """Let the request go on if the policy's rule for its route allows it; remember as whom. Refusals are logged.

    Raises:
        KeyRefusedError: the route needs an API key, a token or a link's secret, and none that is good came along.
        ForbiddenError: who asks may not, or nobody may: the route has no rule.
        NotFoundError: the thing that is asked for is not for the one who asks.
        TooManyRequestsError: the client asks too often.
        SignInNeeded: the page is for those who are signed in.
        PageRefusedError: the page is not open to who asks.
    """
    try:
        _authorise(request)
    except TooManyRequestsError:
        who: Principal = getattr(request.state, "principal", ANYBODY)
        note_incident(request, Incident.RATE_EXCEEDED, subject=who.client)
        raise
    except (KeyRefusedError, ForbiddenError, NotFoundError) as error:
        note_incident(request, Incident.ACCESS_REFUSED, reason=error.code)
        raise
    except PageRefusedError:
        note_incident(request, Incident.ACCESS_REFUSED, reason="not-your-role")
        raise


def _authorise(request: Request) -> None:
    endpoint = request.scope["endpoint"]
    rule = find_rule(endpoint.__module__, endpoint.__name__)
    if rule is None:
        log.error("The route %s.%s is not in the policy", endpoint.__module__, endpoint.__name__)
        raise ForbiddenError(mark("This is open to nobody."))
    principal = _identify(request, rule)
    request.state.principal = principal
    if rule.is_for_programs or rule.link or principal.role is Role.PORTAL:
        _admit(request, rule, principal)


def _identify(request: Request, rule: Rule) -> Principal:
    """As whom somebody asks, among those that the rule allows; keys are read where a key is needed, and only there."""
    workspace: Workspace = request.app.state.workspace
    if rule.link:
        return link_holder(request, rule.link, _presented(request))
    if rule.is_for_programs:
        return _bearer(workspace, _presented(request), rule.roles)
    if Role.PORTAL in rule.roles and Role.PUBLIC not in rule.roles:
        key = _presented(request)
        if not key:
            raise NoKeyError(mark("Send an API key in the header “Authorization: Bearer mm_…”."))
        return authenticate(workspace.database, key)
    if Role.PUBLIC in rule.roles:
        return admit_anybody(request) if is_page(request.url.path) else ANYBODY
    return admit(request, rule.roles)


def _bearer(workspace: Workspace, token: str, roles: frozenset[Role]) -> Principal:
    """As whom a program of staff asks, by a personal token. A session's cookie opens none of these routes: what a
    browser sends by itself, no other site can use here.
    """
    bearer = bearer_of(workspace.database, workspace.settings, token)
    principal = bearer.as_one_of(roles)
    if principal is None:
        needed = mark("The personal token needs one of these roles, which your account must have: {roles}.")
        raise ForbiddenError(needed, roles=", ".join(sorted(roles)))
    return principal


def _presented(request: Request) -> str:
    """The key or token that came along, "" for none. Of two headers neither counts: what stands between may have
    looked at the other.
    """
    headers = request.headers.getlist("authorization")
    scheme, _, key = headers[0].strip().partition(" ") if len(headers) == 1 else ("", "", "")
    return key.strip() if scheme.lower() == SCHEME else ""


def _admit(request: Request, rule: Rule, principal: Principal) -> None:
    """Rate first, so that refusals count too; then scope; then whose the thing is."""
    rates: Rates = request.app.state.rates
    request.state.answer_headers = rates.spend(principal.caller, rule.rate)
    if rule.scope is not None and rule.scope not in principal.scopes:
        raise MissingScopeError(mark("The API key lacks the scope {scope}."), scope=rule.scope)
    if rule.object is not None:
        workspace: Workspace = request.app.state.workspace
        rule.object.check(workspace.database, principal, request.path_params[rule.object.parameter])
