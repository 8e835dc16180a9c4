"""The built wheel works where there is no source tree."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

from tests.conftest import ROOT

NEED = "Basements are flooded by cloudbursts and snowmelt."


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel; its dependencies are those of the tests' environment, its code is not."""
    folder = tmp_path_factory.mktemp("package")
    source = folder / "source"
    shutil.copytree(
        ROOT,
        source,
        ignore=shutil.ignore_patterns(".venv", ".git", "var", "build", "tests", "__pycache__", ".*_cache"),
    )
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(source)]
    subprocess.run(build, check=True, capture_output=True)
    shutil.rmtree(source)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "environment"
    venv.create(environment, with_pip=False)
    (site,) = environment.glob("lib/python*/site-packages")
    # A path in a .pth file is searched, but the .pth files in it are not read: the editable install stays out.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    python = environment / "bin" / "python"
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "--python",
            str(python),
            "install",
            "--quiet",
            "--no-deps",
            "--no-index",
            str(wheel),
        ],
        check=True,
        capture_output=True,
    )
    return environment


def test_the_wheel_matches_without_the_checkout(installed: Path, tmp_path: Path) -> None:
    state = tmp_path / "state"
    (state / "models").mkdir(parents=True)
    prepared = ROOT / "models" / "build" / "matchmaker-e5-small"
    (state / "models" / prepared.name).symlink_to(prepared)
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("MATCHMAKER_", "PYTHON"))}

    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        script = installed / "bin" / "matchmaker"
        return subprocess.run(
            [str(script), *arguments],
            cwd=tmp_path,
            env={**clean, "MATCHMAKER_STATE_DIR": str(state)},
            capture_output=True,
            text=True,
            check=True,
        )

    where = subprocess.run(
        [installed / "bin" / "python", "-c", "import matchmaker, matchmaker_api; print(matchmaker.__file__)"],
        cwd=tmp_path, env=clean, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(installed) in where.stdout
    command("prepare")
    found = json.loads(command("match", NEED, "--json").stdout)
    assert found["experts"][0]["collaborator_id"] == "urban-water-engineering"


def test_the_wheel_claims_only_its_own_names(installed: Path) -> None:
    (site,) = installed.glob("lib/python*/site-packages")
    assert {path.name for path in site.iterdir() if path.is_dir() and "dist-info" not in path.name} == {
        "matchmaker", "matchmaker_api",
    }  # fmt: skip
