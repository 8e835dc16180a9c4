"""Challenges in lists, and as other municipalities may see them."""

from datetime import datetime

from pydantic import BaseModel, Field

from matchmaker.db.portal import ListedChallenge
from matchmaker.db.queue import PublicChallenge as StoredPublicChallenge
from matchmaker.domain.description import Visibility
from matchmaker_api.schemas.challenge import EXAMPLE_ID, ChallengeState


class ChallengeSummary(BaseModel):
    """A challenge in a list."""

    id: str = Field(examples=[EXAMPLE_ID])
    title: str | None
    text: str = Field(description="What is matched: the problem, what was tried, what success would be.")
    language: str | None
    municipality: str | None = Field(examples=["2580"])
    areas: list[str]
    visibility: Visibility
    state: ChallengeState
    created_at: datetime
    href: str = Field(examples=[f"/api/v1/challenges/{EXAMPLE_ID}"])

    @classmethod
    def of(cls, one: ListedChallenge) -> "ChallengeSummary":
        return cls(
            id=one.id,
            title=one.title,
            text=one.text,
            language=one.language,
            municipality=one.municipality,
            areas=list(one.areas),
            visibility=Visibility.PUBLIC if one.is_public else Visibility.INTERNAL,
            state=ChallengeState(one.state.value),  # never draft or matched
            created_at=one.created_at,
            href=f"/api/v1/challenges/{one.id}",
        )


class PublicChallenge(BaseModel):
    """A challenge that its municipality lets others see: no contact, no case number, no answer."""

    id: str = Field(examples=[EXAMPLE_ID])
    title: str = Field(examples=["Källare översvämmas i äldre bostadsområden"])
    text: str
    language: str | None
    municipality: str | None = Field(examples=["2580"])

    @classmethod
    def of(cls, one: StoredPublicChallenge | ListedChallenge) -> "PublicChallenge":
        return cls(
            id=one.id,
            title=one.title or one.text[:80],
            text=one.text,
            language=one.language,
            municipality=one.municipality,
        )


class ChallengePage(BaseModel):
    """A page of challenges, the newest first."""

    items: list[ChallengeSummary]
    next: str | None = Field(description="Where the next page is.", examples=["/api/v1/challenges?after=WyIyMDI2"])


class PublicChallengePage(BaseModel):
    """A page of public challenges, the newest first."""

    items: list[PublicChallenge]
    next: str | None = Field(description="Where the next page is.", examples=["/api/v1/public-challenges?after=WyIy"])


class SimilarChallenges(BaseModel):
    """Public challenges much like one, the most alike first. That none is found does not mean that it is new."""

    items: list[PublicChallenge]
