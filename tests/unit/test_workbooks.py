"""Workbooks as tables: what their cells say, and what is never opened."""

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from matchmaker.catalogue import workbook_check
from matchmaker.catalogue.group_entry import GroupEntry
from matchmaker.catalogue.group_tables import (
    read_groups,
)
from matchmaker.catalogue.tables import read_table
from matchmaker.domain.errors import FileProblem
from tests.tables import SHEET, refusals, sheet


def test_cells_of_a_workbook_are_what_they_show(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["a"],
        [2020.0, 1.5, True, datetime(2026, 12, 31), datetime(2026, 12, 31, 12, 30), None, "007"],
    ]
    path = sheet(tmp_path / "t.xlsx", rows)
    ((_, _), (place, cells)) = read_table(path)
    assert place.row == 2
    assert cells == ["2020", "1.5", "true", "2026-12-31", "2026-12-31T12:30:00", None, "007"]


def test_problems_of_a_workbook_name_the_row_with_empty_rows_counted(tmp_path: Path) -> None:
    rows: list[list[Any]] = [["Id", "Slag", "Namn (svenska)"], [], ["a", "troll", "A"], [12, "centrum", "B"]]
    problem, group = read_groups(sheet(tmp_path / "t.xlsx", rows))
    assert isinstance(problem, FileProblem)
    assert (problem.row, problem.line, problem.field) == (3, None, "Slag")
    assert isinstance(group, GroupEntry)
    assert group.id == "12"


def test_the_sheet_of_the_tables_name_is_read_wherever_it_is(tmp_path: Path) -> None:
    rows = [["Id", "Slag", "Namn (svenska)"], ["a", "centrum", "A"]]
    (group,) = read_groups(sheet(tmp_path / "t.xlsx", rows, name="Grupper", before="Så fyller du i"))
    assert isinstance(group, GroupEntry)


def _with_part(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    with zipfile.ZipFile(path) as source:
        parts = {one.filename: source.read(one) for one in source.infolist()}
    parts[name] = change(parts[name])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for part, content in parts.items():
            target.writestr(part, content)
    return path


@pytest.mark.parametrize(
    "change",
    [
        lambda content: content.replace(b'r="B1"', b'r="XFD1048576"'),
        lambda content: content.replace(b'r="B1"', b"").replace(b'<row r="1"', b'<row r="9999999"'),
        lambda content: content.replace(b"</sheetData>", b"</sheetData>" + b" " * 60_000_000),
        lambda content: content.replace(b'r="B1"', b'r="B1B1"'),
        lambda content: content.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY e "A1">]><worksheet'),
        lambda content: content[: len(content) // 2],
    ],
    ids=["a cell far away", "a row far away", "much of nothing", "a cell at no place", "entities", "cut short"],
)
def test_workbooks_that_would_take_all_memory_or_are_damaged_are_refused_before_they_are_opened(
    tmp_path: Path, change: Callable[[bytes], bytes]
) -> None:
    path = sheet(tmp_path / "t.xlsx", [["a", "b"] * 200])
    assert len(list(read_table(path))) == 1
    assert refusals(lambda: list(read_table(_with_part(path, SHEET, change))))


def test_a_long_text_that_many_cells_share_is_counted_for_each_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = sheet(tmp_path / "t.xlsx", [["x" * 1000]] * 1000)
    assert len(list(read_table(path))) == 1000
    monkeypatch.setattr(workbook_check, "LARGEST_UNPACKED", 900_000)
    ((_, _, reason),) = refusals(lambda: list(read_table(path)))
    assert reason == "is too large for a workbook; save it as CSV"


@pytest.mark.parametrize("content", [b"", b"PK", b"PK\x03\x04 no archive", b"\xd0\xcf\x11\xe0 old or with password"])
def test_what_is_no_workbook_is_told_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "t.xlsx"
    path.write_bytes(content)
    assert refusals(lambda: list(read_table(path)))


def test_a_table_of_another_kind_of_file_is_refused(tmp_path: Path) -> None:
    ((_, _, reason),) = refusals(lambda: list(read_table(tmp_path / "t.docx")))
    assert ".xlsx" in reason
