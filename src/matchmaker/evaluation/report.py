"""Results as a page for people: tables and plots in one HTML file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from matchmaker.domain.errors import SetupError, mark
from matchmaker.evaluation.judged import JudgedSet
from matchmaker.evaluation.measures import (
    RELEVANT_GRADE,
    Estimate,
    calibration_error,
    correlation,
    estimate,
    reliability,
)
from matchmaker.evaluation.plots import intervals_svg, reliability_svg
from matchmaker.evaluation.runner import SetResult, Speed
from matchmaker.evaluation.systems import ABLATIONS, DENSE, FULL, FULL_PRECISION, MAIN_SYSTEMS

WORST = 20

GOALS = {
    "swecris_expert_dev: query sv, evidence en": 0.90,
    "swecris_expert_dev: query sv, evidence en and sv": 0.92,
    "swecris_expert_dev: query en, evidence en and sv": 0.92,
    "translations: from sv, among all texts": 0.96,
    "translations: from en, among all texts": 0.96,
    "ltu_gold_dev.sv": 0.85,
    "ltu_gold_dev.en": 0.85,
    "paraphrases.sv": 0.85,
    "paraphrases.en": 0.85,
    "scope.sv": 0.95,
    "scope.en": 0.95,
}
"""What is aimed at on the development sets, in ``leading_measure``."""


@dataclass(frozen=True, slots=True)
class ReportContext:
    """What the page says beside the figures. ``groupings`` has each shipped challenge's labels by kind of label."""

    encoder: str
    scorer: str
    names: Mapping[str, str]
    """What collaborators are called."""
    groupings: Mapping[str, Mapping[str, Sequence[str]]]
    evidence_counts: Mapping[str, Mapping[str, int]]
    """Documents of each collaborator, by set."""
    speed: Sequence[Speed] = ()


def leading_measure(result: SetResult) -> str:
    """The measure that a set is about: MRR where each challenge has one right answer, nDCG@10 where several have."""
    if "MRR" not in result.measures:
        return next(iter(result.measures))
    one_answer = result.set_name.startswith(("swecris_expert", "translations"))
    return "MRR" if one_answer else "nDCG@10"


