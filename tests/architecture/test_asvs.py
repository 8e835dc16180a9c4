"""The pages on security say what is there: every requirement once, right counts, and files and tests that exist."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import pytest

from tests.conftest import ROOT

ASVS = (ROOT / "docs" / "asvs.md").read_text(encoding="utf-8")
THREATS = (ROOT / "docs" / "threat-model.md").read_text(encoding="utf-8")

MET, OPEN, NOT_APPLICABLE = "met", "open", "not applicable"
VERDICTS = (MET, NOT_APPLICABLE, OPEN)

REQUIREMENTS = {"1": 70, "2": 183}
"""How many the standard has of each level in version 5.0.0, in its 17 chapters."""
CHAPTERS = 17

_ROW = re.compile(r"\| v5\.0\.0-(\d+)\.(\d+)\.(\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|")
_FILE = re.compile(r"`((?:api|docs|scripts|src|tests)/[\w./-]+|[\w-]+\.(?:lock|md|toml))(?:::(\w+))?`")
_BELOW = re.compile(r'[Bb]elow, "([^"]+)"')


@dataclass(frozen=True, slots=True)
class Row:
    """A requirement: its number in the standard, its level, and what is said of it."""

    number: tuple[int, int, int]
    level: str
    verdict: str
    where: str


def rows(text: str) -> list[Row]:
    """Every row of a requirement.

    Raises:
        AssertionError: one is not of the form that a row has.
    """
    found = []
    for line in text.splitlines():
        if line.startswith("| v5"):
            parts = _ROW.fullmatch(line)
            assert parts, f"not a row: {line}"
            chapter, section, number, level, _, verdict, where = parts.groups()
            found.append(Row((int(chapter), int(section), int(number)), level, verdict, where))
    return found


def missing(text: str) -> list[str]:
    """What is named in a text, a file or a test in one, and is not there."""
    return [found.group(0) for found in _FILE.finditer(text) if not _exists(found.group(1), found.group(2))]


def _exists(name: str, test: str | None) -> bool:
    path = ROOT / name
    if not path.is_file():
        return False
    return test is None or re.search(rf"^def {test}\(", path.read_text(encoding="utf-8"), re.MULTILINE) is not None


def stated(text: str) -> dict[str, list[int]]:
    """The counts at the page's top, by what their row is called."""
    lines = (line.replace("*", "").strip("| ").split(" | ") for line in text.splitlines() if line.startswith("| "))
    return {name: [int(one) for one in numbers] for name, *numbers in lines if name in {"level 1", "level 2", "both"}}


def counted(some: Iterable[Row]) -> list[int]:
    verdicts = Counter(one.verdict for one in some)
    return [*(verdicts[one] for one in VERDICTS), verdicts.total()]


def test_every_requirement_of_the_levels_stands_there_once_and_in_its_order() -> None:
    numbers = [one.number for one in rows(ASVS)]
    assert numbers == sorted(set(numbers))
    assert {chapter for chapter, *_ in numbers} == set(range(1, CHAPTERS + 1))
    assert Counter(one.level for one in rows(ASVS)) == REQUIREMENTS


def test_every_requirement_has_one_of_three_verdicts() -> None:
    assert {one.verdict for one in rows(ASVS)} == set(VERDICTS)


def test_the_counts_at_the_top_are_those_of_the_rows() -> None:
    found = rows(ASVS)
    assert stated(ASVS) == {
        **{f"level {level}": counted(one for one in found if one.level == level) for level in REQUIREMENTS},
        "both": counted(found),
    }


def test_what_is_met_is_shown_by_a_file_or_further_down_the_page() -> None:
    shown = {one.number: _FILE.findall(one.where) or _BELOW.findall(one.where) for one in rows(ASVS)}
    assert [one.number for one in rows(ASVS) if one.verdict == MET and not shown[one.number]] == []
    headings = set(re.findall(r"^### (.+)$", ASVS, re.MULTILINE))
    assert {name for one in rows(ASVS) for name in _BELOW.findall(one.where)} <= headings


@pytest.mark.parametrize("page", [ASVS, THREATS], ids=["asvs", "threats"])
def test_what_is_named_is_there(page: str) -> None:
    assert _FILE.search(page)
    assert missing(page) == []


def test_what_is_named_and_is_not_there_is_found() -> None:
    absent = ["`src/matchmaker/nowhere.py`", "`tests/architecture/test_asvs.py::test_nothing`", "`nowhere.toml`"]
    assert missing(", ".join([*absent, "`SECURITY.md`"])) == absent


def test_the_threat_model_goes_through_every_way_of_its_diagram() -> None:
    diagram, table = THREATS.split("```mermaid")[1].split("```")
    drawn = {int(number) for label in re.findall(r'"([^"]+)"', diagram) for number in re.findall(r"\d+", label)}
    told = {int(number) for number in re.findall(r"^\| (\d+) ", table, re.MULTILINE)}
    assert told == drawn == set(range(1, 10))
