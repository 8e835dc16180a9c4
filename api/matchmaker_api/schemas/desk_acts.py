"""What is sent for acts at the desk. The fields have the names and limits of the pages' forms."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from matchmaker.db.desk_records import TieKind
from matchmaker.domain.case import ClosingReason, Decision, RejectionReason, Route
from matchmaker.domain.description import MAXIMUM_LINE, MAXIMUM_TEXT
from matchmaker_api.pagination import LARGEST_NUMBER
from matchmaker_api.schemas.challenge import Text

Remark = Annotated[Text, Field(max_length=MAXIMUM_LINE)]
Message = Annotated[Text, Field(max_length=MAXIMUM_TEXT)]
Words = Annotated[Text, Field(min_length=1, max_length=MAXIMUM_TEXT)]


def _example(**values: JsonValue) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [values]})


class CandidateDecision(BaseModel):
    """What is decided about a candidate. A rejection needs a reason, and the reason other a comment."""

    model_config = _example(decision="rejected", reason="no_capacity", comment="Ring igen i höst.")

    decision: Decision = Field(description="pending takes the decision back.")
    reason: RejectionReason | None = None
    comment: Remark = Field("", description="Stays at the desk.")


class CandidatePlace(BaseModel):
    """A place on the adviser's list; beyond its end it is the last."""

    model_config = _example(to=1)

    to: int = Field(ge=1, le=9_999, strict=True)


class Further(BaseModel):
    """Whom else the system is to suggest."""

    model_config = _example(like="urban-water-engineering")

    like: Text | None = Field(
        None, max_length=500, description="A candidate: others of its department. Without: departments not there yet."
    )


class NewTie(BaseModel):
    """What speaks against a candidate. The kind other needs a comment."""

    model_config = _example(kind="supplier", comment="Ramavtal till 2027.", everywhere=False)

    kind: TieKind
    comment: Remark = ""
    everywhere: bool = Field(False, strict=True, description="For every municipality, not only the case's.")


class OwnerChoice(BaseModel):
    """Who answers for the case."""

    model_config = _example(owner="adviser-1")

    owner: Text | None = Field(description="One of the advisers; null for nobody.")


class RouteChoice(BaseModel):
    """By which way the need is met."""

    model_config = _example(route="research_group")

    route: Route | None = Field(description="null where it is not chosen.")


class NewNote(BaseModel):
    """An internal note: it stays at the desk, and is never changed."""

    model_config = _example(note="Ring kommunen om ritningarna.")

    note: Words


class NewQuestion(BaseModel):
    """A question to the municipality."""

    model_config = _example(question="Gäller det dagvatten eller spillvatten?")

    question: Words


class Undoing(BaseModel):
    """Which act is undone: the one that the case shows as undoable."""

    model_config = _example(event=17)

    event: int = Field(ge=1, le=LARGEST_NUMBER, strict=True)


class Closing(BaseModel):
    """Why a case is closed, and how the need can be met instead. The municipality is told all of it."""

    model_config = _example(reason="nobody_available", route="business_support", message="Hör med näringslivskontoret.")

    reason: ClosingReason
    route: Route
    message: Message = Field("", description="Needed where the reason is other.")


class Admission(BaseModel):
    """Whether another municipality is let in, or refused; one that was let in is taken out by refusing it."""

    model_config = _example(admitted=True)

    admitted: bool = Field(strict=True)


class NewApproval(BaseModel):
    """What is approved with the accepted candidates."""

    model_config = _example(route="research_group", message="Börja med den första.")

    route: Route
    message: Message = Field("", description="Stands above the list. Needed where nobody is accepted.")


class BlindGrades(BaseModel):
    """A grade, 0 to 3, for each candidate of the round."""

    model_config = _example(grades={"urban-water-engineering": 3})

    grades: dict[str, Annotated[int, Field(ge=0, le=3, strict=True)]] = Field(
        max_length=100, description="0 not relevant, 1 marginal, 2 helps with a main part, 3 the first to call."
    )
