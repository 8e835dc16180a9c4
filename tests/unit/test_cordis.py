"""CORDIS: projects as CSV and as the zipped set."""

import zipfile
from pathlib import Path

import pytest

from matchmaker.catalogue.importers.cordis import read
from matchmaker.domain.errors import FileProblem, InvalidFileError
from matchmaker.domain.language import Language
from matchmaker.domain.work import Hint, HintScheme, Record, Scheme, WorkIdentifier, WorkKind
from tests.conftest import ROOT

SAMPLES = ROOT / "tests" / "data" / "imports" / "cordis"
SET = SAMPLES / "cordis-HORIZONprojects-csv.zip"
PROJECTS = b'"id";"title"\n"101000001";"Streets"\n'


def records(path: Path) -> list[Record]:
    return [one for one in read(path) if isinstance(one, Record)]


def zipped(tmp_path: Path, **files: bytes) -> Path:
    path = tmp_path / "set.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(f"csv/{name}.csv", content)
    return path


def test_a_project_is_read_with_its_page_and_licence() -> None:
    project = records(SAMPLES / "project.csv")[0]
    (text,) = project.texts
    assert (project.kind, project.year, project.licence) == (WorkKind.PROJECT, 2022, "CC-BY-4.0")
    assert project.url == "https://cordis.europa.eu/project/id/101000001"
    assert (text.language, text.keywords) == (Language.ENGLISH, ("COLDSTREET", "frost", "streets"))
    assert '"warm" asphalt' in text.text
    assert project.identifiers == {
        WorkIdentifier(Scheme.CORDIS, "101000001"), WorkIdentifier(Scheme.DOI, "10.3030/101000001"),
    }  # fmt: skip
    assert project.funder == "European Union (HORIZON)"


def test_the_set_tells_who_takes_part_and_what_it_is_about() -> None:
    alone, of_set = records(SAMPLES / "project.csv")[0], records(SET)[0]
    assert of_set.hints - alone.hints == {
        Hint(HintScheme.ORGANISATION, "cordis:999000001"), Hint(HintScheme.ORGANISATION, "cordis:999000002"),
        Hint(HintScheme.AFFILIATION, "EXAMPLE UNIVERSITY"), Hint(HintScheme.AFFILIATION, "EXAMPLE TOWN"),
        Hint(HintScheme.SUBJECT, "euroscivoc:road engineering"),
    }  # fmt: skip
    assert "road engineering" in of_set.texts[0].keywords
    assert records(SET)[1].hints == records(SAMPLES / "project.csv")[1].hints, "another project's stay its own"


def test_a_wrong_row_is_told_by_line_and_column() -> None:
    (problem,) = (one for one in read(SAMPLES / "project.csv") if isinstance(one, FileProblem))
    assert (problem.line, problem.field, problem.values["value"]) == (5, "id", "x")


def test_a_wrong_row_of_the_set_s_other_files_names_the_file(tmp_path: Path) -> None:
    path = zipped(tmp_path, project=PROJECTS, organization=b"projectID;organisationID;name\n101000001\n")
    problem, record = read(path)
    assert isinstance(problem, FileProblem)
    assert isinstance(record, Record)
    assert (problem.field, problem.line) == ("organization.csv", 2)


def test_a_wrong_file_in_the_set_is_named_by_the_set(tmp_path: Path) -> None:
    with pytest.raises(InvalidFileError) as raised:
        list(read(zipped(tmp_path, project=b"a;b\n1;2\n")))
    assert raised.value.path.endswith("set.zip (project.csv)")


@pytest.mark.parametrize("files", [{"other": b"a"}, {"project": b"\0" * (64 * 1024**2 + 1)}, {"project": b"\xff\xfe"}])
def test_sets_without_projects_or_with_what_no_table_is_are_refused(tmp_path: Path, files: dict[str, bytes]) -> None:
    with pytest.raises(InvalidFileError):
        list(read(zipped(tmp_path, **files)))


def test_a_set_that_needs_a_password_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path, project=PROJECTS)
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\1\2") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(InvalidFileError) as raised:
        list(read(path))
    assert "cannot be unpacked" in str(raised.value.problems[0])
