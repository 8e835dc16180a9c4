"""DiVA's CSV exports: columns, names that are not read, files as spreadsheets save them."""

from pathlib import Path

import pytest

from matchmaker.catalogue.importers.diva_csv import read
from matchmaker.catalogue.importers.diva_names import find_name_hints
from matchmaker.domain.errors import FileProblem, InvalidFileError
from matchmaker.domain.language import Language
from matchmaker.domain.work import Hint, HintScheme, Record, WorkKind
from tests.conftest import ROOT

SAMPLES = ROOT / "tests" / "data" / "imports" / "diva_csv"


def records(path: Path) -> list[Record]:
    return [one for one in read(path) if isinstance(one, Record)]


def refusal(path: Path) -> FileProblem:
    with pytest.raises(InvalidFileError) as caught:
        list(read(path))
    return caught.value.problems[0]


@pytest.fixture(params=["export.csv", "export-excel.csv"])
def export(request: pytest.FixtureRequest) -> Path:
    """As DiVA gives it, and as a Swedish spreadsheet saves it: semicolons, Windows-1252."""
    return SAMPLES / str(request.param)


def test_a_row_becomes_a_record(export: Path) -> None:
    article = records(export)[0]
    assert (article.source, article.id, article.year) == ("diva_csv", "diva2:900101", 2025)
    assert {(one.scheme.value, one.value) for one in article.identifiers} == {
        ("doi", "10.5555/nord.101"),
        ("urn", "urn:nbn:se:nord:diva-101"),
        ("diva", "nord:diva-101"),
        ("isbn", "9789100000001"),
    }
    assert article.url == "https://urn.kb.se/resolve?urn=urn:nbn:se:nord:diva-101"
    assert (article.funder, article.licence) == ("Ett påhittat råd", "CC0-1.0")


def test_an_abstract_in_another_language_than_the_column_says_is_told_apart(export: Path) -> None:
    swedish, english = records(export)[0].texts
    assert (swedish.title, swedish.text, swedish.language) == ("Det rena vattnet", "", Language.SWEDISH)
    assert swedish.keywords == ("dricksvatten", "ledningar")
    assert english.language is Language.ENGLISH and english.text.startswith("We measured the water in all pipes")


def test_subjects_ids_and_affiliations_are_hints_and_names_are_not_read(export: Path) -> None:
    article = records(export)[0]
    hints = {scheme: {one.value for one in article.hints if one.scheme is scheme} for scheme in HintScheme}
    assert hints[HintScheme.SUBJECT] == {
        "hsv:20107",
        "hsv:Vattenteknik",
        "hsv:211",
        "hsv:Annan teknik",
        "nord:44",
        "nord:VA-teknik",
        "nord:Snö",
    }
    assert hints[HintScheme.ORGANISATION] == {"nord:7701"}
    assert hints[HintScheme.PERSON] == {"nord:inventeda", "orcid:0000-0002-1825-0097"}
    assert hints[HintScheme.AFFILIATION] == {
        "Nordliga universitetet, Institutionen (SBN), Avdelningen för vatten",
        "Ett bolag, Byn",
        "Ett annat bolag",
    }
    assert not any(name in repr(records(export)) for name in ("Påhittad", "Bertil", "Cecilia", "David"))


def test_a_row_with_little_in_it_is_read_as_well(export: Path) -> None:
    thesis = records(export)[1]
    assert (thesis.id, thesis.kind, thesis.year) == ("diva2:900102", WorkKind.THESIS, None)
    assert (thesis.texts[0].title, thesis.texts[0].language) == ("Is på älven", Language.SWEDISH)
    assert thesis.url == "https://www.diva-portal.org/smash/record.jsf?pid=diva2:900102"
    assert not thesis.hints


def test_wrong_rows_are_named_by_line_and_column(export: Path) -> None:
    problems = [one for one in read(export) if isinstance(one, FileProblem)]
    # The second record's title takes two lines.
    assert [(one.line, one.field) for one in problems] == [(5, "PID"), (6, "Title"), (7, None)]
    assert problems[2].values == {"count": 2, "expected": 20}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "missing: PID, Title"),
        (b"a;b\n1;2\n", "found: a, b"),
        (b"PID,Title\n1,a\0b\n", "null characters"),
        ("PID,Title\n1,å".encode("utf-16"), "null characters"),
        ("PID,Title\n1,åå\n".encode()[:-2], "not UTF-8"),
        ("PID,Title\n1,å\n2,".encode() + b"\xe5\n", "not UTF-8"),
        (b'PID,Title\n1,"never ends\n', "not whole CSV"),
        (b"PID,Title\n1," + b"x" * 200_001 + b"\n", "not whole CSV"),
    ],
)
def test_what_is_no_export_is_refused_and_says_why(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert words in str(refusal(path))


def test_ids_of_a_portal_that_is_not_known_are_left_out() -> None:
    hints = find_name_hints("Någon, Annan [local] [0000-0002-1825-0097] (Enheten [12])", None)
    assert hints == {Hint(HintScheme.PERSON, "orcid:0000-0002-1825-0097"), Hint(HintScheme.AFFILIATION, "Enheten")}
