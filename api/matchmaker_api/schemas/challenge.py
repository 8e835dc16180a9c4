"""Challenges over the wire."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

from matchmaker.db.case_records import Message
from matchmaker.domain.case import ClosingReason, Route
from matchmaker.domain.description import Description, Visibility
from matchmaker.review.portal import Told
from matchmaker.text.query import MAXIMUM_CHARACTERS, MAXIMUM_TITLE_CHARACTERS

EXAMPLE: dict[str, JsonValue] = {
    "title": "Källare översvämmas i äldre bostadsområden",
    "text": "Vid skyfall och snösmältning tränger vatten in i källarna i områden från 50-talet. Ledningarna är för "
    "klena och vi vet inte var pengarna gör mest nytta.",
    "tried": "Vi har spolat och filmat ledningarna utan att det hjälpt.",
    "success": "Vi vet vilka ledningar som ska bytas först.",
    "by_when": "2099-05-31",
    "offers": "Ritningar, mätvärden och en tekniker en dag i veckan.",
    "areas": ["infrastructure"],
    "visibility": "internal",
    "language": "sv",
    "municipality": "2580",
    "contact_role": "VA-ingenjör",
    "contact_email": "va@kommun.example",
    "case_number": "KS 2026/77",
}
EXAMPLE_QUESTION = "17"
EXAMPLE_ID = "0b7d2f0e-7c1b-4b0e-9d37-3a5d3f0a9f11"
SENT: dict[str, JsonValue] = {
    "id": EXAMPLE_ID,
    "version": 1,
    "state": "in_review",
    "created_at": "2026-11-24T08:15:00Z",
    "promised_on": "2026-12-08",
    "question": None,
    "closing_reason": None,
    "closing_route": None,
    "closing_message": None,
    "shortlist": None,
}


def _whole(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise PydanticCustomError("half_characters", "The text has half characters (lone surrogates).") from None
    return text


Text = Annotated[str, AfterValidator(_whole)]


class ChallengeState(StrEnum):
    """The states that a municipality is told."""

    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    WAITING_FOR_OFFICER = "waiting_for_officer"
    APPROVED = "approved"
    CONTACTED = "contacted"
    ANSWERED = "answered"
    COLLABORATION = "collaboration"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class TextLanguage(StrEnum):
    """The languages that a text may be said to be in."""

    SWEDISH = "sv"
    ENGLISH = "en"


# The limits are stated here and checked where the form's fields are checked, which says how long the text was.
Optional = Annotated[Text, Field(json_schema_extra={"maxLength": 6_000})]
Line = Annotated[Text, Field(json_schema_extra={"maxLength": 300})]


class NewChallenge(BaseModel):
    """A challenge to send: the form's fields, of which only ``text`` is needed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    text: str = Field(
        description="The problem: what it is, for whom, where. Plain text, with words in it.",
        json_schema_extra={"minLength": 1, "maxLength": MAXIMUM_CHARACTERS},
    )
    title: str | None = Field(
        None,
        description="A few words that sum it up.",
        json_schema_extra={"maxLength": MAXIMUM_TITLE_CHARACTERS},
    )
    tried: Optional = Field("", description="What has been tried.")
    success: Optional = Field("", description="What would be different if it were solved.")
    by_when: date | None = Field(None, description="By when it is needed: today or later.")
    offers: Optional = Field("", description="What the municipality can offer: data, places, time.")
    areas: list[Text] = Field(
        [], max_length=8, description="Areas that it belongs to, by the ids of the catalogue's areas."
    )
    visibility: Visibility = Field(
        Visibility.INTERNAL, description="public: other municipalities see title and text, and can join."
    )
    language: TextLanguage | None = Field(None, description="Detected when it is not given.")
    municipality: str | None = Field(
        None, description="The municipality's official four-digit code; by default the only one that the key is for."
    )
    contact_role: Line = Field("", description="Whom to answer: a role.")
    contact_email: Line = Field("", description="Where to answer, at work.")
    case_number: Line = Field("", description="The municipality's own case number (diarienummer).")

    def typed(self) -> dict[str, str | list[str]]:
        """The fields as the form would send them."""
        named = ("tried", "success", "offers", "contact_role", "contact_email", "case_number")
        return {
            **{name: getattr(self, name) for name in named},
            "by_when": self.by_when.isoformat() if self.by_when else "",
            "areas": self.areas,
        }

    def description(self, municipality: str | None) -> Description:
        return Description(
            municipality=municipality,
            title=self.title or "",
            problem=self.text,
            tried=self.tried.strip(),
            success=self.success.strip(),
            by_when=self.by_when,
            offers=self.offers.strip(),
            areas=tuple(dict.fromkeys(self.areas)),
            visibility=self.visibility,
            contact_role=self.contact_role.strip(),
            contact_email=self.contact_email.strip(),
            case_number=self.case_number.strip(),
        )


class Question(BaseModel):
    """What the adviser asks, while it waits for its answer."""

    id: str = Field(description="To be sent with the answer.", examples=[EXAMPLE_QUESTION])
    asked_at: datetime
    text: str = Field(examples=["Gäller det dagvatten eller spillvatten?"])

    @classmethod
    def of(cls, one: Message) -> "Question":
        return cls(id=str(one.id), asked_at=one.at, text=one.text)


class Answer(BaseModel):
    """The answer to the adviser's question."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"question": EXAMPLE_QUESTION, "text": "Det gäller dagvatten."}]},
    )

    question: Text = Field(description="The id of the question that is answered.")
    text: Text = Field(json_schema_extra={"minLength": 1, "maxLength": 6_000})


class Challenge(BaseModel):
    """A challenge that was sent, and where it stands.

    For a municipality that owns it with another one, contact, case number and question are not told.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [{**SENT, **EXAMPLE}]})

    id: str
    title: str | None
    text: str
    tried: str
    success: str
    by_when: date | None
    offers: str
    areas: list[str]
    visibility: Visibility
    language: str | None = Field(description="As the sender gave it.")
    municipality: str | None
    contact_role: str | None
    contact_email: str | None
    case_number: str | None
    version: int = Field(description="Grows by one with each amendment.")
    state: ChallengeState
    created_at: datetime
    promised_on: date | None = Field(description="The day by which an answer was promised.")
    question: Question | None
    closing_reason: ClosingReason | None
    closing_route: Route | None = Field(description="How the need can be met instead, once it is closed.")
    closing_message: str | None = Field(description="What the adviser wrote when closing it.")
    shortlist: str | None = Field(
        description="Where its approved shortlist is; null while there is none.",
        examples=[f"/api/v1/challenges/{EXAMPLE_ID}/shortlist"],
    )

    @classmethod
    def of(cls, told: Told) -> "Challenge":
        case, described, whole = told.case, told.case.description, told.is_owner
        return cls(
            id=case.id,
            title=described.title or None,
            text=described.problem,
            tried=described.tried,
            success=described.success,
            by_when=described.by_when,
            offers=described.offers,
            areas=list(described.areas),
            visibility=described.visibility,
            language=case.language,
            municipality=described.municipality,
            contact_role=described.contact_role if whole else None,
            contact_email=described.contact_email if whole else None,
            case_number=described.case_number if whole else None,
            version=case.version,
            state=ChallengeState(told.state.value),  # never draft or matched
            created_at=case.created_at,
            promised_on=case.promised_on,
            question=Question.of(told.question) if told.question else None,
            closing_reason=case.closing_reason,
            closing_route=case.route if case.closing_reason else None,
            closing_message=told.closing_message or None,
            shortlist=f"/api/v1/challenges/{case.id}/shortlist" if told.has_list else None,
        )
