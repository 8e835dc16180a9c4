"""What the catalogue's imports, works and groups are called, for every place that tells of them."""

from collections.abc import Mapping
from typing import Any

from matchmaker.domain.curation import GroupState
from matchmaker.domain.errors import FileProblem, mark
from matchmaker.domain.import_job import ImportJob, JobState, Verdict
from matchmaker.domain.work import LABELS, HintScheme, LinkBasis, WorkKind
from matchmaker.messages import Translator

STATES = {
    JobState.WAITING: mark("waits to be read"),
    JobState.READING: mark("is being read"),
    JobState.READY: mark("waits for a decision; nothing has changed yet"),
    JobState.APPROVED: mark("waits for the change to be made"),
    JobState.APPLYING: mark("the change is being made"),
    JobState.DONE: mark("done"),
    JobState.STOPPED: mark("stopped"),
    JobState.FAILED: mark("failed"),
    JobState.UNDO_STOPPED: mark("stopped while it was undone"),
    JobState.UNDO_ASKED: mark("waits to be undone"),
    JobState.UNDOING: mark("is being undone"),
    JobState.UNDONE: mark("undone"),
}

VERDICTS = {
    Verdict.NEW: mark("new in the catalogue"),
    Verdict.CHANGED: mark("changed"),
    Verdict.UNCHANGED: mark("unchanged"),
    Verdict.GONE: mark("gone"),
    Verdict.DOUBLE: mark("twice in the file"),
    Verdict.REJECTED: mark("wrong"),
}

KINDS = {
    WorkKind.PUBLICATION: mark("publication"),
    WorkKind.PROJECT: mark("project"),
    WorkKind.THESIS: mark("thesis"),
    WorkKind.PATENT: mark("patent"),
    WorkKind.NEWS: mark("news"),
    WorkKind.PROFILE: mark("profile"),
}

BASES = {
    LinkBasis.SUBJECT: mark("by research subject"),
    LinkBasis.ORGANISATION: mark("by organisation"),
    LinkBasis.AFFILIATION: mark("by affiliation"),
    LinkBasis.PERSON: mark("by person"),
    LinkBasis.GIVEN: mark("as given in the file"),
    LinkBasis.SUGGESTION: mark("suggested"),
    LinkBasis.STEWARD: mark("by the steward"),
    LinkBasis.RESEARCHER: mark("by the group"),
}

MARKS = {
    HintScheme.GROUP: mark("Group"),
    HintScheme.SUBJECT: mark("Research subject"),
    HintScheme.ORGANISATION: mark("Organisation"),
    HintScheme.AFFILIATION: mark("Affiliation"),
    HintScheme.PERSON: mark("Person"),
}
"""By what works are known to be a group's."""

GROUP_STATES = {
    GroupState.ACTIVE: mark("active"),
    GroupState.RETIRED: mark("retired"),
    GroupState.OPTED_OUT: mark("has opted out"),
}


def job_words(job: ImportJob, say: Translator) -> str:
    """Where an import is, and what it would do or did: «done (3 new, 1 changed)»."""
    counts = [
        f"{job.counts[verdict.value]} {say.say(word)}" for verdict, word in VERDICTS.items() if job.counts.get(verdict)
    ]
    return say.say(STATES[job.state]) + (f" ({', '.join(counts)})" if counts else "")


def problem_words(problem: Mapping[str, Any], say: Translator) -> str:
    """What is wrong with a line, and where, as ``import_lines.problem_json`` kept it."""
    return say.say_problem(
        FileProblem(
            problem.get("template", ""),
            line=problem.get("line"),
            row=problem.get("row"),
            field=problem.get("field"),
            **problem.get("values", {}),
        )
    )


def source_name(source: str) -> str:
    """What readers know a source by."""
    return LABELS.get(source, source)


ACTORS = {
    "steward": mark("the steward"),
    "administrator": mark("the administrator"),
    "researcher": mark("the group itself"),
    "ledger": mark("Matchmaker, by the list of opt-outs"),
}

EVENTS = {
    "made": mark("made the group"),
    "edit": mark("corrected the texts"),
    "edit_revoked": mark("took the correction back"),
    "retired": mark("retired the group"),
    "retired_revoked": mark("took the group in again"),
    "opted_out": mark("took the group out of Matchmaker"),
    "opted_out_revoked": mark("took the group into Matchmaker again"),
    "merged": mark("merged the group into {group}"),
    "merged_revoked": mark("took the group out of the merger"),
    "took_in": mark("merged {group} into this one"),
    "split": mark("divided the evidence with {group}"),
    "availability": mark("changed what the group is open for"),
    "hidden": mark("hid evidence"),
    "hidden_revoked": mark("showed hidden evidence again"),
    "pinned": mark("pinned evidence"),
    "pinned_revoked": mark("unpinned evidence"),
    "added": mark("added evidence"),
    "unlinked": mark("said that evidence is not the group's"),
    "link_made": mark("made a private link to the group's own page"),
    "link_revoked": mark("ended a private link to the group's own page"),
}


def actor_word(by: str, say: Translator) -> str:
    """Who decided something about a group, by the role that is kept."""
    return say.say(ACTORS[by]) if by in ACTORS else by


def event_words(kind: str, detail: Mapping[str, Any], names: Mapping[str, str], say: Translator) -> str:
    """What happened to a group; ``names`` are those of other groups, by id."""
    other = str(detail.get("into") or detail.get("group") or "")
    return say.say(EVENTS[kind], group=names.get(other, other)) if kind in EVENTS else kind
