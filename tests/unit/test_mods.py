"""DiVA and SwePub in MODS: what is read of a record, what is refused and why."""

import shutil
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from matchmaker.catalogue.importers.mods import read
from matchmaker.domain.errors import FileProblem, InvalidFileError
from matchmaker.domain.language import Language
from matchmaker.domain.work import Hint, HintScheme, Record, WorkKind
from tests.conftest import ROOT

SAMPLES = ROOT / "tests" / "data" / "imports" / "mods"
OAI = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><responseDate>2026-01-01</responseDate>{}</OAI-PMH>'


def records(path: Path) -> dict[str, Record]:
    return {one.id: one for one in read(path) if isinstance(one, Record)}


def problems(path: Path) -> list[FileProblem]:
    return [one for one in read(path) if isinstance(one, FileProblem)]


def refusal(path: Path) -> FileProblem:
    with pytest.raises(InvalidFileError) as caught:
        list(read(path))
    assert len(caught.value.problems) == 1
    return caught.value.problems[0]


def write(path: Path, content: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def article() -> Record:
    return records(SAMPLES / "harvest.xml")["nord:diva-101"]


def test_each_language_has_its_title_text_and_keywords(article: Record) -> None:
    swedish, english = article.texts
    assert (swedish.language, english.language) == (Language.SWEDISH, Language.ENGLISH)
    assert swedish.title == "Det rena vattnet: dricksvatten i kalla städer"
    assert swedish.text == "Vi mätte vattnet i ledningarna."
    assert swedish.keywords == ("dricksvatten", "Trinkwasser")
    assert (english.title, english.text) == ("Clean water in cold towns", "We measured the water.")
    assert english.keywords == ("drinking water",)


def test_identifiers_are_the_works_own_wherever_they_stand(article: Record) -> None:
    assert {(one.scheme.value, one.value) for one in article.identifiers} == {
        ("doi", "10.5555/nord.101"),
        ("urn", "urn:nbn:se:nord:diva-101"),
        ("diva", "nord:diva-101"),
        ("isbn", "9789100000001"),
    }


def test_hints_are_subjects_organisations_and_authors_without_names(article: Record) -> None:
    hints = {scheme: {one.value for one in article.hints if one.scheme is scheme} for scheme in HintScheme}
    assert hints[HintScheme.SUBJECT] == {
        "hsv:20107",
        "hsv:Vattenteknik",
        "nord:44",
        "nord:Urban Water",
        "nord:VA-teknik",
    }
    assert hints[HintScheme.ORGANISATION] == {"nord:7701"}
    assert hints[HintScheme.PERSON] == {"nord:inventeda", "orcid:0000-0002-1825-0097"}
    assert hints[HintScheme.AFFILIATION] == {
        "Nordliga universitetet, Avdelningen för vatten",
        "Ett påhittat bolag",
        "En påhittad by",
        "Snölaboratoriet",
    }
    assert not any(name in repr(article) for name in ("Påhittad", "Anna", "1970", "Handledare"))


def test_year_page_licence_and_day_of_the_harvest_are_kept(article: Record) -> None:
    assert (article.year, article.kind, article.source) == (2025, WorkKind.PUBLICATION, "diva")
    assert article.url == "http://urn.kb.se/resolve?urn=urn:nbn:se:nord:diva-101"
    assert (article.licence, article.funder) == ("CC0-1.0", "Ett påhittat råd")
    assert article.retrieved == date(2026, 3, 2)


def test_a_withdrawn_record_says_only_that(article: Record) -> None:
    withdrawn = records(SAMPLES / "harvest.xml")["nord:diva-102"]
    assert withdrawn.deleted and not withdrawn.texts
    assert not article.deleted


def test_records_of_other_servers_are_swepubs() -> None:
    thesis = records(SAMPLES / "harvest.xml")["oai:other.example:55"]
    assert (thesis.source, thesis.kind, thesis.year) == ("swepub", WorkKind.THESIS, 2019)
    assert thesis.texts[0].language is None


def test_wrong_records_are_named_and_the_others_read() -> None:
    untitled, foreign = problems(SAMPLES / "harvest.xml")
    assert (untitled.row, untitled.field, untitled.values["id"]) == (3, "titleInfo", "oai:DiVA.org:nord-103")
    assert (foreign.row, foreign.field) == (4, "metadata")
    assert "oai_dc" in str(foreign)
    assert len(records(SAMPLES / "harvest.xml")) == 3


def test_exports_have_the_ids_of_harvests() -> None:
    found = records(SAMPLES / "collection.xml")
    assert set(found) == {"nord:diva-9", "diva2:900010"}
    licentiate, patent = found["nord:diva-9"], found["diva2:900010"]
    assert (licentiate.kind, licentiate.year, licentiate.source) == (WorkKind.THESIS, 2011, "diva")
    assert licentiate.url == "https://urn.kb.se/resolve?urn=urn:nbn:se:nord:diva-9"
    assert (patent.kind, patent.source) == (WorkKind.PATENT, "diva")
    assert [(one.row, one.field) for one in problems(SAMPLES / "collection.xml")] == [(3, "identifier")]


def test_one_description_alone_is_a_file(tmp_path: Path) -> None:
    text = '<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>Alone</title></titleInfo>{}</mods>'
    path = write(tmp_path / "one.xml", text.format('<identifier type="uri">https://a.example/1</identifier>'))
    assert set(records(path)) == {"https://a.example/1"}


def _mods(*parts: str) -> str:
    inner = "".join(parts) + '<identifier type="uri">urn:nbn:se:nord:diva-1</identifier>'
    return f'<mods xmlns="http://www.loc.gov/mods/v3">{inner}</mods>'


LONG_SWEDISH = "Rapporten beskriver hur kommunen kan rena sitt vatten när det är mycket kallt om vintern. " * 4


def test_a_long_text_is_believed_before_its_label(tmp_path: Path) -> None:
    title = '<titleInfo lang="swe"><title>Vatten</title></titleInfo>'
    path = write(tmp_path / "a.xml", _mods(title, f'<abstract lang="eng">{LONG_SWEDISH}</abstract>'))
    (text,) = records(path)["nord:diva-1"].texts
    assert text.language is Language.SWEDISH and text.text.startswith("Rapporten")


def test_one_text_under_two_labels_is_one_text(tmp_path: Path) -> None:
    title = '<titleInfo lang="eng"><title>Water</title></titleInfo>'
    abstracts = '<abstract lang="eng">Clean water.</abstract><abstract lang="swe">Clean water.</abstract>'
    (text,) = records(write(tmp_path / "a.xml", _mods(title, abstracts)))["nord:diva-1"].texts
    assert (text.text, text.language) == ("Clean water.", None)


def test_a_language_without_a_title_borrows_the_works(tmp_path: Path) -> None:
    title = '<titleInfo lang="swe"><title>Vatten</title></titleInfo>'
    path = write(tmp_path / "a.xml", _mods(title, '<abstract lang="eng">Clean water.</abstract>'))
    swedish, english = records(path)["nord:diva-1"].texts
    assert (swedish.title, swedish.text) == ("Vatten", "")
    assert (english.title, english.language) == ("Vatten", Language.ENGLISH)


def test_a_field_that_no_text_fills_is_named(tmp_path: Path) -> None:
    title = "<titleInfo><title>Water</title></titleInfo>"
    path = write(tmp_path / "a.xml", _mods(title, f"<abstract>{'x' * 200_001}</abstract>"))
    (problem,) = problems(path)
    assert (problem.field, problem.values["limit"]) == ("abstract", 200_000)
    assert len(str(problem.values["value"])) <= 80


def test_a_folder_gives_each_record_once_in_its_newest_form(tmp_path: Path) -> None:
    def record(number: str) -> str:
        status = ' status="deleted"' if number.startswith("-") else ""
        identifier = f"<identifier>oai:DiVA.org:nord-{number.strip('-!')}</identifier>"
        mods = f'<mods xmlns="http://www.loc.gov/mods/v3"><titleInfo><title>{number}</title></titleInfo></mods>'
        return f"<record><header{status}>{identifier}</header><metadata>{mods}</metadata></record>"

    def page(*numbers: str) -> str:
        return OAI.format(f"<ListRecords>{''.join(map(record, numbers))}</ListRecords>")

    write(tmp_path / "0001" / "000001.xml", page("1", "2"))
    write(tmp_path / "0001" / "000002.xml", page("3", "2!"))
    write(tmp_path / "0002" / "000001.xml", page("-1"))
    write(tmp_path / "0002" / "page.part", "half a page")
    found = [one for one in read(tmp_path) if isinstance(one, Record)]
    assert Counter(one.id for one in found) == {f"nord:diva-{number}": 1 for number in (1, 2, 3)}
    assert records(tmp_path)["nord:diva-1"].deleted
    assert records(tmp_path)["nord:diva-2"].texts[0].title == "2!"


def test_an_answer_that_says_nothing_has_changed_is_empty(tmp_path: Path) -> None:
    path = write(tmp_path / "a.xml", OAI.format('<error code="noRecordsMatch"/>'))
    assert list(read(path)) == []


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "not whole XML"),
        ("PID,Title\n1,2\n", "not whole XML"),
        ("<html><body/></html>", "begins with html"),
        ('<modsCollection xmlns="http://www.loc.gov/mods/v3"/>', "no records"),
        (OAI.format('<error code="badArgument">wrong set</error>'), "badArgument wrong set"),
        (OAI.format("<ListRecords>"), "not whole XML"),
        ('<!DOCTYPE m [<!ENTITY a "b">]><mods xmlns="http://www.loc.gov/mods/v3">&a;</mods>', "document type"),
        ('<!DOCTYPE m SYSTEM "file:///etc/passwd"><mods xmlns="http://www.loc.gov/mods/v3"/>', "document type"),
    ],
)
def test_what_is_no_harvest_is_refused_and_says_why(tmp_path: Path, content: str, words: str) -> None:
    assert words in str(refusal(write(tmp_path / "a.xml", content)))


