"""A group's own page over the wire: what it corrects of itself, where it was suggested, which needs are near it."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from matchmaker import wording
from matchmaker.db.published import Published
from matchmaker.domain.shortlist import Confidence
from matchmaker.messages import Translator
from matchmaker.review.alerts import Asked, Wish
from matchmaker.review.published import Near
from matchmaker.review.published import Suggested as StoredSuggested
from matchmaker_api.schemas.challenge import Text
from matchmaker_api.schemas.shortlist import Evidence


class OwnTexts(BaseModel):
    """What a group corrects of itself; it is sent whole. Name, areas and contacts are the steward's."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "summary_sv": "Forskningen gäller dagvatten och spillvatten.",
                    "summary_en": "Research on stormwater and wastewater.",
                    "keywords_sv": ["dagvatten"],
                    "keywords_en": ["stormwater"],
                }
            ]
        },
    )

    summary_sv: Text
    summary_en: Text
    keywords_sv: list[Text]
    keywords_en: list[Text]

    def typed(self) -> dict[str, Any]:
        """The fields as the form would send them."""
        words = {
            name: list(dict.fromkeys(" ".join(one.split()) for one in getattr(self, name) if one.strip()))
            for name in ("keywords_sv", "keywords_en")
        }
        return {"summary_sv": self.summary_sv.strip(), "summary_en": self.summary_en.strip(), **words}


class PublishedChallenge(BaseModel):
    """A challenge as a group reads it: the words that its municipality made public, and were answered."""

    title: str
    municipality: str | None = Field(examples=["2580"])
    areas: list[str]
    text: str
    success: str
    released_at: datetime = Field(description="When its first list was sent.")

    @classmethod
    def of(cls, one: Published) -> "PublishedChallenge":
        described = one.description
        return cls(
            title=described.title,
            municipality=described.municipality,
            areas=list(described.areas),
            text=described.problem,
            success=described.success,
            released_at=one.first_released_at,
        )


class SuggestedHere(BaseModel):
    """A challenge for which the group was suggested, why, and on what evidence."""

    challenge: PublishedChallenge
    rank: int
    confidence: Confidence
    confidence_word: str
    reasons: list[str]
    evidence: list[Evidence]

    @classmethod
    def of(cls, one: StoredSuggested, say: Translator) -> "SuggestedHere":
        own = one.suggestion
        return cls(
            challenge=PublishedChallenge.of(one.challenge),
            rank=own.rank,
            confidence=own.confidence,
            confidence_word=wording.standing(own, say),
            # The parts of a challenge are numbered at the desk only.
            reasons=wording.reasons(replace(own, parts=()), say),
            evidence=[Evidence.of(piece, say) for piece in own.evidence],
        )


class SuggestedList(BaseModel):
    """Where the group was suggested, the newest first."""

    items: list[SuggestedHere]


class NearChallenge(BaseModel):
    """A challenge near the group's work, and how sure that is."""

    challenge: PublishedChallenge
    confidence: Confidence

    @classmethod
    def of(cls, one: Near) -> "NearChallenge":
        return cls(challenge=PublishedChallenge.of(one.challenge), confidence=one.confidence)


class NearList(BaseModel):
    """The open challenges near the group's work, the nearest first."""

    items: list[NearChallenge]


class NewAlerts(BaseModel):
    """Which challenges an address is to be told of."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"address": "forskare@universitet.example", "areas": ["infrastructure"], "near": True}]
        },
    )

    address: Text = Field(description="Nothing but a question is sent there before it has said yes.")
    areas: list[Text] = Field([], max_length=8)
    near: bool = Field(False, description="Also of challenges near the group's work.")

    def wish(self, language: str, known: Collection[str]) -> Wish:
        """As the form sends it: areas that there are not are left out."""
        return Wish(self.address, tuple(one for one in dict.fromkeys(self.areas) if one in known), self.near, language)


class AskedAlerts(BaseModel):
    """What came of asking."""

    outcome: Asked
