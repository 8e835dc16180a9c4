"""The steward's pages over a real database, without a browser: importing, linking, tables."""

import csv
import io
import json
import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from python_calamine import CalamineWorkbook
from starlette.testclient import TestClient

from matchmaker.curation.uploads import shown_name
from matchmaker.db import work_lists
from matchmaker.db.session import Database
from matchmaker.db.work_links import set_links
from matchmaker.domain.import_job import JobState
from matchmaker.domain.work import LinkBasis, LinkState
from matchmaker.workspace import Workspace
from matchmaker_api.security.bodies import LARGEST_BODY, MEGABYTE
from tests.integration.imports import COLLECTION, Shelf, record
from tests.integration.steward import GROUP, OTHER, TABLE, app, group_of, job_at, pages, place, shelf, upload, work_on

__all__ = ["app", "pages", "place", "shelf"]

# Imports


def test_a_file_is_read_shown_approved_and_undone(pages: TestClient, place: Workspace) -> None:
    address = upload(pages, TABLE + f"u1;{GROUP};Ny rapport om värme;Värmelagring i berg.;2022\n")
    assert job_at(place.database, address).state is JobState.WAITING
    assert "waits to be read" in pages.get(address).text.lower()
    work_on(place)
    seen = pages.get(address).text
    assert "Ny rapport om värme" in seen and "What would change" in seen
    assert "Värmelagring i berg." not in Shelf(place.database).evidence()[GROUP]
    pages.post(f"{address}/act", data={"act": "approve"})
    work_on(place)
    assert "Värmelagring i berg." in Shelf(place.database).evidence()[GROUP]
    pages.post(f"{address}/act", data={"act": "undo"})
    work_on(place)
    assert "Värmelagring i berg." not in Shelf(place.database).evidence()[GROUP]
    assert job_at(place.database, address).state is JobState.UNDONE


def test_a_changed_line_shows_old_and_new_side_by_side(pages: TestClient, place: Workspace) -> None:
    line = "u2;{group};Titel om is;{text};2022\n"
    for text in ("Is som bryts.", "Is som fryser."):
        address = upload(pages, TABLE + line.format(group=GROUP, text=text))
        work_on(place)
        before = pages.get(address).text
        pages.post(f"{address}/act", data={"act": "approve"})
        work_on(place)
    for page in (before, pages.get(address).text):
        row = re.search(r"Text \(Swedish\).*?</tr>", page, re.DOTALL)
        assert row and row.group().index("Is som bryts.") < row.group().index("Is som fryser.")


