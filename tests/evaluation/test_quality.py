"""Quality does not fall: the pipeline on judged challenges against accepted levels, beside each channel alone."""

import json
from pathlib import Path

import pytest

from matchmaker.catalogue.seed import read_catalogue
from matchmaker.evaluation.judged import JudgedSet, read_gold, read_judged, read_leaders
from matchmaker.evaluation.runner import SetResult, evaluate
from matchmaker.workspace import Workspace
from tests.conftest import ROOT

EVALUATION = ROOT / "data" / "evaluation"
BASELINE = json.loads((EVALUATION / "baseline.json").read_text(encoding="utf-8"))
TOLERANCE = 0.01
"""Another processor rounds 8-bit products differently, which may swap near-equal neighbours."""


def systems(judged: JudgedSet, workspace: Workspace) -> dict[str, SetResult]:
    matcher, collection = workspace.memory_matcher("evaluation", read_catalogue(ROOT / "data" / "catalogue"))
    return {one.system: one for one in evaluate(judged, matcher, collection)}


def level(result: SetResult, measure: str) -> float:
    return result.measures[measure].mean


@pytest.mark.parametrize("language", ["sv", "en"])
def test_the_shipped_test_set_stays_at_its_level(language: str, workspace: Workspace) -> None:
    (judged,) = read_judged([EVALUATION / f"challenges.{language}.jsonl"], EVALUATION / "qrels.txt", "test")
    found = systems(judged, workspace)
    accepted = BASELINE["fused"][f"challenges.{language} (test)"]
    for measure, value in accepted.items():
        assert level(found["fused"], measure) >= value - TOLERANCE, measure
    assert level(found["fused"], "nDCG@10") > max(
        level(found[one], "nDCG@10") for one in ("lexical only", "dense only")
    )
    assert level(found["fused"], "judged@10") > 0.9, "unjudged collaborators came up: judge them"


def test_the_judged_set_covers_what_it_should() -> None:
    lines = {
        language: [
            json.loads(line)
            for line in (EVALUATION / f"challenges.{language}.jsonl").read_text(encoding="utf-8").splitlines()
        ]
        for language in ("sv", "en")
    }
    assert [one["id"] for one in lines["sv"]] == [one["id"] for one in lines["en"]]
    assert len(lines["sv"]) == 84
    assert len({one["municipality"] for one in lines["sv"]}) == 14
    assert len({area for one in lines["sv"] for area in one["areas"]}) == 8


def test_gold_challenges_fused_beats_each_channel_in_both_languages_alike(
    workspace: Workspace, development_data: Path
) -> None:
    catalogue = read_catalogue(ROOT / "data" / "catalogue")
    fused: dict[str, float] = {}
    for judged in read_gold(development_data / "ltu_gold_dev.json", catalogue):
        found = systems(judged, workspace)
        fused[judged.language.value] = level(found["fused"], "nDCG@10")
        for channel in ("lexical only", "dense only"):
            assert fused[judged.language.value] > level(found[channel], "nDCG@10"), (judged.name, channel)
    assert abs(fused["sv"] - fused["en"]) <= 0.05
    assert min(fused.values()) >= 0.70


def test_project_leaders_are_found_across_languages(workspace: Workspace, development_data: Path) -> None:
    tasks = read_leaders(development_data / "swecris_expert_dev.json", development_data / "swecris_projects.json")
    found = {}
    for task in tasks:
        matcher, collection = workspace.memory_matcher(task.judged.name, task.leaders)
        results = {one.system: level(one, "MRR") for one in evaluate(task.judged, matcher, collection)}
        assert results["fused"] >= max(results.values()) - 1e-9, task.judged.name
        found[task.judged.name.removeprefix("swecris_expert_dev: ")] = results["fused"]
    assert found["query sv, evidence en"] >= 0.80
    assert found["query sv, evidence en and sv"] >= 0.82
    assert found["query en, evidence en and sv"] >= 0.82
