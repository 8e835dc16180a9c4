"""Events over the wire."""

from datetime import datetime

from pydantic import BaseModel, Field

from matchmaker.db.portal import ToldEvent
from matchmaker.domain.event import EventKind
from matchmaker_api.schemas.challenge import EXAMPLE_ID


class FeedEvent(BaseModel):
    """Something that happened to a challenge. What it was in detail stands in the challenge."""

    id: str = Field(description="The same each time it is told.", examples=["event-17"])
    kind: EventKind = Field(
        description="submit, amend, withdraw, close, reopen; join, follow: another municipality was let in; "
        "ask, answer: to the municipality that asked only; release: an approved list was sent."
    )
    at: datetime
    challenge: str = Field(examples=[EXAMPLE_ID])
    href: str = Field(description="What to read now.", examples=[f"/api/v1/challenges/{EXAMPLE_ID}"])

    @classmethod
    def of(cls, one: ToldEvent) -> "FeedEvent":
        base = f"/api/v1/challenges/{one.challenge_id}"
        href = f"{base}/shortlist" if one.kind is EventKind.RELEASE else base
        return cls(id=one.id, kind=one.kind, at=one.at, challenge=one.challenge_id, href=href)


class Feed(BaseModel):
    """The next events, oldest first."""

    items: list[FeedEvent]
    next: str = Field(
        description="Where to go on: at once while there are items, else after a while.",
        examples=["/api/v1/events?after=WzE3LG51bGxd"],
    )
