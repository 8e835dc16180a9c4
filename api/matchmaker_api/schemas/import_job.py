"""Imports over the wire: the job, and what its lines would do."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from matchmaker.db.import_samples import Sample
from matchmaker.domain.import_job import ImportJob, ImportLine, JobState, Verdict, possible_acts
from matchmaker.messages import Translator


class Import(BaseModel):
    """An import as it is now: ``done`` of ``total`` lines of the step that runs."""

    id: str
    source: str = Field(examples=["table"])
    file_name: str
    state: JobState
    is_complete: bool = Field(description="Whether what the file does not have is gone at its source.")
    stop_asked: bool
    by: str = Field(examples=["steward"])
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done: int
    total: int
    counts: dict[str, int] = Field(description="Lines by what they do.", examples=[{"new": 12, "rejected": 1}])
    problem: str | None = Field(description="What kept the last step from its end.")
    can: list[str] = Field(description="What can be asked of it now.", examples=[["approve"]])

    @classmethod
    def of(cls, job: ImportJob, say: Translator) -> "Import":
        return cls(
            id=job.id,
            source=job.source,
            file_name=job.file_name,
            state=job.state,
            is_complete=job.is_complete,
            stop_asked=job.stop_asked,
            by=job.by,
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            done=job.done,
            total=job.total,
            counts=dict(job.counts),
            problem=_said(job.problem, say),
            can=sorted(possible_acts(job)),
        )


class Imports(BaseModel):
    """The newest imports."""

    items: list[Import]


class RecordText(BaseModel):
    """A record's words in one language."""

    language: str | None
    title: str
    text: str
    keywords: list[str]


class ImportRecord(BaseModel):
    """What a source says of a work. Persons, who are pseudonyms, are left out."""

    texts: list[RecordText]
    kind: str | None
    year: int | None
    url: str | None
    licence: str | None
    funder: str | None
    identifiers: list[str]
    linked_by: list[str]

    @classmethod
    def of(cls, record: Mapping[str, Any]) -> "ImportRecord":
        return cls(
            texts=[
                RecordText(
                    language=one["language"], title=one["title"], text=one["text"], keywords=list(one["keywords"])
                )
                for one in record.get("texts", ())
            ],
            **{name: record.get(name) for name in ("kind", "year", "url", "licence", "funder")},
            identifiers=[f"{scheme}:{value}" for scheme, value in record.get("identifiers", ())],
            linked_by=[f"{scheme}:{value}" for scheme, value in record.get("hints", ()) if scheme != "person"],
        )


class Line(BaseModel):
    """A line of the file: what it does, with the record before and after, or what is wrong with it."""

    number: int
    record: str
    verdict: Verdict
    is_applied: bool
    before: ImportRecord | None
    after: ImportRecord | None
    field: str | None = Field(description="The field that is wrong.")
    problem: str | None = Field(description="What is wrong.")

    @classmethod
    def of(cls, one: Sample, say: Translator) -> "Line":
        line: ImportLine = one.line
        wrong = line.problem or {}
        return cls(
            number=line.number,
            record=line.record_id,
            verdict=line.verdict,
            is_applied=line.is_applied,
            before=ImportRecord.of(one.before) if one.before else None,
            after=ImportRecord.of(one.after) if one.after else None,
            field=str(wrong["field"]) if wrong.get("field") else None,
            problem=_said(line.problem, say),
        )


class Lines(BaseModel):
    """Some lines, in the file's order."""

    items: list[Line]
    next: str | None = Field(description="Where the next page is.")


class ImportApproval(BaseModel):
    """That the difference was looked at and is to be made."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"leave_out_wrong": False}]})

    leave_out_wrong: bool = Field(description="Whether lines that are wrong are left out; else they hinder it.")


def _said(problem: Mapping[str, Any] | None, say: Translator) -> str | None:
    return say.say(str(problem["template"]), **problem.get("values", {})) if problem and "template" in problem else None
