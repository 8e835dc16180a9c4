"""How much is known of whom, over the wire."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from matchmaker.curation.coverage import DepartmentCoverage, summed
from matchmaker.curation.listing import CoveredGroup
from matchmaker.db.work_lists import THIN
from matchmaker_api.schemas.shortlist import Names


class CoveredBy(BaseModel):
    """A group, and the works that speak for it; hidden ones do not."""

    id: str = Field(examples=["urban-water-engineering"])
    name: Names
    department: str | None
    works: int
    with_text: int
    is_thin: bool
    years: dict[int, int] = Field(description="Works by year.")
    languages: dict[str, int] = Field(description="Texts by language; und where it is not known.")
    kinds: dict[str, int]

    @classmethod
    def of(cls, one: CoveredGroup) -> "CoveredBy":
        group, own = one.line.group, one.coverage
        return cls(
            id=group.id,
            name=Names.of(group.name),
            department=group.department,
            works=own.works,
            with_text=own.with_text,
            is_thin=one.is_thin,
            years=own.years,
            languages=own.languages,
            kinds=own.kinds,
        )


class CoveredDepartment(BaseModel):
    """A department with its groups taken together; a work of two of its groups counts for both."""

    code: str | None = Field(description="null: groups without a department.", examples=["SBN"])
    groups: int
    thin: int
    works: int
    with_text: int

    @classmethod
    def of(cls, one: DepartmentCoverage) -> "CoveredDepartment":
        return cls(code=one.code or None, groups=one.groups, thin=one.thin, works=one.works, with_text=one.with_text)


class CatalogueCoverage(BaseModel):
    """Groups, the thinnest first; departments; and all works together by year, language and kind."""

    thin_below: int = Field(description="Works with text below which a group's evidence is called thin.")
    groups: list[CoveredBy]
    departments: list[CoveredDepartment]
    years: dict[int, int]
    languages: dict[str, int]
    kinds: dict[str, int]

    @classmethod
    def of(cls, groups: Sequence[CoveredGroup], departments: Sequence[DepartmentCoverage]) -> "CatalogueCoverage":
        own = [one.coverage for one in groups]
        return cls(
            thin_below=THIN,
            groups=[CoveredBy.of(one) for one in sorted(groups, key=lambda one: one.coverage.with_text)],
            departments=[CoveredDepartment.of(one) for one in departments],
            years=dict(summed(one.years for one in own)),
            languages=dict(summed(one.languages for one in own)),
            kinds=dict(summed(one.kinds for one in own)),
        )
