"""Works that speak for groups, and links that wait for a steward's word."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from matchmaker.curation.adding import NewWork as AddedWork
from matchmaker.db.work_lists import LinkedWork
from matchmaker.domain.work import LinkBasis, WorkKind
from matchmaker_api.schemas.challenge import Text
from matchmaker_api.schemas.group import Identifier


class WorkText(BaseModel):
    """Title and text in one language."""

    language: str | None = Field(examples=["sv"])
    title: str
    text: str
    keywords: list[str]
    machine_made: bool


class Work(BaseModel):
    """A publication, project or other piece of evidence, as a group has it."""

    id: str = Field(examples=["doi:10.1000/a1"])
    kind: WorkKind
    texts: list[WorkText]
    year: int | None
    url: str | None
    identifiers: list[str] = Field(examples=[["doi:10.1000/a1"]])
    sources: list[str] = Field(description="The sources that tell of it.")
    group: str
    basis: LinkBasis = Field(description="By what it is the group's.")
    probability: float | None = Field(description="Of a suggestion: how likely it is the group's.")
    is_hidden: bool
    is_pinned: bool

    @classmethod
    def of(cls, one: LinkedWork) -> "Work":
        work = one.work
        return cls(
            id=work.id,
            kind=work.kind,
            texts=[
                WorkText(
                    language=text.language,
                    title=text.title,
                    text=text.text,
                    keywords=list(text.keywords),
                    machine_made=text.machine_made,
                )
                for text in work.texts
            ],
            year=work.year,
            url=work.url,
            identifiers=sorted(f"{known.scheme}:{known.value}" for known in work.identifiers),
            sources=sorted({note.source for note in work.sources}),
            group=one.collaborator_id,
            basis=one.basis,
            probability=one.probability,
            is_hidden=one.is_hidden,
            is_pinned=one.is_pinned,
        )


class Works(BaseModel):
    """Some works of a group: pinned ones first, then the newest."""

    items: list[Work]
    total: int
    next: str | None = Field(description="Where the next page is.")


class NewWork(BaseModel):
    """A piece of evidence to add: a DOI that is known here, or a title."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"title": "Dagvatten i kallt klimat", "text": "Smältvatten.", "year": 2024}]},
    )

    title: Text = Field("", max_length=1_000)
    text: Text = Field("", max_length=100_000)
    year: int | None = Field(None, ge=1000, le=2999)
    doi: Text = Field("", max_length=500, examples=["10.1000/a1"])
    url: Text = Field("", max_length=2_000)

    def added(self) -> AddedWork:
        return AddedWork(self.title.strip(), self.text.strip(), self.year, self.doi, self.url)


class WorkId(BaseModel):
    """The work that was added."""

    id: str = Field(examples=["doi:10.1000/a1"])


class Suggestions(BaseModel):
    """Works with a group suggested for them, the likeliest first, and how much there is to do."""

    items: list[Work]
    suggested: int = Field(description="Links that wait for a word.")
    unlinked: int = Field(description="Works that are nobody's.")
    undecided: int = Field(description="Works that are nobody's, and were not searched a group for.")
    search: "Search | None" = Field(description="The search for groups that runs, or the last one.")
    next: str | None = Field(description="Where the next page is.")


class Search(BaseModel):
    """A search for groups: works looked at, of how many, and for how many a group was suggested."""

    done: int
    total: int
    made: int
    is_over: bool


class SuggestionAnswer(BaseModel):
    """A suggested link, and another group where the work is that one's instead."""

    model_config = ConfigDict(extra="forbid")

    work: Identifier
    group: Identifier
    instead: Identifier | None = None


class SuggestionAnswers(BaseModel):
    """Yes or no to some suggested links, all at once or none."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"accept": True, "links": [{"work": "doi:10.1000/a1", "group": "urban-water-engineering"}]}]
        },
    )

    accept: bool
    links: Annotated[list[SuggestionAnswer], Field(min_length=1, max_length=100)]
