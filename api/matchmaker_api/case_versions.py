"""Acts on a case over the API: on the version that the sender has seen, or sent twice and done once."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from pydantic import BaseModel

from matchmaker.db.cases import get_revision
from matchmaker.db.session import Session
from matchmaker.domain.access import Principal
from matchmaker.domain.case import Case
from matchmaker.domain.days import local_day
from matchmaker.domain.errors import mark
from matchmaker.domain.event import StaleCaseError
from matchmaker.review.case_view import note_visit, view_case
from matchmaker.review.desk import Desk
from matchmaker.review.repeats import do_once
from matchmaker.workspace import Workspace
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.idempotency import (
    STALE,
    IdempotencyKey,
    IfMatch,
    PreconditionFailedError,
    PreconditionRequiredError,
    note_replayed,
    request_text,
)
from matchmaker_api.schemas.desk_case import DeskCase


def revision_etag(revision: int) -> str:
    """The version of a case: its document changes with its revision, but for contacts that are erased when a case has
    long been finished, by which no act is made another one.
    """
    return f'"{revision}"'


def seen_revision(session: Session, case_id: str, if_match: str | None) -> int:
    """The case's revision, which the sender has seen. "*" is no version that somebody has seen.

    Raises:
        NotFoundError: there is no such case.
        PreconditionRequiredError: there is no version.
        PreconditionFailedError: it is another one.
    """
    revision = get_revision(session, case_id)
    given = {one.strip() for one in (if_match or "").split(",")} - {"", "*"}
    if not given:
        raise PreconditionRequiredError(mark("Send the ETag of the case as you read it in the header If-Match."))
    if revision_etag(revision) not in given:
        raise PreconditionFailedError(STALE)
    return revision


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody who acts on a case, with what of the request's headers counts."""

    request: Request
    response: Response
    workspace: Workspace
    client: Principal
    case_id: str
    if_match: str | None = None
    key: str | None = None

    @property
    def adviser(self) -> str:
        """Under which label it is done."""
        return self.client.client

    @property
    def desk(self) -> Desk:
        return Desk(self.workspace.database, self.adviser)

    def as_seen(self, act: Callable[[Desk, int], Case], body: BaseModel | None = None) -> DeskCase:
        """Do an act on the case as it was seen. With an idempotency key and the same ``body`` it is done once."""
        return self.once(lambda desk, session: act(desk, seen_revision(session, self.case_id, self.if_match)), body)

    def once(self, act: Callable[[Desk, Session], object], body: BaseModel | None = None) -> DeskCase:
        """Do an act that no version is asked for."""

        def within(session: Session) -> dict[str, Any]:
            act(self.desk.within(session), session)
            return self._document(session).model_dump(mode="json")

        text = request_text(self.request, body) if body else ""
        content, replayed = do_once(self.workspace.database, self.client.caller, self.key, text, within)
        note_replayed(self.response, replayed=replayed)
        return self._answered(DeskCase.model_validate(content))

    def searching(self, act: Callable[[Desk, int], Case]) -> DeskCase:
        """Do an act that searches the catalogue first, which is not to keep others from writing meanwhile."""
        with self.workspace.database.reading() as session:
            revision = seen_revision(session, self.case_id, self.if_match)
        try:
            act(self.desk, revision)
        except StaleCaseError:
            raise PreconditionFailedError(STALE) from None
        return self.read()

    def read(self) -> DeskCase:
        """The case as it is now."""
        with self.workspace.database.reading() as session:
            return self._answered(self._document(session))

    def _document(self, session: Session) -> DeskCase:
        return DeskCase.of(view_case(session, self.case_id, self.adviser, local_day()))

    def _answered(self, document: DeskCase) -> DeskCase:
        # It shows the order: no grade is blind any more.
        note_visit(self.workspace.database, self.case_id, self.adviser)
        self.response.headers["ETag"] = revision_etag(document.revision)
        return document


def _at_the_desk(
    case_id: str, request: Request, response: Response, workspace: OpenWorkspace, client: Client
) -> Acting:
    return Acting(request, response, workspace, client, case_id)


AtTheDesk = Annotated[Acting, Depends(_at_the_desk)]


def _as_seen(acting: AtTheDesk, if_match: IfMatch = None) -> Acting:
    return replace(acting, if_match=if_match)


AsSeen = Annotated[Acting, Depends(_as_seen)]
"""For acts that need If-Match."""


def _once(acting: AtTheDesk, idempotency_key: IdempotencyKey = None) -> Acting:
    return replace(acting, key=idempotency_key)


Once = Annotated[Acting, Depends(_once)]
"""For acts that take an idempotency key."""


def _as_seen_once(acting: AsSeen, idempotency_key: IdempotencyKey = None) -> Acting:
    return replace(acting, key=idempotency_key)


AsSeenOnce = Annotated[Acting, Depends(_as_seen_once)]
"""For acts that need the one and take the other."""
