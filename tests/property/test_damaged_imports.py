"""Damaged files of every source: each ends in records, problems or a refusal, and takes no more memory than it may.

``make test`` reads 300 of them, ``make damage`` 10,000. Each is made from a sample in tests/data/imports.
"""

import json
import os
import subprocess
import sys

import pytest

from matchmaker.catalogue.importers import SOURCES
from matchmaker.catalogue.importers.source import guess_records
from tests.conftest import ROOT
from tests.property.damage import samples

COUNT = int(os.environ.get("MATCHMAKER_DAMAGE", "300"))
SEED = int(os.environ.get("MATCHMAKER_DAMAGE_SEED", "1"))


@pytest.mark.parametrize("name", SOURCES)
def test_every_source_has_samples_to_damage(name: str) -> None:
    assert samples(SOURCES[name])


@pytest.mark.parametrize("name", SOURCES)
def test_how_many_records_a_file_has_is_guessed_from_its_bytes_unless_it_is_packed(name: str) -> None:
    source = SOURCES[name]
    for sample in samples(source):
        guess = guess_records(source, sample)
        if sample.suffix in {".gz", ".zip", ".xlsx"}:
            assert guess == 0
        else:
            assert guess > 0 and abs(guess - len(list(source.read(sample)))) <= 2, sample.name


def test_damaged_files_end_in_records_problems_or_a_refusal() -> None:
    """In a process of its own, whose memory is limited: where that is not enough, the reader fails."""
    command = [sys.executable, "-m", "tests.property.damage", str(COUNT), str(SEED)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr[-3000:]
    result = json.loads(ended.stdout.splitlines()[-1])
    assert result["failures"] == []
    sys.stdout.write(f"\n{result['outcomes']}, memory grown by {result['grown_mib']} MiB\n")
    for name, counts in result["outcomes"].items():
        assert counts["files"] >= COUNT // len(SOURCES)
        assert counts.get("refused") and counts.get("records"), f"{name}: damage that is always, or never, fatal"