def test_a_file_cut_short_says_at_which_line(tmp_path: Path) -> None:
    whole = (SAMPLES / "harvest.xml").read_text(encoding="utf-8")
    problem = refusal(write(tmp_path / "a.xml", whole[: whole.index("nord-103")]))
    assert problem.line == whole[: whole.index("nord-103")].count("\n") + 1


def test_entities_do_not_grow(tmp_path: Path) -> None:
    grow = ["lol" * 10, *(f"&l{number};" * 10 for number in range(8))]
    levels = "".join(f'<!ENTITY l{number} "{value}">' for number, value in enumerate(grow))
    content = f'<!DOCTYPE m [{levels}]><mods xmlns="http://www.loc.gov/mods/v3"><note a="&l8;">&l8;</note></mods>'
    assert refusal(write(tmp_path / "a.xml", content)).line is not None


def test_a_folder_without_pages_and_a_missing_file_are_told(tmp_path: Path) -> None:
    assert "no .xml files" in str(refusal(tmp_path))
    assert "cannot be opened" in str(refusal(tmp_path / "missing.xml"))


def test_a_page_of_a_folder_is_named_where_it_is_wrong(tmp_path: Path) -> None:
    write(tmp_path / "0001" / "000001.xml", "<html/>")
    with pytest.raises(InvalidFileError, match=r"000001\.xml"):
        list(read(tmp_path))


