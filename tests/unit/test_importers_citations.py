"""RIS and BibTeX: what reference managers export."""

from pathlib import Path

import pytest

from matchmaker.catalogue.importers import SOURCES, bibtex
from matchmaker.catalogue.importers.latex_text import DEEPEST, plain_text
from matchmaker.catalogue.importers.source import LARGEST_FIELD
from matchmaker.domain.errors import FileProblem, InvalidFileError
from matchmaker.domain.language import Language
from matchmaker.domain.work import HintScheme, Record, Scheme, WorkIdentifier, WorkKind
from tests.conftest import ROOT

SAMPLES = ROOT / "tests" / "data" / "imports"
RIS_WORK = "TY  - JOUR\nTI  - Snow\nER  - \n"
BIBTEX_WORK = "@article{a, title = {Snow}, year = 2018}\n"


def read(source: str, path: Path) -> tuple[list[Record], list[FileProblem]]:
    readings = list(SOURCES[source].read(path))
    return [one for one in readings if isinstance(one, Record)], [
        one for one in readings if isinstance(one, FileProblem)
    ]


def ris(tmp_path: Path, text: str) -> tuple[list[Record], list[FileProblem]]:
    path = tmp_path / "references.ris"
    path.write_text(text, encoding="utf-8")
    return read("ris", path)


def bib(tmp_path: Path, text: str) -> tuple[list[Record], list[FileProblem]]:
    path = tmp_path / "references.bib"
    path.write_text(text, encoding="utf-8")
    return read("bibtex", path)


def test_a_ris_abstract_over_several_lines_is_one_text() -> None:
    (article, thesis, report), problems = read("ris", SAMPLES / "ris" / "references.ris")
    assert not problems
    assert article.texts[0].text == (
        "Frost heave lifts the pavement of streets every spring. We measure how the ground water level decides the "
        "damage - and which drains keep the street whole."
    )
    assert (article.texts[0].keywords, article.texts[0].language) == (("frost", "streets", "drains"), Language.ENGLISH)
    assert (thesis.kind, thesis.year, thesis.texts[0].language) == (WorkKind.THESIS, 2019, Language.SWEDISH)
    assert report.kind is WorkKind.PUBLICATION


def test_ris_in_the_encoding_of_windows_keeps_its_letters() -> None:
    ((book,), _) = read("ris", SAMPLES / "ris" / "references-latin1.ris")
    assert book.texts[0].title == "Vägar på myr"


def test_no_names_or_mail_are_read(tmp_path: Path) -> None:
    address = "[Surname, Given; Other, Name] Dept of Roads, Example University; Mail: someone@example.org"
    ((one,), _) = ris(tmp_path, RIS_WORK.replace("ER", f"AU  - Surname, Given\nAD  - {address}\nER"))
    entry = f"author = {{Surname, Given}}, affiliation = {{{address}}}, year"
    ((other,), _) = bib(tmp_path, BIBTEX_WORK.replace("year", entry))
    for record in (one, other):
        hints = {(hint.scheme, hint.value) for hint in record.hints}
        assert (HintScheme.AFFILIATION, "Dept of Roads, Example University") in hints
        assert not [word for word in ("Surname", "Given", "Other", "someone", "@") if word in repr(record)]


def test_both_formats_know_a_work_by_the_same_id() -> None:
    by_ris = [one.id for one in read("ris", SAMPLES / "ris" / "references.ris")[0]]
    by_bibtex = [one.id for one in read("bibtex", SAMPLES / "bibtex" / "references.bib")[0]]
    assert by_ris == by_bibtex
    assert by_ris[:2] == ["10.5555/frost.2021.1", "ltu:diva-99998"]


def test_a_work_without_identifiers_keeps_its_id_when_its_number_changes(tmp_path: Path) -> None:
    ((one,), _) = ris(tmp_path, RIS_WORK.replace("ER", "ID  - 1\nER"))
    ((other,), _) = ris(tmp_path, RIS_WORK.replace("Snow", "SNOW.").replace("ER", "ID  - 7\nER"))
    ((third,), _) = ris(tmp_path, RIS_WORK.replace("ER", "PY  - 2018\nER"))
    assert one.id == other.id != third.id


