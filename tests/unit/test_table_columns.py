"""Columns and cells of tables: what is accepted, and what is told of the rest."""

from collections.abc import Callable
from pathlib import Path

import pytest

from matchmaker.catalogue.cell_types import PROBLEMS, Cells
from matchmaker.catalogue.evidence_cells import EvidenceCells
from matchmaker.catalogue.group_entry import GroupEntry
from matchmaker.catalogue.group_tables import (
    ContactCells,
    GroupCells,
    LinkCells,
    read_groups,
)
from matchmaker.catalogue.template import Template
from matchmaker.catalogue.templates import EVIDENCE, GROUPS, TEMPLATES, find_template
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.domain.errors import FileProblem, InvalidNameError
from matchmaker.domain.language import LocalisedText
from tests.tables import GROUP, refusals, told

MODELS: dict[str, type[Cells]] = {
    "groups": GroupCells,
    "contacts": ContactCells,
    "evidence": EvidenceCells,
    "links": LinkCells,
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_has_the_columns_that_are_read(name: str) -> None:
    assert [column.name for column in TEMPLATES[name].columns] == list(MODELS[name].model_fields)


@pytest.mark.parametrize("name", TEMPLATES)
def test_no_two_columns_or_choices_of_a_template_are_called_the_same(name: str) -> None:
    template = TEMPLATES[name]
    for column in template.columns:
        assert [other.name for other in template.columns if set(other.spellings) & set(column.spellings)] == [
            column.name
        ]
        for code in column.choices:
            assert {column.code(column.word(code, language)) for language in ("sv", "en")} == {code}


def test_headings_and_choices_may_be_in_either_language_or_in_codes(table: Callable[..., Path]) -> None:
    rows = [
        (GROUP, "vatten;forskargrupp;Vatten"),
        ("ID\tkind\tNAME  (SWEDISH)", "vatten\tResearch group\tVatten"),
        ("id,kind,name_sv", "vatten,research_group,Vatten"),
    ]
    read = [list(read_groups(table(*lines))) for lines in rows]
    expected = GroupEntry("vatten", LocalisedText("Vatten"), CollaboratorKind.RESEARCH_GROUP, {}, {})
    assert read == [[expected]] * 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_swedish_letters_are_read_as_spreadsheets_save_them(table: Callable[..., Path], encoding: str) -> None:
    (read,) = read_groups(table(GROUP, "a;förening;Åsele älvråd", encoding=encoding))
    assert isinstance(read, GroupEntry)
    assert (read.name.sv, read.kind) == ("Åsele älvråd", CollaboratorKind.ASSOCIATION)


def test_letters_in_parts_are_the_same_letters(table: Callable[..., Path]) -> None:
    (read,) = read_groups(table("Id;Slag;Namn (svenska)", "a;fo\u0308rening;A\u030alidhem"))
    assert isinstance(read, GroupEntry)
    assert read.name.sv == "Ålidhem"


def test_a_column_that_is_missing_is_named_in_both_languages_and_one_like_it_suggested(
    table: Callable[..., Path],
) -> None:
    path = table("Id;Slagg;Namn (svenska);Favoritfärg", "a;centrum;A;blå")
    assert refusals(lambda: list(read_groups(path))) == [
        (1, "Slag / Kind", "the column is missing; it must be there"),
        (1, "Slagg", "no such column is known, so it is not read; perhaps you mean «Slag»"),
        (1, "Favoritfärg", "no such column is known, so it is not read"),
    ]


def test_an_unknown_column_is_told_once_and_the_rows_come_through(table: Callable[..., Path]) -> None:
    problem, group = read_groups(table(GROUP + ";Institusion", "a;centrum;A;SRT"))
    assert told(problem) == (
        1,
        "Institusion",
        "no such column is known, so it is not read; perhaps you mean «Institution»",
    )
    assert isinstance(group, GroupEntry)


def test_a_column_that_is_there_twice_or_a_file_without_columns_is_refused(table: Callable[..., Path]) -> None:
    assert refusals(lambda: list(read_groups(table(GROUP + ";kind", "a;centrum;A;centrum")))) == [
        (1, "kind", "the column is there twice")
    ]
    ((_, _, reason),) = refusals(lambda: list(read_groups(table("hej;hopp", "1;2"))))
    assert "Id, Slag / Kind" in reason
    assert refusals(lambda: list(read_groups(table(""))))


def test_what_stands_in_a_column_without_a_heading_is_not_lost_unseen(table: Callable[..., Path]) -> None:
    problem, group = read_groups(table(GROUP + ";", "a;centrum;A;;viktigt", "b;centrum;B;;"))
    assert told(problem) == (2, None, "has «viktigt» in a column without a heading")
    assert isinstance(group, GroupEntry)


def test_values_that_are_shown_are_short_and_without_control_characters(table: Callable[..., Path]) -> None:
    (problem,) = read_groups(table(GROUP, f'a;"tr\x1b[31m\noll{"x" * 500}";A'))
    assert isinstance(problem, FileProblem)
    assert len(str(problem.values["value"])) == 80
    assert str(problem.values["value"]).startswith("tr [31m oll")


def test_an_unknown_table_is_told_with_those_that_there_are() -> None:
    with pytest.raises(InvalidNameError, match="groups, contacts, evidence, links"):
        find_template("people")


def test_every_error_that_a_cell_can_raise_has_words_of_ours() -> None:
    """The types that pydantic's own checks in the models can raise; those of our validators are raised above."""
    raised = {
        "missing", "string_too_short", "string_too_long", "string_pattern_mismatch", "int_parsing",
        "int_parsing_size", "greater_than_equal", "less_than_equal",
    }  # fmt: skip
    assert raised <= set(PROBLEMS)
    long = {"id": "x" * 301, "kind": "centrum", "name_sv": "y" * 501, "summary_sv": "z" * 100_001}
    assert _types(GroupCells, GROUPS, long) == {"string_too_long"}
    assert _types(EvidenceCells, EVIDENCE, {"id": "1", "title_sv": "<b></b>", "year": "1.5"}) == {
        "string_too_short", "int_parsing",
    }  # fmt: skip
    assert _types(EvidenceCells, EVIDENCE, {"id": "1", "title_sv": "T", "year": "9" * 5000}) == {"int_parsing_size"}


def _types(model: type[Cells], template: Template, cells: dict[str, str]) -> set[str]:
    from pydantic import ValidationError

    with pytest.raises(ValidationError) as raised:
        model.model_validate(cells, context=template)
    return {one["type"] for one in raised.value.errors()}
