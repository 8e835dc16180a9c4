"""Requests that may be sent twice and are done once, for routes that take an Idempotency-Key."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from matchmaker.db.session import Database, Session, Turn
from matchmaker.review.repeats import do_once
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.idempotency import IdempotencyKey, note_replayed, request_text


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A request that may be one that was sent before."""

    request: Request
    response: Response
    database: Database
    caller: str
    key: str | None

    def once(
        self,
        body: BaseModel,
        act: Callable[[Session], dict[str, Any]],
        *,
        municipality: str | None = None,
        turns: Turn = Turn.CASES,
    ) -> dict[str, Any]:
        """What ``act`` answers, or answered when the same was sent before; ``municipality`` as in ``request_text``.

        Raises:
            KeyReusedError: the key came with another request.
        """
        asked = request_text(self.request, body, municipality)
        content, replayed = do_once(self.database, self.caller, self.key, asked, act, turns=turns)
        note_replayed(self.response, replayed=replayed)
        return content


def _repeatable(
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    client: Client,
    idempotency_key: IdempotencyKey = None,
) -> Repeatable:
    return Repeatable(request, response, workspace.database, client.caller, idempotency_key)


MayBeRepeated = Annotated[Repeatable, Depends(_repeatable)]
"""For a route that takes an Idempotency-Key."""
