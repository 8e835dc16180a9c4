"""A municipality's own challenges: sending, reading, amending, withdrawing, answering."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response, status

from matchmaker.catalogue.seed import read_areas, read_municipalities
from matchmaker.db import portal as listing
from matchmaker.db.cases import get_case
from matchmaker.db.session import Session
from matchmaker.domain.access import Principal
from matchmaker.domain.case import Case
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.errors import InvalidChallengeError, mark
from matchmaker.domain.workflow import State
from matchmaker.review import portal
from matchmaker.review.access import own_municipality
from matchmaker.review.drafts import Choices
from matchmaker.review.intake import challenge_of, match_if_possible
from matchmaker.review.joining import find_similar
from matchmaker.settings import Settings
from matchmaker.workspace import Workspace
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.idempotency import IfMatch, check_match, etag
from matchmaker_api.pagination import After, Limit, next_page, place_cursor, read_place
from matchmaker_api.repeatable import MayBeRepeated
from matchmaker_api.schemas.challenge import Answer, Challenge, ChallengeState, NewChallenge
from matchmaker_api.schemas.challenge_lists import (
    ChallengePage,
    ChallengeSummary,
    PublicChallenge,
    SimilarChallenges,
)

router = APIRouter(prefix="/api/v1/challenges", tags=["challenges"])

ETAG = {"ETag": {"description": "The challenge as it is now; for If-Match.", "schema": {"type": "string"}}}
FOUND: dict[int | str, dict[str, Any]] = {200: {"headers": ETAG}}


def _links(*operations: str) -> dict[str, Any]:
    return {one: {"operationId": one, "parameters": {"challenge_id": "$response.body#/id"}} for one in operations}


CREATED: dict[int | str, dict[str, Any]] = {
    201: {
        "headers": {**ETAG, "Location": {"description": "Where it is.", "schema": {"type": "string"}}},
        "links": _links(
            "read_challenge", "withdraw_challenge", "read_shortlist", "answer_question", "list_similar_challenges"
        ),
    }
}

# The routes are plain functions, so that the framework runs them on worker threads: encoding a text takes the
# processor for milliseconds that the event loop must not spend.


@router.get("", summary="List your challenges")
def list_challenges(
    request: Request,
    response: Response,
    workspace: OpenWorkspace,
    client: Client,
    state: ChallengeState | None = None,
    municipality: Annotated[str | None, Query(description="A municipality's code.", examples=["2580"])] = None,
    area: Annotated[str | None, Query(description="An area's id.", examples=["infrastructure"])] = None,
    public: Annotated[bool | None, Query(description="Only public ones, or only internal ones.")] = None,
    after: After = None,
    limit: Limit = 20,
) -> ChallengePage:
    """Challenges of the key's municipalities, their own or owned with another, the newest first."""
    wanted = listing.ListFilter(State(state) if state else None, municipality, area, public)
    with workspace.database.reading() as session:
        found = listing.list_challenges(
            session, client.municipalities, wanted, datetime.now(UTC), read_place(after), limit + 1
        )
    last = found[limit - 1] if len(found) > limit else None
    cursor = place_cursor((last.created_at, last.id)) if last else None
    return ChallengePage(
        items=[ChallengeSummary.of(one) for one in found[:limit]], next=next_page(request, response, cursor)
    )


@router.post("", status_code=status.HTTP_201_CREATED, summary="Send a challenge", responses=CREATED)
def create_challenge(
    new: NewChallenge, response: Response, workspace: OpenWorkspace, client: Client, sent: MayBeRepeated
) -> Challenge:
    """Stores the challenge and matches it; an adviser reads what is found before anything is sent.

    What is answered with 201 is stored for good. With an Idempotency-Key it is safe to send it again.
    """
    check_municipality(new, workspace)
    described = new.description(own_municipality(client, new.municipality))
    settings = workspace.settings

    def act(session: Session) -> dict[str, Any]:
        check_optional(new, workspace)  # only now: what was good when it was first sent may be late by its second time
        actor = portal.portal_actor(client.client)
        case = portal.submit(session, described, new.language, MAIN_COLLECTION, settings.answer_days, actor)
        return _document(session, case.id, client).model_dump(mode="json")

    document = Challenge.model_validate(sent.once(new, act, municipality=described.municipality))
    match_if_possible(workspace.database, document.id, workspace.matcher)
    response.headers["Location"] = f"/api/v1/challenges/{document.id}"
    return _answered(document, response)