@pytest.mark.parametrize(
    ("text", "line", "field"),
    [
        (RIS_WORK + "TY  - JOUR\nER  - \n", 4, "TI"), ("TI  - Stray\n" + RIS_WORK, 1, "TI"),
        ("TY  - JOUR\nTI  - No end\n" + RIS_WORK, 3, "ER"),
        (RIS_WORK + f"TY  - JOUR\nTI  - Long\nAB  - {'x ' * LARGEST_FIELD}\nER  - \n", 4, "TI"),
    ],
)  # fmt: skip
def test_a_wrong_reference_is_told_by_line_and_the_others_are_read(
    tmp_path: Path, text: str, line: int, field: str
) -> None:
    records, (problem,) = ris(tmp_path, text)
    assert ([one.texts[0].title for one in records], problem.line, problem.field) == (["Snow"], line, field)


@pytest.mark.parametrize(
    ("source", "content"),
    [
        ("ris", b"TY  - JOUR\nTI  - Snow\n"), ("ris", b"Title: Snow\n"), ("ris", b""), ("ris", b"TY  - JOUR\0\n"),
        ("bibtex", BIBTEX_WORK.encode() + b"@article{b, title = {Sno"), ("bibtex", b"Snow"), ("bibtex", b""),
        ("bibtex", BIBTEX_WORK.encode("utf-16")), ("bibtex", b"@a{" * (bibtex.MOST_ENTRIES + 1)),
    ],
)  # fmt: skip
def test_what_is_cut_short_or_of_another_format_is_refused(tmp_path: Path, source: str, content: bytes) -> None:
    path = tmp_path / "references"
    path.write_bytes(content)
    with pytest.raises(InvalidFileError) as raised:
        read(source, path)
    assert str(raised.value.problems[0])


def test_a_broken_bibtex_entry_is_told_by_line_without_what_stands_in_it() -> None:
    records, (problem,) = read("bibtex", SAMPLES / "bibtex" / "references.bib")
    assert ([one.year for one in records], problem.line) == ([2021, 2019, 2018], 21)
    assert "never closes" not in f"{problem} {problem.values}"


def test_bibtex_is_decoded_and_a_percent_sign_begins_no_comment() -> None:
    article, thesis = read("bibtex", SAMPLES / "bibtex" / "references.bib")[0][:2]
    assert article.texts[0].title == "Frost heave in streets of Luleå & other towns"
    assert article.texts[0].text == "Frost heave lifts 50% of the pavement when α > 2. We measure it."
    assert thesis.texts[0].title == "Tjäle i gator: en avhandling"
    assert WorkIdentifier(Scheme.DIVA, "ltu:diva-99998") in thesis.identifiers


def test_two_bibtex_entries_under_one_key_are_two_works(tmp_path: Path) -> None:
    records, problems = bib(tmp_path, BIBTEX_WORK + BIBTEX_WORK.replace("Snow", "Ice"))
    assert ([one.texts[0].title for one in records], problems) == (["Snow", "Ice"], [])


def test_strings_that_stand_for_each_other_do_not_blow_up(tmp_path: Path) -> None:
    strings = "".join(f"@string{{a{n} = a{n - 1} # a{n - 1}}}\n" for n in range(1, 60))
    records, _ = bib(tmp_path, f'@string{{a0 = "bomb"}}\n{strings}@article{{b, title = a59}}\n{BIBTEX_WORK}')
    assert "Snow" in [one.texts[0].title for one in records]
    assert all(len(one.texts[0].title) < 100 for one in records)


@pytest.mark.parametrize("deep", [DEEPEST + 1, 5_000])
def test_latex_nested_too_deeply_keeps_its_words(deep: int) -> None:
    assert plain_text("{" * deep + "\\emph{Snow} falls" + "}" * deep) == "Snow falls"