@pytest.mark.parametrize(
    ("name", "languages", "theses", "abstracts"),
    [
        ("gih", {"en": 54, "sv": 42, "en sv": 4}, 3, 67),
        ("lnu", {"en": 66, "sv": 27, "en und": 4, "und": 3}, 4, 68),
    ],
)
def test_real_harvests_are_read_whole(
    development_data: Path, name: str, languages: dict[str, int], theses: int, abstracts: int
) -> None:
    found = records(development_data / "diva" / f"{name}.xml")
    assert len(found) == 100 and not problems(development_data / "diva" / f"{name}.xml")
    assert Counter(" ".join(sorted(str(text.language) for text in one.texts)) for one in found.values()) == languages
    assert sum(one.kind is WorkKind.THESIS for one in found.values()) == theses
    assert sum(any(text.text for text in one.texts) for one in found.values()) == abstracts
    assert all(one.id.startswith(f"{name}:diva-") and one.retrieved == date(2018, 4, 23) for one in found.values())


def test_a_real_doi_in_an_odd_place_is_found(development_data: Path, tmp_path: Path) -> None:
    shutil.copy(development_data / "diva" / "lnu.xml", tmp_path / "lnu.xml")
    article = records(tmp_path)["lnu:diva-68370"]
    assert "10.7251/ddadp1702031b" in {one.value for one in article.identifiers}
    assert Hint(HintScheme.SUBJECT, "lnu:Kriminologi") in article.hints
