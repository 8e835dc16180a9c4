"""What is sent to webhook endpoints, as ``matchmaker.db.announcing`` writes it. Fields may be added."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from matchmaker_api.schemas.challenge import EXAMPLE_ID, ChallengeState


class Links(BaseModel):
    """Where to read more, as paths on the server."""

    challenge: str = Field(examples=[f"/api/v1/challenges/{EXAMPLE_ID}"])


class Told(BaseModel):
    """What every message tells: of which challenge, and where it stands."""

    challenge: str = Field(description="The challenge's id.", examples=[EXAMPLE_ID])
    municipality: str | None = Field(description="Whose it is first.", examples=["2580"])
    version: int
    state: ChallengeState
    links: Links


class ChangeTold(Told):
    """A change of state."""

    previous_state: ChallengeState


class ListTold(Told):
    """A list that was sent."""

    approval: str = Field(description="The list's id: another one for each list that is sent.")


class Message(BaseModel):
    """A message. What was written by anybody is not in it: it is to be read over the API."""

    timestamp: datetime = Field(description="When it happened.")


class ChallengeReceived(Message):
    """A challenge has come in, by the API or by the form."""

    type: Literal["challenge.received"]
    data: Told


class StateChanged(Message):
    """A challenge's state has changed."""

    type: Literal["state.changed"]
    data: ChangeTold


class QuestionAsked(Message):
    """An adviser has asked something; the challenge shows it."""

    type: Literal["question.asked"]
    data: Told


class ShortlistApproved(Message):
    """A list that an adviser approved has been sent: it can be read."""

    type: Literal["shortlist.approved"]
    data: ListTold
