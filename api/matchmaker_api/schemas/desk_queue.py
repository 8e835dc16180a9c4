"""The desk's queue over the wire."""

from datetime import date, datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from matchmaker.db.queue import QueueEntry
from matchmaker.domain.shortlist import Confidence
from matchmaker.domain.workflow import OPEN, State
from matchmaker_api.schemas.challenge import EXAMPLE_ID, Text


class QueueState(StrEnum):
    """Which cases are listed: those in a state, or all that are open."""

    OPEN = "open"
    SUBMITTED = "submitted"
    MATCHED = "matched"
    IN_REVIEW = "in_review"
    WAITING = "waiting_for_officer"
    APPROVED = "approved"
    CONTACTED = "contacted"
    ANSWERED = "answered"
    COLLABORATION = "collaboration"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"

    @property
    def states(self) -> tuple[State, ...]:
        return tuple(OPEN) if self is QueueState.OPEN else (State(self.value),)


class QueuedCase(BaseModel):
    """A case in the queue."""

    id: str = Field(examples=[EXAMPLE_ID])
    title: str
    municipality: str | None = Field(examples=["2580"])
    state: State
    owner: str | None = Field(examples=["adviser-1"])
    confidence: Confidence | None = Field(description="Of the system's best suggestion; null before the matching.")
    areas: list[str]
    submitted_at: datetime | None
    promised_on: date | None
    is_overdue: bool
    revision: int
    href: str = Field(examples=[f"/api/v1/desk/cases/{EXAMPLE_ID}"])

    @classmethod
    def of(cls, one: QueueEntry) -> "QueuedCase":
        return cls(
            id=one.id,
            title=one.title,
            municipality=one.municipality,
            state=one.state,
            owner=one.owner,
            confidence=Confidence(one.confidence) if one.confidence else None,
            areas=list(one.areas),
            submitted_at=one.submitted_at,
            promised_on=one.promised_on,
            is_overdue=one.is_overdue,
            revision=one.revision,
            href=f"/api/v1/desk/cases/{one.id}",
        )


class CaseQueue(BaseModel):
    """A page of the queue: overdue first, then by the promised day."""

    items: list[QueuedCase]
    total: int = Field(description="How many cases fit the filter, on all pages.")
    next: str | None = Field(description="Where the next page is.")


class OpenCases(BaseModel):
    """How many open cases a municipality has."""

    municipality: str = Field(examples=["2580"])
    cases: int


class DeskSummary(BaseModel):
    """How much there is to do."""

    by_state: dict[State, int] = Field(description="States without any case are left out.")
    overdue: int
    open_by_municipality: list[OpenCases]


class Advisers(BaseModel):
    """Who can own a case, and who of them asks."""

    items: list[str] = Field(description="Roles, never names.", examples=[["adviser-1", "adviser-2"]])
    you: str = Field(examples=["adviser-1"])


class Assignment(BaseModel):
    """An owner for several cases at once, whatever they have now."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"cases": [EXAMPLE_ID], "owner": "adviser-1"}]}
    )

    cases: list[Text] = Field(min_length=1, max_length=100)
    owner: Text | None = Field(description="One of the advisers; null for nobody.")


class Assigned(BaseModel):
    """What became of an assignment."""

    assigned: list[str]
    not_found: list[str] = Field(description="Ids of which there is no case.")
