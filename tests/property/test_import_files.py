"""Whatever bytes a file has, an importer gives records or says what is wrong; it never fails in another way."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.catalogue.importers import SOURCES
from matchmaker.catalogue.importers.diva_names import find_name_hints
from matchmaker.catalogue.importers.source import Reading, Source
from matchmaker.domain.errors import FileProblem, InvalidFileError
from matchmaker.domain.work import Hint, HintScheme, Record
from tests.conftest import ROOT

SAMPLES = ROOT / "tests" / "data" / "imports"
FORMATS = {"diva": "mods/harvest.xml", "diva_csv": "diva_csv/export.csv"}


def readings_or_refusals(source: Source, path: Path) -> list[Reading]:
    try:
        return list(source.read(path))
    except InvalidFileError as error:
        return [*error.problems] or [AssertionError("a refusal names no reason")]  # type: ignore[list-item]


def check_reading(source: Source, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"file{source.suffixes[0]}"
        path.write_bytes(content)
        for reading in readings_or_refusals(source, path):
            assert isinstance(reading, Record | FileProblem)
            assert str(reading)


@pytest.mark.parametrize("name", FORMATS)
@given(content=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_any_bytes_are_refused_with_a_reason(name: str, content: bytes) -> None:
    check_reading(SOURCES[name], content)


@pytest.mark.parametrize("name", FORMATS)
@given(data=st.data())
def test_a_damaged_file_is_read_or_refused_with_a_reason(name: str, data: st.DataObject) -> None:
    whole = (SAMPLES / FORMATS[name]).read_bytes()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(start + 200, len(whole))))
    check_reading(SOURCES[name], whole[:start] + data.draw(st.binary(max_size=40)) + whole[end:])


words = st.text(alphabet="abcåäö", min_size=1, max_size=8)
units = st.lists(st.tuples(words, st.integers(1, 99_999)), min_size=1, max_size=3)
persons = st.tuples(st.booleans(), st.none() | words, st.lists(units, max_size=2), st.lists(words, max_size=2))


@given(st.lists(persons, max_size=4))
def test_of_a_column_of_names_ids_and_affiliations_are_read_and_nothing_else(
    written: list[tuple[bool, str | None, list[list[tuple[str, int]]], list[str]]],
) -> None:
    cells, expected = [], set()
    for has_orcid, local, groups, others in written:
        cell = "Zzz, Zz"
        if local and local.isascii():
            cell += f" [{local}]"
            expected.add(Hint(HintScheme.PERSON, f"nord:{local}"))
        if has_orcid:
            cell += " [0000-0002-1825-0097]"
            expected.add(Hint(HintScheme.PERSON, "orcid:0000-0002-1825-0097"))
        for group in groups:
            cell += f" ({', '.join(f'{name} [{number}]' for name, number in group)})"
            expected.add(Hint(HintScheme.ORGANISATION, f"nord:{group[-1][1]}"))
            expected.add(Hint(HintScheme.AFFILIATION, ", ".join(name for name, _ in group)))
        if others:
            cell += f" ({'; '.join(others)})"
            expected |= {Hint(HintScheme.AFFILIATION, name) for name in others}
        cells.append(cell)
    assert find_name_hints(";".join(cells), "nord") == expected
