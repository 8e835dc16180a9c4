"""The messages to webhook endpoints, for the description of the API: these are the receivers' operations, not ours."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, status

from matchmaker.db.webhooks import WebhookEvent
from matchmaker_api.schemas.webhook_message import ChallengeReceived, QuestionAsked, ShortlistApproved, StateChanged


def signature(
    webhook_id: Annotated[str, Header(description="The message's id, the same each time that it is sent.")],
    webhook_timestamp: Annotated[str, Header(description="When this attempt was signed, in seconds since 1970.")],
    webhook_signature: Annotated[str, Header(description="Signatures (v1,<base64>), with a space between them.")],
) -> None:
    """By which a receiver knows who sent a message, and whether it has it already."""


ANSWERS: dict[int | str, dict[str, Any]] = {
    410: {"description": "The endpoint is gone: it is deactivated."},
    "default": {"description": "Anything else, a redirect too, or none within 20 seconds: it is sent again later."},
}

COME = "The message has come; any other 2xx says so too."

router = APIRouter(
    dependencies=[Depends(signature)],
    tags=["webhooks"],
    responses=ANSWERS,
    generate_unique_id_function=lambda route: route.name,
)


@router.post(
    WebhookEvent.CHALLENGE_RECEIVED,
    status_code=status.HTTP_204_NO_CONTENT,
    summary="A challenge came in",
    response_description=COME,
)
def challenge_received(message: ChallengeReceived) -> None:
    """Once for each challenge of the municipality's, however it came."""


@router.post(
    WebhookEvent.STATE_CHANGED,
    status_code=status.HTTP_204_NO_CONTENT,
    summary="A state has changed",
    response_description=COME,
)
def state_changed(message: StateChanged) -> None:
    """Between the states that a municipality is told; an approval counts from when the list is sent."""


@router.post(
    WebhookEvent.QUESTION_ASKED,
    status_code=status.HTTP_204_NO_CONTENT,
    summary="A question was asked",
    response_description=COME,
)
def question_asked(message: QuestionAsked) -> None:
    """The adviser waits for an answer."""


@router.post(
    WebhookEvent.SHORTLIST_APPROVED,
    status_code=status.HTTP_204_NO_CONTENT,
    summary="A list was sent",
    response_description=COME,
)
def shortlist_approved(message: ShortlistApproved) -> None:
    """When the list can be read, which is some minutes after an adviser approved it."""
