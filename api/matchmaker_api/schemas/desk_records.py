"""What is kept of a case to look things up, over the wire: events, letters, who else has it open."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, Field

from matchmaker.case_wording import desk_event, event_changes
from matchmaker.db.letter_links import Reader
from matchmaker.domain.event import Event, EventKind
from matchmaker.domain.letter import Letter, LetterKind, LetterState
from matchmaker.domain.workflow import Party
from matchmaker.messages import Translator
from matchmaker.review.case_view import CaseView


class CaseChange(BaseModel):
    """Something that an act changed, in words."""

    what: str = Field(examples=["ägare"])
    before: str
    after: str


class CaseEvent(BaseModel):
    """An act: who, when, what. ``revision`` is the case's after it."""

    id: int
    revision: int
    at: datetime
    party: Party
    actor: str = Field(description="A role, never a name.", examples=["adviser-1"])
    kind: EventKind
    text: str = Field(examples=["Fallet stängdes."])
    changes: list[CaseChange]
    undoes: int | None = Field(description="The event that was undone by it.")

    @classmethod
    def of(cls, one: Event, names: Mapping[str, str], say: Translator) -> "CaseEvent":
        changes = event_changes(one, say, names)
        return cls(
            id=one.id,
            revision=one.revision,
            at=one.at,
            party=one.actor.party,
            actor=one.actor.id,
            kind=one.kind,
            text=desk_event(one, say, names),
            changes=[CaseChange(what=what, before=before, after=after) for what, before, after in changes],
            undoes=one.undoes,
        )


class CaseEvents(BaseModel):
    """A page of a case's events, the newest first."""

    items: list[CaseEvent]
    total: int = Field(description="How many events the case has, on all pages.")
    next: str | None = Field(description="Where the next page is.")


class CasePresence(BaseModel):
    """Who else has the case open, and what was done since the revision that was asked about."""

    revision: int
    others: list[str] = Field(description="Advisers, by their roles.")
    missed: list[CaseEvent] = Field(description="The oldest first.")


class CaseLetter(BaseModel):
    """A letter to a reader: the municipality that asked, or (``participant``) another one."""

    kind: LetterKind
    participant: str | None
    state: LetterState
    at: datetime = Field(description="When it was sent or given up; of one that waits, when it is due.")

    @classmethod
    def of(cls, one: Letter) -> "CaseLetter":
        return cls(kind=one.kind, participant=one.participant_id, state=one.state, at=one.at)


class CaseLetters(BaseModel):
    """The letters about a case, the oldest first, and who wants no more of them."""

    items: list[CaseLetter]
    is_stopped: bool = Field(description="Whether the municipality that asked wants no letters.")
    stopped: list[str] = Field(description="Participants that want no letters.")

    @classmethod
    def of(cls, view: CaseView) -> "CaseLetters":
        return cls(
            items=[CaseLetter.of(one) for one in view.letters],
            is_stopped=Reader(view.case.id) in view.stopped,
            stopped=[one.participant_id for one in view.stopped if one.participant_id],
        )
