"""Who holds a private link and sends its secret as a bearer: let in by it alone, and counted by it."""

from fastapi import Request

from matchmaker.curation.researchers import open_page
from matchmaker.db.session import Database
from matchmaker.domain.access import KeyRefusedError, NoKeyError, Principal, Role
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.review.by_link import client_of, hold
from matchmaker.workspace import Workspace
from matchmaker_api.identity.attempt_rates import network_of
from matchmaker_api.security.policy import Link
from matchmaker_api.security.rates import Rate, Rates


class LinkRefusedError(KeyRefusedError):
    """What was sent is no private link's secret, or the link has ended."""

    code = "invalid-link"


def link_holder(request: Request, kind: Link, secret: str) -> Principal:
    """As whom somebody asks who sends a link's secret; what it opens is remembered for the route.

    Raises:
        NoKeyError: none was sent.
        LinkRefusedError: it opens nothing.
        TooManyRequestsError: too many that open nothing came from the same network.
    """
    if not secret:
        raise NoKeyError(mark("Send the secret of a private link in the header “Authorization: Bearer …”."))
    try:
        if kind is Link.CHALLENGE:
            request.state.held = hold(_database(request), secret)
        else:
            request.state.own_group = open_page(_database(request), MAIN_COLLECTION, secret).group
    except NotFoundError as error:
        rates: Rates = request.app.state.rates
        rates.spend(f"network {network_of(request)}", Rate.DEFAULT)
        raise LinkRefusedError(error.template, **error.values) from error
    return Principal(Role.LINK_HOLDER, client_of(secret))


def _database(request: Request) -> Database:
    workspace: Workspace = request.app.state.workspace
    return workspace.database
