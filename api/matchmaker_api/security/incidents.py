"""The log of what bears on security: who came in, who was turned away. One line of JSON each (docs/operations.md).

No address, name, key, link or text is in it. Who and from where are told by keyed digests: the same one has the same,
so that many tries from one place or at one account are seen, and nobody finds out by trying names who it was.
"""

import json
import logging
from datetime import UTC, datetime
from enum import StrEnum

from starlette.requests import Request

from matchmaker.review.identity.secrets import installation_key, keyed_digest
from matchmaker.workspace import Workspace
from matchmaker_api.identity.attempt_rates import network_of
from matchmaker_api.security.request_ids import request_id

DIGEST_LENGTH = 16
"""Hexadecimal digits: enough to tell networks and accounts of an installation apart."""

log = logging.getLogger("matchmaker.security")
log.setLevel(logging.INFO)


class Incident(StrEnum):
    """What is logged."""

    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGN_IN_LIMITED = "sign_in_limited"
    ACCESS_REFUSED = "access_refused"
    RATE_EXCEEDED = "rate_exceeded"
    FORM_TOKEN_REFUSED = "form_token_refused"  # noqa: S105  # what happened, no secret


def note_incident(request: Request, incident: Incident, *, subject: str = "", **details: str) -> None:
    """Log one. ``subject`` is who was meant, as it was typed; ``details`` are words of the program's own."""
    workspace: Workspace = request.app.state.workspace
    key = installation_key(workspace.settings)
    line = {
        "at": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "event": incident.value,
        "request": request_id(),
        "method": request.method,
        # The route, not the address: in that a private link's secret may stand.
        "route": getattr(request.scope.get("route"), "path", "?"),
        "network": keyed_digest(key, "network", network_of(request))[:DIGEST_LENGTH],
        **({"subject": keyed_digest(key, "subject", subject)[:DIGEST_LENGTH]} if subject else {}),
        **details,
    }
    turned_away = incident is not Incident.SIGNED_IN
    log.log(logging.WARNING if turned_away else logging.INFO, json.dumps(line))
