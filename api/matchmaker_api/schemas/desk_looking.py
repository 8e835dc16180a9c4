"""What an adviser looks up beside a case, over the wire."""

from pydantic import BaseModel, Field

from matchmaker.domain.case import Candidate
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.domain.shortlist import Confidence
from matchmaker.expertise_map import ExpertiseMap
from matchmaker.messages import Translator
from matchmaker.review import blind
from matchmaker.review.comparison import Change, ComparedRow
from matchmaker.review.finding import Found
from matchmaker_api.schemas.desk_case import EXAMPLE_GROUP, Standpoint
from matchmaker_api.schemas.shortlist import Evidence, Names


class FoundCollaborator(BaseModel):
    """Somebody of the catalogue."""

    id: str = Field(examples=[EXAMPLE_GROUP])
    name: Names
    kind: CollaboratorKind
    department: str | None
    confidence: Confidence | None = Field(description="How near the words are; null where the name was found.")

    @classmethod
    def of(cls, one: Found) -> "FoundCollaborator":
        who = one.collaborator
        return cls(
            id=who.id,
            name=Names.of(who.name),
            kind=who.kind,
            department=who.department,
            confidence=one.confidence,
        )


class FoundCollaborators(BaseModel):
    """Those found by name, then those found by what they do."""

    items: list[FoundCollaborator]


class ComparedSuggestion(BaseModel):
    """Somebody on either list, with the place on each; null where there is none."""

    collaborator: str = Field(examples=[EXAMPLE_GROUP])
    name: Names
    system_rank: int | None
    final_rank: int | None = Field(description="Among those accepted.")
    change: Change
    decided: Standpoint | None = Field(description="null for one that is no candidate any more.")

    @classmethod
    def of(cls, one: ComparedRow) -> "ComparedSuggestion":
        return cls(
            collaborator=one.suggestion.collaborator_id,
            name=Names.of(one.suggestion.name),
            system_rank=one.system_rank,
            final_rank=one.final_rank,
            change=one.change,
            decided=Standpoint.of(one.candidate) if one.candidate else None,
        )


class ComparedLists(BaseModel):
    """The system's list beside the adviser's."""

    items: list[ComparedSuggestion]


class MapPoint(BaseModel):
    """A place on the map."""

    x: float
    y: float


class MapEntry(MapPoint):
    """Somebody on the map."""

    collaborator: str = Field(examples=[EXAMPLE_GROUP])
    name: Names
    department: str | None
    nearness: float = Field(description="The cosine with the challenge, -1 to 1.")


class Map(BaseModel):
    """Where the challenge lands among everybody."""

    challenge: MapPoint
    items: list[MapEntry] = Field(description="The nearest first.")
    total: int = Field(description="How many the collection has, drawn or not.")

    @classmethod
    def of(cls, found: ExpertiseMap) -> "Map":
        return cls(
            challenge=MapPoint(x=found.challenge[0], y=found.challenge[1]),
            items=[
                MapEntry(
                    x=one.x,
                    y=one.y,
                    collaborator=one.collaborator.id,
                    name=Names.of(one.collaborator.name),
                    department=one.collaborator.department,
                    nearness=one.nearness,
                )
                for one in found.collaborators
            ],
            total=found.total,
        )


class BlindCandidate(BaseModel):
    """A candidate of the round. Rank, confidence and grade are null until all are graded."""

    collaborator: str = Field(examples=[EXAMPLE_GROUP])
    name: Names
    kind: CollaboratorKind
    department: str | None
    evidence: list[Evidence]
    grade: int | None
    rank: int | None
    confidence: Confidence | None

    @classmethod
    def of(cls, one: Candidate, grade: int | None, say: Translator) -> "BlindCandidate":
        what, is_told = one.suggestion, grade is not None
        return cls(
            collaborator=one.id,
            name=Names.of(what.name),
            kind=what.kind,
            department=what.department,
            evidence=[Evidence.of(piece, say) for piece in what.evidence],
            grade=grade,
            rank=what.rank if is_told else None,
            confidence=what.confidence if is_told else None,
        )


class BlindRound(BaseModel):
    """What you grade; when all of it is, beside the system's order."""

    graded: bool
    seen: bool = Field(description="You have read the case before: your grades are kept, but not as blind.")
    items: list[BlindCandidate] = Field(description="Shuffled, or when graded in the system's order.")

    @classmethod
    def of(cls, one: blind.BlindRound, say: Translator) -> "BlindRound":
        grades = one.view.judgments if one.graded else {}
        return cls(
            graded=one.graded,
            seen=one.seen,
            items=[BlindCandidate.of(each, grades.get(each.id), say) for each in one.chosen],
        )


class GradesKept(BaseModel):
    """What became of grades."""

    all_kept: bool = Field(description="false: some were graded blind before, and stay as they were.")
