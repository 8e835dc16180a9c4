"""Laws of tables: what is written comes back, and nothing that is written is run."""

import re
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.catalogue.cell_text import from_cell, join_items, split_items, to_cell
from matchmaker.catalogue.evidence_cells import read_evidence
from matchmaker.catalogue.exporting import contact_rows, evidence_rows, group_rows, link_rows
from matchmaker.catalogue.group_entry import GroupEntry
from matchmaker.catalogue.group_tables import gather_contacts, read_contacts, read_groups, read_links
from matchmaker.catalogue.importers.field_text import clean_line
from matchmaker.catalogue.table_writing import TableFormat, write_table
from matchmaker.catalogue.tables import read_table
from matchmaker.catalogue.template import Column, Template
from matchmaker.catalogue.templates import BASES, CONTACTS, EVIDENCE, GROUPS, LINKS
from matchmaker.domain.availability import Availability
from matchmaker.domain.collaborator import Collaborator, CollaboratorKind, Contact
from matchmaker.domain.errors import FileProblem, InvalidFileError
from matchmaker.domain.language import Language, LocalisedText
from matchmaker.domain.work import (
    Hint,
    HintScheme,
    Record,
    Scheme,
    SourceNote,
    Work,
    WorkKind,
    WorkText,
    identifiers,
)
from matchmaker.text.normalise import clean_text

NASTY = ["", "'", "''", "=1+1", "'=1", "+1", "-1", "@x", "\t=1", "\r", "\n=1", "007", " =1", "＝1", "#not a comment",
         "a;b,c\td", 'say "hi"', "A\u030a\u0308", "😀\u200d", "_x000D_", "\ufeff", "a\r\nb", "'s-Hertogenbosch",
         "\\;"]  # fmt: skip
FORMS = [(TableFormat.CSV, "sv"), (TableFormat.CSV, "en"), (TableFormat.XLSX, "sv")]
TINY = Template(
    "tiny",
    LocalisedText("Liten", "Tiny"),
    tuple(Column(name, LocalisedText(name, name), "") for name in ("first", "second", "third")),
)
unhurried = settings(max_examples=60)
"""The first workbook waits for pandas, and a workbook is some fifty times as slow as a function."""

LABELS = {"sv": "En katalog", "en": "A catalogue"}

