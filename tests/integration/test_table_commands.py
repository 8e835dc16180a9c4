"""Tables from the command line: what the catalogue holds goes out, and comes in again as it was."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest

from matchmaker import cli
from matchmaker.catalogue.evidence_cells import read_evidence
from matchmaker.catalogue.group_entry import GroupEntry
from matchmaker.catalogue.group_tables import (
    ContactEntry,
    HintLink,
    gather_contacts,
    read_contacts,
    read_groups,
    read_links,
)
from matchmaker.catalogue.seed import LABELS, read_areas, read_catalogue
from matchmaker.catalogue.tables import read_table
from matchmaker.curation.groups import retire_group, set_availability
from matchmaker.curation.linking import STEWARD, save_hints
from matchmaker.db import exports
from matchmaker.domain.availability import Availability
from matchmaker.domain.collection import MAIN_COLLECTION
from matchmaker.domain.work import Hint, HintScheme, Record
from matchmaker.settings import read_settings
from matchmaker.workspace import CATALOGUE_ORIGIN, Workspace
from tests.conftest import ROOT
from tests.integration.imports import PSEUDONYM, Shelf, record

CATALOGUE = ROOT / "data" / "catalogue"
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    """A workspace with the catalogue in its database, which needs no encoder."""
    monkeypatch.setenv("MATCHMAKER_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MATCHMAKER_DATA_DIR", str(ROOT / "data"))
    monkeypatch.setenv("MATCHMAKER_LANGUAGE", "en")
    workspace = Workspace(read_settings())
    workspace.save(MAIN_COLLECTION, CATALOGUE_ORIGIN, read_catalogue(CATALOGUE), complete=True, curated=True)
    yield workspace
    workspace.database.engine.dispose()


@pytest.fixture
def run(stored: Workspace, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def command(*arguments: str | Path) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["matchmaker", *map(str, arguments)])
        with pytest.raises(SystemExit) as raised:
            cli.main()
        return int(raised.value.code or 0), capsys.readouterr().err

    return command


@pytest.mark.parametrize(("suffix", "language"), [("csv", "sv"), ("xlsx", "en")])
def test_groups_and_contacts_go_out_and_come_in_again_as_they_were(
    stored: Workspace, run: Run, tmp_path: Path, suffix: str, language: str
) -> None:
    nursing = Availability(thesis=False, cap=2, paused_until=date(2026, 12, 31))
    set_availability(
        stored.database,
        MAIN_COLLECTION,
        "nursing",
        {"project": True, "thesis": False, "consulting": True, "cap": 2, "paused_until": "2026-12-31"},
        "steward",
    )
    retire_group(stored.database, MAIN_COLLECTION, "sociology", "steward")
    groups, contacts = tmp_path / f"groups.{suffix}", tmp_path / f"contacts.{suffix}"
    assert run("export", "groups", groups, "--language", language)[0] == 0
    assert run("export", "contacts", contacts, "--language", language)[0] == 0
    found = gather_contacts(one for one in read_contacts(contacts) if isinstance(one, ContactEntry))
    read = [
        one.to_collaborator(LABELS, found[one.id].contacts)
        for one in read_groups(groups, read_areas(CATALOGUE))
        if isinstance(one, GroupEntry)
    ]
    there = sorted((one for one in read_catalogue(CATALOGUE) if one.id != "sociology"), key=lambda one: one.id)
    assert read == there
    assert {key: value.availability for key, value in found.items() if value.availability} == {"nursing": nursing}


def test_works_go_out_with_the_groups_that_they_are_linked_to(stored: Workspace, run: Run, tmp_path: Path) -> None:
    shelf = Shelf(stored.database)
    shelf.load(
        record("1", "=Snö på tak", "nursing", "sociology", text="Tung snö.", doi="10.1000/1"),
        *(record(str(number), f"Rapport nummer {number}", year=None) for number in range(2, 300)),
    )
    path = tmp_path / "evidence.csv"
    assert run("export", "evidence", path)[0] == 0
    read = list(read_evidence(path))
    assert len(read) == 299
    (first,) = (one for one in read if isinstance(one, Record) and one.texts[0].title == "=Snö på tak")
    assert {hint.value for hint in first.hints} == {"nursing", "sociology"}
    assert (first.texts[0].text, first.year) == ("Tung snö.", 2020)


def test_links_go_out_without_persons_identifiers_and_tell_of_the_same_works_when_they_come_in(
    stored: Workspace, run: Run, tmp_path: Path
) -> None:
    pairs = [
        (Hint(HintScheme.PERSON, "orcid:0000-0002-1825-0097"), "nursing"),
        (Hint(HintScheme.ORGANISATION, "lnu:12372"), "sociology"),
    ]
    save_hints(stored.database, MAIN_COLLECTION, STEWARD, pairs, PSEUDONYM)
    before = exports.read_links(stored.database, MAIN_COLLECTION, STEWARD)
    path = tmp_path / "links.csv"
    assert run("export", "links", path)[0] == 0
    assert "0000-0002-1825-0097" not in path.read_text(encoding="utf-8-sig")
    read = [(one.hint, one.group_id) for one in read_links(path) if isinstance(one, HintLink)]
    assert len(read) == 2
    assert not save_hints(stored.database, MAIN_COLLECTION, STEWARD, read, PSEUDONYM)
    assert exports.read_links(stored.database, MAIN_COLLECTION, STEWARD) == before


def test_json_holds_every_group(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "groups.json"
    assert run("export", "groups", path)[0] == 0
    assert [one["id"] for one in json.loads(path.read_bytes())] == sorted(one.id for one in read_catalogue(CATALOGUE))


def test_a_table_that_is_there_is_not_lost(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "groups.xlsx"
    path.write_bytes(b"filled in by somebody")
    for command in (("export", "groups"), ("template", "groups")):
        code, told = run(*command, path)
        assert code == cli.EXIT_INPUT
        assert "is there already" in told
    assert path.read_bytes() == b"filled in by somebody"
    assert run("export", "groups", path, "--overwrite")[0] == 0
    assert len(list(read_table(path))) == 93
    assert [one.name for one in tmp_path.iterdir() if one.is_file()] == ["groups.xlsx"]


def test_a_template_lists_the_areas_to_choose_from(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("template", "groups", "--format", "csv", "--language", "sv")[0] == 0
    text = (tmp_path / "groups.csv").read_text(encoding="utf-8-sig")
    assert "Sammanfattning (svenska)" in text
    assert "Kompetensförsörjning" in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("export", "groups", "groups.docx"), ".csv, .xlsx, .json"),
        (("export", "people", "people.csv"), "groups, contacts, evidence, links"),
        (("template", "people"), "groups, contacts, evidence, links"),
    ],
)
def test_what_cannot_be_written_is_told(run: Run, tmp_path: Path, arguments: tuple[str, ...], told: str,
                                        monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    code, message = run(*arguments)
    assert code == cli.EXIT_INPUT
    assert told in message
