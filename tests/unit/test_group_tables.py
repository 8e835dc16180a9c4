"""Tables of groups, contacts, links and evidence, row by row."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

from matchmaker.catalogue.evidence_cells import read_evidence
from matchmaker.catalogue.group_entry import GroupEntry, describe_group
from matchmaker.catalogue.group_tables import (
    ContactEntry,
    HintLink,
    gather_contacts,
    read_contacts,
    read_groups,
    read_links,
)
from matchmaker.catalogue.importers import find_source
from matchmaker.catalogue.seed import LABELS, read_areas
from matchmaker.catalogue.tables import SUFFIXES
from matchmaker.domain.availability import Availability
from matchmaker.domain.errors import FileProblem
from matchmaker.domain.language import Language
from matchmaker.domain.work import Hint, HintScheme, Record, Scheme, WorkIdentifier, WorkKind
from tests.conftest import ROOT
from tests.tables import GROUP, told

CATALOGUE = ROOT / "data" / "catalogue"


def test_a_wrong_row_is_told_by_line_column_and_value_and_the_others_come_through(table: Callable[..., Path]) -> None:
    path = table(
        GROUP + ";Webbsida;Grund;Tar emot alla frågor",
        "a;forskargrupp;A;;;",
        'b;trollkarl;"B\nmed två rader";ltu.se;magkänsla;kanske',
        ";centrum;C;;;",
        "d e;centrum;;;;",
        "a;centrum;A igen;;;",
        "f;centrum;F;https://www.ltu.se;;ja",
    )
    read = list(read_groups(path))
    assert [one.id for one in read if isinstance(one, GroupEntry)] == ["a", "f"]
    kinds = ("forskargrupp, innovationskontor, bolag, centrum, förening, projektledare, organisation, annat",)
    assert [told(one) for one in read if isinstance(one, FileProblem)] == [
        (3, "Slag", f"is «trollkarl»; expected one of these: {kinds[0]}"),
        (3, "Webbsida", "is «ltu.se»; expected: an address that begins with https://"),
        (3, "Grund", "is «magkänsla»; expected one of these: ur källor, delvis ur källor, allmän kunskap"),
        (3, "Tar emot alla frågor", "is «kanske»; expected one of these: ja, nej"),
        (5, "Id", "is empty; something must be written here"),
        (6, "Id", "is «d e»; expected: an id without spaces"),
        (7, "Id", "the id «a» is there before, on line or row 2"),
    ]


def test_a_name_is_asked_for_in_one_of_the_languages(table: Callable[..., Path]) -> None:
    (read,) = read_groups(table("Id,Kind,Name (English)", "a,centre,"))
    assert told(read) == (2, "Name (Swedish)", "is empty; write the name in at least one of the languages")


def test_a_department_is_a_code_and_no_text(table: Callable[..., Path]) -> None:
    (read,) = read_groups(table("Id,Kind,Name (English),Name (Swedish),Department", f"a,centre,A,A,{'d' * 41}"))
    assert isinstance(read, FileProblem)
    assert "at most 40 characters" in told(read)[2]


def test_areas_are_those_of_the_letter_of_intent(table: Callable[..., Path]) -> None:
    areas = read_areas(CATALOGUE)
    path = table(GROUP + ";Områden", 'a;centrum;A;"Utbildning; health_and_care"', "b;centrum;B;Rymd")
    good, bad = read_groups(path, areas)
    assert isinstance(good, GroupEntry)
    assert good.areas == ("education", "health_and_care")
    assert told(bad)[:2] == (3, "Områden")
    assert "Rymd" in told(bad)[2]
    assert "Kompetensförsörjning" in told(bad)[2]


def test_an_entry_keeps_the_sources_that_its_table_names(table: Callable[..., Path]) -> None:
    (entry,) = read_groups(table(GROUP + ";Källor", 'a;centrum;A;"En bok; https://example.org/a"'))
    assert isinstance(entry, GroupEntry)
    assert entry.sources == ("En bok", "https://example.org/a")
    described = describe_group(entry.to_collaborator(LABELS))
    assert described.sources == ()  # without a text there is nothing that a source could be of


def test_contacts_are_roles_with_what_the_group_has_room_for(table: Callable[..., Path]) -> None:
    path = table(
        "Grupp-id;Roll (svenska);Öppen för projekt;Öppen för uppdrag;Högst antal ärenden;Pausad till och med",
        "a;Ämnesföreträdare;ja;Nej;3;2026-12-31",
        "a;Samordnare;;;;",
        "b;;;;0;",
        "c;Föreståndare;;;;",
    )
    entries = [one for one in read_contacts(path) if isinstance(one, ContactEntry)]
    found = gather_contacts(entries)
    assert found["a"].availability == Availability(consulting=False, cap=3, paused_until=date(2026, 12, 31))
    assert [one.role.sv for one in found["a"].contacts] == ["Ämnesföreträdare", "Samordnare"]
    assert (found["b"].contacts, found["b"].availability) == ((), Availability(cap=0))
    assert found["c"].availability is None


def test_contacts_hold_no_personal_data_and_do_not_contradict_themselves(table: Callable[..., Path]) -> None:
    path = table(
        "group_id,role_en,cap,paused_until,web_page",
        "a,Head of subject someone@example.org,,,",
        "a,Head of subject,1,,",
        "a,Co-ordinator,2,,",
        "b,Head of subject,many,31/12/2026,",
        "c,Head of subject,-1,2026-02-30,",
        "d,,,,https://www.example.org",
    )
    read = list(read_contacts(path))
    problems = [told(one) for one in read if isinstance(one, FileProblem)]
    assert [problem[:2] for problem in problems] == [
        (2, "role_en"), (4, "group_id"), (5, "cap"), (5, "paused_until"), (6, "cap"), (6, "paused_until"),
        (7, "Role (Swedish)"),
    ]  # fmt: skip
    assert "someone" not in problems[0][2]
    assert problems[2][2] == "is «many»; expected: a whole number"
    assert problems[4][2] == "is -1; expected: 0 or more"


def test_links_take_persons_by_identifier_alone_and_never_show_a_name(table: Callable[..., Path]) -> None:
    path = table(
        "Grupp-id;Kännetecken;Värde",
        "a;person;https://orcid.org/0000-0002-1825-0097",
        "a;person;lnu:gobaaa",
        "a;person;Någon Någonsson",
        "a;person;0000-0002-1825-0098",
        "a;forskningsämne;Någon Någonsson",
    )
    read = list(read_links(path))
    assert [one.hint for one in read if isinstance(one, HintLink)] == [
        Hint(HintScheme.PERSON, "orcid:0000-0002-1825-0097"),
        Hint(HintScheme.PERSON, "lnu:gobaaa"),
        Hint(HintScheme.SUBJECT, "Någon Någonsson"),
    ]
    wrong = [one for one in read if isinstance(one, FileProblem)]
    assert [one.line for one in wrong] == [4, 5]
    assert all("Någon" not in f"{one} {dict(one.values)}" for one in wrong)


def test_evidence_is_read_as_records_of_its_groups(table: Callable[..., Path]) -> None:
    path = table(
        "Id;Grupp-id:n;Slag;Titel (svenska);Titel (engelska);Text (engelska);Nyckelord (svenska);År;DOI;"
        "Andra identifierare;Webbadress;Licens;Maskingjort",
        '1;"vatten; snö";avhandling eller uppsats;<b>Dagvatten</b> i kyla;Stormwater;Cold.;"snö; is";2020;'
        'https://doi.org/10.1000/ABC;"urn:nbn:se:ltu:diva-1; isbn:978-91-7000-000-0";https://example.org/1;CC0-1.0;'
        "engelska",
    )
    (read,) = find_source("table").read(path)
    assert isinstance(read, Record)
    assert (read.source, read.id, read.kind, read.year) == ("table", "1", WorkKind.THESIS, 2020)
    assert {one.value for one in read.hints} == {"vatten", "snö"}
    assert read.identifiers == {
        WorkIdentifier(Scheme.DOI, "10.1000/abc"),
        WorkIdentifier(Scheme.URN, "urn:nbn:se:ltu:diva-1"),
        WorkIdentifier(Scheme.ISBN, "9789170000000"),
    }
    swedish, english = read.texts
    assert (swedish.title, swedish.keywords, swedish.machine_made) == ("Dagvatten i kyla", ("snö", "is"), False)
    assert (english.language, english.text, english.machine_made) == (Language.ENGLISH, "Cold.", True)


def test_evidence_that_is_wrong_is_told(table: Callable[..., Path]) -> None:
    path = table(
        "id,title_sv,year,doi,identifiers,machine_made",
        "1,,2020,,,",
        "2,T,tjugo,abc,lib:1,klingonska",
        "3,T,999,,,",
        "4,T,3000,,,",
    )
    assert [told(one) for one in read_evidence(path)] == [
        (2, "title_sv", "is empty; write the title in at least one of the languages"),
        (3, "year", "is «tjugo»; expected: a whole number"),
        (3, "doi", "is «abc»; expected: a DOI such as 10.1000/182"),
        (
            3,
            "identifiers",
            "is «lib:1»; expected: where it is from and the identifier, such as isbn:9789170000000",
        ),
        (3, "machine_made", "is «klingonska»; expected one of these: Swedish, English, other language"),
        (4, "year", "is 999; expected: 1000 or more"),
        (5, "year", "is 3000; expected: 2999 or less"),
    ]


def test_the_source_takes_the_files_that_tables_can_be() -> None:
    assert find_source("table").suffixes == SUFFIXES
