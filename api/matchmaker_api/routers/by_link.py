"""The officer's part by private link: what its page shows and does, with the link's secret as a bearer."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response, status

from matchmaker.db.session import Session
from matchmaker.domain.access_event import LINK_HOLDER
from matchmaker.domain.event import OFFICER
from matchmaker.review import by_link, portal
from matchmaker.review.by_link import HeldLink
from matchmaker.review.intake import match_if_possible
from matchmaker.review.letters import read_letters, set_letters
from matchmaker.review.opened_link import read_opened
from matchmaker.review.participants import admit_by_owner, refuse_by_owner
from matchmaker.review.portal import approved_of
from matchmaker.review.private_links import replace_link as replace
from matchmaker.workspace import Workspace
from matchmaker_api.deps import Held, OpenWorkspace, Say
from matchmaker_api.idempotency import IfMatch, check_match, etag
from matchmaker_api.repeatable import MayBeRepeated
from matchmaker_api.routers.challenges import form_choices
from matchmaker_api.schemas.by_link import Letters, LettersWish, LinkSecret, Opened, as_told, form_fields
from matchmaker_api.schemas.challenge import Answer, Challenge, NewChallenge
from matchmaker_api.schemas.shortlist import ApprovedShortlist

router = APIRouter(prefix="/api/v1/by-link", tags=["by link"])

ETAG = {"ETag": {"description": "The challenge as it is now; for If-Match.", "schema": {"type": "string"}}}
FOUND: dict[int | str, dict[str, Any]] = {200: {"headers": ETAG}}

Checked = Annotated[
    bool, Query(description="That somebody has looked at what seems to be personal data, and wants it sent.")
]


@router.get("", summary="Read what a private link opens")
def read_link(workspace: OpenWorkspace, held: Held) -> Opened:
    """All that the page behind the link shows, but the list, and what its holder can do."""
    return Opened.of(read_opened(workspace.database, held))


@router.get("/challenge", summary="Read the link's challenge", responses=FOUND)
def read_linked_challenge(response: Response, workspace: OpenWorkspace, held: Held) -> Challenge:
    """As it is now; with its ETag it can be amended."""
    return _answered(read_told(workspace, held), response)


@router.put("/challenge", summary="Amend the link's challenge", responses=FOUND)
def amend_linked_challenge(
    new: NewChallenge,
    response: Response,
    workspace: OpenWorkspace,
    held: Held,
    say: Say,
    if_match: IfMatch = None,
    checked: Checked = False,
) -> Challenge:
    """Sends the whole description anew, as the form does: what the form needs, this needs.

    A draft of the next version that somebody has begun in the form stays, and is told that it was overtaken.
    """
    by_link.check_owner(held)
    settings = workspace.settings
    typed = form_fields(new, by_link.shown_to(workspace.database, held).case.description.municipality)
    description = by_link.described(typed, form_choices(settings), is_checked=checked)

    def expect(told: portal.Told) -> None:
        check_match(if_match, as_told(Challenge.of(told)))

    with workspace.database.transaction() as session:
        by_link.amend(session, held, description, new.language, say.language, settings.answer_days, expect)
    match_if_possible(workspace.database, held.linked.id, workspace.matcher)
    return _answered(read_told(workspace, held), response)


@router.post("/withdrawal", summary="Withdraw the link's challenge", responses=FOUND)
def withdraw_linked_challenge(response: Response, workspace: OpenWorkspace, held: Held) -> Challenge:
    """Takes it back; what was written stays for the record. Twice is as good as once."""
    by_link.check_owner(held)
    with workspace.database.transaction() as session:
        portal.withdraw(session, held.linked.id, OFFICER)
    return _answered(read_told(workspace, held), response)


@router.post("/answer", summary="Answer the adviser's question by link", responses=FOUND)
def answer_linked_question(answer: Answer, response: Response, held: Held, sent: MayBeRepeated) -> Challenge:
    """Answers the question that the challenge shows; the question's id is sent with it."""
    by_link.check_owner(held)

    def act(session: Session) -> dict[str, Any]:
        portal.answer(session, held.linked.id, answer.question, answer.text, OFFICER)
        told = portal.read_told(session, held.linked.id)
        return as_told(Challenge.of(told)).model_dump(mode="json")

    return _answered(Challenge.model_validate(sent.once(answer, act)), response)


@router.get("/shortlist", summary="Read the list behind a private link")
def read_linked_shortlist(response: Response, workspace: OpenWorkspace, held: Held, say: Say) -> ApprovedShortlist:
    """The list that an adviser approved and sent; until there is one, 404 with the problem not-approved-yet."""
    approval, approved = approved_of(by_link.shown_to(workspace.database, held))
    response.headers["Content-Language"] = say.language
    response.headers["Vary"] = "Accept-Language"
    return ApprovedShortlist.of(approval, approved, say)


@router.put("/letters", summary="Stop the letters, or have them again")
def choose_letters(wish: LettersWish, workspace: OpenWorkspace, held: Held) -> Letters:
    """Those to the link's holder; others' go on."""
    by_link.check_part(held)
    set_letters(workspace.database, held.reader, wanted=wish.wanted)
    return Letters.of(read_letters(workspace.database, held.reader))


@router.put(
    "/others/{participant_id}/admission",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Let a municipality in that asked to join",
)
def admit_other(participant_id: str, workspace: OpenWorkspace, held: Held) -> None:
    """It sees from now on what it asked to see."""
    by_link.check_owner(held)
    admit_by_owner(workspace.database, held.linked.id, participant_id)


@router.delete(
    "/others/{participant_id}/admission",
    status_code=status.HTTP_204_NO_CONTENT,
    response_class=Response,
    summary="Refuse a municipality, or take it out again",
)
def refuse_other(participant_id: str, workspace: OpenWorkspace, held: Held) -> None:
    """It sees no more than anybody."""
    by_link.check_owner(held)
    refuse_by_owner(workspace.database, held.linked.id, participant_id)


@router.post("/replacement", summary="Replace a private link that got about")
def replace_link(response: Response, workspace: OpenWorkspace, held: Held) -> LinkSecret:
    """The old one opens nothing from now on, nor do links in letters. The new one's secret is shown only now."""
    response.headers["Cache-Control"] = "no-store"
    return LinkSecret(secret=replace(workspace.database, held.token, LINK_HOLDER))


def read_told(workspace: Workspace, held: HeldLink) -> Challenge:
    """The challenge as it is told to the link's holder."""
    shown = by_link.shown_to(workspace.database, held)
    return as_told(Challenge.of(by_link.told_to(shown, held)))


def _answered(document: Challenge, response: Response) -> Challenge:
    response.headers["ETag"] = etag(document)
    return document
