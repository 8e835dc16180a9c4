"""The command line: what it prints, what it writes, and what it says of bad input."""

import io
import json
import re
import shutil
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from matchmaker import cli
from matchmaker.review.access import authenticate
from matchmaker.settings import Settings
from matchmaker.workspace import Workspace
from tests.conftest import ROOT

NEED = "Källare översvämmas vid skyfall och snösmältning i våra äldre bostadsområden."


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str


Run = Callable[..., Result]


@pytest.fixture
def run(workspace: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command as the console script does, over the prepared workspace's state."""
    settings = workspace.settings
    monkeypatch.setenv("MATCHMAKER_STATE_DIR", str(settings.state_dir))
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(settings.data_dir))
    monkeypatch.setenv("MATCHMAKER_MODELS_DIR", str(settings.models_dir))
    monkeypatch.setenv("MATCHMAKER_LANGUAGE", "en")

    def command(*arguments: str | Path) -> Result:
        monkeypatch.setattr("sys.argv", ["matchmaker", *map(str, arguments)])
        with pytest.raises(SystemExit) as raised:
            cli.main()
        captured = capsys.readouterr()
        return Result(int(raised.value.code or 0), captured.out, captured.err)

    return command


def jsonl(path: Path, *values: object) -> Path:
    path.write_text("".join(json.dumps(one, ensure_ascii=False) + "\n" for one in values), encoding="utf-8")
    return path


def test_match_shows_names_confidence_reasons_and_evidence_in_the_challenges_language(run: Run) -> None:
    result = run("match", NEED, "--top-k", "2")
    assert result.code == 0
    for expected in ("1. VA-teknik — stark träff", "Gemensamma ord:", "delvis belagd", "Vägar in till universitetet"):
        assert expected in result.out
    assert "2. " in result.out and "\n 3. " not in result.out.split("Vägar in")[0]
    english = run("match", "Basements are flooded by cloudbursts and snowmelt in our older housing areas.")
    assert "1. Urban Water Engineering — strong match" in english.out


def test_match_gives_json_to_programs(run: Run) -> None:
    content = json.loads(run("match", NEED, "--json", "--top-k", "1").out)
    assert content["challenge"]["language"] == "sv"
    (expert,) = content["experts"]
    assert expert["collaborator_id"] == "urban-water-engineering"
    assert expert["evidence"][0]["sentence"]
    assert {"encoder", "index", "scorer", "software"} <= set(content["provenance"])


def test_match_reads_files_and_standard_input(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "need.txt"
    file.write_text("\ufeff" + NEED, encoding="utf-8")
    from_file = run("match", "--file", file, "--json").out
    monkeypatch.setattr("sys.stdin", io.StringIO(NEED))
    assert json.loads(run("match", "-", "--json").out)["experts"] == json.loads(from_file)["experts"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("match", ""), "no words"),
        (("match", "😀😀"), "no words"),
        (("match", "ord " * 50_000), "200000 characters; at most 20000"),
        (("match",), "one of the two"),
        (("match", "text", "--file", "x"), "one of the two"),
        (("match", "--file", "/nowhere/x.txt"), "cannot be opened"),
        (("match", NEED, "--collection", "elsewhere"), "no collection named elsewhere"),
        (("match", NEED, "--collection", "../x"), "cannot name a collection"),
        (("match", NEED, "--language", "svenska"), "no language code"),
        (("import", "swecris", "/nowhere/x.json"), "cannot be opened"),
        (("evaluate", "--leaders", "x.json"), "--projects"),
    ],
)
def test_bad_input_is_told_in_plain_words(run: Run, arguments: Sequence[str], told: str) -> None:
    result = run(*arguments)
    assert result.code == cli.EXIT_INPUT
    assert told in result.err
    assert "Traceback" not in result.err
    assert result.out == ""


def test_a_wrong_setting_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MATCHMAKER_PORT", "abc")
    result = run("match", NEED)
    assert (result.code, "MATCHMAKER_PORT" in result.err) == (cli.EXIT_INPUT, True)


