"""Shortlists over the wire."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from matchmaker import wording
from matchmaker.case_wording import route_word
from matchmaker.db.case_records import Approval
from matchmaker.domain.case import Route
from matchmaker.domain.errors import mark
from matchmaker.domain.language import LocalisedText
from matchmaker.domain.shortlist import Confidence, Shortlist, Suggestion
from matchmaker.domain.shortlist import Evidence as DomainEvidence
from matchmaker.messages import Translator
from matchmaker.review.status import ApprovedList
from matchmaker_api.schemas.challenge import Text, TextLanguage


class Names(BaseModel):
    """A name in Swedish and English."""

    sv: str | None = Field(examples=["VA-teknik"])
    en: str | None = Field(examples=["Urban Water Engineering"])

    @classmethod
    def of(cls, text: LocalisedText) -> "Names":
        return cls(sv=text.sv, en=text.en)


class Evidence(BaseModel):
    """A passage that speaks for a suggestion."""

    document: str = Field(examples=["urban-water-engineering:profile:sv"])
    title: str | None = Field(examples=["VA-teknik"])
    description: str = Field(
        description="What it is, for a reader.", examples=["VA-teknik (profil, LTU:s katalog i Matchmaker, belagd)"]
    )
    sentence: str = Field(
        description="The sentence nearest to the challenge.",
        examples=["En kommun kan få stöd när källare översvämmas vid skyfall."],
    )
    text: str = Field(description="The whole passage.")
    language: str = Field(examples=["sv"])
    year: int | None = Field(examples=[None])
    url: str | None = Field(examples=["https://www.ltu.se/"])
    source: str | None
    basis: str | None = Field(description="sourced, partly_sourced or general_knowledge.")
    matched_words: list[str] = Field(examples=[["källare", "skyfall"]])
    translated_words: list[tuple[str, str]] = Field(
        description="Pairs of a word of the challenge and the word of this text that translates it.",
        examples=[[["snösmältning", "snowmelt"]]],
    )

    @classmethod
    def of(cls, evidence: DomainEvidence, say: Translator) -> "Evidence":
        return cls(
            document=evidence.document_id,
            title=evidence.title,
            description=wording.describe_evidence(evidence, say),
            sentence=evidence.sentence,
            text=evidence.text,
            language=evidence.language,
            year=evidence.year,
            url=evidence.url,
            source=evidence.source,
            basis=evidence.basis,
            matched_words=list(evidence.matched_words),
            translated_words=list(evidence.translated_words),
        )


class ContactRole(BaseModel):
    """A role to turn to; never a named person."""

    role: Names
    web_page: str | None


class Suggested(BaseModel):
    """A suggested collaborator."""

    rank: int = Field(examples=[1])
    collaborator: str = Field(examples=["urban-water-engineering"])
    name: Names
    kind: str = Field(examples=["research_group"])
    department: str | None = Field(examples=["SBN"])
    web_page: str | None
    contacts: list[ContactRole]
    confidence: Confidence
    confidence_word: str = Field(examples=["stark träff"])
    reasons: list[str] = Field(examples=[["Gemensamma ord: källare, skyfall."]])
    score: float = Field(description="Orders the list; comparable between challenges.", examples=[0.41])
    probability: float = Field(description="How likely a reviewer would find it relevant, 0 to 1.", examples=[0.74])
    parts: list[int] = Field(description="The parts of the challenge that it answers, from 1.", examples=[[1]])
    evidence: list[Evidence]

    @classmethod
    def of(cls, suggestion: Suggestion, say: Translator) -> "Suggested":
        return cls(
            rank=suggestion.rank,
            collaborator=suggestion.collaborator_id,
            name=Names.of(suggestion.name),
            kind=suggestion.kind,
            department=suggestion.department,
            web_page=suggestion.web_page,
            contacts=[ContactRole(role=Names.of(one.role), web_page=one.web_page) for one in suggestion.contacts],
            confidence=suggestion.confidence,
            confidence_word=wording.standing(suggestion, say),
            reasons=wording.reasons(suggestion, say),
            score=suggestion.score,
            probability=suggestion.probability,
            parts=list(suggestion.parts),
            evidence=[Evidence.of(one, say) for one in suggestion.evidence],
        )


class ApprovedShortlist(BaseModel):
    """The list that an adviser approved and sent."""

    challenge: str = Field(examples=["0b7d2f0e-7c1b-4b0e-9d37-3a5d3f0a9f11"])
    version: int = Field(description="The version of the challenge that it answers.", examples=[1])
    state: Literal["approved"] = Field(description="An adviser has read it, approved it and sent it.")
    released_at: datetime = Field(description="From when it is the municipality's.")
    route: Route | None = Field(description="By which way the need is met.", examples=["research_group"])
    route_word: str | None = Field(examples=["En forskargrupp"])
    message: str = Field(description="What the adviser wrote.", examples=["Börja med den första."])
    suggestions: list[Suggested] = Field(description="Whom the adviser accepted, in the adviser's order.")

    @classmethod
    def of(cls, approval: Approval, approved: ApprovedList, say: Translator) -> "ApprovedShortlist":
        return cls(
            challenge=approval.case_id,
            version=approval.version,
            state="approved",
            released_at=approval.released_at,
            route=approved.route,
            route_word=route_word(approved.route, say) if approved.route else None,
            message=approved.message,
            suggestions=[Suggested.of(one, say) for one in approved.suggestions],
        )


class TextToMatch(BaseModel):
    """A text to match. It is not stored."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"text": "Tjälen spränger våra gator varje vår."}]}
    )

    text: str = Field(json_schema_extra={"minLength": 1})
    title: Text | None = None
    language: TextLanguage | None = Field(None, description="Detected when it is not given.")
    experts: int = Field(5, ge=1, le=20, description="How many experts at most.")


class Notice(BaseModel):
    """What the reader must know about how the text was read."""

    code: str = Field(examples=["no_strong_match"])
    text: str = Field(examples=["Ingen stark träff."])


WARNING = mark(
    "The system's own suggestions, which no human has reviewed. They are not to be passed on as an answer: send the "
    "challenge, and an adviser answers it."
)


class UnreviewedSuggestions(BaseModel):
    """What the system finds by itself. No human has seen it, and it is not to be passed on as an answer."""

    state: Literal["unreviewed"]
    warning: str = Field(description="To be shown with the suggestions wherever anybody sees them.")
    language: str = Field(examples=["sv"])
    language_detected: bool
    notices: list[Notice]
    experts: list[Suggested] = Field(description="Those who know, best first.")
    routes: list[Suggested] = Field(description="The ways in: offices, companies and centres, best first.")

    @classmethod
    def of(cls, shortlist: Shortlist, say: Translator) -> "UnreviewedSuggestions":
        return cls(
            state="unreviewed",
            warning=say.say(WARNING),
            language=shortlist.language,
            language_detected=shortlist.language_detected,
            notices=[Notice(code=one, text=wording.notice_text(one, say)) for one in shortlist.notices],
            experts=[Suggested.of(one, say) for one in shortlist.experts],
            routes=[Suggested.of(one, say) for one in shortlist.routes],
        )
