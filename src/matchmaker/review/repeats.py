"""Requests that may be sent twice: with the same idempotency key they are done once, and answered alike.

The answer is stored in the transaction that does what was asked, so that neither can be there without the other; a
second request waits for the first one's transaction. After draft-ietf-httpapi-idempotency-key-header-07.
"""

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from matchmaker.db.access import ANSWERS_KEPT, StoredAnswer, add_answer, delete_answers, find_answer
from matchmaker.db.session import Database, Session, Turn
from matchmaker.domain.errors import MatchmakerError, mark


class KeyReusedError(MatchmakerError):
    """An idempotency key was used before, for another request."""

    code = "idempotency-key-reused"


def do_once(
    database: Database,
    client: str,
    key: str | None,
    request: str,
    act: Callable[[Session], dict[str, Any]],
    now: datetime | None = None,
    turns: Turn = Turn.CASES,
) -> tuple[dict[str, Any], bool]:
    """Do ``act`` in one transaction and give what it answers, and whether it was done already.

    ``request`` is all that was asked for; without a ``key`` it is always done. ``turns`` are those that ``act`` needs.

    Raises:
        KeyReusedError: the key came with another request within the last 24 hours.
    """
    now = now or datetime.now(UTC)
    digest = hashlib.sha256(request.encode()).hexdigest()
    with database.transaction(turns) as session:
        if key is None:
            return act(session), False
        delete_answers(session, now - ANSWERS_KEPT)
        earlier = find_answer(session, client, key)
        if earlier is not None and earlier.request_digest != digest:
            raise KeyReusedError(
                mark("This Idempotency-Key came with another request before. Use a new one for each request.")
            )
        if earlier is not None:
            return earlier.content, True
        content = act(session)
        add_answer(session, client, key, now, StoredAnswer(digest, content))
    return content, False