def test_wrong_lines_are_told_and_left_out_by_choice_alone(pages: TestClient, place: Workspace) -> None:
    address = upload(pages, TABLE + f"w1;{GROUP};Titel;Text.;=1+1\nw2;{GROUP};Rätt titel;Rätt text.;2020\n")
    work_on(place)
    page = pages.get(address).text
    assert "=1+1" in page and "År" in page and "expected: a whole number" in page
    assert "Leave out the 1 line that is wrong" in page
    refused = pages.post(f"{address}/act", data={"act": "approve"})
    assert refused.status_code == 409 and "1 lines are wrong" in refused.text
    assert job_at(place.database, address).state is JobState.READY
    table = pages.get(f"{address}/wrong.csv")
    rows = list(csv.reader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert rows[0] == ["Line", "Row", "Field", "Value", "What is wrong"]
    assert rows[1][2:4] == ["År", "'=1+1"], "a cell is not run as a formula"
    pages.post(f"{address}/act", data={"act": "approve", "skip": "yes"})
    work_on(place)
    assert job_at(place.database, address).state is JobState.DONE
    assert "Rätt text." in Shelf(place.database).evidence()[GROUP]


def test_a_stopped_import_is_gone_on_with(pages: TestClient, place: Workspace) -> None:
    address = upload(pages, TABLE + f"s1;{GROUP};En titel till;Text om sand.;2022\n")
    pages.post(f"{address}/act", data={"act": "stop"})
    assert "stops after the batch" in pages.get(address).text
    work_on(place)
    assert job_at(place.database, address).state is JobState.STOPPED
    assert "Read the file again" in pages.get(address).text
    pages.post(f"{address}/act", data={"act": "resume"})
    work_on(place)
    assert job_at(place.database, address).state is JobState.READY


def test_a_stopped_undo_is_gone_on_with_as_an_undo(pages: TestClient, place: Workspace) -> None:
    address = upload(pages, TABLE + f"u1;{GROUP};En titel om grus;Text om grus.;2022\n")
    work_on(place)
    pages.post(f"{address}/act", data={"act": "approve"})
    work_on(place)
    pages.post(f"{address}/act", data={"act": "undo"})
    pages.post(f"{address}/act", data={"act": "stop"})
    work_on(place)
    page = pages.get(address).text
    assert job_at(place.database, address).state is JobState.UNDO_STOPPED
    assert "Undo the rest" in page and "Make the rest of the change" not in page
    pages.post(f"{address}/act", data={"act": "resume"})
    work_on(place)
    assert job_at(place.database, address).state is JobState.UNDONE


def test_an_import_that_fails_says_why_in_the_readers_language(pages: TestClient, place: Workspace) -> None:
    address = upload(pages, "Namn;Annat\nx;y\n")
    work_on(place)
    assert job_at(place.database, address).state is JobState.FAILED
    page = pages.get(address).text
    assert "Failed" in page and "Read the file again" in page and "Undo" not in page
    assert re.search(r'<p class="mm-notice mm-notice--error">[^<]+column', page)


@pytest.mark.parametrize(
    ("name", "text", "source", "field", "told"),
    [
        ("works.pdf", "x", "table", "file", "ends in .csv, .tsv"),
        ("works", "x", "table", "file", "ends in .csv"),
        ("works.csv", "", "table", "file", "The file is empty."),
        ("works.csv", "x", "nowhere", "source", "Choose where the file is from."),
    ],
)
def test_a_file_that_cannot_be_is_told_at_its_field(
    pages: TestClient, place: Workspace, name: str, text: str, source: str, field: str, told: str
) -> None:
    page = upload(pages, text, name, source, complete="yes")
    assert f'href="#field-{field}"' in page and told in page
    assert re.search(r'id="complete"[^>]* checked', page), "what was chosen is still there"
    folders = place.settings.uploads
    assert not folders.exists() or all(any(one.iterdir()) for one in folders.iterdir())


def test_a_files_name_is_no_path(pages: TestClient, place: Workspace) -> None:
    address = upload(pages, TABLE, "../../etc/passwd.csv")
    job = job_at(place.database, address)
    assert (job.file_name, Path(job.path).name) == ("passwd.csv", "file.csv")
    assert Path(job.path).parent.parent == place.settings.uploads.resolve()
    assert shown_name("C:\\temp\\li\x07sta.csv") == "li sta.csv"


def test_a_file_that_is_too_large_is_refused_before_and_while_it_comes(pages: TestClient, place: Workspace) -> None:
    large = TABLE + "x" * (MEGABYTE + LARGEST_BODY)
    announced = pages.post("/catalogue/imports", data={"source": "table"}, files={"file": ("a.csv", large)})
    assert announced.status_code == 413 and "larger than 1 MB" in announced.text
    body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + large.encode()

    def pieces() -> Iterator[bytes]:
        yield body
        yield b"\r\n--x--\r\n"

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    coming = pages.post("/catalogue/imports", content=pieces(), headers=headers)
    assert coming.status_code == 413
    other = pages.post(f"/catalogue/act/{GROUP}", data={"act": "add", "text": "x" * (LARGEST_BODY + 1)})
    assert other.status_code == 413, "no other page takes so much"


# Links


def suggest(database: Database, shelf: Shelf, *names: str) -> None:
    shelf.load(*(record(name, f"Arbete {name} om is", text=f"Text {name}.") for name in names))
    with database.transaction() as session:
        for name in names:
            work, how = [f"diva:{name}"], (LinkState.SUGGESTED, LinkBasis.SUGGESTION, 0.9)
            set_links(session, COLLECTION, work, GROUP, *how)


def test_suggestions_are_confirmed_refused_and_given_to_others_at_once(
    pages: TestClient, place: Workspace, shelf: Shelf
) -> None:
    suggest(place.database, shelf, "l1", "l2", "l3")
    page = pages.get("/catalogue/links?all=1").text
    assert page.count(" checked") == 3 and "strong match" in page
    picks = [f"diva:{one} {GROUP}" for one in ("l1", "l2")]
    told = pages.post("/catalogue/links/decide", data={"pick": picks, "answer": "yes", "group-diva:l2": OTHER})
    assert "2 works were given to their groups." in told.text
    evidence = shelf.evidence()
    assert "Text l1." in evidence[GROUP]
    assert "Text l2." in evidence[OTHER] and "Text l2." not in evidence[GROUP]
    pages.post("/catalogue/links/decide", data={"pick": [f"diva:l3 {GROUP}"], "answer": "no"})
    assert "Text l3." not in shelf.evidence()[GROUP]
    with place.database.reading() as session:
        assert work_lists.count_suggested(session, COLLECTION) == 0


def test_groups_are_searched_for_beside_the_answering(
    app: FastAPI, pages: TestClient, place: Workspace, shelf: Shelf
) -> None:
    place.wait_for_refresh()
    shelf.load(record("n1", "Förbränning av biomassa", text="Förbränning och förgasning av biomassa i pannor."))
    assert "Search groups for" in pages.get("/catalogue/links").text
    assert pages.post("/catalogue/links/search").status_code == 200
    over = threading.Event()
    while not app.state.suggester.search(COLLECTION).is_over:
        assert not over.wait(0.05)
    page = pages.get("/catalogue/links").text
    assert "The last search found a group for 1 work." in page and "Förbränning av biomassa" in page
    assert app.state.suggester.search(COLLECTION).trouble is None


# Coverage and tables


def test_coverage_begins_with_the_thinnest_groups(pages: TestClient, shelf: Shelf) -> None:
    page = pages.get("/catalogue/coverage").text
    rows = re.search(r'aria-labelledby="groups">.*?</table>', page, re.DOTALL)
    assert rows
    ids = re.findall(r'href="/catalogue/groups/([^"]*)"', rows.group())
    amounts = [int(one) for one in re.findall(r"</span> (\d+)</td>", rows.group())]
    assert len(amounts) == len(ids) > 20 and GROUP in ids
    assert amounts == sorted(amounts) and amounts[0] < amounts[-1]
    assert "works by year" in page.lower()


@pytest.mark.parametrize("table", ["groups", "contacts", "evidence", "links"])
def test_tables_are_taken_along_in_every_form(pages: TestClient, shelf: Shelf, table: str) -> None:
    written = pages.get(f"/catalogue/tables/export/{table}/csv")
    assert written.headers["content-disposition"] == f'attachment; filename="{table}.csv"'
    rows = list(csv.DictReader(io.StringIO(written.content.decode("utf-8-sig"))))
    values = json.loads(pages.get(f"/catalogue/tables/export/{table}/json").content)
    assert len(rows) == len(values)
    book = CalamineWorkbook.from_filelike(io.BytesIO(pages.get(f"/catalogue/tables/export/{table}/xlsx").content))
    assert len(book.get_sheet_by_index(0).to_python()) == len(rows) + 1
    blank = CalamineWorkbook.from_filelike(io.BytesIO(pages.get(f"/catalogue/tables/blank/{table}/xlsx").content))
    assert len(blank.sheet_names) == 2


def test_there_are_no_other_tables(pages: TestClient) -> None:
    for path in ("export/people/csv", "export/groups/pdf", "blank/groups/json", "blank/people/xlsx"):
        assert pages.get(f"/catalogue/tables/{path}").status_code == 404


def test_a_filled_in_table_is_shown_before_it_changes_anything(
    pages: TestClient, place: Workspace, shelf: Shelf
) -> None:
    head = "Id;Slag;Namn (svenska);Sammanfattning (svenska)\n"
    row = f"{GROUP};forskargrupp;Energi i kyla;Vi forskar om energi i kyla.\n"
    files = {"file": ("groups.csv", (head + row + "x;okänt;Namn;Text\n").encode(), "text/csv")}
    answer = pages.post("/catalogue/tables", data={"table": "groups"}, files=files)
    assert "Energi i kyla" in answer.text and "Leave out the rows that are wrong" in answer.text
    assert group_of(place).name.sv == "Energiteknik"
    address = str(answer.url)
    refused = pages.post(address)
    assert refused.status_code == 409 and group_of(place).name.sv == "Energiteknik"
    done = pages.post(address, data={"skip": "yes"})
    assert "The table" in done.text and group_of(place).name.sv == "Energi i kyla"
    assert pages.get(address).status_code == 404, "a table that was used does not stay"


@pytest.mark.parametrize(
    ("table", "name", "text", "field"),
    [
        ("evidence", "a.csv", "Id\n1\n", "table"),
        ("groups", "a.pdf", "x", "file"),
        ("groups", "a.csv", "Fel;x\n", "file"),
    ],
)
def test_a_table_that_cannot_be_is_told_at_its_field(
    pages: TestClient, table: str, name: str, text: str, field: str
) -> None:
    answer = pages.post("/catalogue/tables", data={"table": table}, files={"file": (name, text.encode())})
    assert answer.status_code == 422 and f'href="#field-{field}"' in answer.text


def test_no_token_leads_out_of_the_folder_of_uploads(pages: TestClient) -> None:
    for token in ("groups-..%2F..", "groups-..", "groups-" + "0" * 32):
        assert pages.get(f"/catalogue/tables/change/{token}").status_code == 404