characters = st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff")
texts = st.sampled_from(NASTY) | st.text(characters, max_size=30)
cells = st.none() | texts
lines = texts.map(clean_line).filter(bool)
clean = texts.map(lambda text: clean_text(text).text)
items = st.lists(lines, max_size=4, unique=True).map(tuple)
ids = st.from_regex(re.compile(r"[a-z0-9=+@'#;-]{1,20}"), fullmatch=True)
pages = st.none() | st.sampled_from(["https://www.example.org/a?b=c;d", "http://example.org"])
both = st.builds(LocalisedText, lines, st.none() | lines) | st.builds(LocalisedText, st.none(), lines)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all the examples, each of which writes over the one before."""
    return tmp_path_factory.mktemp("tables")


def written(folder: Path, template: Template, rows: object, form: TableFormat, language: str) -> Path:
    path = folder / f"table.{form.value}"
    with path.open("wb") as stream:
        write_table(stream, template, rows, form, language)  # type: ignore[arg-type]
    return path


@given(texts)
def test_a_text_comes_back_from_its_cell(text: str) -> None:
    assert from_cell(to_cell(text)) == text
    assert from_cell(to_cell(None)) is None


@given(texts)
def test_no_cell_begins_like_a_formula(text: str) -> None:
    assert not re.match(r"\s*[=+\-@＝＋－＠]|[\t\r\n]", to_cell(text))


@given(items)
def test_several_values_come_back_from_one_cell(values: tuple[str, ...]) -> None:
    assert split_items(join_items(values) or "") == values


@pytest.mark.parametrize(("form", "language"), FORMS)
@unhurried
@given(rows=st.lists(st.tuples(cells, cells), max_size=5))
def test_any_cells_come_back_from_a_table(
    folder: Path, form: TableFormat, language: str, rows: list[tuple[str | None, str | None]]
) -> None:
    given_rows = [{"first": "x", "second": second, "third": third} for second, third in rows]
    read = [list(row) for _, row in read_table(written(folder, TINY, given_rows, form, language))]
    assert read == [["first", "second", "third"], *(["x", *row] for row in rows)]


groups = st.builds(
    GroupEntry,
    id=ids,
    name=both,
    kind=st.sampled_from(CollaboratorKind),
    summary=st.dictionaries(st.sampled_from(["sv", "en"]), clean.filter(bool)),
    keywords=st.dictionaries(
        st.sampled_from(["sv", "en"]),
        st.lists(lines.filter(lambda word: "," not in word), min_size=1, max_size=3, unique=True).map(tuple),
    ),
    department=st.none() | lines,
    areas=items,
    web_page=pages,
    basis=st.sampled_from(list(BASES)),
    is_entrance=st.booleans(),
)
contacts = st.lists(st.builds(Contact, st.just(LocalisedText("Ämnesföreträdare", "=Head")), pages), max_size=2)


@pytest.mark.parametrize(("form", "language"), FORMS)
@unhurried
@given(entries=st.lists(groups, max_size=3, unique_by=lambda one: one.id))
def test_groups_come_back_from_their_table(
    folder: Path, form: TableFormat, language: str, entries: list[GroupEntry]
) -> None:
    there = [one.to_collaborator(LABELS) for one in entries]
    read = list(read_groups(written(folder, GROUPS, group_rows(there), form, language)))
    assert [one.to_collaborator(LABELS) for one in read if isinstance(one, GroupEntry)] == there
    assert len(read) == len(there)


availabilities = st.builds(
    Availability,
    project=st.booleans(),
    thesis=st.booleans(),
    consulting=st.booleans(),
    cap=st.none() | st.integers(0, 1000),
    paused_until=st.none() | st.dates(date(2000, 1, 1)),
)


@pytest.mark.parametrize(("form", "language"), FORMS)
@unhurried
@given(roles=contacts, availability=st.none() | availabilities)
def test_contacts_and_availability_come_back_from_their_table(
    folder: Path, form: TableFormat, language: str, roles: list[Contact], availability: Availability | None
) -> None:
    group = Collaborator("a", LocalisedText("A"), CollaboratorKind.CENTRE, contacts=tuple(roles))
    said = {"a": availability} if availability else {}
    read = list(read_contacts(written(folder, CONTACTS, contact_rows([group], said), form, language)))
    found = gather_contacts(one for one in read if not isinstance(one, FileProblem)).get("a")
    assert (found.contacts if found else ()) == tuple(roles)
    assert (found.availability if found else None) == availability


work_texts = st.builds(
    WorkText,
    title=lines,
    text=clean,
    language=st.sampled_from(Language),
    keywords=items,
    machine_made=st.booleans(),
)
dois = st.sampled_from(["10.1000/182", "10.1002/(SICI)1097(1998)49:8<693::AID-ASI4>3.0.CO;2-O"])
works = st.builds(
    Work,
    id=ids,
    kind=st.sampled_from(WorkKind),
    texts=st.lists(work_texts, min_size=1, max_size=3, unique_by=(lambda one: one.language, lambda one: one.text)).map(
        tuple
    ),
    year=st.none() | st.integers(1000, 2999),
    url=pages,
    identifiers=st.lists(
        st.tuples(st.just(Scheme.DOI), dois)
        | st.sampled_from(
            [
                (Scheme.URN, "urn:nbn:se:ltu:diva-1"),
                (Scheme.DIVA, "ltu:diva-1"),
                (Scheme.ISBN, "978-91-7000-000-0"),
                (Scheme.SWECRIS, "2020-01234_VR;x"),
                (Scheme.CORDIS, "101000000"),
                (Scheme.OPENALEX, "W2741809807"),
            ]
        )
    ).map(identifiers),
    hints=st.just(frozenset()),
    sources=st.tuples(st.builds(SourceNote, st.just("x"), st.just("1"), st.none(), st.none() | lines, st.none())),
)


@pytest.mark.parametrize(("form", "language"), FORMS)
@unhurried
@given(work=works, group_ids=st.frozensets(ids.map(clean_line).filter(bool), max_size=3))
def test_works_come_back_from_their_table(
    folder: Path, form: TableFormat, language: str, work: Work, group_ids: frozenset[str]
) -> None:
    (read,) = read_evidence(written(folder, EVIDENCE, evidence_rows([(work, group_ids)]), form, language))
    assert isinstance(read, Record)
    assert (read.id, read.kind, read.year, read.url) == (work.id, work.kind, work.year, work.url)
    assert read.identifiers == work.identifiers
    assert {one.value for one in read.hints} == group_ids
    assert read.licence == work.sources[0].licence
    assert {one.language: one for one in read.texts} == {one.language: one for one in work.texts}


@pytest.mark.parametrize(("form", "language"), FORMS)
@unhurried
@given(
    links=st.lists(
        st.tuples(
            st.builds(
                Hint,
                st.sampled_from([HintScheme.SUBJECT, HintScheme.ORGANISATION, HintScheme.AFFILIATION]),
                lines,
            )
            | st.just(Hint(HintScheme.PERSON, "orcid:0000-0002-1825-0097")),
            ids,
        ),
        max_size=4,
    )
)
def test_links_come_back_from_their_table(
    folder: Path, form: TableFormat, language: str, links: list[tuple[Hint, str]]
) -> None:
    read = list(read_links(written(folder, LINKS, link_rows(links), form, language)))
    assert [(one.hint, one.group_id) for one in read if not isinstance(one, FileProblem)] == links


@unhurried
@given(content=st.binary(max_size=300), suffix=st.sampled_from([".csv", ".xlsx", ".tsv"]))
def test_any_bytes_are_rows_problems_or_a_file_that_is_told_to_be_wrong(
    content: bytes, suffix: str, folder: Path
) -> None:
    path = folder / f"any{suffix}"
    path.write_bytes(content)
    with suppress(InvalidFileError):
        assert all(isinstance(one, Record | FileProblem) for one in read_evidence(path))
