"""OpenAlex, ORCID and SweCRIS: sources that give JSON."""

import gzip
import io
import json
import tarfile
from pathlib import Path
from typing import Any

import pytest

from matchmaker.catalogue.importers import SOURCES, json_stream
from matchmaker.catalogue.importers.packed import LARGEST_RECORD
from matchmaker.catalogue.importers.source import LARGEST_FIELD
from matchmaker.catalogue.importers.swecris import read_swecris_projects
from matchmaker.domain.errors import FileProblem, InvalidFileError
from matchmaker.domain.language import Language
from matchmaker.domain.work import Hint, HintScheme, Record, Scheme, WorkIdentifier, WorkKind
from tests.conftest import ROOT

SAMPLES = ROOT / "tests" / "data" / "imports"
WORK: dict[str, Any] = {"id": "https://openalex.org/W12345", "title": "Frost in streets"}
SUMMARY: dict[str, Any] = {"put-code": 5, "title": {"title": {"value": "Ways to drain a street"}}}


def read(source: str, path: Path) -> tuple[list[Record], list[FileProblem]]:
    readings = list(SOURCES[source].read(path))
    return [one for one in readings if isinstance(one, Record)], [
        one for one in readings if isinstance(one, FileProblem)
    ]


def openalex(tmp_path: Path, *works: Any) -> tuple[list[Record], list[FileProblem]]:
    path = tmp_path / "works.jsonl"
    path.write_text("".join(json.dumps(work) + "\n" for work in works))
    return read("openalex", path)


def orcid(tmp_path: Path, document: Any) -> tuple[list[Record], list[FileProblem]]:
    path = tmp_path / "record.json"
    path.write_text(json.dumps(document))
    return read("orcid", path)


def test_an_openalex_work_is_read_with_its_abstract_in_order() -> None:
    (work, thesis, withdrawn), (untitled,) = read("openalex", SAMPLES / "openalex" / "works.jsonl")
    (text,) = work.texts
    assert text.text.startswith("Frost heave lifts the pavement of streets every spring")
    assert (text.language, text.keywords, work.year, work.licence) == (
        Language.ENGLISH, ("Frost heaving",), 2021, "CC0-1.0",
    )  # fmt: skip
    assert (thesis.kind, thesis.texts[0].language) == (WorkKind.THESIS, Language.SWEDISH)
    assert withdrawn.deleted, "what was retracted is no evidence"
    assert (untitled.line, untitled.field) == (4, "title")


def test_openalex_hints_are_ids_and_never_names_or_mail() -> None:
    work = read("openalex", SAMPLES / "openalex" / "works.jsonl")[0][0]
    assert {Hint(HintScheme.PERSON, "orcid:0000-0002-1825-0097"), Hint(HintScheme.ORGANISATION, "ror:016st3p78"),
            Hint(HintScheme.SUBJECT, "openalex:T10102")} <= work.hints  # fmt: skip
    affiliations = [hint.value for hint in work.hints if hint.scheme is HintScheme.AFFILIATION]
    assert affiliations == ["Department of Soil Mechanics, Example University, Luleå, Sweden"]


def test_openalex_knows_a_work_by_its_repository_s_id_too() -> None:
    work = read("openalex", SAMPLES / "openalex" / "works.jsonl")[0][0]
    assert WorkIdentifier(Scheme.DIVA, "ltu:diva-99999") in work.identifiers


def test_openalex_parts_pages_and_lines_give_the_same() -> None:
    lines = read("openalex", SAMPLES / "openalex" / "works.jsonl")[0]
    assert lines == read("openalex", SAMPLES / "openalex" / "part_000.gz")[0]
    assert lines == read("openalex", SAMPLES / "openalex" / "page.json")[0]


