"""``make sbom`` lists what is installed: all of it, at its version, and nothing of the tool that makes the list."""

import json
import os
import shutil
import subprocess
import sys
from importlib.metadata import distributions, version
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from tests.conftest import ROOT

SBOM = "var/sbom.json"
OURS = "matchmaker-norrbotten"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout as far as ``make sbom`` reads it, whose .venv holds what the tests' own does."""
    for name in (
        "Makefile",
        "pyproject.toml",
        "requirements/runtime.lock",
        "scripts/install.sh",
        "scripts/make_sbom.sh",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    environment = tmp_path / ".venv"
    (environment / "bin").mkdir(parents=True)
    (environment / "bin" / "python").symlink_to(sys.executable)
    (environment / "lib").symlink_to(Path(sys.prefix) / "lib")
    shutil.copy(Path(sys.prefix) / "pyvenv.cfg", environment)
    (environment / ".runtime").touch()
    return tmp_path


def make(tree: Path, **other: str) -> subprocess.CompletedProcess[str]:
    given = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = ["make", "--no-print-directory", "sbom", f"PYTHON={sys.executable}"]
    return subprocess.run(command, cwd=tree, env={**given, **other}, capture_output=True, text=True, check=False)


def test_all_that_is_installed_is_listed_once_at_its_version_and_the_same_each_time(tree: Path) -> None:
    done = make(tree)
    if "could not be installed" in done.stderr:
        pytest.skip("the tool for the list of parts cannot be installed here: there is no package index")
    assert (done.returncode, done.stdout.strip()) == (0, SBOM), done.stderr
    written = (tree / SBOM).read_bytes()
    content = json.loads(written)
    assert (content["bomFormat"], content["specVersion"]) == ("CycloneDX", "1.6")
    assert content["metadata"]["component"]["name"] == OURS
    parts = {(canonicalize_name(one["name"]), one["version"]) for one in content["components"]}
    installed = {(canonicalize_name(one.name), one.version) for one in distributions(path=_site_packages())}
    assert parts == installed - {(OURS, version(OURS))}
    (fastapi,) = [one for one in content["components"] if one["name"] == "fastapi"]
    assert fastapi["purl"] == f"pkg:pypi/fastapi@{version('fastapi')}" and fastapi["licenses"]
    make(tree)
    assert (tree / SBOM).read_bytes() == written


def test_without_a_package_index_it_says_what_to_do_and_writes_nothing(tree: Path) -> None:
    done = make(tree, PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert done.returncode != 0
    assert "What to do: check the connection to your package index" in done.stderr
    assert not (tree / SBOM).exists()


def _site_packages() -> list[str]:
    return [one for one in sys.path if one.startswith(sys.prefix) and one.endswith("site-packages")]