@router.get("/{challenge_id}", summary="Read a challenge", responses=FOUND)
def read_challenge(challenge_id: str, response: Response, workspace: OpenWorkspace, client: Client) -> Challenge:
    """The challenge in its present version, and where it stands."""
    with workspace.database.reading() as session:
        return _answered(_document(session, challenge_id, client), response)


@router.put("/{challenge_id}", summary="Amend a challenge", responses=FOUND)
def amend_challenge(
    challenge_id: str,
    new: NewChallenge,
    response: Response,
    workspace: OpenWorkspace,
    client: Client,
    if_match: IfMatch = None,
) -> Challenge:
    """Sends the whole description anew as its next version, which is matched and reviewed again.

    A list that was sent stays until the next one is approved. The municipality stays where it is not given.
    """
    check_municipality(new, workspace)
    check_optional(new, workspace)
    given = own_municipality(client, new.municipality) if new.municipality else None

    def change(case: Case) -> Case:
        described = new.description(given or case.description.municipality)
        return replace(case, description=described, language=new.language)

    def expect(told: portal.Told) -> None:
        check_match(if_match, Challenge.of(told))

    with workspace.database.transaction() as session:
        days, actor = workspace.settings.answer_days, portal.portal_actor(client.client)
        portal.amend(session, challenge_id, change, days, actor, expect)
    match_if_possible(workspace.database, challenge_id, workspace.matcher)
    with workspace.database.reading() as session:
        return _answered(_document(session, challenge_id, client), response)


@router.post("/{challenge_id}/withdrawal", summary="Withdraw a challenge", responses=FOUND)
def withdraw_challenge(challenge_id: str, response: Response, workspace: OpenWorkspace, client: Client) -> Challenge:
    """Takes the challenge back; what was written stays for the record. Twice is as good as once."""
    with workspace.database.transaction() as session:
        portal.withdraw(session, challenge_id, portal.portal_actor(client.client))
        return _answered(_document(session, challenge_id, client), response)


@router.post("/{challenge_id}/answer", summary="Answer the adviser's question", responses=FOUND)
def answer_question(
    challenge_id: str, answer: Answer, response: Response, client: Client, sent: MayBeRepeated
) -> Challenge:
    """Answers the question that the challenge shows; the review goes on.

    The question's id is sent with it: an answer to another one is refused with 409.
    """

    def act(session: Session) -> dict[str, Any]:
        portal.answer(session, challenge_id, answer.question, answer.text, portal.portal_actor(client.client))
        return _document(session, challenge_id, client).model_dump(mode="json")

    return _answered(Challenge.model_validate(sent.once(answer, act)), response)


@router.get("/{challenge_id}/similar", summary="List similar public challenges")
def list_similar_challenges(challenge_id: str, workspace: OpenWorkspace) -> SimilarChallenges:
    """Public challenges of all municipalities that ask much the same. That none is found does not mean it is new."""
    with workspace.database.reading() as session:
        case = get_case(session, challenge_id)
    found = find_similar(workspace.database, case.id, challenge_of(case), workspace.matcher, case.collection)
    return SimilarChallenges(items=[PublicChallenge.of(one) for one in found or []])


def check_municipality(new: NewChallenge, workspace: Workspace) -> None:
    """That the municipality that is named, if one is, is one of Norrbotten's.

    Raises:
        InvalidChallengeError: it is not.
    """
    known = {one.code: one.short for one in read_municipalities(workspace.settings.catalogue_folder)}
    if new.municipality is not None and new.municipality not in known:
        raise InvalidChallengeError(
            "municipality",
            mark("{code} is not the code of a municipality in Norrbotten. They are: {codes}."),
            code=new.municipality,
            codes=", ".join(f"{key} {name}" for key, name in known.items()),
        )


def check_optional(new: NewChallenge, workspace: Workspace) -> None:
    """That the fields beside the texts that are matched are as the form wants them.

    Raises:
        InvalidDescriptionError: it names those that are wrong.
    """
    portal.check_optional(new.typed(), form_choices(workspace.settings))


def form_choices(settings: Settings) -> Choices:
    """The codes that a description's fields may have."""
    folder = settings.catalogue_folder
    return Choices([one.code for one in read_municipalities(folder)], [one.id for one in read_areas(folder)])


def _document(session: Session, challenge_id: str, client: Principal) -> Challenge:
    return Challenge.of(portal.read_told(session, challenge_id, client=client))


def _answered(document: Challenge, response: Response) -> Challenge:
    response.headers["ETag"] = etag(document)
    return document
