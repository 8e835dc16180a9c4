"""Tables as they are written: whole, with nothing that is run."""

import io
import json
import zipfile
from datetime import date
from pathlib import Path

import pytest

from matchmaker.catalogue.blank_tables import write_blank
from matchmaker.catalogue.exporting import contact_rows, group_rows
from matchmaker.catalogue.group_entry import GroupEntry
from matchmaker.catalogue.group_tables import (
    ContactEntry,
    gather_contacts,
    read_contacts,
    read_groups,
)
from matchmaker.catalogue.seed import LABELS, read_areas, read_catalogue
from matchmaker.catalogue.table_writing import TableFormat
from matchmaker.catalogue.tables import read_table
from matchmaker.catalogue.templates import CONTACTS, EVIDENCE, GROUPS, LINKS, TEMPLATES, find_template
from matchmaker.domain.availability import Availability
from matchmaker.domain.collaborator import CollaboratorKind, Contact
from matchmaker.domain.language import LocalisedText
from tests.conftest import ROOT
from tests.tables import SHEET, refusals, written

CATALOGUE = ROOT / "data" / "catalogue"


def test_a_workbook_has_texts_alone_no_formulas_and_no_addresses_to_click() -> None:
    row = {"id": "1", "title_sv": "=HYPERLINK(1)", "url": "https://example.org", "year": 2020}
    with zipfile.ZipFile(io.BytesIO(written(EVIDENCE, [row], TableFormat.XLSX))) as book:
        parts = {one: book.read(one).decode() for one in book.namelist()}
    assert "<f>" not in parts[SHEET]
    assert "<hyperlink" not in parts[SHEET]
    assert not any("example.org" in content for name, content in parts.items() if name.endswith(".rels"))
    assert "<v>2020</v>" not in parts[SHEET]


def test_a_text_that_no_cell_can_hold_is_told_rather_than_cut() -> None:
    row = {"id": "1", "text_sv": "å" * 40_000}
    assert refusals(lambda: written(EVIDENCE, [row], TableFormat.XLSX)) == [
        (2, "Text (svenska)", "is longer than a cell can be (32767 characters); choose CSV or JSON")
    ]
    assert len(written(EVIDENCE, [row], TableFormat.CSV)) > 80_000


def test_json_has_values_as_they_are() -> None:
    availability = {"a": Availability(thesis=False, cap=2, paused_until=date(2026, 12, 31))}
    group = GroupEntry("a", LocalisedText("=A"), CollaboratorKind.CENTRE, {}, {}).to_collaborator(
        LABELS, (Contact(LocalisedText("Föreståndare")),)
    )
    assert json.loads(written(CONTACTS, contact_rows([group], availability), TableFormat.JSON)) == [
        {"group_id": "a", "role_sv": "Föreståndare", "role_en": None, "web_page": None, "project": True,
         "thesis": False, "consulting": True, "cap": 2, "paused_until": "2026-12-31"}
    ]  # fmt: skip
    (row,) = json.loads(written(GROUPS, group_rows([group]), TableFormat.JSON))
    assert (row["name_sv"], row["kind"], row["areas"]) == ("=A", "centre", [])
    assert json.loads(written(LINKS, [], TableFormat.JSON)) == []


@pytest.mark.parametrize(("form", "language"), [("csv", "sv"), ("csv", "en"), ("xlsx", "sv"), ("xlsx", "en")])
def test_the_shipped_catalogue_comes_back_from_its_tables(tmp_path: Path, form: str, language: str) -> None:
    catalogue = read_catalogue(CATALOGUE)
    areas = read_areas(CATALOGUE)
    groups, contacts = tmp_path / f"groups.{form}", tmp_path / f"contacts.{form}"
    groups.write_bytes(written(find_template("groups", areas), group_rows(catalogue), TableFormat(form), language))
    contacts.write_bytes(written(CONTACTS, contact_rows(catalogue, {}), TableFormat(form), language))
    roles = gather_contacts(one for one in read_contacts(contacts) if isinstance(one, ContactEntry))
    read = [
        one.to_collaborator(LABELS, roles[one.id].contacts)
        for one in read_groups(groups, areas)
        if isinstance(one, GroupEntry)
    ]
    assert read == catalogue


@pytest.mark.parametrize("name", TEMPLATES)
@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("form", [TableFormat.CSV, TableFormat.XLSX])
def test_a_blank_table_has_headings_and_explanations_and_no_rows(
    tmp_path: Path, name: str, language: str, form: TableFormat
) -> None:
    path = tmp_path / f"blank.{form.value}"
    template = find_template(name, read_areas(CATALOGUE))
    with path.open("wb") as stream:
        write_blank(stream, template, form, language, lambda text: f"«{text}»")
    ((_, cells),) = read_table(path)
    assert cells == [column.heading.in_language(language) for column in template.columns]
    explained = "".join(str(row) for row in _raw(path))
    assert all(f"«{column.meaning}»" in explained for column in template.columns)


def _raw(path: Path) -> list[object]:
    import pandas as pd

    if path.suffix == ".csv":
        return [path.read_text(encoding="utf-8-sig")]
    return [row for frame in pd.read_excel(path, sheet_name=None, engine="calamine").values() for row in frame.values]


def test_a_blank_workbook_offers_the_choices_of_its_columns(tmp_path: Path) -> None:
    path = tmp_path / "blank.xlsx"
    with path.open("wb") as stream:
        write_blank(stream, GROUPS, TableFormat.XLSX, "sv", str)
    with zipfile.ZipFile(path) as book:
        page = book.read(SHEET).decode()
    assert '"forskargrupp,innovationskontor,bolag,centrum' in page
    assert '"ja,nej"' in page
