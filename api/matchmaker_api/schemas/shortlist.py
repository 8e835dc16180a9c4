"""Shortlists over the wire."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from matchmaker import wording
from matchmaker.db.challenges import StoredShortlist
from matchmaker.domain.language import LocalisedText
from matchmaker.domain.shortlist import Confidence, Shortlist, Suggestion
from matchmaker.domain.shortlist import Evidence as DomainEvidence
from matchmaker.messages import Translator


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


class Notice(BaseModel):
    """What the reader must know about how the challenge was read."""

    code: str = Field(examples=["no_strong_match"])
    text: str


class Made(BaseModel):
    """What made the shortlist: the same of each makes the same shortlist."""

    software: str = Field(examples=["0.1.0"])
    encoder: str = Field(examples=["matchmaker-e5-small.int8-0d50e4ee99f791cb"])
    index: str = Field(examples=["6f1c1a52-8d0c-4df1-a9a4-54b6ff12a5c8"])
    analysis: str = Field(
        examples=["2, hunspell-sv 2026.10.25, pystemmer 3.1.0, bm25s 0.3.16, bridge 3f0c5a1be2d94c77"]
    )
    reference: str = Field(description="Digest of the texts that centre the languages.")
    scorer: str = Field(examples=["5f0c1d9a7b3e"])
    collection: str = Field(examples=["main"])


class ShortlistDocument(BaseModel):
    """A frozen shortlist."""

    id: str
    challenge: str
    state: Literal["draft"] = Field(description="A draft has been seen by no human; it is not to be passed on.")
    created_at: datetime
    language: str = Field(examples=["sv"])
    language_detected: bool
    notices: list[Notice]
    parts: list[str] = Field(description="What the challenge asks for, where it is several things; else empty.")
    experts: list[Suggested] = Field(description="Those who know, best first.")
    routes: list[Suggested] = Field(description="The ways in: offices, companies and centres, best first.")
    made_by: Made

    @classmethod
    def of(cls, stored: StoredShortlist, shortlist: Shortlist, say: Translator) -> "ShortlistDocument":
        made = shortlist.provenance
        return cls(
            id=stored.id,
            challenge=stored.challenge_id,
            state="draft",
            created_at=stored.created_at,
            language=shortlist.language,
            language_detected=shortlist.language_detected,
            notices=[Notice(code=one, text=wording.notice_text(one, say)) for one in shortlist.notices],
            parts=list(shortlist.parts),
            experts=[Suggested.of(one, say) for one in shortlist.experts],
            routes=[Suggested.of(one, say) for one in shortlist.routes],
            made_by=Made(
                software=made.software,
                encoder=made.encoder,
                index=made.index,
                analysis=made.analysis,
                reference=made.reference,
                scorer=made.scorer,
                collection=made.collection,
            ),
        )
