"""An import as a job: a file is read, a person looks at the difference, then the change is made, and can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from matchmaker.domain.errors import MatchmakerError, mark


class JobState(StrEnum):
    """Where an import is. ``STOPPED`` and ``FAILED`` can be gone on with; what was applied stays until undone.

    ``UNDO_STOPPED`` is an undo that was stopped, or failed: going on with it goes on undoing.
    """

    WAITING = "waiting"
    READING = "reading"
    READY = "ready"
    APPROVED = "approved"
    APPLYING = "applying"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"
    UNDO_ASKED = "undo_asked"
    UNDOING = "undoing"
    UNDO_STOPPED = "undo_stopped"
    UNDONE = "undone"

    @property
    def is_waiting_for_program(self) -> bool:
        """Whether the program, not a person, has the next step."""
        return self in _PROGRAMS


_PROGRAMS = frozenset(
    {
        JobState.WAITING,
        JobState.READING,
        JobState.APPROVED,
        JobState.APPLYING,
        JobState.UNDO_ASKED,
        JobState.UNDOING,
    }
)


class Verdict(StrEnum):
    """What a line of a file would do to the catalogue."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    GONE = "gone"
    DOUBLE = "double"
    REJECTED = "rejected"


APPLIED = (Verdict.NEW, Verdict.CHANGED, Verdict.GONE)
"""Verdicts of lines that change something."""


@dataclass(frozen=True, slots=True)
class ImportJob:
    """A job as it is now. ``counts`` are lines by verdict.

    ``done`` of ``total`` lines of the step that runs; while a file is read the total is a guess, or 0.
    """

    id: str
    collection: str
    source: str
    file_name: str
    path: str
    state: JobState
    is_complete: bool
    skip_rejected: bool
    stop_asked: bool
    by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    done: int
    total: int
    counts: Mapping[str, int]
    problem: Mapping[str, Any] | None

    @property
    def changes(self) -> int:
        """How many lines change something."""
        return sum(self.counts.get(verdict.value, 0) for verdict in APPLIED)

    @property
    def rejected(self) -> int:
        return self.counts.get(Verdict.REJECTED.value, 0)

    def time_left(self, now: datetime) -> timedelta | None:
        """How long the step will take still, by how it went so far; None where that says nothing yet."""
        if not (self.started_at and self.done and self.total > self.done):
            return None
        return (now - self.started_at) / self.done * (self.total - self.done)


@dataclass(frozen=True, slots=True)
class ImportLine:
    """One line of a job: its number, verdict and content (a record as JSON), or what is wrong with it."""

    number: int
    record_id: str
    verdict: Verdict
    content: Mapping[str, Any] | None
    problem: Mapping[str, Any] | None
    previous: Mapping[str, Any] | None
    is_applied: bool


class ImportStateError(MatchmakerError):
    """What was asked of an import is not possible as it stands."""

    code = "import-state"


MOVES = {
    "approve": (frozenset({JobState.READY}), JobState.APPROVED),
    "undo": (frozenset({JobState.DONE, JobState.STOPPED, JobState.FAILED}), JobState.UNDO_ASKED),
}


def next_state(job: ImportJob, act: str) -> JobState:
    """The state that a person's act leads to. ``resume`` goes on with the step that was broken off.

    Raises:
        ImportStateError: the job cannot do that now.
    """
    if act == "resume" and job.state in (JobState.STOPPED, JobState.FAILED):
        # Before the difference was shown the file is read again; after it the change goes on where it was.
        return JobState.APPROVED if job.total and job.counts else JobState.WAITING
    if act == "resume" and job.state is JobState.UNDO_STOPPED:
        return JobState.UNDO_ASKED
    allowed, target = MOVES.get(act, (frozenset(), job.state))
    if job.state not in allowed:
        raise ImportStateError(mark("This import is at another step now. Look at it again."))
    if act == "approve" and job.rejected and not job.skip_rejected:
        raise ImportStateError(
            mark("{count} lines are wrong. Correct the file, or choose to leave these lines out."), count=job.rejected
        )
    return target


def possible_acts(job: ImportJob) -> frozenset[str]:
    """What can be asked of the job as it is now."""
    if job.state.is_waiting_for_program:
        return frozenset() if job.stop_asked else frozenset({"stop"})
    has_difference = bool(job.counts)
    match job.state:
        case JobState.READY:
            return frozenset({"approve"}) if job.changes else frozenset()
        case JobState.DONE:
            return frozenset({"undo"}) if job.changes else frozenset()
        case JobState.STOPPED | JobState.FAILED:
            return frozenset({"resume", "undo"}) if has_difference else frozenset({"resume"})
        case JobState.UNDO_STOPPED:
            return frozenset({"resume"})
    return frozenset()
