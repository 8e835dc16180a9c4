"""Writing a challenge behind a private link: begun, kept, compared with others' challenges, joined to one, sent."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response, status

from matchmaker.db.drafts import LinkedChallenge
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.review import by_link
from matchmaker.review.by_link import HeldLink
from matchmaker.review.drafts import draft_challenge, keep, start_draft, throw_away
from matchmaker.review.joining import find_similar, join
from matchmaker.review.sending import send_and_match
from matchmaker.workspace import Workspace
from matchmaker_api.deps import Held, OpenWorkspace, Say
from matchmaker_api.idempotency import IfMatch, check_match, etag
from matchmaker_api.identity.attempt_rates import network_of
from matchmaker_api.routers.by_link import Checked, read_told
from matchmaker_api.routers.challenges import form_choices
from matchmaker_api.schemas.by_link import LinkSecret
from matchmaker_api.schemas.challenge import Challenge
from matchmaker_api.schemas.challenge_lists import PublicChallenge, SimilarChallenges
from matchmaker_api.schemas.draft import Draft, DraftFields, Joining
from matchmaker_api.security.rates import Rate

router = APIRouter(prefix="/api/v1", tags=["by link"])

FOUND: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"description": "The draft as it is now; for If-Match.", "schema": {"type": "string"}}}}
}


@router.post("/drafts", status_code=status.HTTP_201_CREATED, summary="Begin a challenge behind a new private link")
def begin_draft(fields: DraftFields, request: Request, response: Response, workspace: OpenWorkspace) -> LinkSecret:
    """As anybody can in the form. The link's secret is shown only now; nothing is sent to anybody yet."""
    request.state.answer_headers = request.app.state.rates.spend(network_of(request), Rate.DRAFT)
    response.headers["Cache-Control"] = "no-store"
    return LinkSecret(secret=start_draft(workspace.database, MAIN_COLLECTION, fields.typed()))


@router.get("/by-link/draft", summary="Read the link's draft", responses=FOUND)
def read_draft(response: Response, held: Held) -> Draft:
    """What has been typed: of a new challenge, or, begun in the form, of the next version of one that was sent."""
    by_link.check_draft(held)
    return _answered(held.linked, response)


@router.patch("/by-link/draft", summary="Write in the link's draft", responses=FOUND)
def write_draft(
    fields: DraftFields, response: Response, workspace: OpenWorkspace, held: Held, if_match: IfMatch = None
) -> Draft:
    """Keeps the fields that are sent, right or wrong; what is wrong is said when it is sent."""
    by_link.check_draft(held)

    def expect(linked: LinkedChallenge) -> None:
        check_match(if_match, Draft.of(linked))

    keep(workspace.database, held.token, fields.typed(), expect=expect)
    return _answered(_again(workspace, held).linked, response)


@router.delete(
    "/by-link/draft",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Throw the link's draft away",
)
def throw_draft_away(workspace: OpenWorkspace, held: Held) -> None:
    """Of a challenge that was sent only the changes; of another one all, and its link opens nothing any more."""
    by_link.check_draft(held)
    throw_away(workspace.database, held.token)


@router.get("/by-link/draft/similar", summary="List challenges that the draft could join")
def list_challenges_to_join(workspace: OpenWorkspace, held: Held) -> SimilarChallenges:
    """Public challenges of other municipalities that ask much the same. That none is found does not mean it is new."""
    draft = by_link.check_draft(held)
    challenge, own = draft_challenge(held.linked.id, draft), str(draft.get("municipality", ""))
    found = find_similar(workspace.database, held.linked.id, challenge, workspace.matcher, MAIN_COLLECTION, to_join=own)
    return SimilarChallenges(items=[PublicChallenge.of(one) for one in found or []])


@router.post("/by-link/draft/submission", summary="Send the link's draft")
def send_draft(
    response: Response,
    workspace: OpenWorkspace,
    held: Held,
    say: Say,
    checked: Checked = False,
    seen: Annotated[
        int | None, Query(ge=1, le=1_000_000, description="The version that was read, where the draft was overtaken.")
    ] = None,
) -> Challenge:
    """It is stored and matched, and an adviser reads it. Sent twice, it is sent once; the link stays the same."""
    if not held.linked.is_sent or held.linked.draft is not None:
        draft, settings = by_link.check_draft(held), workspace.settings
        by_link.check_personal_data(draft, is_checked=checked)
        choices = form_choices(settings)
        send_and_match(
            workspace.database, held.token, choices, settings.answer_days, workspace.matcher, say.language, seen
        )
    document = read_told(workspace, _again(workspace, held))
    response.headers["ETag"] = etag(document)
    return document


@router.post(
    "/by-link/draft/joining", status_code=status.HTTP_201_CREATED, summary="Ask to join another's challenge instead"
)
def join_challenge(joining: Joining, response: Response, workspace: OpenWorkspace, held: Held, say: Say) -> LinkSecret:
    """With the draft's municipality and contact; its words go along. The draft's own link opens nothing afterwards:
    a new one, whose secret is shown only now, takes its place.
    """
    by_link.check_draft(held)
    response.headers["Cache-Control"] = "no-store"
    choices = form_choices(workspace.settings)
    return LinkSecret(
        secret=join(workspace.database, held.token, joining.challenge, joining.role, choices, say.language)
    )


def _again(workspace: Workspace, held: HeldLink) -> HeldLink:
    """What the link opens now."""
    return by_link.hold(workspace.database, held.token)


def _answered(linked: LinkedChallenge, response: Response) -> Draft:
    document = Draft.of(linked)
    response.headers["ETag"] = etag(document)
    return document