def test_a_word_at_ten_thousand_places_is_told_before_it_fills_the_memory(tmp_path: Path) -> None:
    long = {**WORK, "abstract_inverted_index": {"x" * 100: list(range(LARGEST_FIELD // 100))}}
    records, (problem,) = openalex(tmp_path, long, WORK)
    assert (problem.field, [one.id for one in records]) == ("abstract_inverted_index", ["W12345"])


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"id": "W1"}, "id"), ({"id": None}, "id"), ({"title": ["a list"]}, "title"), ({"title": " "}, "title"),
        ({"authorships": [{"institutions": "x"}]}, "authorships.0.institutions"), ({"topics": [{}] * 101}, "topics"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_work_is_told_by_line_and_field(
    tmp_path: Path, fields: dict[str, Any], field: str
) -> None:
    records, (problem,) = openalex(tmp_path, WORK, {**WORK, **fields})
    assert (len(records), problem.line, problem.field) == (1, 2, field)
    assert str(problem)


def test_a_year_that_is_none_is_left_out(tmp_path: Path) -> None:
    records, problems = openalex(tmp_path, {**WORK, "publication_year": 20210})
    assert (records[0].year, problems) == (None, [])


def test_a_broken_line_is_told_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "works.jsonl"
    good = json.dumps(WORK)
    path.write_text(f"{good}\n{good[:30]}\n{'x' * (LARGEST_RECORD + 9)}\n\n{good}\n")
    records, problems = read("openalex", path)
    assert (len(records), [one.line for one in problems]) == (2, [2, 3])


@pytest.mark.parametrize("end", [json.dumps(WORK)[:-5], "[1"])
def test_a_file_that_is_cut_short_is_refused_with_the_line(tmp_path: Path, end: str) -> None:
    path = tmp_path / "works.jsonl"
    path.write_text(f"{json.dumps(WORK)}\n{end}")
    with pytest.raises(InvalidFileError) as raised:
        read("openalex", path)
    assert raised.value.problems[0].line == 2


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_a_packed_file_that_is_cut_short_is_refused(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "part_000.gz"
    path.write_bytes((SAMPLES / "openalex" / "part_000.gz").read_bytes()[:-cut])
    with pytest.raises(InvalidFileError):
        read("openalex", path)


@pytest.mark.parametrize("fill", [b" ", b"\n", b"[", b"\0"])
def test_a_small_file_that_unpacks_to_a_gigabyte_is_refused(tmp_path: Path, fill: bytes) -> None:
    path = tmp_path / "part_000.gz"
    path.write_bytes(gzip.compress(json.dumps(WORK).encode() + b"\n") + gzip.compress(fill * 64 * 1024**2, 1) * 16)
    with pytest.raises(InvalidFileError):
        read("openalex", path)


def test_json_nested_deeper_than_any_record_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.json"
    path.write_text('{"results": [' + "[" * (json_stream.DEEPEST + 1))
    with pytest.raises(InvalidFileError) as raised:
        read("openalex", path)
    assert "levels deep" in str(raised.value.problems[0])


@pytest.mark.parametrize("size", [1, 7, 31, 32, 33, 1000])
def test_nan_is_null_after_a_key_and_itself_in_a_text(size: int) -> None:
    document = b'[{"a": NaN, "b": "\\": NaN, c", "d": "x: NaN,"}, {"a" : NaN}]'
    stream = json_stream._WithoutNan(io.BufferedReader(io.BytesIO(document)))
    changed = b"".join(iter(lambda: stream.read(size), b""))
    assert json.loads(changed) == [{"a": None, "b": '": NaN, c', "d": "x: NaN,"}, {"a": None}]


def test_an_orcid_record_s_works_are_its_owner_s() -> None:
    (article, thesis), problems = read("orcid", SAMPLES / "orcid" / "record.json")
    assert not problems
    assert article.hints == thesis.hints == {Hint(HintScheme.PERSON, "orcid:0000-0002-1825-0097")}
    assert [(one.title, one.language) for one in article.texts] == [
        ("Ways to drain a street", None), ("Sätt att avvattna en gata", Language.SWEDISH),
    ]  # fmt: skip
    assert article.identifiers == {
        WorkIdentifier(Scheme.DOI, "10.5555/drain.1"), WorkIdentifier(Scheme.DIVA, "ltu:diva-77777"),
        WorkIdentifier(Scheme.URN, "urn:nbn:se:ltu:diva-77777"),
    }, "what several services say of one work, and not the book's ISBN"  # fmt: skip
    assert (thesis.kind, thesis.year, thesis.texts[0].title) == (WorkKind.THESIS, 2015, "Cold roads: A thesis")


def test_no_orcid_stands_in_what_a_record_is_kept_by() -> None:
    for record in read("orcid", SAMPLES / "orcid" / "record.json")[0]:
        assert "0000-0002-1825-0097" not in f"{record.id} {record.url}"


def test_full_orcid_works_have_descriptions() -> None:
    ((work,), _) = read("orcid", SAMPLES / "orcid" / "works-bulk.json")
    assert work.texts[0].text == "The paper compares four ways to lead water away from a street in winter."
    assert work.hints == {Hint(HintScheme.PERSON, "orcid:0000-0002-1825-0097")}


def test_archives_give_what_their_records_give() -> None:
    alone = (
        read("orcid", SAMPLES / "orcid" / "record.json")[0] + read("orcid", SAMPLES / "orcid" / "works-bulk.json")[0]
    )
    assert read("orcid", SAMPLES / "orcid" / "records.zip")[0] == alone
    assert read("orcid", SAMPLES / "orcid" / "records.tar.gz")[0] == alone


def test_a_wrong_file_in_an_archive_is_a_problem_and_alone_it_is_refused(tmp_path: Path) -> None:
    contents = [b"{", json.dumps({"bulk": [{"work": SUMMARY}]}).encode()]
    path = tmp_path / "records.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for number, content in enumerate(contents):
            member = tarfile.TarInfo(f"{number}.json")
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    records, (problem,) = read("orcid", path)
    assert ([one.id for one in records], problem.row) == (["5"], 1)
    with pytest.raises(InvalidFileError):
        orcid(tmp_path, {"message": "another document"})


@pytest.mark.parametrize(
    ("work", "field"),
    [
        ({**SUMMARY, "visibility": "limited"}, "work"), ({**SUMMARY, "title": None}, "title"),
        ({**SUMMARY, "put-code": "x"}, "put-code"), ({"title": None}, "put-code"),
    ],
)  # fmt: skip
def test_orcid_works_that_are_not_public_or_wrong_are_left_out(tmp_path: Path, work: Any, field: str) -> None:
    records, (problem,) = orcid(tmp_path, {"group": [{"work-summary": [work]}]})
    assert (records, problem.field) == ([], field)


def test_a_swecris_project_has_both_languages_and_its_leader_alone() -> None:
    (project, short), problems = read("swecris", SAMPLES / "swecris" / "projects.json")
    assert not problems
    assert [(one.language, one.title) for one in project.texts] == [
        (Language.SWEDISH, "Tjäle i gator"), (Language.ENGLISH, "Frost in streets"),
    ]  # fmt: skip
    assert [hint.value for hint in project.hints if hint.scheme is HintScheme.PERSON] == ["swecris:p0123456789"]
    assert {"swecris:202100-2841", "hsv:20105", "hsv:Transportteknik och logistik"} <= {
        one.value for one in project.hints
    }
    assert (project.year, project.funder) == (2020, "Vetenskapsrådet")
    assert [(one.title, one.language) for one in short.texts] == [("Green winters", None)], "one text, once"


def test_swecris_csv_gives_what_json_gives() -> None:
    json_records = read("swecris", SAMPLES / "swecris" / "projects.json")[0]
    assert read("swecris", SAMPLES / "swecris" / "projects.csv")[0] == json_records


def test_the_real_swecris_export_has_as_many_works_as_projects(development_data: Path) -> None:
    path = development_data / "swecris_projects.json"
    records, problems = read("swecris", path)
    projects = read_swecris_projects(path)
    assert not problems
    assert {one.id for one in records} == set(projects)
    assert all(one.year and one.texts and one.hints for one in records)
