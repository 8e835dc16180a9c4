"""A case as the desk sees it: what acts change, and with it the case's revision, so that this is its version."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from matchmaker.db.case_records import Approval, MessageKind, ParticipantRole, Standing
from matchmaker.db.case_records import Message as StoredMessage
from matchmaker.db.case_records import Participant as StoredParticipant
from matchmaker.domain.case import Candidate, ClosingReason, Decision, Origin, RejectionReason, Route, reference
from matchmaker.domain.description import Description as DomainDescription
from matchmaker.domain.description import Visibility
from matchmaker.domain.event import Event, EventKind
from matchmaker.domain.shortlist import Confidence
from matchmaker.domain.workflow import Act, State
from matchmaker.review.case_view import CaseView
from matchmaker_api.schemas.challenge import EXAMPLE_ID

EXAMPLE_GROUP = "urban-water-engineering"

DOABLE = (Act.REVIEW, Act.ASK, Act.RESUME, Act.APPROVE, Act.TAKE_BACK, Act.REVISE, Act.CLOSE, Act.REOPEN)
"""Of all that a state allows an adviser, what there is a way to do."""


class CaseDescription(BaseModel):
    """What the municipality asks, in its own words."""

    municipality: str | None = Field(examples=["2580"])
    title: str
    problem: str
    tried: str
    success: str
    by_when: date | None
    offers: str
    areas: list[str]
    visibility: Visibility
    contact_role: str
    contact_email: str
    case_number: str

    @classmethod
    def of(cls, one: DomainDescription) -> "CaseDescription":
        return cls.model_validate(one, from_attributes=True)


class CaseVersion(BaseModel):
    """A description as it was sent."""

    number: int
    at: datetime
    description: CaseDescription


class Standpoint(BaseModel):
    """A candidate at its place of the adviser's list, and what was decided about it."""

    collaborator: str = Field(examples=[EXAMPLE_GROUP])
    decision: Decision
    reason: RejectionReason | None = Field(description="Why it was rejected.")
    comment: str = Field(description="Stays at the desk.")
    origin: Origin = Field(description="How it came on the list.")

    @classmethod
    def of(cls, one: Candidate) -> "Standpoint":
        return cls(
            collaborator=one.id, decision=one.decision, reason=one.reason, comment=one.comment, origin=one.origin
        )


class CaseMessage(BaseModel):
    """A message on a case. Notes stay at the desk; the others are the municipality's to read, or its own words."""

    id: int
    at: datetime
    kind: MessageKind
    author: str = Field(description="A role, or a municipality's code; never a name.")
    text: str

    @classmethod
    def of(cls, one: StoredMessage) -> "CaseMessage":
        return cls(id=one.id, at=one.at, kind=one.kind, author=one.author, text=one.text)


class CaseParticipant(BaseModel):
    """Another municipality that has asked to join, was let in, or refused."""

    id: str
    municipality: str = Field(examples=["2582"])
    role: ParticipantRole
    standing: Standing
    contact_role: str
    contact_email: str

    @classmethod
    def of(cls, one: StoredParticipant) -> "CaseParticipant":
        return cls.model_validate(one, from_attributes=True)


class CaseApproval(BaseModel):
    """The newest list that was approved and not taken back."""

    id: str
    version: int = Field(description="The version of the challenge that it answers.")
    approved_at: datetime
    approved_by: str
    released_at: datetime = Field(description="When it is sent; until then it can be taken back.")

    @classmethod
    def of(cls, one: Approval) -> "CaseApproval":
        return cls.model_validate(one, from_attributes=True)


class Undoable(BaseModel):
    """The act that can be undone now, by its event."""

    event: int
    kind: EventKind

    @classmethod
    def of(cls, one: Event) -> "Undoable":
        return cls(event=one.id, kind=one.kind)


EXAMPLE_CASE: dict[str, JsonValue] = {"id": EXAMPLE_ID, "reference": "0B7D-2F0E", "revision": 2, "state": "matched"}


class DeskCase(BaseModel):
    """A case: what was asked, where it stands, who is on the list and what was decided."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_CASE]})

    id: str
    reference: str = Field(description="By which it is spoken of on the telephone.")
    revision: int = Field(description="Grows by one with every change; the ETag is made of it.")
    version: int = Field(description="The description's, which grows when the municipality amends it.")
    state: State
    can: list[Act] = Field(description="What the state lets an adviser do; review is all that changes the list.")
    description: CaseDescription
    language: str | None
    created_at: datetime
    submitted_at: datetime | None
    promised_on: date | None = Field(description="The day by which an answer was promised.")
    owner: str | None = Field(examples=["adviser-1"])
    route: Route | None
    closing_reason: ClosingReason | None
    confidence: Confidence | None = Field(description="Of the system's best suggestion; null before the matching.")
    candidates: list[Standpoint] = Field(description="In the adviser's order, which is what is approved.")
    undoable: Undoable | None
    approval: CaseApproval | None
    messages: list[CaseMessage]
    participants: list[CaseParticipant]
    versions: list[CaseVersion] = Field(description="The oldest first.")

    @classmethod
    def of(cls, view: CaseView) -> "DeskCase":
        case = view.case
        return cls(
            id=case.id,
            reference=reference(case.id),
            revision=case.revision,
            version=case.version,
            state=case.state,
            can=[one for one in DOABLE if one in view.can],
            description=CaseDescription.of(case.description),
            language=case.language,
            created_at=case.created_at,
            submitted_at=case.submitted_at,
            promised_on=case.promised_on,
            owner=case.owner,
            route=case.route,
            closing_reason=case.closing_reason,
            confidence=Confidence(case.confidence) if case.confidence else None,
            candidates=[Standpoint.of(one) for one in case.candidates],
            undoable=Undoable.of(view.to_undo) if view.to_undo else None,
            approval=CaseApproval.of(view.approval) if view.approval else None,
            messages=[CaseMessage.of(one) for one in view.messages],
            participants=[CaseParticipant.of(one) for one in view.participants],
            versions=[
                CaseVersion(number=number, at=at, description=CaseDescription.of(one))
                for number, at, one in view.versions
            ],
        )
