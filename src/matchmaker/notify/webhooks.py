"""Sends webhook messages as the Standard Webhooks specification says, and keeps a log of every attempt.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import json
import logging
import re
import ssl
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import httpcore2
import httpx2
from standardwebhooks import Webhook

from matchmaker import __version__
from matchmaker.db.outbox import Job
from matchmaker.db.session import Database
from matchmaker.db.webhook_log import add_attempt
from matchmaker.db.webhooks import Attempt, deactivate, find_endpoint, list_secrets
from matchmaker.domain.errors import StorageError
from matchmaker.notify.addresses import AddressPolicy, RefusedTargetError
from matchmaker.notify.transport import PinnedTransport
from matchmaker.notify.worker import Clock, SendingError, utc_now

TIMEOUT_SECONDS = 20.0
"""For the whole of an attempt, the look-up of the name included; the specification recommends 15 to 30."""

KEPT_CHARACTERS = 200
"""Of an answer's body in the log."""

GONE = 410

_SECRETS = re.compile(r"whsec_[\w+/=-]*|v1a?,[\w+/=-]+")

log = logging.getLogger(__name__)


class WebhookSender:
    """Sends a job's payload to its endpoint, signed with each of the secrets that are valid now."""

    def __init__(
        self,
        database: Database,
        policy: AddressPolicy,
        now: Clock = utc_now,
        *,
        seconds: float = TIMEOUT_SECONDS,
        context: ssl.SSLContext | None = None,
    ) -> None:
        self._database = database
        self._policy = policy
        self._now = now
        self._seconds = seconds
        self._context = context or ssl.create_default_context()

    def __call__(self, job: Job) -> None:
        now = self._now()
        with self._database.reading() as session:
            endpoint = find_endpoint(session, job.endpoint_id)
            secrets = list_secrets(session, endpoint.id, now) if endpoint else []
        if endpoint is None or not endpoint.is_active:
            raise SendingError("The endpoint is not active.", final=True)
        body = serialise(job.payload)
        attempt, wait = self._attempt(endpoint.url, body, signed_headers(job.id, body, secrets, now), now)
        gone = attempt.status == GONE
        try:
            with self._database.transaction() as session:
                add_attempt(session, job.id, attempt)
                if gone:
                    deactivate(session, None, endpoint.id)
        except StorageError:  # the log has a gap, but what was delivered must not be delivered again for it
            log.warning("The attempt to deliver %s could not be logged", job.id)
        if attempt.error:
            raise SendingError(attempt.error, final=gone, wait=wait)

    def _attempt(
        self, url: str, body: str, headers: Mapping[str, str], now: datetime
    ) -> tuple[Attempt, timedelta | None]:
        started = time.monotonic()
        status, error, answer, wait = None, None, "", None
        try:
            response = self._post(url, body, headers)
        except RefusedTargetError as refused:
            error = str(refused)
        except (httpcore2.TimeoutException, httpx2.TimeoutException):
            error = "The receiver took too long."
        except (httpcore2.NetworkError, httpcore2.ProtocolError, httpx2.HTTPError, ssl.SSLError) as failure:
            error = f"{type(failure).__name__}: {failure}"
        else:
            status, answer, wait = response.status_code, excerpt(response.content), _retry_after(response)
            error = None if response.is_success else f"The receiver answered {status}."
        return Attempt(now, status, round((time.monotonic() - started) * 1000), error, answer), wait

    def _post(self, url: str, body: str, headers: Mapping[str, str]) -> httpx2.Response:
        started = time.monotonic()
        target = self._policy.check(url, self._seconds)  # each time anew: a name's addresses change
        left = self._seconds - (time.monotonic() - started)
        transport = PinnedTransport(target.addresses, left, self._context)
        with httpx2.Client(transport=transport, trust_env=False, follow_redirects=False) as client:
            return client.post(target.url, content=body.encode(), headers=dict(headers))


def serialise(payload: Mapping[str, Any]) -> str:
    """A payload as it is signed and sent: the same text for every attempt."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def signed_headers(identifier: str, body: str, secrets: list[str], now: datetime) -> dict[str, str]:
    """The headers of an attempt; several signatures where a secret is being replaced."""
    return {
        "content-type": "application/json",
        "user-agent": f"Matchmaker/{__version__}",
        "accept-encoding": "identity",
        "webhook-id": identifier,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(Webhook(one).sign(identifier, now, body) for one in secrets),
    }


def excerpt(content: bytes) -> str:
    """The beginning of an answer, fit to be shown; what looks like a secret or a signature is left out."""
    text = _SECRETS.sub("…", content[: 4 * KEPT_CHARACTERS].decode(errors="replace"))
    return "".join(one if one.isprintable() else " " for one in text)[:KEPT_CHARACTERS].strip()


def _retry_after(response: httpx2.Response) -> timedelta | None:
    """The pause asked for in seconds; the other form, a date, is not worth a parser of its own here."""
    value = response.headers.get("retry-after", "")
    return timedelta(seconds=int(value)) if value.isascii() and value.isdigit() and len(value) < 9 else None
