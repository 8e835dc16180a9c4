import csv
import json
from pathlib import Path
from typing import Any

import pytest

from matchmaker.catalogue.importers.swecris import read_swecris
from matchmaker.domain.collaborator import CollaboratorKind
from matchmaker.domain.errors import InvalidFileError
from matchmaker.domain.language import Language

LEADER = "¤¤¤p0123456789¤Person p0123456789¤¤Principal Investigator¤Projektledare¤"
MEMBER = "¤¤¤p9876543210¤Person p9876543210¤¤Co-Investigator¤Projektdeltagare¤"
PROJECT: dict[str, Any] = {
    "projectId": "2020-1_VR",
    "projectTitleSv": "Tjäle i gator",
    "projectTitleEn": "Frost in streets",
    "projectAbstractSv": "Tjälskador mäts.",
    "projectAbstractEn": "Frost damage is measured.",
    "projectStartDate": 1577836800.0,
    "coordinatingOrganisationId": "202100-2841",
    "coordinatingOrganisationNameSv": "Luleå tekniska universitet",
    "coordinatingOrganisationNameEn": "Luleå University of Technology",
    "fundingOrganisationNameSv": "Vetenskapsrådet",
    "fundingYear": 2019.0,
    "involvedPeople": LEADER + MEMBER,
}


def written(tmp_path: Path, *projects: dict[str, Any]) -> Path:
    path = tmp_path / "projects.json"
    path.write_text(json.dumps(list(projects)), encoding="utf-8")
    return path


def test_a_leader_has_the_project_as_dated_evidence_in_both_languages(tmp_path: Path) -> None:
    (leader,) = read_swecris(written(tmp_path, PROJECT))
    assert (leader.id, leader.kind) == ("p0123456789", CollaboratorKind.PROJECT_LEADER)
    assert leader.name.sv == "Projektledare p0123456789 (Luleå tekniska universitet)"
    assert leader.name.en == "Project leader p0123456789 (Luleå University of Technology)"
    english, swedish = leader.documents
    assert (swedish.language, swedish.title, swedish.text, swedish.year) == (
        Language.SWEDISH, "Tjäle i gator", "Tjälskador mäts.", 2020,
    )  # fmt: skip
    assert (english.language, english.title, english.work) == (Language.ENGLISH, "Frost in streets", swedish.work)
    assert swedish.url == "https://www.vr.se/swecris.html#/project/2020-1_VR"


def test_csv_with_the_same_columns_gives_the_same(tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(PROJECT), delimiter=";")
        writer.writeheader()
        writer.writerow(PROJECT)
    assert read_swecris(path) == read_swecris(written(tmp_path, PROJECT))


def test_a_project_without_a_leader_stands_for_its_organisation(tmp_path: Path) -> None:
    (organisation,) = read_swecris(written(tmp_path, {**PROJECT, "involvedPeople": MEMBER}))
    assert (organisation.id, organisation.kind) == ("org-202100-2841", CollaboratorKind.ORGANISATION)


def test_a_project_of_nobody_is_kept_and_says_so(tmp_path: Path) -> None:
    nobody = {key: value for key, value in PROJECT.items() if "Organisation" not in key and key != "involvedPeople"}
    (unknown,) = read_swecris(written(tmp_path, nobody))
    assert (unknown.id, unknown.name.en) == ("org-unknown", "Unknown organisation")


def test_a_wrong_line_of_csv_is_named_by_its_number_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "projects.csv"
    path.write_text("projectId,fundingYear\n1,2020\n2,never\n", encoding="utf-8")
    with pytest.raises(InvalidFileError) as raised:
        read_swecris(path)
    assert [(one.line, one.field) for one in raised.value.problems] == [(3, "fundingYear")]


def test_one_text_in_both_fields_is_one_document_in_its_own_language(tmp_path: Path) -> None:
    english = "The project studies how streets are damaged by frost and how to repair them."
    (leader,) = read_swecris(
        written(tmp_path, {**PROJECT, "projectAbstractSv": english, "projectAbstractEn": english, "projectTitleSv": ""})
    )
    assert [one.language for one in leader.documents] == [Language.ENGLISH]


@pytest.mark.parametrize(
    ("fields", "year"),
    [
        ({"projectStartDate": "2018-03-01 12:00:00"}, 2018),
        ({"projectStartDate": None}, 2019),
        ({"projectStartDate": None, "fundingYear": None}, None),
        ({"projectStartDate": "okänt"}, 2019),
        ({"projectStartDate": 1577836800000}, 2019),
        ({"projectStartDate": "9" * 30}, 2019),
    ],
)
def test_years(tmp_path: Path, fields: dict[str, Any], year: int | None) -> None:
    (leader,) = read_swecris(written(tmp_path, {**PROJECT, **fields}))
    assert leader.documents[0].year == year


def test_a_project_of_two_leaders_speaks_for_both(tmp_path: Path) -> None:
    second = LEADER.replace("p0123456789", "pabcdefabcd")
    leaders = read_swecris(written(tmp_path, {**PROJECT, "involvedPeople": LEADER + second}))
    assert [one.id for one in leaders] == ["p0123456789", "pabcdefabcd"]
    assert leaders[0].documents == leaders[1].documents


def test_wrong_rows_are_all_named(tmp_path: Path) -> None:
    bad = {**PROJECT, "projectId": None}
    worse = {**PROJECT, "projectAbstractSv": ["a list"], "fundingYear": 2e300}
    with pytest.raises(InvalidFileError) as raised:
        read_swecris(written(tmp_path, PROJECT, bad, worse))
    assert [(one.row, one.field) for one in raised.value.problems] == [
        (2, "projectId"),
        (3, "projectAbstractSv"),
        (3, "fundingYear"),
    ]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.json", b"[{"), ("x.json", b"{}"), ("x.json", b"[]"), ("x.json", b"\xff\xfe"), ("x.csv", b"a;b\n1;2\n"),
        ("x.csv", b""), ("x.txt", b"[]"), ("x.json", b"[" * 100_000), ("x.json", b'[{"projectId": "\\ud800"}]'),
    ],
)  # fmt: skip
def test_files_of_another_kind_are_told(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(InvalidFileError):
        read_swecris(path)


def test_the_real_export(development_data: Path) -> None:
    leaders = read_swecris(development_data / "swecris_projects.json")
    documents = {document.id for one in leaders for document in one.documents}
    assert len({identifier.rsplit(":", 1)[0] for identifier in documents}) == 3_035
    assert all(document.year and document.language for one in leaders for document in one.documents)
