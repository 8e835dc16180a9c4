"""A steward's tables: what they would change is shown, the change is all or nothing, and holds over imports."""

from pathlib import Path

import pytest

from matchmaker.catalogue.exporting import contact_rows, group_rows
from matchmaker.catalogue.table_writing import TableFormat, write_table
from matchmaker.catalogue.templates import CONTACTS, GROUPS
from matchmaker.curation import groups
from matchmaker.curation.records import pseudonyms
from matchmaker.curation.tables import apply_table, compare_table
from matchmaker.db import exports
from matchmaker.db.catalogue import save_collaborators
from matchmaker.db.session import Database
from matchmaker.domain.availability import Availability
from matchmaker.domain.errors import InvalidFileError
from tests.integration.imports import COLLECTION, Shelf, record
from tests.integration.test_curation import ORE, SNOW

KEY = pseudonyms(b"a key of the tests, long enough to be one")


@pytest.fixture
def shelf(database: Database) -> Shelf:
    save_collaborators(database, COLLECTION, "catalogue", [SNOW, ORE], complete=True, curated=True)
    return Shelf(database)


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_table_of_groups_corrects_and_adds_and_holds(shelf: Shelf, tmp_path: Path) -> None:
    table = write(
        tmp_path,
        "id;kind;name_sv;name_en;summary_sv\n"
        "snow;research_group;Kyla;Cold;Vi forskar om kyla.\n"
        "sea;research_group;Hav;Sea;Vi forskar om hav.\n",
    )
    given = (shelf.database, COLLECTION, "groups", table, (), KEY)
    difference = compare_table(*given)
    assert {(one.group, one.field) for one in difference.changes} >= {("snow", "name_sv"), ("sea", "")}
    assert "sea" not in shelf.evidence(), "nothing has changed yet"
    apply_table(*given, "steward")
    save_collaborators(shelf.database, COLLECTION, "catalogue", [SNOW, ORE], complete=True, curated=True)
    assert shelf.evidence() == {
        "snow": ["Vi forskar om kyla.", "snö, is"],
        "sea": ["Vi forskar om hav."],
        "ore": ["Malm i berget."],
    }
    assert compare_table(*given).changes == ()


def test_a_table_says_nothing_of_what_it_has_no_column_for(shelf: Shelf, tmp_path: Path) -> None:
    groups.set_availability(shelf.database, COLLECTION, "snow", {"project": False, "thesis": True}, "researcher")
    names = write(tmp_path, "id;kind;name_sv\nsnow;research_group;Kyla\n")
    apply_table(shelf.database, COLLECTION, "groups", names, (), KEY, "steward")
    assert shelf.evidence()["snow"] == ["Snö och is.", "snö, is"]
    caps = write(tmp_path, "group_id;cap\nsnow;2\n")
    apply_table(shelf.database, COLLECTION, "contacts", caps, (), KEY, "steward")
    assert exports.read_availability(shelf.database, COLLECTION)["snow"] == Availability(project=False, cap=2)
    emptied = write(tmp_path, "id;kind;name_sv;keywords_sv\nsnow;research_group;Kyla;\n")
    apply_table(shelf.database, COLLECTION, "groups", emptied, (), KEY, "steward")
    assert shelf.evidence()["snow"] == ["Snö och is."], "an empty cell is said to be empty"


def test_one_wrong_row_keeps_all_out_unless_it_is_left_out_on_purpose(shelf: Shelf, tmp_path: Path) -> None:
    table = write(tmp_path, "id;kind;name_sv\nsea;research_group;Hav\nlake;no such kind;Sjö\n")
    given = (shelf.database, COLLECTION, "groups", table, (), KEY)
    with pytest.raises(InvalidFileError) as refused:
        apply_table(*given, "steward")
    assert [problem.line for problem in refused.value.problems] == [3]
    assert {one.id for one in exports.read_groups(shelf.database, COLLECTION)} == {"snow", "ore"}
    apply_table(*given, "steward", skip_wrong=True)
    assert {one.id for one in exports.read_groups(shelf.database, COLLECTION)} == {"snow", "ore", "sea"}


def test_a_group_that_opted_out_is_not_brought_back_by_a_table(shelf: Shelf, tmp_path: Path) -> None:
    groups.opt_out(shelf.database, tmp_path / "ledger", COLLECTION, "snow", "researcher")
    table = write(tmp_path, "id;kind;name_sv\nsnow;research_group;Snö\n")
    with pytest.raises(InvalidFileError):
        apply_table(shelf.database, COLLECTION, "groups", table, (), KEY, "steward")
    assert list(shelf.evidence()) == ["ore"]


def test_contacts_and_availability_come_and_go_by_a_table(shelf: Shelf, tmp_path: Path) -> None:
    table = write(
        tmp_path,
        "group_id;role_sv;role_en;thesis;cap\nsnow;Ämnesföreträdare;Head of subject;nej;2\nnobody;Chef;Head;ja;\n",
    )
    given = (shelf.database, COLLECTION, "contacts", table, (), KEY)
    difference = apply_table(*given, "steward", skip_wrong=True)
    assert [problem.values["value"] for problem in difference.problems] == ["nobody"]
    snow = next(one for one in exports.read_groups(shelf.database, COLLECTION) if one.id == "snow")
    assert [contact.role.sv for contact in snow.contacts] == ["Ämnesföreträdare"]
    assert exports.read_availability(shelf.database, COLLECTION) == {"snow": Availability(thesis=False, cap=2)}


def test_a_table_of_links_replaces_the_one_before(shelf: Shelf, tmp_path: Path) -> None:
    from matchmaker.domain.work import Hint, HintScheme

    hint = frozenset({Hint(HintScheme.ORGANISATION, "openalex:I1")})
    shelf.load(record("1", "Plogning av gator", text="Plogning.", hints=hint))
    first = write(tmp_path, "group_id;scheme;value\nsnow;organisation;openalex:I1\n")
    apply_table(shelf.database, COLLECTION, "links", first, (), KEY, "steward")
    assert "Plogning." in shelf.evidence()["snow"]
    second = write(tmp_path, "group_id;scheme;value\nore;organisation;openalex:I1\n")
    difference = apply_table(shelf.database, COLLECTION, "links", second, (), KEY, "steward")
    assert {(one.group, one.old, one.new) for one in difference.changes} == {
        ("ore", None, "openalex:I1"),
        ("snow", "openalex:I1", None),
    }
    assert "Plogning." in shelf.evidence()["ore"]
    assert "Plogning." not in shelf.evidence()["snow"]


@pytest.mark.parametrize("form", [TableFormat.CSV, TableFormat.XLSX])
def test_what_is_exported_changes_nothing_when_it_comes_back(shelf: Shelf, tmp_path: Path, form: TableFormat) -> None:
    own = exports.read_groups(shelf.database, COLLECTION)
    for template, rows in ((GROUPS, group_rows(own)), (CONTACTS, contact_rows(own, {}))):
        path = tmp_path / f"{template.name}.{form.value}"
        with path.open("wb") as stream:
            write_table(stream, template, rows, form, "sv")
        difference = compare_table(shelf.database, COLLECTION, template.name, path, (), KEY)
        assert (difference.changes, difference.problems) == ((), ())
