"""Challenges over the wire."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from matchmaker.db.challenges import StoredChallenge
from matchmaker.text.query import MAXIMUM_CHARACTERS, MAXIMUM_TITLE_CHARACTERS

EXAMPLE: dict[str, JsonValue] = {
    "title": "Källare översvämmas i äldre bostadsområden",
    "text": "Vid skyfall och snösmältning tränger vatten in i källarna i områden från 50-talet. Ledningarna är för "
    "klena och vi vet inte var pengarna gör mest nytta. Vi har spolat och filmat utan att det hjälpt.",
    "language": "sv",
    "municipality": "2580",
}


class NewChallenge(BaseModel):
    """A challenge to store and match."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    # The limits are stated here and checked where every challenge is read, which says how long the text was.
    text: str = Field(
        description="The problem: what it is, for whom, where, what has been tried. Plain text, with words in it.",
        json_schema_extra={"minLength": 1, "maxLength": MAXIMUM_CHARACTERS},
    )
    title: str | None = Field(
        None,
        description="A few words that sum it up.",
        json_schema_extra={"maxLength": MAXIMUM_TITLE_CHARACTERS},
    )
    language: Literal["sv", "en"] | None = Field(None, description="Detected when it is not given.")
    municipality: str | None = Field(None, description="The municipality's official four-digit code.")


class Challenge(BaseModel):
    """A stored challenge."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "0b7d2f0e-7c1b-4b0e-9d37-3a5d3f0a9f11",
                    **EXAMPLE,
                    "created_at": "2026-11-24T08:15:00Z",
                    "shortlist": "/api/v1/challenges/0b7d2f0e-7c1b-4b0e-9d37-3a5d3f0a9f11/shortlist",
                }
            ]
        }
    )

    id: str
    title: str | None
    text: str
    language: str | None = Field(description="As the sender gave it.")
    municipality: str | None
    created_at: datetime
    shortlist: str = Field(description="Where its shortlist is.")

    @classmethod
    def of(cls, stored: StoredChallenge, shortlist: str) -> "Challenge":
        return cls(
            id=stored.id,
            title=stored.title,
            text=stored.text,
            language=stored.language,
            municipality=stored.municipality,
            created_at=stored.created_at,
            shortlist=shortlist,
        )
