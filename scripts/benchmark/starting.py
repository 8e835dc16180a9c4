"""From the shell's call to the first answer, warm: each in a process of its own, as somebody at a terminal sees it."""

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from scripts.benchmark.measuring import Result

MATCHMAKER = "import sys; sys.argv[0] = 'matchmaker'; from matchmaker.cli import main; main()"
ANSWERING = """
import json, sys
from pathlib import Path
from matchmaker.domain.challenge import Challenge
from matchmaker.settings import read_settings
from matchmaker.workspace import Workspace
import matchmaker_api.app
from scripts.benchmark.measuring import memory
matcher = Workspace(read_settings()).matcher()
matcher.match(Challenge("", sys.argv[1], None, None))
print(json.dumps({**memory(), "passages": matcher.index.passage_count}))
"""


def seconds(code: str, *arguments: str, repeats: int) -> tuple[float, str]:
    """Median seconds of whole runs of a program, and what the last one printed; the first is not counted."""
    times, printed = [], ""
    for _ in range(repeats + 1):
        begun = time.perf_counter()
        printed = subprocess.run(  # noqa: S603  # our own code
            [sys.executable, "-c", code, *arguments], env=os.environ, capture_output=True, text=True, check=True
        ).stdout
        times.append(time.perf_counter() - begun)
    return statistics.median(times[1:]), printed


def main() -> None:
    """Measure on the state that MATCHMAKER_STATE_DIR names; it is made ready first, which is not counted."""
    from matchmaker.catalogue.importers.swecris import read_swecris
    from matchmaker.settings import read_settings
    from matchmaker.workspace import Workspace

    repeats, projects = int(sys.argv[1]), sys.argv[2:]
    workspace = Workspace(read_settings())
    workspace.prepare(lambda _step: None)
    for path in projects:
        workspace.save("main", "swecris", list(read_swecris(Path(path))))
        workspace.matcher()
    help_seconds, _ = seconds(MATCHMAKER, "--help", repeats=repeats)
    bare, _ = seconds("import typer, typer.rich_utils", repeats=repeats)
    answer, printed = seconds(ANSWERING, "Halka på cykelvägar i januari", repeats=repeats)
    result: Result = {
        "help_ms": 1000 * help_seconds,
        "help_floor_ms": 1000 * bare,
        "first_answer_s": answer,
        "memory": json.loads(printed),
    }
    sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main()