def test_a_taken_port_is_told(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        result = run("serve", "--port", taken.getsockname()[1])
    assert (result.code, "cannot be listened on" in result.err) == (cli.EXIT_INPUT, True)


def test_errors_come_in_swedish_by_default(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MATCHMAKER_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert "innehåller inga ord" in run("match", "").err


@pytest.mark.parametrize(
    ("part", "told"), [("model.int8.onnx", "missing"), ("manifest.json", "missing"), (None, "missing")]
)
def test_a_missing_or_truncated_encoder_says_what_to_do(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, part: str | None, told: str
) -> None:
    build = tmp_path / "build" / "matchmaker-e5-small"
    for described in ("encoder", "lexical", "ranking"):
        shutil.copytree(ROOT / "models" / described, tmp_path / described)
    if part:
        shutil.copytree(
            ROOT / "models" / "build" / "matchmaker-e5-small", build, ignore=shutil.ignore_patterns("*.safetensors")
        )
        (build / "sentence-transformers" / "model.safetensors").touch()
        file = build / part
        file.write_bytes(file.read_bytes()[:1000] if part.endswith("onnx") else b"{")
    monkeypatch.setenv("MATCHMAKER_MODELS_DIR", str(tmp_path))
    result = run("match", NEED)
    assert (result.code, result.out) == (cli.EXIT_INPUT, "")
    assert told in result.err and "matchmaker prepare" in result.err


def test_a_damaged_database_says_what_to_do(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "matchmaker.db").write_bytes(b"no database " * 100)
    monkeypatch.setenv("MATCHMAKER_STATE_DIR", str(tmp_path))
    result = run("match", NEED)
    assert result.code == cli.EXIT_INPUT
    assert "cannot be used" in result.err and "What to do" in result.err


RANKED = [
    {"id": "q1", "title": None, "text": "Snö och is på vägen", "language": "sv"},
    {"id": "q2", "title": "Water", "text": "Pipes leak drinking water", "language": None},
]
CATALOGUE = [
    {
        "id": "roads",
        "name": {"sv": "Vägar", "en": "Roads"},
        "kind": "research_group",
        "documents": [
            {"id": "1", "title": "Vinterväg", "text": "Hala vägar, snö och is.", "language": "sv", "year": 2020}
        ],
    },
    {
        "id": "pipes",
        "name": "Pipes",
        "kind": "person",
        "documents": [
            {"id": "1", "title": None, "text": "Leakage in drinking-water pipes.", "language": None, "year": None}
        ],
    },
    {"id": "nobody", "name": "Nobody", "kind": None, "documents": []},
]


def test_rank_writes_a_run_in_trec_format(run: Run, tmp_path: Path) -> None:
    challenges, catalogue = jsonl(tmp_path / "q.jsonl", *RANKED), jsonl(tmp_path / "c.jsonl", *CATALOGUE)
    output = tmp_path / "new" / "run.tsv"
    result = run("rank", "--challenges", challenges, "--collaborators", catalogue, "--output", output, "--top-k", "0")
    assert result.code == 0
    rows = [line.split() for line in output.read_text(encoding="utf-8").splitlines()]
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("q1", "roads", "1"), ("q1", "pipes", "2"), ("q1", "nobody", "3"),
        ("q2", "pipes", "1"), ("q2", "roads", "2"), ("q2", "nobody", "3"),
    ]  # fmt: skip
    assert all((row[1], row[5]) == ("Q0", "matchmaker") for row in rows)
    for challenge in ("q1", "q2"):
        scores = [float(row[4]) for row in rows if row[0] == challenge]
        assert scores == sorted(scores, reverse=True)
        assert scores[-1] < min(scores[:-1])


def test_rank_of_the_stored_catalogue_ranks_everyone_or_the_best(run: Run, tmp_path: Path) -> None:
    challenges = jsonl(tmp_path / "q.jsonl", *RANKED)
    run("rank", "--challenges", challenges, "--output", tmp_path / "all.tsv")
    run("rank", "--challenges", challenges, "--output", tmp_path / "best.tsv", "--top-k", "3")
    everyone, best = ((tmp_path / name).read_text().splitlines() for name in ("all.tsv", "best.tsv"))
    assert len(everyone) == 2 * 92
    assert best == [line for line in everyone if int(line.split()[3]) <= 3]


def test_rank_again_encodes_nothing_and_writes_the_same(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    challenges, catalogue = jsonl(tmp_path / "q.jsonl", *RANKED), jsonl(tmp_path / "c.jsonl", *CATALOGUE)
    arguments = ("rank", "--challenges", challenges, "--collaborators", catalogue, "--output")
    run(*arguments, tmp_path / "first.tsv")
    monkeypatch.setattr("matchmaker.retrieval.onnx_encoder.OnnxEncoder._run", None)
    assert run(*arguments, tmp_path / "second.tsv").code == 0
    assert (tmp_path / "first.tsv").read_bytes() == (tmp_path / "second.tsv").read_bytes()


def test_rank_names_bad_lines_and_writes_nothing(run: Run, tmp_path: Path) -> None:
    challenges = jsonl(tmp_path / "q.jsonl", RANKED[0], {"id": "bad id", "text": "x"}, {"id": "q3", "text": " "})
    output = tmp_path / "run.tsv"
    output.write_text("the old run")
    result = run("rank", "--challenges", challenges, "--output", output)
    assert result.code == cli.EXIT_INPUT
    assert re.search(r"line 2: id:", result.err) and "line 3: text:" in result.err
    assert output.read_text() == "the old run"


def test_rank_into_a_place_that_cannot_be_written(run: Run, tmp_path: Path) -> None:
    challenges, catalogue = jsonl(tmp_path / "q.jsonl", *RANKED), jsonl(tmp_path / "c.jsonl", *CATALOGUE)
    (tmp_path / "file").touch()
    output = tmp_path / "file" / "run.tsv"
    result = run("rank", "--challenges", challenges, "--collaborators", catalogue, "--output", output)
    assert (result.code, "cannot be opened or written" in result.err) == (cli.EXIT_INPUT, True)
    before = sorted(tmp_path.iterdir())
    output = tmp_path / "folder"
    output.mkdir()
    result = run("rank", "--challenges", challenges, "--collaborators", catalogue, "--output", output)
    assert (result.code, "cannot be opened or written" in result.err) == (cli.EXIT_INPUT, True)
    assert sorted(tmp_path.iterdir()) == sorted([*before, output]), "nothing half-written is left"


def test_import_swecris_ranks_leaders_beside_the_rest_and_twice_changes_nothing(run: Run, tmp_path: Path) -> None:
    project = {
        "projectId": "2020-1_VR",
        "projectTitleSv": "Hållfasthet hos pepparkakshus",
        "projectTitleEn": "Strength of gingerbread houses",
        "projectAbstractSv": "Pepparkakshus rasar när sockerlimmet mjuknar. Projektet mäter hållfastheten.",
        "projectAbstractEn": "Gingerbread houses collapse when their sugar glue softens. The project measures icing.",
        "fundingYear": 2020.0,
        "involvedPeople": "¤¤¤p0123456789¤Person p0123456789¤¤Principal Investigator¤Projektledare¤",
    }
    file = tmp_path / "projects.json"
    file.write_text(json.dumps([project]), encoding="utf-8")
    first = run("import", "swecris", file, "--collection", "apart")
    assert (first.code, "1 new" in first.err) == (0, True)
    assert (
        "Nothing has changed: 1 collaborators and 2 documents"
        in run("import", "swecris", file, "--collection", "apart").err
    )
    content = json.loads(
        run("match", "Hur bygger man pepparkakshus som håller?", "--collection", "apart", "--json").out
    )
    assert content["experts"][0]["collaborator_id"] == "p0123456789"
    assert content["experts"][0]["evidence"][0]["year"] == 2020
    main = json.loads(run("match", "Hur bygger man pepparkakshus som håller?", "--json").out)
    assert all(one["collaborator_id"] != "p0123456789" for one in main["experts"])


def test_evaluate_prints_each_system_with_intervals_per_language(run: Run) -> None:
    result = run("evaluate", "--json")
    measured = json.loads(result.out)
    assert {(one["query_language"], one["system"]) for one in measured} == {
        (language, system) for language in ("sv", "en") for system in ("lexical only", "dense only", "full")
    }
    for one in measured:
        assert one["challenges"] == 56
        assert set(one["measures"]) == {"nDCG@10", "recall@5", "MRR", "judged@10"}
        assert all(value["low"] <= value["mean"] <= value["high"] for value in one["measures"].values())
    table = run("evaluate", "--split", "dev").out
    assert "challenges.sv (dev): query language sv, 28 challenges" in table
    assert re.search(r"full +0\.\d{3} \[0\.\d{3}, 0\.\d{3}\]", table)


def test_evaluate_other_challenges_and_collaborators(run: Run, tmp_path: Path) -> None:
    qrels = tmp_path / "qrels.txt"
    qrels.write_text("q1 0 roads 3\nq2 0 pipes 2\n", encoding="utf-8")
    result = run(
        "evaluate", "--json", "--challenges", jsonl(tmp_path / "q.jsonl", *RANKED), "--qrels", qrels,
        "--collaborators", jsonl(tmp_path / "c.jsonl", *CATALOGUE),
    )  # fmt: skip
    full = next(one for one in json.loads(result.out) if one["system"] == "full")
    assert (full["challenges"], full["measures"]["nDCG@10"]["mean"]) == (2, 1.0)


def test_prepare_again_is_ready_at_once(run: Run) -> None:
    result = run("prepare")
    assert result.code == 0
    assert "Nothing has changed: 92 collaborators and 368 documents" in result.err


def test_settings_find_the_checkout_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings().root == ROOT


def test_keys_are_made_listed_and_revoked(run: Run, workspace: Workspace) -> None:
    made = run("api-key", "create", "portal-lulea", "--scope", "challenges:read", "--municipality", "2580")
    key = made.out.strip()
    assert made.code == 0 and authenticate(workspace.database, key).municipalities == {"2580"}
    identifier = key.split("_")[1]
    listed = run("api-key", "list").out
    assert f"{identifier}\tportal-lulea\t2580\tchallenges:read\tuntil " in listed
    assert key.rsplit("_", 1)[-1] not in listed
    assert run("api-key", "revoke", identifier).code == 0
    assert f"{identifier}\tportal-lulea\t2580\tchallenges:read\trevoked " in run("api-key", "list").out
    assert run("api-key", "revoke", "nowhere").code == 2


def test_a_key_without_scope_or_for_an_unknown_municipality_is_not_made(run: Run) -> None:
    assert run("api-key", "create", "portal", "--municipality", "2580").code == 2
    wrong = run("api-key", "create", "portal", "--scope", "match", "--municipality", "0180")
    assert (wrong.code, wrong.out) == (2, "")
    assert "0180 is not the code" in wrong.err


def test_compare_needs_no_other_database_to_try_another_engine(run: Run) -> None:
    result = run("compare", "--vectors", "faiss", "--count", "5")
    assert result.code == 0
    assert "5 challenges: 100.0% of the ten best are the same, 5 lists in the same order" in result.out
    assert "368 vectors were compared; the numbers in them differ by at most 0.0000" in result.out
