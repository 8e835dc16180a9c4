"""A list before it is approved, over the wire: what would be sent, to whom, and what to check first."""

from pydantic import BaseModel, Field

from matchmaker.case_wording import route_word
from matchmaker.db.case_records import ParticipantRole
from matchmaker.domain.availability import Hindrance
from matchmaker.domain.case import Decision, Route
from matchmaker.domain.workflow import Act
from matchmaker.messages import Translator
from matchmaker.review.case_view import CaseView
from matchmaker.review.status import ApprovedList
from matchmaker_api.schemas.challenge import EXAMPLE_ID
from matchmaker_api.schemas.desk_candidates import Tie
from matchmaker_api.schemas.shortlist import Suggested


class Warned(BaseModel):
    """An accepted candidate against which something speaks."""

    collaborator: str
    ties: list[Tie]
    hindrances: list[Hindrance]


class ListReader(BaseModel):
    """Another municipality that would read the list."""

    municipality: str = Field(examples=["2582"])
    role: ParticipantRole


class ApprovalPreview(BaseModel):
    """What would be sent, as of a revision."""

    case: str = Field(examples=[EXAMPLE_ID])
    revision: int
    can_approve: bool = Field(description="Whether the case's state allows it.")
    route: Route | None
    route_word: str | None = Field(examples=["En forskargrupp"])
    message: str
    suggestions: list[Suggested] = Field(description="Who is accepted, in the adviser's order.")
    undecided: int = Field(description="Candidates that are not decided; they are left out.")
    warnings: list[Warned]
    readers: list[ListReader] = Field(description="Who reads it beside the municipality that asked.")
    asking: list[str] = Field(description="Municipalities that ask to join, and read it only when let in.")
    undo_minutes: int = Field(description="So long it can be taken back before it is sent.")

    @classmethod
    def of(cls, view: CaseView, shown: ApprovedList, undo_minutes: int, say: Translator) -> "ApprovalPreview":
        case, joined = view.case, view.participants
        return cls(
            case=case.id,
            revision=case.revision,
            can_approve=Act.APPROVE in view.can,
            route=shown.route,
            route_word=route_word(shown.route, say) if shown.route else None,
            message=shown.message,
            suggestions=[Suggested.of(one, say) for one in shown.suggestions],
            undecided=sum(one.decision is Decision.PENDING for one in case.candidates),
            warnings=_warnings(view, say),
            readers=[ListReader(municipality=one.municipality, role=one.role) for one in joined if one.may_see(case)],
            asking=[one.municipality for one in joined if one.is_asking],
            undo_minutes=undo_minutes,
        )


def _warnings(view: CaseView, say: Translator) -> list[Warned]:
    found = [
        Warned(
            collaborator=one.id,
            ties=[Tie.of(tie, say) for tie in view.ties.get(one.id, [])],
            hindrances=list(view.hindrances(one.id)),
        )
        for one in view.case.accepted
    ]
    return [one for one in found if one.ties or one.hindrances]
