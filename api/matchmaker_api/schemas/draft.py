"""What is being typed behind a private link, over the wire: kept as it comes, right or wrong."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from matchmaker.db.case_records import ParticipantRole
from matchmaker.db.drafts import LinkedChallenge
from matchmaker_api.schemas.challenge import EXAMPLE, EXAMPLE_ID, Text

FORM_NAMES = {"text": "problem"}
"""Where a field has another name in the form than over the API."""


class DraftFields(BaseModel):
    """Fields of a challenge, as they are typed. Those that are not sent stay as they are."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"municipality": "2580", "title": EXAMPLE["title"], "text": EXAMPLE["text"]}]},
    )

    municipality: Text = Field("", description="The municipality's official four-digit code.")
    title: Text = ""
    text: Text = Field("", description="The problem: what it is, for whom, where.")
    tried: Text = ""
    success: Text = ""
    by_when: Text = Field("", description="A day, for example 2099-05-31.")
    offers: Text = ""
    areas: list[Text] = Field([], max_length=8)
    visibility: Text = Field("", description="public or internal.")
    contact_role: Text = ""
    contact_email: Text = ""
    case_number: Text = ""

    def typed(self) -> dict[str, Any]:
        """What was sent of them, by the form's names."""
        return {FORM_NAMES.get(name, name): value for name, value in self.model_dump(exclude_unset=True).items()}


class Draft(DraftFields):
    """What has been typed and not sent."""

    areas: list[str] = []
    saved_at: datetime | None
    is_amendment: bool = Field(description="Whether it is the next version of a challenge that was sent.")
    is_overtaken: bool = Field(description="Whether another version was sent since it was begun.")

    @classmethod
    def of(cls, linked: LinkedChallenge) -> "Draft":
        kept = linked.draft or {}
        names = {name: FORM_NAMES.get(name, name) for name in DraftFields.model_fields}
        return cls(
            **{name: kept[known] for name, known in names.items() if kept.get(known)},
            saved_at=linked.saved_at,
            is_amendment=linked.is_sent,
            is_overtaken=linked.is_overtaken,
        )


class Joining(BaseModel):
    """Which public challenge is to be joined, and as what."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"challenge": EXAMPLE_ID, "role": "co_owner"}]}
    )

    challenge: Text
    role: ParticipantRole = Field(description="co_owner: it is ours too; follower: we want to know how it goes.")
