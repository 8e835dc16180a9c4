"""Candidates as the desk sees them: suggested on which evidence, and what is known of them besides."""

from pydantic import BaseModel, Field

from matchmaker import wording
from matchmaker.case_wording import tie_word
from matchmaker.db.desk_records import Tie as StoredTie
from matchmaker.db.desk_records import TieKind
from matchmaker.db.histories import History
from matchmaker.domain.availability import Availability as Room
from matchmaker.domain.availability import Hindrance
from matchmaker.domain.case import Candidate
from matchmaker.messages import Translator
from matchmaker.review.case_view import CaseView
from matchmaker_api.schemas.desk_case import Standpoint
from matchmaker_api.schemas.group import Availability
from matchmaker_api.schemas.shortlist import Notice, Suggested


class Tie(BaseModel):
    """What speaks against a candidate; for every municipality where none is named."""

    id: int
    kind: TieKind
    word: str = Field(examples=["leverantör till kommunen"])
    comment: str
    municipality: str | None

    @classmethod
    def of(cls, one: StoredTie, say: Translator) -> "Tie":
        word = tie_word(one.kind, say)
        return cls(id=one.id, kind=one.kind, word=word, comment=one.comment, municipality=one.municipality)


class DeskCandidate(BaseModel):
    """A candidate. ``suggestion.rank`` is its place on the system's list, ``place`` that on the adviser's."""

    place: int
    decided: Standpoint
    suggestion: Suggested
    meaning: float = Field(description="The share of the score that comes from meaning, 0 to 1.")
    words: float = Field(description="The share that comes from words; both are 0 where nothing was near.")
    ties: list[Tie] = Field(description="Check them before it is accepted.")
    open_contacts: int = Field(description="Cases that are open with it this term.")
    with_municipality: int = Field(description="How often it was suggested to this municipality before.")
    availability: Availability
    hindrances: list[Hindrance] = Field(description="Why it takes on nothing new just now.")
    grade: int | None = Field(description="Your own grade, 0 to 3.")

    @classmethod
    def of(cls, place: int, one: Candidate, view: CaseView, say: Translator) -> "DeskCandidate":
        history = view.histories.get(one.id, History())
        return cls(
            place=place,
            decided=Standpoint.of(one),
            suggestion=Suggested.of(one.suggestion, say),
            meaning=one.suggestion.dense_share,
            words=one.suggestion.lexical_share,
            ties=[Tie.of(tie, say) for tie in view.ties.get(one.id, [])],
            open_contacts=history.open_contacts,
            with_municipality=history.with_municipality,
            availability=Availability.of(view.rooms.get(one.id, Room())),
            hindrances=list(view.hindrances(one.id)),
            grade=view.judgments.get(one.id),
        )


class CoveredPart(BaseModel):
    """A part of the need, and who of those not rejected answers it."""

    number: int
    text: str
    answered_by: list[str] = Field(description="Collaborators, in the adviser's order.")


class Candidates(BaseModel):
    """The adviser's list with all that speaks for and against each."""

    revision: int = Field(description="The case's; ties, load and availability may change without it.")
    problem: str | None = Field(description="Why the challenge could not be matched yet.")
    notices: list[Notice] = Field(description="What must be known about how the challenge was read.")
    parts: list[CoveredPart] = Field(description="Empty where the need is one.")
    items: list[DeskCandidate]

    @classmethod
    def of(cls, view: CaseView, problem: str | None, say: Translator) -> "Candidates":
        covering = view.covering()
        found = view.system_list
        return cls(
            revision=view.case.revision,
            problem=problem,
            notices=[Notice(code=one, text=wording.notice_text(one, say)) for one in found.notices] if found else [],
            parts=[
                CoveredPart(
                    number=number,
                    text=text,
                    answered_by=[one.collaborator_id for one in covering if number in one.parts],
                )
                for number, text in enumerate(found.parts if found else (), start=1)
            ],
            items=[DeskCandidate.of(place, one, view, say) for place, one in enumerate(view.case.candidates, start=1)],
        )
