"""What a private link opens, over the wire."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from matchmaker.db.case_records import Message as StoredMessage
from matchmaker.db.case_records import MessageKind, Participant, ParticipantRole, Standing
from matchmaker.domain.event import EventKind
from matchmaker.domain.letter import Letter as StoredLetter
from matchmaker.domain.letter import LetterKind, LetterState
from matchmaker.domain.workflow import Act
from matchmaker.review.by_link import told_to
from matchmaker.review.letters import Letters as StoredLetters
from matchmaker.review.opened_link import OpenedLink
from matchmaker_api.schemas.challenge import EXAMPLE_ID, Challenge, NewChallenge
from matchmaker_api.schemas.challenge_lists import PublicChallenge

SHORTLIST = "/api/v1/by-link/shortlist"


def form_fields(new: NewChallenge, municipality: str | None) -> dict[str, str | list[str]]:
    """A challenge in the form's own fields. ``municipality`` is the one that it has, where it names none."""
    return {
        **new.typed(),
        "municipality": new.municipality or municipality or "",
        "title": new.title or "",
        "problem": new.text,
        "visibility": new.visibility.value,
    }


def as_told(challenge: Challenge) -> Challenge:
    """The challenge with its list where the link opens it."""
    changed: dict[str, Any] = {"shortlist": SHORTLIST} if challenge.shortlist else {}
    return challenge.model_copy(update=changed)


class Said(BaseModel):
    """A question of the adviser's, or the answer to it."""

    id: str
    at: datetime
    kind: MessageKind = Field(description="question or answer.")
    text: str

    @classmethod
    def of(cls, one: StoredMessage) -> "Said":
        return cls(id=str(one.id), at=one.at, kind=one.kind, text=one.text)


class Other(BaseModel):
    """Another municipality that has asked to join, or was let in."""

    id: str = Field(examples=[EXAMPLE_ID])
    municipality: str = Field(examples=["2582"])
    role: ParticipantRole
    standing: Standing

    @classmethod
    def of(cls, one: Participant) -> "Other":
        return cls(id=one.id, municipality=one.municipality, role=one.role, standing=one.standing)


class Happened(BaseModel):
    """Something that has happened to the challenge."""

    at: datetime
    kind: EventKind


class Letter(BaseModel):
    """A letter that has left, or should have."""

    kind: LetterKind
    state: LetterState
    at: datetime = Field(description="When it was sent or given up.")

    @classmethod
    def of(cls, one: StoredLetter) -> "Letter":
        return cls(kind=one.kind, state=one.state, at=one.at)


class Letters(BaseModel):
    """The letters to whoever holds the link."""

    address: str = Field(description="Where they go; empty: nowhere.")
    wanted: bool
    latest: Letter | None

    @classmethod
    def of(cls, one: StoredLetters) -> "Letters":
        return cls(address=one.address, wanted=not one.is_stopped, latest=Letter.of(one.latest) if one.latest else None)


class LettersWish(BaseModel):
    """Whether letters are wanted."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"wanted": False}]})

    wanted: bool


class Opened(BaseModel):
    """What a private link opens, and what its holder can do with it."""

    role: ParticipantRole | None = Field(description="null: the link is the one of the municipality that asked.")
    standing: Standing | None = Field(description="Whether another municipality has been let in; null as above.")
    is_sent: bool = Field(description="false: nothing but a draft so far.")
    has_draft: bool = Field(description="Whether something is being typed that has not been sent.")
    good_until: datetime | None = Field(description="When a letter's link ends; null: it does not end by itself.")
    can: list[Act] = Field(description="What the holder can do to the challenge now.")
    challenge: Challenge | None = Field(description="null until it is sent, and until the holder is let in.")
    public: PublicChallenge | None = Field(description="What is public, for who has only asked to join.")
    contributions: list[str] = Field(description="What another municipality wrote when it asked to join.")
    messages: list[Said] = Field(description="The adviser's questions and the answers, to whom asked.")
    others: list[Other]
    history: list[Happened] = Field(description="What has happened, oldest first.")
    letters: Letters | None = Field(description="null for a draft.")

    @classmethod
    def of(cls, one: OpenedLink) -> "Opened":
        held, status = one.held, one.status
        others = status.others if status and held.participant is None else []
        return cls(
            role=held.participant.role if held.participant else None,
            standing=held.participant.standing if held.participant else None,
            is_sent=held.linked.is_sent,
            has_draft=held.participant is None and held.linked.draft is not None,
            good_until=one.good_until,
            can=sorted(one.can),
            challenge=as_told(Challenge.of(told_to(status, held))) if status else None,
            public=PublicChallenge.of(one.public) if one.public else None,
            contributions=list(one.contributions),
            messages=[Said.of(own) for own in status.messages] if status else [],
            others=[Other.of(own) for own in others],
            history=[Happened(at=at, kind=kind) for at, kind in one.history],
            letters=Letters.of(one.letters) if one.letters else None,
        )


class LinkSecret(BaseModel):
    """A new private link's secret. It is shown only now; its page is /challenges/ and the secret."""

    secret: str = Field(examples=["…"])