def write_report(
    results: Sequence[SetResult], judged: Sequence[JudgedSet], context: ReportContext, folder: Path
) -> Path:
    """Write ``index.html`` into ``folder``."""
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("matchmaker.evaluation", "."), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["interval"] = lambda one: f"{one.mean:.3f} [{one.low:.3f}, {one.high:.3f}]"
    full = [one for one in results if one.system == FULL.name]
    by_name = {one.name: one for one in judged}
    judged_full = [one for one in full if one.set_name in by_name and one.bands]
    page = environment.get_template("report.html.j2").render(
        made=datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        encoder=context.encoder,
        scorer=context.scorer,
        goals=_goals(results),
        sets=[_set(results, one) for one in full],
        ablation_names=[one.name for one in ABLATIONS],
        ablations={one.set_name: _ablations(results, one) for one in full},
        reliability=[_reliability(one, by_name[one.set_name]) for one in judged_full if _is_graded(one, by_name)],
        volume=[
            found
            for one in full
            if one.set_name in context.evidence_counts and one.set_name in by_name
            for found in (_volume(one, by_name[one.set_name], context.evidence_counts[one.set_name]),)
            if found
        ],
        groups=[group for one in judged_full for group in _groups(one, context.groupings)],
        worst=_worst([one for one in judged_full if _is_graded(one, by_name)], by_name, context.names),
        worst_measure="nDCG@10",
        runtime=_runtime(results),
        speed=context.speed,
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "index.html"
    path.write_text(page, encoding="utf-8")
    return path


def check_report_can_be_written() -> None:
    """Before an hour's work, not after it.

    Raises:
        SetupError: the libraries for plots and pages are not installed.
    """
    if not all(find_spec(name) for name in ("matplotlib", "jinja2")):
        raise SetupError(mark("A report needs the packages matplotlib and jinja2."), remedy="make evaluate")


def _is_graded(result: SetResult, judged: Mapping[str, JudgedSet]) -> bool:
    """Whether judgments are grades, and nearly all of the best ten have one, so that unjudged passes for irrelevant."""
    grades = judged[result.set_name].qrels.values()
    graded = any(grade >= RELEVANT_GRADE for own in grades for grade in own.values())
    return graded and result.measures["judged@10"].mean > 0.9


def _of_set(results: Sequence[SetResult], name: str) -> dict[str, SetResult]:
    return {one.system: one for one in results if one.set_name == name}


def _goals(results: Sequence[SetResult]) -> list[dict[str, Any]]:
    rows = []
    for name, goal in GOALS.items():
        systems = _of_set(results, name)
        if FULL.name not in systems:
            continue
        measure = leading_measure(systems[FULL.name])
        others = [systems[one.name] for one in MAIN_SYSTEMS if one.name in systems and one not in {DENSE, FULL}]
        best = max(others, key=lambda one: one.measures[measure].mean, default=None)
        alternative = f"{best.measures[measure].mean:.3f} ({best.system})" if best else ""
        rows.append(
            {
                "name": name,
                "measure": measure,
                "full": systems[FULL.name].measures[measure],
                "alternative": alternative,
                "goal": goal,
            }
        )
    return rows


def _set(results: Sequence[SetResult], full: SetResult) -> dict[str, Any]:
    systems = _of_set(results, full.set_name)
    rows = [systems[one.name] for one in MAIN_SYSTEMS if one.name in systems]
    measure = leading_measure(full)
    return {
        "name": full.set_name,
        "challenges": full.challenges,
        "unanswerable": full.unanswerable,
        "measures": list(full.measures),
        "rows": rows,
        "plot": intervals_svg({one.system: one.measures[measure] for one in rows}, FULL.name, GOALS.get(full.set_name)),
    }


def _ablations(results: Sequence[SetResult], full: SetResult) -> list[Estimate | None]:
    """What the whole pipeline gains over itself without each part, challenge by challenge."""
    systems = _of_set(results, full.set_name)
    measure = leading_measure(full)
    cells: list[Estimate | None] = []
    for ablation in ABLATIONS:
        without = systems.get(ablation.name)
        if without is None or measure not in full.values:
            cells.append(None)
            continue
        own, other = full.values[measure], without.values[measure]
        cells.append(estimate(own[key] - other[key] for key in own))
    return cells


def _reliability(result: SetResult, judged: JudgedSet) -> dict[str, Any]:
    bins = reliability(judged.qrels, result.found)
    return {
        "name": result.set_name,
        "error": calibration_error(bins),
        "plot": reliability_svg(bins),
        "bands": result.bands,
    }


def _volume(result: SetResult, judged: JudgedSet, counts: Mapping[str, int]) -> dict[str, Any] | None:
    """For sets with one right answer: are those wrongly ranked above it the ones with much evidence?

    Only the best ten are looked at: a right one that is not among them has lost ten ranks.
    """
    if leading_measure(result) != "MRR" or len(set(counts.values())) < 3:
        return None
    evidence, lost, larger, expected = [], [], [], []
    for challenge, ranking in result.found.items():
        right = {key for key, grade in judged.qrels[challenge].items() if grade > 0}
        own = max(counts[key] for key in right)
        above: list[int] = []
        for one in ranking:
            if one.collaborator_id in right:
                break
            above.append(counts[one.collaborator_id])
        lost.append(float(len(above)))
        evidence.append(float(own))
        larger += [count > own for count in above]
        expected += [count > own for key, count in counts.items() if key not in right]
    if not larger:
        return None
    return {
        "name": result.set_name,
        "correlation": correlation(evidence, lost),
        "larger": float(np.mean(larger)),
        "expected": float(np.mean(expected)),
    }


def _groups(result: SetResult, groupings: Mapping[str, Mapping[str, Sequence[str]]]) -> list[dict[str, Any]]:
    values = result.values[leading_measure(result)]
    groups = []
    for kind, labels_of in groupings.items():
        members: dict[str, list[float]] = {}
        for challenge, value in values.items():
            for label in labels_of.get(challenge, ()):
                members.setdefault(label, []).append(value)
        if members:
            rows = {label: (len(own), estimate(own)) for label, own in sorted(members.items())}
            groups.append({"name": result.set_name, "kind": kind, "measure": leading_measure(result), "rows": rows})
    return groups


def _worst(
    results: Sequence[SetResult], judged: Mapping[str, JudgedSet], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for result in results:
        own = judged[result.set_name]
        for challenge in own.challenges:
            if challenge.id not in result.values["nDCG@10"]:
                continue
            grades = own.qrels[challenge.id]
            entries.append(
                {
                    "set_name": result.set_name,
                    "id": challenge.id,
                    "text": f"{challenge.title}. {challenge.text}" if challenge.title else challenge.text,
                    "value": result.values["nDCG@10"][challenge.id],
                    "found": [
                        (names.get(one.collaborator_id, one.collaborator_id), grades.get(one.collaborator_id))
                        for one in result.found[challenge.id][:5]
                    ],
                    "relevant": [
                        (names.get(key, key), grade)
                        for key, grade in sorted(grades.items(), key=lambda item: -item[1])
                        if grade > 0
                    ],
                }
            )
    return sorted(entries, key=lambda entry: entry["value"])[:WORST]


def _runtime(results: Sequence[SetResult]) -> list[dict[str, Any]]:
    rows = []
    for name in dict.fromkeys(one.set_name for one in results):
        systems = _of_set(results, name)
        if FULL_PRECISION.name in systems:
            measure = leading_measure(systems[FULL.name])
            rows.append(
                {
                    "name": name,
                    "measure": measure,
                    "int8": systems[FULL.name].measures[measure].mean,
                    "float32": systems[FULL_PRECISION.name].measures[measure].mean,
                }
            )
    return rows
